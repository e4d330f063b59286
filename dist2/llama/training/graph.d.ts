import type { Pointer } from '../declarations.js';
import { type Ggml } from './declarations.js';
export interface NetworkShape {
    readonly vocabularySize: number;
    readonly width: number;
    readonly layers: number;
    readonly heads: number;
    readonly kvHeads: number;
    readonly feedForward: number;
    readonly ropeBase: number;
    readonly normEpsilon: number;
}
/** How many tokens one step takes. */
export interface BatchShape {
    /** Rows that do not see each other. */
    readonly rows: number;
    readonly tokensPerRow: number;
    /** Positions, over all rows, whose next token is trained. */
    readonly outputs: number;
}
export interface TrainingGraph {
    readonly forward: Pointer;
    readonly train: Pointer;
    /** By the tensors' names in a GGUF file. */
    readonly weights: ReadonlyMap<string, Pointer>;
    /** int32 [rows * tokensPerRow] */
    readonly tokens: Pointer;
    /** int32 [rows * tokensPerRow], counted within each text */
    readonly positions: Pointer;
    /** float [rows, query, key]: 0 where a token sees another, -Infinity elsewhere */
    readonly mask: Pointer;
    /** int32 [outputs]: index of a token in the batch */
    readonly outputTokens: Pointer;
    /** float [outputs, vocabularySize]: each row sums to 1 */
    readonly labels: Pointer;
    /** float [7]: learning rate, beta1, beta2, epsilon, weight decay, bias corrections */
    readonly optimizer: Pointer;
    readonly loss: Pointer;
    readonly lossGradient: Pointer;
}
/** Names and shapes (fastest first) of all weights of a network. */
export declare function weightShapes(shape: NetworkShape): Map<string, readonly [number, number]>;
/** Nodes of forward and backward pass together stay far below this. */
export declare const graphCapacity: (shape: NetworkShape) => number;
/** ggml tensors that outlive a step, to be created in `context`. */
export declare function createTensors(ggml: Ggml, context: Pointer, shape: NetworkShape, batch: BatchShape): {
    weights: Map<string, bigint>;
    momenta: Map<string, readonly [bigint, bigint]>;
    tokens: bigint;
    positions: bigint;
    mask: bigint;
    outputTokens: bigint;
    labels: bigint;
    optimizer: bigint;
    lossGradient: bigint;
};
type Tensors = ReturnType<typeof createTensors>;
/** Builds the graphs in `context`; the tensors' memory must exist already. */
export declare function buildGraph(ggml: Ggml, context: Pointer, tensors: Tensors, shape: NetworkShape, batch: BatchShape): TrainingGraph;
export {};
