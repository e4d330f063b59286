import { type NetworkShape } from '../llama/training/training.js';
export interface CreateDraftOptions {
    /** GGUF file of the model to draft for. */
    readonly target: string;
    /** Where to write the draft. */
    readonly output: string;
    readonly name?: string;
    /** Cut these layers out of the target; the next five do not apply then. */
    readonly fromLayers?: readonly number[];
    readonly layers?: number;
    /** Multiple of 32 and of `heads`. */
    readonly width?: number;
    readonly heads?: number;
    readonly feedForward?: number;
    /** Build in the circuit that copies from the prompt, where the shape allows (default: true). */
    readonly copyCircuit?: boolean;
    readonly seed?: number;
    /** Told before each weight is made, 0 to 1, and at the end. */
    readonly onProgress?: (done: number, note: string) => void;
}
export interface CreatedDraft {
    readonly path: string;
    readonly name: string;
    readonly parameters: number;
    readonly shape: NetworkShape;
}
export declare function createDraft(options: CreateDraftOptions): CreatedDraft;
