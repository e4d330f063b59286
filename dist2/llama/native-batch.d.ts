import type { BatchArrays } from '../decoder/batch.js';
import type { Batch } from './declarations.js';
export declare class NativeBatch {
    readonly arrays: BatchArrays;
    /** The struct for `llama_decode`; set `n_tokens` before each call. */
    readonly call: Batch;
    constructor(capacity: number, sequencesPerToken: number);
}
