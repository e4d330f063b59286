/** Networks read from heads: sizes, windows and experts as they are, and clear words for what is no such network. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { bundledTarget } from '../../base/bundled.js';
import type { ForetokenError } from '../../base/errors.js';
import { absent, GEMMA, SMOLLM2_Q4_1 } from '../../base/real-models.js';
import { sum } from '../../base/statistics.js';
import { memorySource } from '../../gguf/head-reader.js';
import { readGguf, readGgufFrom } from '../../gguf/reader.js';
import { tinyModel, writeTinyModel } from '../../gguf/tiny-model.js';
import type { GgufFile, MetadataValue } from '../../gguf/types.js';
import { ggufHead } from '../../gguf/writer.js';
import { decodeWork, pairsOf } from './decode-work.js';
import { languageModel, type LanguageModel } from './language-model.js';
import { networkOf } from './learned.js';
import { writeRandomModel } from './random-model.js';
import { RANDOM_TYPES } from './random-types.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-lm-'));
after(() => {
  rmSync(folder, { recursive: true });
});

/** A tiny model's head with other metadata; its weights are not there. */
function headWith(changes: Readonly<Record<string, MetadataValue | undefined>>): GgufFile {
  const { metadata, tensors } = tinyModel();
  for (const [key, value] of Object.entries(changes))
    if (value === undefined) metadata.delete(key);
    else metadata.set(key, value);
  return readGgufFrom(memorySource('changed.gguf', ggufHead({ metadata, tensors }), 2 ** 30));
}
const u32 = (value: number): MetadataValue => ({ type: 'u32', value });
const text = (value: string): MetadataValue => ({ type: 'string', value });
const refusal = (file: GgufFile): ForetokenError => {
  try {
    languageModel([file]);
  } catch (error) {
    return error as ForetokenError;
  }
  return assert.fail('it was taken');
};

describe('a language model', () => {
  it('has the matrices, bytes and parameters of its file', () => {
    const file = path.join(folder, 'tiny.gguf');
    writeTinyModel(file, { layers: 3, tied: true });
    const model = languageModel([readGguf(file)]);
    assert.equal(model.layers, 3);
    assert.equal(model.matrices.length, 3 * 7 + 1);
    assert.equal(model.matrices.at(-1)!.outputs, model.vocabulary);
    assert.ok(model.tied);
    assert.equal(
      sum(model.matrices, ({ bytes }) => bytes) + model.vectorBytes,
      model.weightBytes,
      'all bytes are those of matrices and vectors',
    );
    assert.equal(model.normsPerLayer, 2);
  });

  it('of random weights is what its row in a profile says, for every type', () => {
    for (const [index, type] of RANDOM_TYPES.entries()) {
      const shape = {
        ...{ vocabulary: 512, layers: 2, width: 256, heads: 4, kvHeads: 2, headWidth: 64, feedForward: 512 },
        ...{ tied: index % 2 === 0, experts: index % 6 === 5 ? 4 : 0, expertsUsed: index % 6 === 5 ? 2 : 0 },
      };
      const file = path.join(folder, `${type}.gguf`);
      writeRandomModel(file, type, shape);
      const read = languageModel([readGguf(file)]);
      rmSync(file);
      const row = { ...shape, type, tied: shape.tied ? 1 : 0, model: 'x', fileBytes: read.fileBytes };
      const made = networkOf(row);
      const work = (model: LanguageModel): unknown =>
        [...decodeWork(model, { tokens: 5, cells: 100, outputs: 5 }, { repacked: false })].sort();
      assert.deepEqual(work(read), work(made), type);
      assert.equal(read.weightBytes, made.weightBytes);
    }
  });

  it('that is bundled is read', () => {
    const model = languageModel([readGguf(bundledTarget())]);
    assert.ok(model.parameters > 1e6 && model.attention.every(({ window }) => window === undefined));
  });

  it('of Gemma has windows in five of six layers', { skip: absent(GEMMA) }, () => {
    const { attention, tied, normsPerLayer } = languageModel([readGguf(GEMMA)]);
    const windows = attention.map(({ window }) => window);
    assert.ok(windows.every((window, layer) => (layer % 6 === 5) === (window === undefined)));
    assert.ok(tied && normsPerLayer > 4);
  });

  it('of SmolLM2 has matrices of two types', { skip: absent(SMOLLM2_Q4_1) }, () => {
    const { matrices } = languageModel([readGguf(SMOLLM2_Q4_1)]);
    assert.deepEqual([...new Set(matrices.map(({ type }) => type))].sort(), ['Q4_1', 'Q8_0']);
  });

  it('of an unknown architecture is refused with those that are known', () => {
    for (const name of ['mamba', 'notanarchitecture', 'evil\u001b[31m']) {
      const { code, message } = refusal(headWith({ 'general.architecture': text(name) }));
      assert.equal(code, 'unsupported_architecture');
      assert.match(message, /Known are: llama, .*qwen3/);
      assert.ok(!message.includes('\u001b'));
    }
  });

  it('with impossible metadata is refused', () => {
    for (const changes of [
      { 'llama.block_count': undefined },
      { 'llama.block_count': u32(0) },
      { 'llama.block_count': u32(2 ** 31) },
      { 'llama.embedding_length': undefined },
      { 'llama.attention.head_count': undefined },
      { 'llama.context_length': text('much') },
      { 'llama.attention.key_length': { type: 'f32', value: NaN } as const },
    ])
      assert.equal(refusal(headWith(changes)).code, 'invalid_gguf', JSON.stringify(changes));
  });
});

describe('pairs of tokens and cells', () => {
  const counted = (tokens: number, cells: number, sequences: number, window: number | undefined): number => {
    let pairs = 0;
    for (let sequence = 0; sequence < sequences; sequence++)
      for (let token = 1; token <= tokens / sequences; token++)
        pairs += Math.min(cells + token, window ?? Infinity);
    return pairs;
  };

  it('are as many as counted one by one, with and without windows', () => {
    for (const tokens of [1, 2, 8, 64])
      for (const cells of [0, 5, 100])
        for (const sequences of [1, 2])
          for (const window of [undefined, 3, 10, 1000]) {
            if (tokens % sequences > 0) continue;
            assert.equal(
              pairsOf({ tokens, cells, outputs: tokens, sequences }, window),
              counted(tokens, cells, sequences, window),
              `${tokens} ${cells} ${sequences} ${window}`,
            );
          }
  });
});
