/** What reading a body needs to know of the model. */
import type { SamplingDefaults } from '../base/sampling-options.js';
import type { ProposerName } from '../engine/types.js';
/** What is known of the model when a body is read. */
export interface ModelLimits {
    readonly vocabularySize: number;
    /** Tokens of one sequence, prompt and output together. */
    readonly sequenceCapacity: number;
    /** What can guess its tokens. */
    readonly proposers: readonly ProposerName[];
    /** How words are chosen where a request does not say. */
    readonly sampling: SamplingDefaults;
    /** Fields that are not known are refused, not left out of account with a warning. */
    readonly strict: boolean;
}
