import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, it } from 'node:test';
import { writeTinyRanker } from '../gguf/tiny-ranker.js';
import { BatchEmbedder } from './embedding-batches.js';
import { Embedder } from './embeddings.js';
import { LlamaModel } from './model.js';
import { DEMO_MODEL } from './test-models.js';
import { Vocabulary } from './vocabulary.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-batches-'));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('gives the vectors that texts have by themselves, whatever shares their decode', () => {
  const model = LlamaModel.load(DEMO_MODEL);
  const vocabulary = Vocabulary.of(model);
  const single = new Embedder(model, { threads: () => 1 });
  const batches = new BatchEmbedder(model, { tokens: 64, threads: 1 });
  const texts = [
    'one',
    'Water boils at a hundred degrees.',
    'function add(a, b) { return a + b; }',
    '',
    ...Array.from({ length: 20 }, (_, i) => `text ${i} of twenty`),
  ].map((text) => vocabulary.tokenize(text).subarray(0, 64));
  const done: number[] = [];
  const vectors = batches.embed(texts, (count) => done.push(count));
  assert.equal(done.at(-1), texts.length);
  texts.forEach((tokens, i) => {
    if (tokens.length === 0) {
      assert.ok(vectors[i]!.every((value) => value === 0));
      return;
    }
    const alone = single.embed(tokens);
    const cosine = alone.reduce((sum, value, d) => sum + value * vectors[i]![d]!, 0);
    assert.ok(cosine > 0.9999, `text ${i}: ${cosine}`);
  });
  batches.dispose();
  single.dispose();
  vocabulary.dispose();
  model.dispose();
});

it('refuses a model that ranks', () => {
  const file = path.join(folder, 'ranker.gguf');
  writeTinyRanker(file);
  const model = LlamaModel.load(file);
  assert.throws(() => new BatchEmbedder(model, { tokens: 64, threads: 1 }), { code: 'invalid_option' });
  model.dispose();
});
