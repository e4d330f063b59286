import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ForetokenError } from '../base/errors.js';
import { dequantize, floatToHalf, halfToFloat, quantize } from './quantization.js';
import { numbers } from './test-files.js';
describe('half precision', () => {
    it('reads known bits', () => {
        const known = [
            [0x0000, 0],
            [0x3c00, 1],
            [0xc000, -2],
            [0x7bff, 65504],
            [0x0400, 2 ** -14],
            [0x0001, 2 ** -24],
            [0x3555, 0.333251953125],
            [0x7c00, Infinity],
            [0xfc00, -Infinity],
        ];
        for (const [bits, value] of known) {
            assert.equal(halfToFloat(bits), value);
            assert.equal(floatToHalf(value), bits);
        }
        assert.ok(Number.isNaN(halfToFloat(0x7e00)));
        assert.equal(floatToHalf(NaN), 0x7e00);
    });
    it('gives every half back', () => {
        for (let bits = 0; bits < 0x10000; bits++)
            if (!Number.isNaN(halfToFloat(bits)) && bits !== 0x8000)
                assert.equal(floatToHalf(halfToFloat(bits)), bits);
    });
    it('rounds to the nearest, ties to even', () => {
        assert.equal(floatToHalf(1 + 2 ** -11), 0x3c00);
        assert.equal(floatToHalf(1 + 3 * 2 ** -11), 0x3c02);
        assert.equal(floatToHalf(2 - 2 ** -13), 0x4000);
        assert.equal(floatToHalf(65520), 0x7c00);
        assert.equal(floatToHalf(1.5 * 2 ** -24), 2);
        assert.equal(floatToHalf(0.5 * 2 ** -24), 0);
    });
});
describe('blocks of Q8_0', () => {
    it('reads known bytes', () => {
        const block = new Uint8Array(34);
        new DataView(block.buffer).setUint16(0, 0x3800, true); // 0.5
        new Int8Array(block.buffer).set([127, -128, 3], 2);
        const values = dequantize(block, 8);
        assert.deepEqual([...values.subarray(0, 4)], [63.5, -64, 1.5, 0]);
        assert.equal(values.length, 32);
    });
    it('errs by at most half a step', () => {
        const values = numbers(320);
        const back = dequantize(quantize(values, 8), 8);
        for (let block = 0; block < 10; block++) {
            const part = values.subarray(block * 32, block * 32 + 32);
            const step = Math.max(...part.map(Math.abs)) / 127;
            part.forEach((value, i) => {
                // The scale itself is rounded to half precision.
                assert.ok(Math.abs(value - back[block * 32 + i]) <= step * 0.57);
            });
        }
    });
    it('keeps zeros', () => {
        assert.deepEqual(dequantize(quantize(new Float32Array(64), 8), 8), new Float32Array(64));
    });
});
it('reads BF16', () => {
    assert.deepEqual(dequantize(Uint8Array.of(0x80, 0x3f, 0x00, 0xc0), 30), Float32Array.of(1, -2));
});
it('refuses types it cannot convert', () => {
    for (const convert of [
        () => dequantize(new Uint8Array(144), 12),
        () => quantize(new Float32Array(256), 12),
    ])
        assert.throws(convert, (error) => error instanceof ForetokenError && error.message.includes('Q4_K'));
});
//# sourceMappingURL=quantization.test.js.map