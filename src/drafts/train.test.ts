import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { ForetokenError } from '../base/errors.js';
import { sum } from '../base/statistics.js';
import { position, sequenceId, token } from '../base/types.js';
import { readGguf } from '../gguf/reader.js';
import { LlamaDecoder } from '../llama/context.js';
import { LlamaModel } from '../llama/model.js';
import { Trainer, type TrainingBatch } from '../llama/training/training.js';
import { makeBatches } from './batches.js';
import { checkpointFile, readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { type CorpusText, CorpusWriter, readCorpus } from './corpus.js';
import { createDraft } from './create.js';
import { evaluateDraft, measureAgreement } from './evaluate.js';
import { readNetwork } from './network.js';
import { randomNumbers } from '../base/random.js';
import { temporaryFolder, TINY, tinyAnswers, writeTinyTarget } from './test-targets.js';
import { schedule, trainDraft, type TrainingProgress, withoutHeldOut } from './train.js';

const folder = temporaryFolder();
const target = path.join(folder, 'target.gguf');
writeTinyTarget(target);

const PROMPTS = Array.from({ length: 24 }, (_, i) => ({
  task: i % 2 === 0 ? 'even' : 'odd',
  tokens: Int32Array.from({ length: 3 + (i % 5) }, (_, j) => (i * 7 + j * 3) % TINY.vocabularySize),
}));

const answers = (sequences: number): Promise<CorpusText[]> =>
  tinyAnswers(target, PROMPTS, { sequences, contextSize: 128 * sequences, batchSize: 64 }, 24);

function writeCorpus(name: string, texts: readonly CorpusText[]): string {
  const file = path.join(folder, name);
  const writer = new CorpusWriter(file, { append: false });
  for (const text of texts) writer.add(text);
  writer.close();
  return file;
}

const texts = await answers(4);
const corpus = writeCorpus('corpus.jsonl', texts);

describe('a corpus', () => {
  it('holds every prompt with the same answer, however many are written at a time', async () => {
    assert.equal(texts.length, PROMPTS.length);
    texts.forEach((text, i) => {
      assert.deepEqual(text.tokens.slice(0, text.promptLength), [...PROMPTS[i]!.tokens]);
      assert.ok(text.tokens.length === 24 || text.tokens.at(-1) === 5);
    });
    assert.deepEqual(
      (await answers(1)).map(({ tokens }) => tokens),
      texts.map(({ tokens }) => tokens),
    );
  });

  it('notes the likeliest tokens, the answer first', () => {
    for (const { tokens, promptLength, candidates, shares } of texts)
      for (let i = 0; i < tokens.length - promptLength; i++) {
        assert.equal(candidates[i * 4], tokens[promptLength + i]);
        const part = shares.slice(i * 4, i * 4 + 4);
        assert.deepEqual(
          part,
          [...part].sort((a, b) => b - a),
        );
        assert.ok(part.reduce((sum, share) => sum + share, 0) <= 10002);
      }
  });

  it('is read back, and refused where it is damaged', () => {
    assert.deepEqual(readCorpus(corpus, TINY.vocabularySize), texts);
    const broken = path.join(folder, 'broken.jsonl');
    for (const line of ['{', 'null', '{"tokens":[1,2],"promptLength":2,"candidates":[],"shares":[]}'])
      for (const content of [line, `${JSON.stringify(texts[0])}\n${line}`]) {
        writeFileSync(broken, content);
        assert.throws(() => readCorpus(broken, TINY.vocabularySize), { code: 'invalid_option' });
      }
    assert.throws(() => readCorpus(corpus, 4), { code: 'invalid_option' });
  });

  it('fills batches with whole texts', () => {
    const shape = { rows: 2, tokensPerRow: 64, outputs: 40 };
    let begun = 0;
    for (const batch of makeBatches(texts, shape, randomNumbers(1))) {
      for (let row = 0; row < shape.rows; row++)
        for (let i = 0; i < shape.tokensPerRow; i++) {
          const place = batch.positions[row * shape.tokensPerRow + i]!;
          const before = i === 0 ? -1 : batch.positions[row * shape.tokensPerRow + i - 1]!;
          assert.ok(place === 0 || place === before + 1);
          if (place === 1) begun += 1;
        }
      assert.equal(batch.labels.length, shape.outputs);
      batch.labels.forEach(({ tokens, shares }, i) => {
        const sum = Array.from(shares).reduce((total, share) => total + share, 0);
        assert.ok(Math.abs(sum - 1) < 1e-6);
        const place = batch.outputTokens[i]!;
        // The label is what follows in the same text; after its last trained token nothing is there.
        assert.equal(tokens[0], batch.tokens[place + 1]);
      });
    }
    assert.equal(begun, texts.length);
  });
});

describe('the training graph', () => {
  /** The text and the loss at its positions as llama.cpp sees them. */
  function lossOfLibrary(file: string, tokens: readonly number[]): number {
    const model = LlamaModel.load(file);
    const decoder = new LlamaDecoder(model, {
      threads: 1,
      typeK: 'F32',
      typeV: 'F32',
      flashAttention: 'disabled',
    });
    let loss = 0;
    tokens.forEach((id, place) => decoder.batch.add(token(id), position(place), sequenceId(0), true));
    assert.equal(decoder.decode(), 'done');
    for (let row = 0; row + 1 < tokens.length; row++) {
      const logits = decoder.logits(row);
      const largest = Math.max(...logits);
      const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
      loss += Math.log(sum) + largest - logits[tokens[row + 1]!]!;
    }
    decoder.dispose();
    model.dispose();
    return loss / (tokens.length - 1);
  }

  const words = [9, 8, 1, 60, 3, 22, 8, 1, 40, 2, 11, 11];
  const half = words.length;
  const twoTexts: TrainingBatch = {
    tokens: Int32Array.from([...words, ...words, ...words, ...words]),
    positions: Int32Array.from({ length: 4 * half }, (_, i) => i % half),
    outputTokens: Int32Array.from({ length: half - 1 }, (_, i) => i + half),
    labels: words.slice(1).map((word) => ({ tokens: [word], shares: [1] })),
  };
  const shape = { rows: 2, tokensPerRow: 2 * half, outputs: half - 1 };

  it('computes what llama.cpp computes, for each text alone', () => {
    const { shape: network, weights } = readNetwork(target);
    const trainer = new Trainer(network, shape, weights, { threads: 1 });
    const loss = trainer.step(twoTexts, 0);
    assert.ok(Math.abs(loss - lossOfLibrary(target, words)) < 1e-3, `${loss}`);
    assert.deepEqual(trainer.weights(), weights);
    trainer.dispose();
    assert.throws(() => trainer.step(twoTexts, 0), { code: 'disposed' });
  });

  it('changes every weight, and for the better', async () => {
    const { shape: network, weights } = readNetwork(target);
    const trainer = new Trainer(network, shape, weights, { threads: 2 });
    const before = trainer.step(twoTexts, 0);
    for (let step = 0; step < 12; step++) await trainer.stepAsync(twoTexts, 3e-3);
    assert.ok(trainer.step(twoTexts, 0) < before / 2);
    for (const [name, values] of trainer.weights()) assert.notDeepEqual(values, weights.get(name), name);
    trainer.dispose();
  });
});

describe('training a draft', () => {
  const draft = path.join(folder, 'draft.gguf');
  createDraft({ target, output: draft, layers: 1, width: 32, heads: 1, feedForward: 64 });
  const small = { draft, corpus: [corpus], rows: 1, tokensPerRow: 64, threads: 1, learningRate: 0.01 };

  it('lowers the loss and raises the agreement', async () => {
    const output = path.join(folder, 'trained.gguf');
    const reports: TrainingProgress[] = [];
    const result = await trainDraft({
      ...small,
      output,
      epochs: 12,
      recipe: 'a test',
      onProgress: (progress) => reports.push(progress),
    });
    assert.equal(reports.length, result.steps);
    assert.equal(reports.at(-1)!.done, 1);
    assert.ok(result.loss < 0.7 * reports[0]!.loss, `${reports[0]!.loss} -> ${result.loss}`);
    const [before, after] = [
      await evaluateDraft({ draft, corpus, threads: 1 }),
      await evaluateDraft({ draft: output, corpus, threads: 1 }),
    ];
    assert.ok(after.overall.rate > before.overall.rate + 0.2);
    assert.deepEqual([...after.byTask.keys()].sort(), ['even', 'odd']);
  });

  it('stops when asked to and keeps what it has', async () => {
    const output = path.join(folder, 'stopped.gguf');
    const controller = new AbortController();
    const result = await trainDraft({
      ...small,
      output,
      epochs: 1000,
      signal: controller.signal,
      onProgress: ({ step }) => {
        if (step === 3) controller.abort();
      },
    });
    assert.equal(result.steps, 3);
    assert.ok(existsSync(output));
  });

  it('goes on where it was broken off, with the same settings only', async () => {
    const output = path.join(folder, 'resumed.gguf');
    const steps: number[] = [];
    const run = async (epochs: number, stopAt: number): Promise<void> => {
      const controller = new AbortController();
      await trainDraft({
        ...small,
        output,
        epochs,
        signal: controller.signal,
        onProgress: ({ step }) => {
          steps.push(step);
          if (step === stopAt) controller.abort();
        },
      });
    };
    await run(4, 2);
    assert.ok(existsSync(checkpointFile(output)));
    // Also where nothing after it guesses better than what it had: then it is told apart what was best and where it was.
    const id = readGguf(checkpointFile(output)).metadata.get('foretoken.training.id')!.value as string;
    const { shape } = readNetwork(small.draft);
    writeCheckpoint(output, id, shape, { ...readCheckpoint(output, id, shape)!, agreement: 1 });
    await run(4, 4);
    assert.deepEqual(steps, [1, 2, 3, 4]);
    await run(4, 6);
    assert.deepEqual(steps, [1, 2, 3, 4, 5, 6]);
    assert.equal(readCheckpoint(output, id, shape)!.agreement, 1);
    await run(5, 1);
    assert.equal(steps.at(-1), 1, 'another training begins anew');
    writeFileSync(checkpointFile(output), 'damaged');
    await run(1, Infinity);
    assert.equal(steps.at(-2 - (steps.at(-1)! - 2)), 1, 'a damaged checkpoint is no beginning');
    assert.ok(!existsSync(checkpointFile(output)), 'nothing is left at the end');
  });

  it('goes back with half the step when it diverges, and says so when that does not help', async () => {
    const output = path.join(folder, 'diverging.gguf');
    const rates: number[] = [];
    await assert.rejects(
      trainDraft({
        ...small,
        output,
        epochs: 200,
        learningRate: 1,
        acceptanceShare: 0,
        onProgress: ({ learningRate }) => rates.push(learningRate),
      }).then(({ loss, validationLoss }) => {
        assert.ok(Number.isFinite(loss) && Number.isFinite(validationLoss));
        throw new ForetokenError('invalid_option', 'It came through.', { param: 'learningRate' });
      }),
      { code: 'invalid_option', param: 'learningRate' },
    );
    assert.ok(rates.every(Number.isFinite));
    if (existsSync(output))
      for (const values of readNetwork(output).weights.values()) assert.ok(values.every(Number.isFinite));
  });

  it('teaches a cut head what it can guess', async () => {
    const start = path.join(folder, 'cut-start.gguf');
    const output = path.join(folder, 'cut.gguf');
    createDraft({ target, output: start, layers: 2, width: 64, heads: 1, vocabulary: 32, corpus: [corpus] });
    const result = await trainDraft({ ...small, draft: start, output, epochs: 40 });
    const [before, after] = [
      await evaluateDraft({ draft: start, corpus, threads: 1 }),
      await evaluateDraft({ draft: output, corpus, threads: 1 }),
    ];
    assert.ok(
      after.overall.rate > before.overall.rate + 0.1,
      `${before.overall.rate} -> ${after.overall.rate}`,
    );
    // A share of a few held-out places: which of them are right differs with a processor's rounding, and may be none.
    assert.ok(result.agreement >= 0 && result.agreement <= 1);
    assert.deepEqual(readNetwork(output).headTokens, readNetwork(start).headTokens);
  });

  it('holds out the same prompts, whatever other texts there are', () => {
    const some = (from: number, count: number): CorpusText[] =>
      Array.from({ length: count }, (_, i) => ({
        ...{ tokens: [from + i, 1, 2], promptLength: 1, candidates: [1, 2], shares: [1e4, 1e4] },
      }));
    const promptsOf = (all: readonly CorpusText[]): Set<number> =>
      new Set(all.map(({ tokens }) => tokens[0]!));
    const whole = withoutHeldOut(some(0, 500));
    assert.ok(whole.validation.length > 30 && whole.validation.length < 70);
    const learned = promptsOf(whole.texts);
    const part = withoutHeldOut(some(200, 200));
    assert.ok(part.validation.length >= 10);
    for (const prompt of promptsOf(part.validation)) assert.ok(!learned.has(prompt));
    const few = withoutHeldOut(some(0, 10));
    assert.ok(few.validation.length >= 1 && few.texts.length >= 7);
    const two = withoutHeldOut([...Array<CorpusText[]>(9).fill(some(0, 2))].flat());
    assert.deepEqual([promptsOf(two.validation).size, promptsOf(two.texts).size], [1, 1]);
    assert.throws(() => withoutHeldOut([...Array<CorpusText[]>(10).fill(some(0, 1))].flat()), {
      code: 'invalid_option',
      message: /too few different prompts/,
    });
  });

  it('refuses options out of range', async () => {
    const output = path.join(folder, 'never.gguf');
    for (const [param, value] of [
      ['epochs', 0],
      ['minutes', -1],
      ['learningRate', 2],
      ['rows', 1.5],
      ['threads', 0],
      ['corpus', []],
    ] as const)
      await assert.rejects(trainDraft({ ...small, output, [param]: value }), {
        code: 'invalid_option',
        param,
      });
    assert.ok(!existsSync(output));
  });

  it('warms up, then falls', () => {
    assert.ok(schedule(0) < 0.05);
    assert.ok(schedule(0.05) > 0.9);
    for (let done = 0.05; done < 1; done += 0.05) assert.ok(schedule(done + 0.05) < schedule(done));
    assert.ok(schedule(1) > 0);
  });
});

it('a model agrees with its own text, and the counts add up', async () => {
  const same = await evaluateDraft({ draft: target, corpus, threads: 1 });
  assert.equal(same.overall.texts, texts.length);
  assert.equal(
    same.overall.tokens,
    texts.reduce((sum, text) => sum + text.tokens.length - text.promptLength, 0),
  );
  assert.ok(same.overall.rate > 0.99);
  assert.ok(same.overall.tokensPerStep > 4 && same.overall.tokensPerStep <= 5);
  assert.ok(same.tokenMs > 0);
  const model = LlamaModel.load(target);
  const decoder = new LlamaDecoder(model, { threads: 1 });
  const wrong = texts.map((text) => ({
    ...text,
    tokens: text.tokens.map((id, i) => (i < text.promptLength ? id : (id + 1) % TINY.vocabularySize)),
  }));
  assert.ok((await measureAgreement(decoder, wrong)).overall.rate < 0.3);
  // Texts that are guessed easily take few steps: counted by places, they would promise nearly twice as much.
  const { survival, tokensPerStep } = (await measureAgreement(decoder, [...texts, ...wrong])).overall;
  assert.ok(Math.abs((1 + sum(survival)) / tokensPerStep - 1) < 0.1);
  decoder.dispose();
  model.dispose();
});
