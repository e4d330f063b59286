import assert from 'node:assert/strict';
import path from 'node:path';
import { it } from 'node:test';
import { dequantize, quantize } from '../gguf/quantization.js';
import { readGguf, readTensorBytes } from '../gguf/reader.js';
import { dequantizeNative } from './dequantize.js';
import { quantizeModel } from './quantize.js';
import { DEMO_MODEL, temporaryFolder } from './test-models.js';
const wave = Float32Array.from({ length: 512 }, (_, i) => Math.sin(i / 5) * (1 + (i % 3)));
it('gives the same numbers as the pure implementation', () => {
    for (const type of [1, 8, 30]) {
        const bytes = type === 30 ? Uint8Array.of(0x80, 0x3f, 0x00, 0xc0) : quantize(wave, type);
        assert.deepEqual(dequantizeNative(bytes, type), dequantize(bytes, type));
    }
});
it('reads the types of common model files', () => {
    const small = path.join(temporaryFolder(), 'small.gguf');
    quantizeModel(DEMO_MODEL, small, { type: 'Q4_K_M', allowRequantize: true });
    const name = 'token_embd.weight';
    const read = (file) => {
        const gguf = readGguf(file);
        const tensor = gguf.tensors.find((candidate) => candidate.name === name);
        return { type: tensor.type, values: dequantizeNative(readTensorBytes(gguf, tensor), tensor.type) };
    };
    const [exact, coarse] = [read(DEMO_MODEL), read(small)];
    assert.notEqual(coarse.type, exact.type);
    let error = 0;
    let size = 0;
    exact.values.forEach((value, i) => {
        error += (value - coarse.values[i]) ** 2;
        size += value ** 2;
    });
    assert.ok(error < 0.02 * size, `${error} of ${size}`);
});
it('refuses what has no numbers', () => {
    assert.throws(() => dequantizeNative(new Uint8Array(8), 26), { code: 'invalid_gguf' });
});
//# sourceMappingURL=dequantize.test.js.map