import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { Embedder } from './embeddings.js';
import { LlamaModel } from './model.js';
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
  const dot = (a: Float32Array, b: Float32Array): number =>
    a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const embed = (text: string): Float32Array => embedder.embed(vocabulary.tokenize(text));

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
