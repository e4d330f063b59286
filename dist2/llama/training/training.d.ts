import { type Library } from '../library.js';
import { type BatchShape, type NetworkShape } from './graph.js';
export type { BatchShape, NetworkShape } from './graph.js';
export { weightShapes } from './graph.js';
/** One step's data. Rows hold whole texts, one after the other; a text sees only itself. */
export interface TrainingBatch {
    /** [rows * tokensPerRow] */
    readonly tokens: Int32Array;
    /** [rows * tokensPerRow]: place in its text; 0 begins a new one. */
    readonly positions: Int32Array;
    /** [outputs]: indices into `tokens` whose next token is trained. */
    readonly outputTokens: Int32Array;
    /** For each output the tokens that may come next and their probabilities, which sum to 1. */
    readonly labels: readonly {
        readonly tokens: ArrayLike<number>;
        readonly shares: ArrayLike<number>;
    }[];
}
export interface AdamOptions {
    readonly beta1: number;
    readonly beta2: number;
    readonly epsilon: number;
    readonly weightDecay: number;
}
export declare class Trainer {
    #private;
    readonly shape: NetworkShape;
    readonly batch: BatchShape;
    constructor(shape: NetworkShape, batch: BatchShape, weights: ReadonlyMap<string, Float32Array>, options: {
        readonly threads: number;
        readonly adam?: Partial<AdamOptions>;
        readonly library?: Library;
    });
    get steps(): number;
    /** Computes the loss (nats a token), and where `learningRate` is above 0 also improves the weights. */
    step(batch: TrainingBatch, learningRate: number): number;
    /** The same; the event loop goes on meanwhile. One step at a time. */
    stepAsync(batch: TrainingBatch, learningRate: number): Promise<number>;
    /** A copy of the weights as they are now. */
    weights(): Map<string, Float32Array>;
    dispose(): void;
}
