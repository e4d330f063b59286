/**
 * Tensor numbers to and from Float32: F32, F16, BF16 and Q8_0 (blocks of 32: one F16 scale, 32 signed bytes;
 * ggml's `block_q8_0`). Other types are left to ggml (`llama/dequantize.ts`).
 */
import { assert, ForetokenError } from '../base/errors.js';
import { TENSOR_TYPE, TENSOR_TYPES } from './types.js';
const BLOCK = 32;
const BLOCK_BYTES = 34;
const BF16 = 30;
const scratchFloat = new Float32Array(1);
const scratchBits = new Uint32Array(scratchFloat.buffer);
/** IEEE 754 half precision, given as its 16 bits. */
export function halfToFloat(bits) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0)
        return sign * fraction * 2 ** -24;
    if (exponent === 31)
        return fraction === 0 ? sign * Infinity : NaN;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
/** Rounds to the nearest half, ties to even, as processors do. */
export function floatToHalf(value) {
    scratchFloat[0] = value;
    const bits = scratchBits[0];
    const sign = (bits >>> 16) & 0x8000;
    const magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000)
        return sign | 0x7e00;
    if (magnitude >= 0x47800000)
        return sign | 0x7c00;
    if (magnitude < 0x38800000) {
        // Below the smallest normal half: a multiple of 2^-24.
        const scaled = Math.abs(scratchFloat[0]) * 2 ** 24;
        const floor = Math.floor(scaled);
        const rest = scaled - floor;
        return sign | (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor);
    }
    // The carry of rounding may reach the exponent, which is then right, too.
    return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}
export function canDequantize(type) {
    return type === TENSOR_TYPE.F32 || type === TENSOR_TYPE.F16 || type === TENSOR_TYPE.Q8_0 || type === BF16;
}
/** @throws ForetokenError `invalid_gguf` for a type that is not among the four. */
export function dequantize(bytes, type) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    switch (type) {
        case TENSOR_TYPE.F32:
            // A copy of its own is aligned; every processor that Node runs on is little-endian, as the file is.
            return new Float32Array(new Uint8Array(bytes).buffer);
        case TENSOR_TYPE.F16: {
            const values = new Float32Array(bytes.length / 2);
            for (let i = 0; i < values.length; i++)
                values[i] = halfToFloat(view.getUint16(i * 2, true));
            return values;
        }
        case BF16: {
            const values = new Float32Array(bytes.length / 2);
            const bits = new Uint32Array(values.buffer);
            for (let i = 0; i < bits.length; i++)
                bits[i] = view.getUint16(i * 2, true) << 16;
            return values;
        }
        case TENSOR_TYPE.Q8_0:
            return dequantizeQ8(view);
        default:
            throw new ForetokenError('invalid_gguf', `Weights of type ${TENSOR_TYPES.get(type)?.name ?? type} cannot be converted; F32, F16, BF16 and Q8_0 can.`);
    }
}
function dequantizeQ8(view) {
    const blocks = view.byteLength / BLOCK_BYTES;
    const values = new Float32Array(blocks * BLOCK);
    for (let block = 0; block < blocks; block++) {
        const start = block * BLOCK_BYTES;
        const scale = halfToFloat(view.getUint16(start, true));
        for (let i = 0; i < BLOCK; i++)
            values[block * BLOCK + i] = scale * view.getInt8(start + 2 + i);
    }
    return values;
}
/** The inverse, for F32, F16 and Q8_0; for Q8_0 the number of values is a multiple of 32. */
export function quantize(values, type) {
    switch (type) {
        case TENSOR_TYPE.F32:
            return new Uint8Array(Float32Array.from(values).buffer);
        case TENSOR_TYPE.F16: {
            const view = new DataView(new ArrayBuffer(values.length * 2));
            values.forEach((value, i) => {
                view.setUint16(i * 2, floatToHalf(value), true);
            });
            return new Uint8Array(view.buffer);
        }
        case TENSOR_TYPE.Q8_0:
            return quantizeQ8(values);
        default:
            throw new ForetokenError('invalid_option', `Weights cannot be written as ${TENSOR_TYPES.get(type)?.name ?? type}; F32, F16 and Q8_0 can.`);
    }
}
function quantizeQ8(values) {
    assert(values.length % BLOCK === 0, `${values.length} numbers are no whole blocks of ${BLOCK}`);
    const blocks = values.length / BLOCK;
    const view = new DataView(new ArrayBuffer(blocks * BLOCK_BYTES));
    for (let block = 0; block < blocks; block++) {
        const row = values.subarray(block * BLOCK, (block + 1) * BLOCK);
        let largest = 0;
        for (const value of row)
            largest = Math.max(largest, Math.abs(value));
        const scale = largest / 127;
        const start = block * BLOCK_BYTES;
        view.setUint16(start, floatToHalf(scale), true);
        row.forEach((value, i) => {
            // Half away from zero, like C's roundf.
            const exact = scale === 0 ? 0 : value / scale;
            view.setInt8(start + 2 + i, Math.sign(exact) * Math.round(Math.abs(exact)));
        });
    }
    return new Uint8Array(view.buffer);
}
//# sourceMappingURL=quantization.js.map