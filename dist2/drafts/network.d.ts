import type { GgufFile, MetadataValue } from '../gguf/types.js';
import { type NetworkShape } from '../llama/training/training.js';
/** Number under a metadata key; `fallback` where it is absent. */
export declare function metadataNumber(file: GgufFile, key: string, fallback?: number): number;
export declare function metadataText(file: GgufFile, key: string): string | undefined;
/** The rows of the token vectors; a vocabulary without vectors cannot be learned from. */
export declare function vocabularySizeOf(file: GgufFile): number;
/** @throws ForetokenError `unsupported_architecture` for all but plain llama networks. */
export declare function networkShape(file: GgufFile): NetworkShape;
/** One tensor as numbers, its rows one after the other. */
export declare function readWeight(file: GgufFile, name: string): Float32Array;
/** The output head, which small models share with the token vectors. */
export declare function readHead(file: GgufFile): Float32Array;
export interface Network {
    readonly file: GgufFile;
    readonly shape: NetworkShape;
    readonly weights: ReadonlyMap<string, Float32Array>;
}
/** A whole network; a tied output head becomes one of its own. */
export declare function readNetwork(modelPath: string): Network;
/** Norms stay F32, and so do rows that are no whole blocks. */
export declare function writeNetwork(output: string, metadata: ReadonlyMap<string, MetadataValue>, shape: NetworkShape, weights: ReadonlyMap<string, Float32Array>, type: number): void;
/**
 * Name of what a draft was made for: a digest of the target's vocabulary and shape. It says whether a draft's
 * tokens mean the same; it does not change with the target's quantisation.
 */
export declare function fingerprint(file: GgufFile): string;
export declare const modelName: (file: GgufFile) => string;
