import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { position, sequenceId, token } from '../base/types.js';
import { LlamaDecoder } from './context.js';
import { LlamaModel } from './model.js';
import { quantizeModel } from './quantize.js';
import { DEMO_MODEL, temporaryFolder } from './test-models.js';
describe('quantisation', () => {
    const folder = temporaryFolder();
    const out = path.join(folder, 'out.gguf');
    it('writes a smaller model that still computes', () => {
        quantizeModel(DEMO_MODEL, out, { type: 'Q4_0', allowRequantize: true, threads: 1 });
        assert.ok(statSync(out).size < 0.8 * statSync(DEMO_MODEL).size);
        assert.deepEqual(readdirSync(folder), ['out.gguf']);
        const model = LlamaModel.load(out);
        const decoder = new LlamaDecoder(model, { contextSize: 256, threads: 1 });
        decoder.batch.add(token(5), position(0), sequenceId(0), true);
        assert.equal(decoder.decode(), 'done');
        assert.ok(decoder.logits(0).every(Number.isFinite));
        decoder.dispose();
        model.dispose();
    });
    it('leaves layers out', () => {
        const whole = LlamaModel.load(DEMO_MODEL);
        const kept = whole.layers - 2;
        quantizeModel(DEMO_MODEL, out, {
            type: 'Q8_0',
            allowRequantize: true,
            pruneLayers: [2, 1, 2],
            threads: 1,
        });
        const pruned = LlamaModel.load(out);
        assert.equal(pruned.layers, kept);
        assert.ok(pruned.bytes < whole.bytes);
        whole.dispose();
        pruned.dispose();
    });
    it('leaves nothing behind when it cannot', () => {
        const target = path.join(folder, 'never.gguf');
        assert.throws(() => {
            quantizeModel(DEMO_MODEL, target, { type: 'Q4_0', threads: 1 });
        }, { code: 'invalid_gguf', message: /allowRequantize/ });
        assert.throws(() => {
            quantizeModel(path.join(folder, 'none.gguf'), target, { type: 'Q4_0' });
        }, { code: 'file_not_found' });
        assert.ok(!existsSync(target));
        assert.deepEqual(readdirSync(folder), ['out.gguf']);
    });
});
//# sourceMappingURL=quantize.test.js.map