/** The flags of `draft create` and `draft train`. */
import type { Command } from 'commander';
export interface DraftCreateFlags {
    readonly model?: string;
    readonly output: string;
    readonly name?: string;
    readonly fromLayers?: readonly number[];
    readonly layers?: number;
    readonly width?: number;
    readonly heads?: number;
    readonly feedForward?: number;
    readonly copyCircuit: boolean;
    readonly seed: number;
    readonly verdict: boolean;
}
export declare function addDraftCreateFlags(command: Command): Command;
export interface DraftTrainFlags {
    readonly model?: string;
    readonly draft: string;
    readonly output: string;
    readonly corpus: readonly string[];
    readonly prompts?: string;
    readonly answerTokens: number;
    readonly type: 'F32' | 'F16' | 'Q8_0';
    readonly epochs: number;
    readonly minutes?: number;
    readonly learningRate: number;
    readonly rows?: number;
    readonly tokensPerRow: number;
    readonly threads: number;
    readonly seed: number;
    readonly verdict: boolean;
}
export declare function addDraftTrainFlags(command: Command): Command;
