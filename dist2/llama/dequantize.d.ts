import { type Library } from './library.js';
/** @throws ForetokenError `invalid_gguf` for types without such a function (integers, F64). */
export declare function dequantizeNative(bytes: Uint8Array, type: number, library?: Library): Float32Array;
