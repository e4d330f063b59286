import { type MetadataValue } from './types.js';
import { type GgufContent, type TensorToWrite } from './writer.js';
export interface TinyModelOptions {
    readonly type?: 'F32' | 'F16';
    readonly layers?: number;
    /** A multiple of 256 for the types with blocks of 256 numbers (Q2_K and the like). */
    readonly width?: number;
    readonly heads?: number;
    readonly kvHeads?: number;
    /** A multiple of 256, as `width`. */
    readonly feedForward?: number;
    readonly contextLength?: number;
    /** The output head has the token vectors for weights, as in many small models. */
    readonly tied?: boolean;
    readonly seed?: number;
}
/** Writes `file`, whole or not at all. With the same options it has the same bytes. */
export declare function writeTinyModel(file: string, options?: TinyModelOptions): void;
/** What `writeTinyModel` writes, to be changed before it is written. */
export declare function tinyModel(options?: TinyModelOptions): {
    metadata: Map<string, MetadataValue>;
    tensors: TensorToWrite[];
} & GgufContent;
/**
 * The characters that byte-level BPE writes for the bytes 0 to 255 (GPT-2): printable ones stand for themselves, the
 * others for the characters from U+0100 on.
 */
export declare function byteCharacters(): string[];
