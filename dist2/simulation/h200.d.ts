/**
 * What decodes cost on a GPU with a cliff: an NVIDIA H200 through Vulkan (NV_coopmat2; driver 580.159.04, llama.cpp
 * 0.5.0, @node-llama-cpp/linux-x64-vulkan 3.22.1), measured through this project's bindings on 2026-11-26. Milliseconds
 * until the logits are there, medians of 16 to 28 decodes (of 4 in one pool). Up to eight tokens the library multiplies
 * matrices by vectors, from nine on by matrices: twice as dear at once, then flat. Models are the demo target of 27M
 * and its draft, and the same grown with zeros so that they cost as much as 6.34B and 0.44B (Q8_0).
 *
 * The tables end at 144 tokens. Beyond 128 of one sequence a simulation goes on in proportion to tokens, which is
 * dearer than such GPUs are; reading the cache is worked out from the memory's speed, for contexts were short.
 */
import type { UbatchShape } from '../costs/ubatches.js';
/** Milliseconds of decodes of several sequences, by sequences and tokens of each: `4x2`. */
type Shapes = Readonly<Record<string, number>>;
export interface ShapedCosts {
    /** One sequence, by tokens. */
    readonly alone: {
        readonly tokens: readonly number[];
        readonly ms: readonly number[];
    };
    readonly apart: Shapes;
    readonly pool: Shapes;
    readonly draft: {
        readonly tokens: readonly number[];
        readonly ms: readonly number[];
    };
    /** The first decode of another shape takes so much longer (median; 1.27 to 2.8 and 0.66 to 1.4). */
    readonly resizeMs: number;
}
/** A target of 6.34B (16 layers of 6144, 48 heads, 16 of them of keys and values) and a draft of 0.44B. */
export declare const H200_6B: ShapedCosts;
/** The demo target of 27M and its draft of 2.4M: launches take longer than the work. */
export declare const H200_27M: ShapedCosts;
/** Milliseconds that a part of a batch takes more than as many tokens of one sequence. */
export type BesideMs = (part: UbatchShape, unified: boolean) => number;
/**
 * Between shapes that were measured, straight lines: along the tokens of the batch, and from one number of sequences
 * to the next; a number beyond the largest goes on in proportion.
 * @param aloneMs of a number of tokens of one sequence
 */
export declare function besideMs(shapes: ShapedCosts, aloneMs: (tokens: number) => number): BesideMs;
export {};
