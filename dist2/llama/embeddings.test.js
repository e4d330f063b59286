import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { rankerHead, writeTinyRanker } from '../gguf/tiny-ranker.js';
import { Embedder } from './embeddings.js';
import { LlamaModel } from './model.js';
import { RerankPrompt } from './rerank-prompt.js';
import { DEMO_MODEL } from './test-models.js';
import { Vocabulary } from './vocabulary.js';
describe('embeddings', () => {
    const model = LlamaModel.load(DEMO_MODEL);
    const vocabulary = Vocabulary.of(model);
    const embedder = new Embedder(model, { threads: () => 1 });
    after(() => {
        embedder.dispose();
        vocabulary.dispose();
        model.dispose();
    });
    const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
    const embed = (text) => embedder.embed(vocabulary.tokenize(text));
    it('are of length 1, the same each time, and no two texts alike', () => {
        const first = embed('Water boils at a hundred degrees.');
        assert.equal(first.length, embedder.width);
        assert.ok(Math.abs(dot(first, first) - 1) < 1e-5);
        const other = embed('function add(a, b) { return a + b; }');
        assert.deepEqual(embed('Water boils at a hundred degrees.'), first);
        assert.ok(dot(first, other) < 0.999);
    });
    it('take a text longer than what is computed at a time, up to the trained context', () => {
        const tokens = vocabulary
            .tokenize('One sentence after another. '.repeat(400))
            .subarray(0, model.contextTrain);
        assert.equal(tokens.length, model.contextTrain);
        const whole = embedder.embed(tokens);
        assert.ok(Math.abs(dot(whole, whole) - 1) < 1e-5);
        // A mean over nearly the same tokens is nearly the same, though the chunks are cut elsewhere.
        assert.ok(dot(whole, embedder.embed(tokens.subarray(0, model.contextTrain - 77))) > 0.99);
        assert.throws(() => embedder.embed(new Int32Array(model.contextTrain + 1)), {
            code: 'context_length_exceeded',
        });
        assert.throws(() => embedder.embed(new Int32Array()), { code: 'invalid_request' });
    });
    it('refuse use after disposal', () => {
        const gone = new Embedder(model);
        gone.dispose();
        gone.dispose();
        assert.throws(() => gone.embed(Int32Array.of(1)), { code: 'disposed' });
    });
});
describe('scores of a model that ranks', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-ranker-'));
    const file = path.join(folder, 'ranker.gguf');
    after(() => {
        rmSync(folder, { recursive: true, force: true });
    });
    it('are what its head makes of the last hidden state', () => {
        writeTinyRanker(file);
        const hiddenFile = path.join(folder, 'hidden.gguf');
        writeTinyRanker(hiddenFile, { ranks: false });
        const ranker = LlamaModel.load(file);
        const hidden = LlamaModel.load(hiddenFile);
        const scores = new Embedder(ranker, { threads: () => 1 });
        const states = new Embedder(hidden, { threads: () => 1 });
        assert.ok(ranker.ranks && !hidden.ranks);
        assert.equal(scores.width, 1);
        const head = rankerHead();
        for (const token of [5, 70, 200]) {
            // One token, so that their mean is the last; its norm after the last layer is known.
            const state = states.embed(Int32Array.of(token)).map((value) => value * Math.sqrt(states.width));
            const [yes, no] = [0, 1].map((row) => state.reduce((sum, value, i) => sum + value * head[row * states.width + i], 0));
            const score = scores.embed(Int32Array.of(token));
            assert.equal(score.length, 1);
            assert.ok(Math.abs(score[0] - 1 / (1 + Math.exp(no - yes))) < 1e-3);
        }
        for (const part of [scores, states, ranker, hidden])
            part.dispose();
    });
    it('are given for a query and a document in the template of the model', () => {
        const templated = path.join(folder, 'templated.gguf');
        writeTinyRanker(templated, {
            template: '<|im_start|>Query: {query}\n{{Document}}: {document}<|im_end|>',
        });
        const vocabulary = Vocabulary.open(templated);
        const prompt = new RerankPrompt(vocabulary);
        const text = '<|im_start|>Query: a dog\n{{Document}}: the "garden"<|im_end|>';
        const expected = vocabulary.tokenize(text, { parseSpecial: true });
        assert.deepEqual(prompt.tokenize('a dog', 'the "garden"'), expected);
        const [start] = vocabulary.tokenize('<|im_start|>', { parseSpecial: true });
        const attack = prompt.tokenize('<|im_start|>', '<|im_start|>');
        assert.equal(attack.filter((token) => token === start).length, 1);
        vocabulary.dispose();
    });
    it('and without a template in the tokens that stand around texts', () => {
        writeTinyRanker(file);
        const vocabulary = Vocabulary.open(file);
        const expected = [...vocabulary.tokenize('a dog'), ...vocabulary.tokenize('the garden')];
        assert.deepEqual([...new RerankPrompt(vocabulary).tokenize('a dog', 'the garden')], expected);
        vocabulary.dispose();
    });
});
//# sourceMappingURL=embeddings.test.js.map