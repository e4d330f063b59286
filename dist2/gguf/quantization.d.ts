/** IEEE 754 half precision, given as its 16 bits. */
export declare function halfToFloat(bits: number): number;
/** Rounds to the nearest half, ties to even, as processors do. */
export declare function floatToHalf(value: number): number;
export declare function canDequantize(type: number): boolean;
/** @throws ForetokenError `invalid_gguf` for a type that is not among the four. */
export declare function dequantize(bytes: Uint8Array, type: number): Float32Array;
/** The inverse, for F32, F16 and Q8_0; for Q8_0 the number of values is a multiple of 32. */
export declare function quantize(values: Float32Array, type: number): Uint8Array;
