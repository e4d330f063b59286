/**
 * Top-k, top-p and min-p: which tokens remain candidates. All three look at the distribution before
 * temperature, in this order, as llama.cpp's default chain does.
 */
import type { SamplingOptions } from '../base/sampling-options.js';
export declare class Truncation {
    #private;
    constructor(options: Pick<SamplingOptions, 'topK' | 'topP' | 'minP'>);
    /**
     * Ids of the tokens that remain; at least one. The order is by falling logit (then id) when top-k or
     * top-p is on. Valid until the next call.
     */
    keep(logits: Float32Array): Int32Array;
}
