/** Aligning, assigning and deciding, with a tiny target: what they come to, and what they do with too little and with nonsense. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { LlamaDecoder } from '../llama/context.js';
import { LlamaModel } from '../llama/model.js';
import { tableOf, type ModelCosts } from '../costs/cost-table.js';
import { FREE_MODEL } from '../costs/test-machines.js';
import { PRIOR_STEP_COSTS } from '../costs/prior-costs.js';
import { alignDraft, alignedText, splitTexts } from './align.js';
import { assign, goodputOf, lookupGoodput } from './assign.js';
import type { CorpusText } from './corpus.js';
import { createDraft } from './create.js';
import { answerPrompts } from './answers.js';
import { measureLookup } from './measure-on.js';
import {
  decide,
  judged,
  LEAST_TASK_TEXTS,
  refusedShare,
  USUAL_REFUSED_SHARE,
  type TrainingCandidate,
} from './pays.js';
import type { Decision } from './registry/entry.js';
import { labelText } from './target-texts.js';
import { temporaryFolder, TINY, writeTinyTarget } from './test-targets.js';

const folder = temporaryFolder();
const target = path.join(folder, 'target.gguf');
writeTinyTarget(target);
const model = LlamaModel.load(target);
const decoder = new LlamaDecoder(model, {
  contextSize: 512,
  batchSize: 128,
  maxSequences: 4,
  unified: false,
  threads: 1,
});
after(() => {
  decoder.dispose();
  model.dispose();
});

/** A machine on which a batch of four costs twice a token. */
const COSTS: ModelCosts = {
  ...FREE_MODEL,
  curve: { tokens: [1, 2, 4, 8, 16, 32], ms: [10, 14, 20, 30, 50, 90] },
};
const draftOf = (ms: number): ModelCosts => ({
  ...FREE_MODEL,
  curve: { tokens: [1, 2], ms: [ms, ms] },
});
const geometric = (rate: number): number[] => Array.from({ length: 8 }, (_, k) => rate ** (k + 1));

async function answers(count: number, step: number): Promise<CorpusText[]> {
  const prompts = Array.from({ length: count }, (_, i) => ({
    task: 'one',
    tokens: Int32Array.from({ length: 3 + (i % 5) }, (_, j) => (i * step + j * 3) % TINY.vocabularySize),
  }));
  const texts: CorpusText[] = [];
  await answerPrompts(decoder, prompts, {
    maxTokens: 24,
    candidates: 4,
    isEndOfGeneration: (id) => id === 5,
    onText: (text, index) => (texts[index] = text),
  });
  return texts;
}

const texts = await answers(40, 7);

describe('labels of texts that are there', () => {
  it('are those that writing them would have noted', () => {
    for (const text of texts.slice(0, 8)) {
      const { task, tokens, promptLength } = text;
      const labelled = labelText(decoder, { task, tokens, promptLength }, 4, 512)!;
      assert.deepEqual(labelled.tokens, tokens);
      assert.deepEqual(
        labelled.candidates.filter((_, i) => i % 4 === 0),
        text.candidates.filter((_, i) => i % 4 === 0),
      );
      labelled.shares.forEach((share, i) => {
        assert.ok(Math.abs(share - text.shares[i]!) <= 5);
      });
    }
  });

  it('follow the text and not the target where they differ, and end with the context', () => {
    const odd = { tokens: [1, 2, 3, 60, 61, 62], promptLength: 3 };
    const labelled = labelText(decoder, odd, 4, 5)!;
    assert.deepEqual(labelled.tokens, [1, 2, 3, 60, 61]);
    assert.equal(labelled.candidates.length, 8);
    assert.equal(labelText(decoder, { tokens: [1, 2], promptLength: 2 }, 4, 512), undefined);
    assert.equal(labelText(decoder, odd, 4, 3), undefined);
  });
});

describe('texts', () => {
  it('are split by prompt, always in the same way, each prompt once', () => {
    const { training, held } = splitTexts([...texts, ...texts]);
    assert.equal(
      training.length + held.length,
      new Set(texts.map(({ tokens, promptLength }) => tokens.slice(0, promptLength).join())).size,
    );
    assert.ok(held.length >= 3, String(held.length));
    const again = splitTexts([...texts].reverse());
    assert.deepEqual(new Set(again.held), new Set(held));
  });

  it('leave some to measure with wherever there are enough, and hold out nothing that was trained on before', () => {
    const all = Array.from({ length: 400 }, (_, i) => ({
      ...{ tokens: [i, 7 * i, 1, 2], promptLength: 2 },
      ...{ candidates: [], shares: [] },
    }));
    for (let first = 0; first < all.length; first += 20) {
      const trained = new Set<unknown>();
      for (let count = 13; count <= 40; count += 3) {
        const { training, held } = splitTexts(all.slice(first, first + count));
        assert.ok(held.length >= 3, `${held.length} of ${count} from ${first} on`);
        assert.ok(!held.some((text) => trained.has(text)));
        for (const text of training) trained.add(text);
      }
    }
  });
});

describe('aligning', () => {
  const base = path.join(folder, 'base.gguf');
  createDraft({ target, output: base, layers: 1, width: 64 });
  const common = { base, work: folder, threads: 1 };

  it('makes a draft that guesses better on prompts it has not seen, and says so', async () => {
    const split = splitTexts(texts);
    const aligned = await alignDraft({
      ...common,
      name: 'one',
      texts: split,
      minutes: 0.1,
      epochs: 60,
      learningRate: 1e-2,
    });
    assert.ok(aligned.onTrained > aligned.before.rate);
    const words = alignedText(aligned, split, { before: 1, after: 1.3 });
    assert.match(
      words,
      /^guesses \d+ % right \(\d+ % before\), 1\.30x here \(1\.00x before\): (not )?worth serving/,
    );
    assert.equal(aligned.better, aligned.after.rate > aligned.before.rate);
  });

  it('refuses too little, and what diverges, in words', async () => {
    const few = splitTexts(texts.slice(0, 6));
    await assert.rejects(
      alignDraft({ ...common, name: 'few', texts: few, minutes: 0.1 }),
      /too few to align a draft with/,
    );
    const wild = {
      ...common,
      name: 'wild',
      texts: splitTexts(texts),
      minutes: 0.1,
      epochs: 20,
      learningRate: 1,
    };
    // With a rate of one it diverges or learns nothing: it never counts as better by being no number.
    const result = await alignDraft(wild).catch((error: unknown) => error as Error);
    if (result instanceof Error) assert.match(result.message, /diverge|learning rate/i);
    else assert.ok(Number.isFinite(result.after.rate));
  });
});

describe('the assignment', () => {
  const lookup = { coverage: 0.3, survival: geometric(0.4) };

  it("is the planner's own goodput, highest first", () => {
    const good = { id: 'good', survival: geometric(0.9), costs: draftOf(0.5) };
    const poor = { id: 'poor', survival: geometric(0.5), costs: draftOf(0.5) };
    const dear = { id: 'dear', survival: geometric(0.95), costs: draftOf(9) };
    const found = assign(COSTS, [poor, good, dear], lookup, 7);
    assert.equal(found.draft, 'good');
    assert.equal(found.at, 7);
    assert.deepEqual(
      new Set(found.candidates.map(({ draft }) => draft)),
      new Set(['none', 'lookup', 'good', 'poor', 'dear']),
    );
    const goodputs = found.candidates.map(({ tokenGoodput }) => tokenGoodput);
    assert.deepEqual(
      goodputs,
      [...goodputs].sort((a, b) => b - a),
    );
    assert.match(
      found.reason,
      /90 % of first guesses right, \d+ in a row: \d+ tokens\/s expected, \d\.\d\d times/,
    );
    // Without guesses a step is a token of the target and the engine's own work.
    const { overheadMs, overheadMsPerRow } = tableOf(COSTS, {}, PRIOR_STEP_COSTS);
    const none = found.candidates.find(({ draft }) => draft === 'none')!;
    assert.ok(Math.abs(none.tokenGoodput - 1000 / (10 + overheadMs + overheadMsPerRow)) < 1e-6);
  });

  it('is none where nothing pays, and looking up needs no draft', () => {
    const bad = { id: 'bad', survival: geometric(0.05), costs: draftOf(8) };
    const none = assign(COSTS, [bad], { coverage: 0, survival: [] }, 0);
    assert.equal(none.draft, null);
    assert.match(none.reason, /no guesses pay/);
    const looked = assign(COSTS, [bad], { coverage: 0.9, survival: geometric(0.95) }, 0);
    assert.equal(looked.draft, null);
    assert.equal(looked.candidates[0]!.draft, 'lookup');
    const never = lookupGoodput(COSTS, { coverage: 0, survival: [] }).tokenGoodput;
    assert.ok(Math.abs(never - goodputOf(COSTS, [], undefined).tokenGoodput) < 1e-9);
  });

  it('knows of looking up what the texts say', () => {
    const repeated: CorpusText = {
      tokens: [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4],
      promptLength: 6,
      candidates: [],
      shares: [],
    };
    const found = measureLookup([repeated]);
    assert.deepEqual([found.tokens, found.coverage, found.survival[0]], [6, 1, 1]);
    const new_: CorpusText = { tokens: [1, 2, 3, 4, 5, 6, 7], promptLength: 3, candidates: [], shares: [] };
    assert.deepEqual([measureLookup([new_]).coverage, measureLookup([]).coverage], [0, 0]);
    assert.deepEqual(measureLookup([]).survival, []);
  });

  it('counts looking up by the steps of a server, so that a long copy promises no more than it brings', () => {
    const prompt = Array.from({ length: 18 }, (_, index) => index + 1);
    const unseen = Array.from({ length: 8 }, (_, index) => 90 + index);
    const tokens = [...prompt, ...prompt, ...unseen];
    const found = measureLookup([{ tokens, promptLength: prompt.length, candidates: [], shares: [] }]);
    // One by one until two tokens are known again, one step for the rest of the copy, and one by one again.
    const steps = 2 + 1 + (unseen.length - 1);
    assert.equal(found.coverage, 1 / steps);
    assert.deepEqual(found.survival, new Array(16).fill(1));
    assert.equal(found.tokens, steps * (1 + found.coverage * 16));
  });
});

describe('only what pays', () => {
  const candidate: TrainingCandidate = {
    task: 'sql',
    texts: 500,
    tokensPerDay: 1e6,
    survival: geometric(0.6),
    costs: draftOf(0.5),
    minutes: 2,
  };
  const options = { all: false, at: 1 };

  it('is trained where a day of traffic repays it', () => {
    const yes = decide(candidate, COSTS, 0.7, options);
    assert.equal(yes.train, true);
    assert.match(
      yes.reason,
      /60 % of first guesses are right, 72 % expected after 2\.0 min, which would save \d+\.\d min a day: repaid/,
    );
    assert.ok(yes.savedMinutes! > 2);
    const little = { ...candidate, tokensPerDay: 1000 };
    const no = decide(little, COSTS, 0.7, options);
    assert.equal(no.train, false);
    assert.match(no.reason, /not repaid within a day$/);
    assert.equal(decide(little, COSTS, 0.7, { ...options, all: true }).train, true);
    const unknown = decide({ ...candidate, tokensPerDay: undefined }, COSTS, 0.7, options);
    assert.deepEqual([unknown.train, unknown.savedMinutes], [true, undefined]);
    const few = decide({ ...candidate, texts: LEAST_TASK_TEXTS - 1 }, COSTS, 0.7, { ...options, all: true });
    assert.deepEqual([few.train, /too little data/.test(few.reason)], [false, true]);
    // Where nearly all is right already there is nothing to gain.
    assert.equal(
      decide({ ...candidate, survival: geometric(0.999), tokensPerDay: 1e5 }, COSTS, 0.7, options).train,
      false,
    );
  });

  it('is judged afterwards, and the next prediction learns from it', () => {
    const decision = decide(candidate, COSTS, 0.7, options);
    const good = judged(decision, candidate, { survival: geometric(0.8), costs: draftOf(0.5) }, COSTS, 2);
    assert.deepEqual([good.right, good.after], [true, 0.8]);
    const bad = judged(decision, candidate, { survival: geometric(0.6), costs: draftOf(0.5) }, COSTS, 2);
    assert.deepEqual([bad.right, bad.reallySavedMinutes], [false, 0]);
    assert.equal(refusedShare([]), USUAL_REFUSED_SHARE);
    const past = Array.from({ length: 5 }, (): Decision => ({ ...good, before: 0.6, after: 0.8 }));
    assert.ok(Math.abs(refusedShare(past) - 0.5) < 1e-9);
  });
});
