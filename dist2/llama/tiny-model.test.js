/** The small models of `gguf/tiny-model.ts`, in the library that has to load them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { position, sequenceId, token } from '../base/types.js';
import { writeTinyModel } from '../gguf/tiny-model.js';
import { LlamaDecoder } from './context.js';
import { LlamaModel } from './model.js';
import { quantizeModel } from './quantize.js';
import { temporaryFolder } from './test-models.js';
import { Vocabulary } from './vocabulary.js';
const folder = temporaryFolder();
function written(name, options = {}) {
    const file = path.join(folder, name);
    writeTinyModel(file, options);
    return file;
}
/** Logits after the last of `tokens`. */
function logitsAfter(model, tokens) {
    const decoder = new LlamaDecoder(model, { contextSize: 256, threads: 1 });
    const rows = tokens.map((id, i) => decoder.batch.add(token(id), position(i), sequenceId(0), i === tokens.length - 1));
    assert.equal(decoder.decode(), 'done');
    const logits = decoder.logits(rows.at(-1)).slice();
    decoder.dispose();
    return logits;
}
describe('a tiny model', () => {
    it('is the same bytes with the same seed, others with another', () => {
        const bytes = readFileSync(written('a.gguf'));
        assert.ok(bytes.equals(readFileSync(written('b.gguf'))));
        assert.ok(!bytes.equals(readFileSync(written('c.gguf', { seed: 2 }))));
    });
    for (const options of [
        {},
        { type: 'F16' },
        { tied: true, layers: 3, width: 128, heads: 2, kvHeads: 1, feedForward: 96 },
    ])
        it(`computes: ${JSON.stringify(options)}`, () => {
            const model = LlamaModel.load(written('shape.gguf', options));
            const [one, other] = [logitsAfter(model, [1, 2, 3]), logitsAfter(model, [3, 2, 3])];
            assert.ok(one.every(Number.isFinite));
            assert.ok(new Set(one).size > one.length / 2, 'logits differ from each other');
            assert.ok(one.some((value, i) => Math.abs(value - other[i]) > 0.1), 'logits depend on earlier tokens');
            model.dispose();
        });
    it('gives any text back, and reads its special tokens', () => {
        const vocabulary = Vocabulary.open(written('words.gguf'));
        for (const text of ['the rest of the world, and you', 'ÄÖ 日本 \u0000\u007f 🙂\n\t'])
            assert.equal(vocabulary.detokenize(vocabulary.tokenize(text)), text);
        assert.ok(vocabulary.tokenize(' the world and').length < 14, 'pairs are joined');
        assert.equal(vocabulary.tokenize('<|im_start|>', { parseSpecial: true }).length, 1);
        assert.equal(vocabulary.text(vocabulary.eos), '<|im_end|>');
        assert.match(vocabulary.chatTemplate ?? '', /im_start/);
        vocabulary.dispose();
    });
    it('can be quantised, with blocks of 256 numbers too', () => {
        const source = written('source.gguf', { type: 'F16' });
        for (const type of ['Q8_0', 'Q4_0', 'Q4_K_M', 'Q6_K']) {
            const file = path.join(folder, `${type}.gguf`);
            quantizeModel(source, file, { type, threads: 1 });
            const model = LlamaModel.load(file);
            assert.match(model.description, new RegExp(type.replace('_M', '')));
            assert.ok(logitsAfter(model, [1, 2, 3]).every(Number.isFinite));
            model.dispose();
        }
    });
});
//# sourceMappingURL=tiny-model.test.js.map