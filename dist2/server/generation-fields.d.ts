import type { GrammarSource } from '../constraints/grammar-source.js';
import type { SamplingOptions, SpeculationWish } from '../engine/types.js';
import type { Reading } from './answer-reader.js';
import { type Endings } from './ending-fields.js';
import { type Fields } from './fields.js';
import type { ModelLimits } from './model-limits.js';
import type { UsageTold } from './usage.js';
export interface GenerationOptions {
    /** Choices for each prompt. */
    readonly n: number;
    /** Choices generated for each prompt, of which the `n` likeliest are told; at least `n`. */
    readonly bestOf: number;
    readonly stream: boolean;
    /** In a stream. */
    readonly usageTold: UsageTold;
    /** Undefined: as much as the context holds. */
    readonly maxTokens: number | undefined;
    readonly sampling: Omit<SamplingOptions, 'seed'>;
    /** Undefined: drawn for each choice. */
    readonly seed: number | undefined;
    readonly stop: readonly string[];
    readonly endings: Endings;
    readonly ignoreEndOfGeneration: boolean;
    /** Still to be compiled. */
    readonly grammar: GrammarSource | undefined;
    /** As in `EngineRequest`: -1 none, 0 the chosen token's, n also the n likeliest. */
    readonly topLogprobs: number;
    /** Also of the prompt's own tokens. */
    readonly promptLogprobs: boolean;
    readonly speculation: SpeculationWish;
    /** How an answer's text is told apart; absent: all of it is content. */
    readonly reading?: Reading | undefined;
}
export declare const MAX_CHOICES = 128;
export declare const MAX_TOP_LOGPROBS = 20;
/** Those of the shared fields that other APIs have no names for: `chat-body.ts` takes them there, too. */
export declare const EXTENSION_FIELDS: readonly ["min_p", "presence_penalty", "frequency_penalty", "repeat_penalty", "repetition_penalty", "repeat_last_n", "logit_bias", "seed", "stop_token_ids", "include_stop_str_in_output", "min_tokens", "skip_special_tokens", "ignore_eos", "grammar", "speculation"];
/** Every field that a route taking `own` fields besides the shared ones knows. */
export declare function generationFields(own: readonly string[]): readonly string[];
/** What the route decides before the shared fields are read. */
export interface RouteChoices {
    readonly maxTokens: number | undefined;
    readonly topLogprobs: number;
    readonly promptLogprobs?: boolean;
    readonly bestOf?: number | undefined;
}
export declare function readGeneration(fields: Fields, limits: ModelLimits, route: RouteChoices): GenerationOptions;
