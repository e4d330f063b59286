import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { type CorpusText, CorpusWriter } from './corpus.js';
import { createDraft } from './create.js';
import { readNetwork } from './network.js';
import { temporaryFolder, TINY, writeTinyTarget } from './test-targets.js';
import { trainDraft } from './train.js';
import { trainedShape, UsedVectors } from './used-vectors.js';

const folder = temporaryFolder();
const [target, draft] = ['target', 'draft'].map((name) => path.join(folder, `${name}.gguf`)) as [
  string,
  string,
];
writeTinyTarget(target);
createDraft({ target, output: draft, layers: 1, width: 32, heads: 1 });

/** Of tokens from 20 on, every other one. */
const USED = [20, 22, 24, 26, 28, 30];
const texts: CorpusText[] = Array.from({ length: 12 }, (_, i) => {
  const tokens = Array.from({ length: 10 }, (_, j) => USED[(i * j + j) % USED.length]!);
  return { tokens, promptLength: 4, candidates: tokens.slice(4), shares: tokens.slice(4).map(() => 9000) };
});
const VECTORS = 'token_embd.weight';

describe('the vectors that training moves', () => {
  const network = readNetwork(draft);
  const { width, vocabularySize } = network.shape;
  const vectorOf = (weights: ReadonlyMap<string, Float32Array>, row: number): Float32Array =>
    weights.get(VECTORS)!.slice(row * width, (row + 1) * width);

  it('are those of tokens in the texts, under numbers of their own', () => {
    const used = new UsedVectors(network, texts);
    const found = [...used.tokens];
    assert.ok(found.length > 3 && found.every((id) => USED.includes(id)));
    assert.deepEqual(used.shape, {
      ...network.shape,
      vocabularySize: found.length,
      headSize: vocabularySize,
    });
    assert.deepEqual(trainedShape(network.shape, texts), used.shape);
    for (let id = 0; id < vocabularySize; id++) assert.equal(used.index[id], found.indexOf(id));
    found.forEach((id, row) => {
      assert.deepEqual(vectorOf(used.weights, row), vectorOf(network.weights, id));
    });
    const moved = new Map(used.weights).set(
      VECTORS,
      used.weights.get(VECTORS)!.map((value) => value + 1),
    );
    const whole = used.whole(moved);
    for (let id = 0; id < vocabularySize; id++)
      assert.deepEqual(
        vectorOf(whole, id),
        vectorOf(network.weights, id).map((value) => value + (found.includes(id) ? 1 : 0)),
      );
  });

  it('are the only ones that differ afterwards', async () => {
    const corpus = path.join(folder, 'corpus.jsonl');
    const writer = new CorpusWriter(corpus, { append: false });
    for (const text of texts) writer.add(text);
    writer.close();
    const output = path.join(folder, 'trained.gguf');
    await trainDraft({ draft, corpus: [corpus], output, type: 'F32', epochs: 4, threads: 1 });
    const trained = readNetwork(output).weights;
    assert.equal(trained.get(VECTORS)!.length, TINY.vocabularySize * width);
    const moved = [...Array(vocabularySize).keys()].filter((id) =>
      vectorOf(trained, id).some((value, i) => value !== vectorOf(network.weights, id)[i]),
    );
    assert.ok(moved.length > 2 && moved.every((id) => USED.includes(id)), moved.join());
    assert.notDeepEqual(trained.get('output.weight'), network.weights.get('output.weight'));
  });
});
