/**
 * The GGUF file format as data: value types, tensor types, and what a file holds.
 *
 * Source: ggml's `gguf.h` (layout) and `ggml_type` (blocks), GGUF version 2 and 3, little-endian.
 */
import type { GgufStrings } from './strings.js';
export declare const GGUF_MAGIC = 1179993927;
export declare const GGUF_VERSION = 3;
export declare const DEFAULT_ALIGNMENT = 32;
/** Name of a metadata value's type; the index is its number in the file. */
export declare const VALUE_TYPES: readonly ["u8", "i8", "u16", "i16", "u32", "i32", "f32", "bool", "string", "array", "u64", "i64", "f64"];
export type ValueType = (typeof VALUE_TYPES)[number];
export type NumberType = Exclude<ValueType, 'string' | 'bool' | 'array'>;
export type NumberArray = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | BigUint64Array | BigInt64Array | Float64Array;
/** One metadata value with the type it has in the file, so that copying loses nothing. */
export type MetadataValue = 
/** 64-bit integers are bigints only where a number cannot hold them. */
{
    readonly type: NumberType;
    readonly value: number | bigint;
} | {
    readonly type: 'bool';
    readonly value: boolean;
} | {
    readonly type: 'string';
    readonly value: string;
} | {
    readonly type: 'array';
    readonly itemType: NumberType | 'bool';
    /** Truth values are a Uint8Array of 0 and 1. */
    readonly value: NumberArray;
} | {
    readonly type: 'array';
    readonly itemType: 'string';
    readonly value: GgufStrings;
}
/** Arrays of arrays are allowed by the format; none is known in use. */
 | {
    readonly type: 'array';
    readonly itemType: 'array';
    readonly value: readonly MetadataValue[];
};
/** In the order of the file. */
export type Metadata = ReadonlyMap<string, MetadataValue>;
/** Numbers per block and bytes per block of each tensor type, by its number in the file. */
export declare const TENSOR_TYPES: ReadonlyMap<number, {
    readonly name: string;
    readonly blockSize: number;
    readonly blockBytes: number;
}>;
export declare const TENSOR_TYPE: {
    readonly F32: 0;
    readonly F16: 1;
    readonly Q8_0: 8;
};
export interface TensorInfo {
    readonly name: string;
    /** Numbers along each dimension, the fastest (a row's length) first; 1 to 4 of them. */
    readonly shape: readonly number[];
    /** Key of `TENSOR_TYPES`. */
    readonly type: number;
    /** Of the file, not of the data section. */
    readonly offsetBytes: number;
    readonly sizeBytes: number;
}
export interface GgufFile {
    readonly path: string;
    readonly version: number;
    readonly metadata: Metadata;
    readonly tensors: readonly TensorInfo[];
    /** Where the first tensor's data may start. */
    readonly dataOffsetBytes: number;
    readonly alignmentBytes: number;
    readonly fileBytes: number;
}
export declare const elementCount: (shape: readonly number[]) => number;
/** Bytes of a tensor; its row length must be a multiple of the type's block. */
export declare function tensorBytes(type: number, shape: readonly number[]): number;
export declare const alignUp: (bytes: number, alignment: number) => number;
