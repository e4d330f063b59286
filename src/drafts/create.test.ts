import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { position, sequenceId, token } from '../base/types.js';
import { readGguf } from '../gguf/reader.js';
import { LlamaDecoder } from '../llama/context.js';
import { LlamaModel } from '../llama/model.js';
import { createDraft } from './create.js';
import { fingerprint, metadataText, readNetwork } from './network.js';
import { randomNumbers } from '../base/random.js';
import { temporaryFolder, TINY, writeTinyTarget } from './test-targets.js';

const folder = temporaryFolder();
const target = path.join(folder, 'target.gguf');
writeTinyTarget(target);
const output = path.join(folder, 'draft.gguf');

/** [place] = first choice after `tokens[0..place]`. */
function firstChoices(file: string, tokens: readonly number[]): number[] {
  const model = LlamaModel.load(file);
  const decoder = new LlamaDecoder(model, { threads: 1 });
  try {
    tokens.forEach((id, place) => decoder.batch.add(token(id), position(place), sequenceId(0), true));
    assert.equal(decoder.decode(), 'done');
    return tokens.map((_, row) => {
      const logits = decoder.logits(row);
      return logits.indexOf(Math.max(...logits));
    });
  } finally {
    decoder.dispose();
    model.dispose();
  }
}

describe('a new draft', () => {
  it('is a model with the vocabulary, the template and the name of its target', () => {
    const created = createDraft({ target, output, layers: 1, width: 32, heads: 1 });
    const draft = readGguf(output);
    const source = readGguf(target);
    for (const key of ['tokenizer.ggml.tokens', 'tokenizer.chat_template', 'tokenizer.ggml.model'])
      assert.deepEqual(draft.metadata.get(key), source.metadata.get(key), key);
    assert.equal(metadataText(draft, 'foretoken.draft.target.name'), 'Tiny');
    assert.equal(metadataText(draft, 'foretoken.draft.target.fingerprint'), fingerprint(source));
    assert.equal(metadataText(draft, 'general.license'), 'apache-2.0');
    const model = LlamaModel.load(output);
    assert.equal(model.width, 32);
    assert.equal(model.layers, 1);
    assert.equal(model.parameters, created.parameters);
    model.dispose();
  });

  it('is the same for the same seed and another for another', () => {
    const weights = (seed: number): ReadonlyMap<string, Float32Array> => {
      createDraft({ target, output, layers: 1, width: 32, heads: 1, seed });
      return readNetwork(output).weights;
    };
    assert.deepEqual(weights(1), weights(1));
    assert.notDeepEqual(weights(1), weights(2));
  });

  it('copies what it has seen before, untrained', () => {
    createDraft({ target, output, layers: 2, width: 128, heads: 2 });
    const random = randomNumbers(3);
    // Every word at most once, so that what follows it is certain the second time.
    const words = Array.from({ length: 40 }, (_, id) => id).sort(() => random() - 0.5);
    const text = [...words, ...words];
    const choices = firstChoices(output, text);
    let copied = 0;
    for (let place = words.length; place < text.length - 1; place++)
      if (choices[place] === text[place + 1]) copied += 1;
    assert.ok(copied > 0.9 * (words.length - 1), `${copied} of ${words.length - 1} copied`);
  });

  it('may be cut from layers of the target', () => {
    const all = createDraft({ target, output, fromLayers: [0, 1] });
    assert.equal(all.shape.layers, TINY.layers);
    const text = [3, 1, 4, 1, 5, 9, 2, 6];
    assert.deepEqual(firstChoices(output, text), firstChoices(target, text));
    const second = createDraft({ target, output, fromLayers: [1] });
    assert.equal(second.shape.layers, 1);
    assert.deepEqual(
      readNetwork(output).weights.get('blk.0.attn_q.weight'),
      readNetwork(target).weights.get('blk.1.attn_q.weight'),
    );
  });

  it('refuses impossible shapes and layers', () => {
    const cases: [options: object, param: string][] = [
      [{ layers: 0 }, 'layers'],
      [{ width: 100 }, 'width'],
      [{ width: 96, heads: 5 }, 'heads'],
      [{ feedForward: 33 }, 'width'],
      [{ seed: -1 }, 'seed'],
      [{ fromLayers: [] }, 'fromLayers'],
      [{ fromLayers: [2] }, 'fromLayers'],
    ];
    for (const [options, param] of cases)
      assert.throws(() => createDraft({ target, output, ...options }), { code: 'invalid_option', param });
    assert.throws(() => createDraft({ target: `${target}x`, output }), { code: 'file_not_found' });
  });
});
