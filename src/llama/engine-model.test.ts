import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { asDraftId } from '../base/draft-id.js';
import { ForetokenError } from '../base/errors.js';
import { position, sequenceId, token } from '../base/types.js';
import type { Decoder } from '../decoder/decoder.js';
import { draftVersion } from './draft.js';
import { LlamaEngineModel, planContext, type EngineModelOptions } from './engine-model.js';
import { DEMO_MODEL, patchedModel, specialWord, temporaryFolder, writeAdapter } from './test-models.js';
import { Vocabulary } from './vocabulary.js';

const OPTIONS: EngineModelOptions = {
  modelPath: DEMO_MODEL,
  draftPath: undefined,
  contextSize: 512,
  parallel: 2,
  batchSize: 128,
  microBatchSize: 128,
  threads: 1,
  gpu: 'none',
  gpuLayers: 0,
  kvUnified: undefined,
  loraPaths: [],
};

/** Logits after a few tokens. */
function run(decoder: Decoder): Float32Array {
  decoder.batch.clear();
  [3, 14, 15, 92].forEach((id, i) => decoder.batch.add(token(id), position(i), sequenceId(0), i === 3));
  assert.equal(decoder.decode(), 'done');
  return decoder.logits(0).slice();
}

describe('sizes of the cache', () => {
  const model = { contextTrain: 8192, canTruncate: true };
  const plan = (options: Partial<EngineModelOptions>): ReturnType<typeof planContext> =>
    planContext({ ...OPTIONS, contextSize: 0, ...options }, model);

  it('are chosen from the model and the number of requests', () => {
    assert.deepEqual(plan({ parallel: 1 }), {
      unified: false,
      maxSequences: 1,
      branchSequences: 0,
      contextSize: 4096,
    });
    assert.deepEqual(plan({ parallel: 8, kvUnified: true }), {
      unified: true,
      maxSequences: 32,
      branchSequences: 16,
      contextSize: 32768,
    });
    assert.deepEqual(plan({ parallel: 9 }), {
      unified: false,
      maxSequences: 9,
      branchSequences: 0,
      contextSize: 9 * 4096,
    });
    assert.equal(plan({ parallel: 2, kvUnified: true }).branchSequences, 8);
    assert.equal(plan({ parallel: 100, kvUnified: true }).maxSequences, 100);
    assert.equal(plan({ parallel: 250, kvUnified: true }).branchSequences, 5);
    assert.equal(
      planContext({ ...OPTIONS, contextSize: 0 }, { ...model, contextTrain: 1024 }).contextSize,
      2048,
    );
  });

  it('take no more than half of the free memory, and are then in blocks of 256', () => {
    const shape = { layers: 10, headsKv: 2, keyLength: 64, valueLength: 64 };
    // 5,120 bytes a token.
    const planned = (freeBytes: number, contextSize = 0): number =>
      planContext({ ...OPTIONS, contextSize, parallel: 2 }, { ...model, cacheShape: shape }, freeBytes)
        .contextSize / 2;
    assert.equal(planned(2 ** 40), 4096);
    assert.equal(planned(5120 * 2 * 2 * 3000), 2816);
    assert.equal(planned(1), 512);
    assert.equal(planned(1, 8192), 4096, 'what is asked for is not changed');
  });

  it('are as asked for', () => {
    assert.deepEqual(plan({ contextSize: 1000, parallel: 4, kvUnified: false }), {
      unified: false,
      maxSequences: 4,
      branchSequences: 0,
      contextSize: 1000,
    });
  });

  it('have no spare sequences for a model that cannot take tokens back', () => {
    const recurrent = { contextTrain: 8192, canTruncate: false };
    const { maxSequences, branchSequences } = planContext(
      { ...OPTIONS, parallel: 4, kvUnified: true },
      recurrent,
    );
    assert.deepEqual([maxSequences, branchSequences], [4, 0]);
  });
});

describe('engine model', () => {
  it('has a target and a draft that holds as much, in one pool', () => {
    const model = LlamaEngineModel.load({ ...OPTIONS, draftPath: DEMO_MODEL });
    const { decoder, drafts } = model;
    assert.equal(drafts.length, 1);
    const { decoder: draft, id, version, bytes, share } = drafts[0]!;
    assert.equal(id, path.basename(DEMO_MODEL, '.gguf'));
    assert.match(version, /^[0-9a-f]{16}$/);
    assert.ok(bytes > statSync(DEMO_MODEL).size / 2 && share === 1, `${bytes} bytes`);
    assert.equal(draft.cellCount, decoder.cellCount);
    assert.equal(draft.maxSequences, decoder.maxSequences);
    assert.ok(draft.unified);
    assert.deepEqual(run(draft), run(decoder), 'the same model gives the same logits');
    const [word] = model.vocabulary.tokenize('word');
    assert.equal(
      Buffer.from(model.tokenBytes(token(word!))).toString(),
      model.vocabulary.detokenize([word!]),
    );
    assert.ok(!model.isEndOfGeneration(token(word!)));
    assert.equal(model.embed(Int32Array.of(word!)).length, model.embeddingWidth);
    model.dispose();
    model.dispose();
    assert.throws(() => decoder.decode(), { code: 'disposed' });
    assert.throws(() => model.embed(Int32Array.of(1)), { code: 'disposed' });
  });

  it('refuses a draft with another vocabulary, and says in what it differs', () => {
    const vocabulary = Vocabulary.open(DEMO_MODEL);
    const word = specialWord(vocabulary);
    vocabulary.dispose();
    const file = path.join(temporaryFolder(), 'draft.gguf');
    const draftPath = patchedModel(file, word, `${word.slice(0, -1)}~`);
    assert.throws(() => LlamaEngineModel.load({ ...OPTIONS, draftPath }), {
      code: 'vocabulary_mismatch',
      message: /token \d+ is .* in the target and .* in the draft/,
    });
  });

  it('loads drafts beside each other, and frees one without the others', () => {
    const model = LlamaEngineModel.load(OPTIONS);
    const first = model.loadDraft(asDraftId('first'), DEMO_MODEL);
    const second = model.loadDraft(asDraftId('second'), DEMO_MODEL, { checkedVersion: first.version });
    assert.deepEqual(
      model.drafts.map(({ id }) => id),
      ['first', 'second'],
    );
    const expected = run(model.decoder);
    model.unloadDraft(first);
    assert.throws(() => first.decoder.decode(), { code: 'disposed' });
    assert.deepEqual(run(second.decoder), expected);
    assert.deepEqual(model.drafts, [second]);
    model.dispose();
    assert.throws(() => second.decoder.decode(), { code: 'disposed' });
  });

  it('refuses a draft that vanished, changed, is damaged or finds no room, and goes on', () => {
    const folder = temporaryFolder();
    const model = LlamaEngineModel.load(OPTIONS);
    const id = asDraftId('one');
    const file = path.join(folder, 'draft.gguf');
    copyFileSync(DEMO_MODEL, file);
    const checkedVersion = draftVersion(file);
    const refused = (code: string, message: RegExp, options = {}): void => {
      assert.throws(() => model.loadDraft(id, file, options), { code, message });
    };
    const bytes = readFileSync(file);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(file, bytes);
    refused('invalid_gguf', /has changed while it was being loaded/, { checkedVersion });
    writeFileSync(file, bytes.subarray(0, bytes.length / 2));
    refused('invalid_gguf', /draft\.gguf/);
    writeFileSync(file, 'GGUF');
    refused('invalid_gguf', /not a GGUF file/, { checkedVersion });
    rmSync(file);
    refused('file_not_found', /There is no file/, { checkedVersion });
    const admit = (needed: number): void => {
      throw new ForetokenError('out_of_memory', `no room for ${needed}`);
    };
    assert.throws(() => model.loadDraft(id, DEMO_MODEL, { admit }), { code: 'out_of_memory' });
    assert.deepEqual(model.drafts, []);
    assert.ok(run(model.loadDraft(id, DEMO_MODEL).decoder).length > 0);
    model.dispose();
  });

  it('applies LoRA adapters', () => {
    const folder = temporaryFolder();
    const plain = LlamaEngineModel.load(OPTIONS);
    const expected = run(plain.decoder);
    const { width } = plain.decoder.model;
    plain.dispose();
    const nothing = writeAdapter(path.join(folder, 'nothing.gguf'), width, 0);
    const something = writeAdapter(path.join(folder, 'something.gguf'), width, 0.5);
    const logitsWith = (...loraPaths: string[]): Float32Array => {
      const model = LlamaEngineModel.load({ ...OPTIONS, loraPaths });
      const logits = run(model.decoder);
      model.dispose();
      return logits;
    };
    assert.deepEqual(logitsWith(nothing), expected);
    const worst = logitsWith(something).reduce(
      (most, value, i) => Math.max(most, Math.abs(value - expected[i]!)),
      0,
    );
    assert.ok(worst > 0.01, `an adapter changed logits by ${worst}`);
    assert.throws(() => logitsWith(path.join(folder, 'none.gguf')), { code: 'file_not_found' });
    assert.throws(() => logitsWith(DEMO_MODEL), { code: 'invalid_gguf', message: /not a LoRA adapter/ });
    const narrow = writeAdapter(path.join(folder, 'narrow.gguf'), width / 2, 1);
    assert.throws(() => logitsWith(narrow), { code: 'invalid_gguf' });
  });

  it('knows how answers begin by the template that is used', () => {
    const template = '{% for m in messages %}A: {{ m.content }} B: {% endfor %}<|im_start|>robot ';
    const startOf = (chatTemplate: string | undefined): string => {
      const model = LlamaEngineModel.load({ ...OPTIONS, chatTemplate });
      const text = model.answerStart.map((one) => model.vocabulary.text(one)).join('');
      const { tile } = model.decoder;
      model.dispose();
      return tile === undefined ? 'nothing is tiled' : text;
    };
    const [own, given] = [startOf(undefined), startOf(template)];
    assert.match(own, /^<\|im_start\|>assistant|nothing is tiled/);
    assert.match(given, /^<\|im_start\|>robot|nothing is tiled/);
  });
});
