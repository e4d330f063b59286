import { type ByteSource } from './head-reader.js';
import { type GgufFile, type TensorInfo } from './types.js';
/**
 * @throws ForetokenError `file_not_found` when the file cannot be opened, `invalid_gguf` when it is not a
 *   complete GGUF file of version 2 or 3.
 */
export declare const readGguf: (path: string) => GgufFile;
/** `readGguf` of bytes from anywhere; closes the source. */
export declare function readGgufFrom(source: ByteSource): GgufFile;
/** The bytes of one tensor, read on demand. */
export declare function readTensorBytes(file: GgufFile, tensor: TensorInfo): Uint8Array;
