import type { DraftCreateFlags, DraftTrainFlags } from './flags/draft.js';
export declare function create(flags: DraftCreateFlags): Promise<void>;
/** @returns the exit code */
export declare function train(flags: DraftTrainFlags): Promise<number>;
