import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { quantile } from '../base/quantile.js';
import { randomNumbers } from '../base/random.js';
import { curveMs, decodeMs, ONLY_DRAFT, overheadMs, type CostTable, type DecodeWork } from './cost-table.js';
import { CostModel } from './cost-model.js';
import { priorCosts } from './prior-costs.js';
import { BENT, MACHINE } from './test-machines.js';

const DRAFT = MACHINE.drafts[ONLY_DRAFT]!;
const ONE: DecodeWork = { tokens: 1, tokenCells: 0 };

/** Work as it comes while requests come and go: 1 to 12 of them, guessing 0 to 5 tokens each, 30 to 700 tokens long. */
function* workload(random: () => number): Generator<DecodeWork> {
  let before = 0;
  for (;;) {
    const requests = 1 + Math.floor(random() * 12);
    const guesses = Math.floor(random() * 6);
    const length = 30 + random() * 670;
    for (let step = 0; step < 8; step++) {
      const tokens = requests * (1 + (random() < 0.3 ? 0 : guesses));
      yield { tokens, outputs: tokens, tokenCells: Math.round(tokens * length), resized: tokens !== before };
      before = tokens;
    }
  }
}

const NOISE = (random: () => number, share: number): number =>
  Math.exp(share * (random() + random() + random() + random() - 2) * Math.sqrt(3));

interface Errors {
  /** Of |predicted / actual - 1|. */
  readonly median: number;
  readonly p90: number;
}

/** Runs steps on a machine and gives the model's errors over the last 512 of them. */
function run(
  model: CostModel,
  steps: number,
  actualMs: (work: DecodeWork, step: number) => number,
  seed = 1,
): Errors {
  const errors: number[] = [];
  const works = workload(randomNumbers(seed));
  for (let step = 0; step < steps; step++) {
    const work = works.next().value as DecodeWork;
    const ms = actualMs(work, step);
    errors.push(Math.abs(decodeMs(model.table.target, work) / ms - 1));
    model.observe(work, ms);
  }
  const last = errors.slice(-512);
  return { median: quantile(last, 0.5), p90: quantile(last, 0.9) };
}

const factorsOf = (table: CostTable, truth: CostTable): number[] =>
  table.target.curve.tokens.map(
    (tokens, i) => table.target.curve.ms[i]! / curveMs(truth.target.curve, tokens),
  );

/** A table whose curve is as a ruler would draw it, and whose other costs are half of what they should be. */
const STRAIGHT: CostTable = {
  ...MACHINE,
  target: {
    ...MACHINE.target,
    curve: { tokens: BENT.tokens, ms: BENT.tokens.map((n) => 0.5 + 0.45 * n) },
    msPerTokenCell: MACHINE.target.msPerTokenCell / 1.5,
  },
};

describe('latency model', () => {
  it('gives the table it was made with until something is observed', () => {
    const model = new CostModel(MACHINE);
    assert.equal(model.table, MACHINE);
  });

  it('learns a curve with bends from a straight one', () => {
    const model = new CostModel(STRAIGHT);
    const wrong = factorsOf(model.table, MACHINE).map((ratio) => Math.abs(ratio - 1));
    assert.ok(Math.max(...wrong) > 0.15, `the test begins with a wrong curve: ${wrong.join(' ')}`);
    const end = run(model, 3000, (work) => decodeMs(MACHINE.target, work), 2);
    assert.ok(end.p90 < 0.05, `p90 ${end.p90}`);
  });

  it('learns a machine it knows nothing of', () => {
    const model = new CostModel(priorCosts(false));
    const errors = run(model, 4000, (work) => decodeMs(MACHINE.target, work));
    assert.ok(errors.p90 < 0.1, `p90 ${errors.p90}`);
  });

  it('stays right with noise and with outliers of 100x', () => {
    const random = randomNumbers(7);
    const model = new CostModel(STRAIGHT);
    const { p90, median } = run(model, 3000, (work) => {
      const outlier = random() < 0.02 ? 100 : 1;
      return decodeMs(MACHINE.target, work) * NOISE(random, 0.05) * outlier;
    });
    assert.ok(p90 < 0.15 && median < 0.06, `p90 ${p90}, median ${median}`);
  });

  it('is not moved by one observation of 100x', () => {
    for (const factor of [100, 0.01]) {
      const model = new CostModel(MACHINE);
      run(model, 100, (work) => decodeMs(MACHINE.target, work));
      const before = model.table;
      const work = { tokens: 4, outputs: 4, tokenCells: 400, resized: false };
      model.observe(work, decodeMs(before.target, work) * factor);
      run(model, 32, (each) => decodeMs(MACHINE.target, each), 2);
      assert.notEqual(model.table, before);
      for (const ratio of factorsOf(model.table, MACHINE)) assert.ok(Math.abs(ratio - 1) < 0.02, `${ratio}`);
    }
  });

  it('does not take slow first decodes of a draft for its pace', () => {
    const model = new CostModel(MACHINE);
    const usual = decodeMs(DRAFT, { tokens: 1, tokenCells: 0 });
    for (const factor of [90, 20, 15, 3, 6, 2]) model.observe(ONE, factor * usual, ONLY_DRAFT);
    for (let step = 0; step < 3; step++) model.observe(ONE, 1.02 * usual, ONLY_DRAFT);
    const learned = decodeMs(model.table.drafts[ONLY_DRAFT], { tokens: 1, tokenCells: 0 }) / usual;
    assert.ok(learned < 1.1, `${learned} times as dear`);
  });

  it('follows a machine that slows down to a third and recovers, within 50 steps each', () => {
    const random = randomNumbers(3);
    const model = new CostModel(MACHINE);
    const phase = (slower: number, steps: number, seed: number): number[] => {
      run(model, steps, (work) => slower * decodeMs(MACHINE.target, work) * NOISE(random, 0.03), seed);
      return factorsOf(model.table, MACHINE);
    };
    for (const ratio of phase(1, 200, 1)) assert.ok(Math.abs(ratio - 1) < 0.05, `at first ${ratio}`);
    // Also the sizes that were not seen meanwhile: it is the machine that is slow, not a size.
    for (const ratio of phase(3, 50, 2)) assert.ok(Math.abs(ratio / 3 - 1) < 0.15, `slow ${ratio}`);
    for (const ratio of phase(1, 50, 3)) assert.ok(Math.abs(ratio - 1) < 0.15, `again ${ratio}`);
  });

  it('lets sizes that do not occur follow the pace of those that do', () => {
    const model = new CostModel(MACHINE);
    const work = { tokens: 1, outputs: 1, tokenCells: 200, resized: false };
    for (let step = 0; step < 200; step++) model.observe(work, 2 * decodeMs(MACHINE.target, work));
    for (const ratio of factorsOf(model.table, MACHINE)) assert.ok(Math.abs(ratio / 2 - 1) < 0.1, `${ratio}`);
    assert.ok(
      Math.abs(
        decodeMs(model.table.drafts[ONLY_DRAFT], { tokens: 4, tokenCells: 0 }) /
          decodeMs(DRAFT, { tokens: 4, tokenCells: 0 }) /
          2 -
          1,
      ) < 0.1,
    );
  });

  it('tells two sizes apart of which one is dearer than the table says', () => {
    const truth = (tokens: number): number =>
      curveMs(MACHINE.target.curve, tokens) * (tokens === 16 ? 1.6 : 1);
    const model = new CostModel(MACHINE);
    for (let step = 0; step < 2000; step++) {
      const tokens = step % 2 === 0 ? 4 : 16;
      model.observe({ tokens, outputs: tokens, tokenCells: 0, resized: false }, truth(tokens));
    }
    for (const tokens of [4, 16]) {
      const ratio = curveMs(model.table.target.curve, tokens) / truth(tokens);
      assert.ok(Math.abs(ratio - 1) < 0.05, `${tokens} tokens: ${ratio}`);
    }
  });

  it('goes back to what was calibrated where nothing is observed any more', () => {
    const model = new CostModel(MACHINE);
    const observe = (tokens: number, factor: number): void => {
      const work = { tokens, outputs: tokens, tokenCells: 100 * tokens, resized: false };
      model.observe(work, factor * decodeMs(MACHINE.target, work));
    };
    const dear = (): number =>
      curveMs(model.table.target.curve, 8) /
      curveMs(MACHINE.target.curve, 8) /
      (curveMs(model.table.target.curve, 1) / curveMs(MACHINE.target.curve, 1));
    for (let step = 0; step < 400; step++) observe(step % 2 === 0 ? 1 : 8, step % 2 === 0 ? 1 : 1.5);
    assert.ok(dear() > 1.2, `a bad time makes eight tokens dear: ${dear()}`);
    for (let step = 0; step < 4000; step++) observe(1, 1);
    assert.ok(Math.abs(dear() - 1) < 0.05, `${dear()}`);
  });

  it('does not drift where hiccups only ever add', () => {
    const random = randomNumbers(21);
    const model = new CostModel(MACHINE);
    for (let step = 0; step < 20_000; step++) {
      const hiccup = random() < 0.3 ? 1 + random() : 1;
      for (let guess = 0; guess < 3; guess++) {
        const cold = guess === 0;
        const work = { tokens: cold ? 2 : 1, tokenCells: 100, cold };
        model.observe(work, decodeMs(DRAFT, work) * hiccup, ONLY_DRAFT);
      }
      const work = { tokens: 4, outputs: 4, tokenCells: 400, cold: true };
      model.observe(work, decodeMs(MACHINE.target, work) * hiccup);
    }
    const { table } = model;
    for (const tokens of [1, 2, 4])
      assert.ok(
        Math.abs(
          decodeMs(table.drafts[ONLY_DRAFT], { tokens, tokenCells: 100 }) /
            decodeMs(DRAFT, { tokens, tokenCells: 100 }) -
            1,
        ) < 0.15,
        `draft of ${tokens}: ${decodeMs(table.drafts[ONLY_DRAFT], { tokens, tokenCells: 100 })}, not ${decodeMs(DRAFT, { tokens, tokenCells: 100 })}`,
      );
    assert.ok(Math.abs(curveMs(table.target.curve, 1) / BENT.ms[0]! - 1) < 0.15, 'a size never seen');
  });

  it('learns what each model costs more after the other one', () => {
    const model = new CostModel({
      ...MACHINE,
      target: { ...MACHINE.target, coldMs: 0.2 },
      drafts: { [ONLY_DRAFT]: { ...DRAFT, coldMs: 0.05 } },
    });
    for (let step = 0; step < 6000; step++) {
      const cold = step % 3 > 0;
      const work = { tokens: 1, tokenCells: 100, cold };
      for (let guess = 0; guess < 3 && cold; guess++) {
        const drafted = { tokens: 1, tokenCells: 100, cold: guess === 0 };
        model.observe(drafted, decodeMs(DRAFT, drafted), ONLY_DRAFT);
      }
      model.observe(work, decodeMs(MACHINE.target, work));
    }
    const { target, drafts } = model.table;
    const draft = drafts[ONLY_DRAFT]!;
    assert.ok(Math.abs(target.coldMs - MACHINE.target.coldMs) < 0.08, `${target.coldMs}`);
    assert.ok(Math.abs(draft.coldMs - DRAFT.coldMs) < 0.02, `${draft.coldMs}`);
  });

  it('ignores what cannot be true', () => {
    const model = new CostModel(MACHINE);
    const work = { tokens: 4, outputs: 4, tokenCells: 100, resized: false };
    const bad = [0, -1, -1e12, NaN, Infinity, -Infinity];
    for (let round = 0; round < 20; round++) {
      for (const ms of bad) {
        model.observe(work, ms);
        model.observe({ tokens: 1, tokenCells: 10 }, ms, ONLY_DRAFT);
        model.observeOverhead(1, false, ms);
      }
      model.observe({ ...work, tokens: NaN }, 1);
      model.observe({ ...work, outputs: 5 }, 1);
    }
    assert.equal(model.table, MACHINE);
  });

  it('forgets a clock that jumped ahead within a few steps', () => {
    const model = new CostModel(MACHINE);
    run(model, 300, (work, step) => (step > 200 && step < 204 ? 1e12 : decodeMs(MACHINE.target, work)));
    for (const ratio of factorsOf(model.table, MACHINE)) assert.ok(Math.abs(ratio - 1) < 0.05, `${ratio}`);
  });

  it('lets two sizes meet in the middle where the larger one takes less', () => {
    const model = new CostModel({
      ...MACHINE,
      target: { ...MACHINE.target, curve: { tokens: [1, 2, 3, 4], ms: [1, 2, 2, 3] } },
    });
    for (let step = 0; step < 2000; step++) {
      const tokens = 2 + (step % 2);
      const ms = tokens === 2 ? 2.4 : 1.6;
      model.observe({ tokens, outputs: tokens, tokenCells: 0, resized: false }, ms);
    }
    const { ms } = model.table.target.curve;
    assert.equal(ms[1], ms[2]);
    assert.ok(Math.abs(ms[1]! - 2) < 0.1, `${ms[1]}`);
  });

  it('keeps curves non-decreasing and finite whatever is observed', () => {
    const random = randomNumbers(11);
    const model = new CostModel(MACHINE);
    const seen = new Set<CostTable>();
    for (let step = 0; step < 5000; step++) {
      const tokens = 1 + Math.floor(random() * 300);
      const wild = Math.exp((random() - 0.5) * 20);
      model.observe({ tokens, outputs: 1, tokenCells: tokens * 50, resized: random() < 0.5 }, wild);
      model.observe({ tokens, tokenCells: tokens }, wild, ONLY_DRAFT);
      model.observeOverhead(tokens, false, wild);
      seen.add(model.table);
    }
    assert.ok(seen.size > 100);
    for (const { target, drafts, ...step } of seen) {
      for (const { curve, ...amounts } of [target, drafts[ONLY_DRAFT]!]) {
        const { ms } = curve;
        assert.ok(ms.every((value, i) => value > 0 && value < Infinity && value >= (ms[i - 1] ?? 0)));
        for (const amount of Object.values({ ...amounts, ...step }))
          assert.ok(amount >= 0 && amount < Infinity);
      }
    }
  });

  it('takes drafts up and lets them go while it learns, each with costs of its own', () => {
    const model = new CostModel({ ...MACHINE, drafts: {} });
    // The machine turns out to be half as fast, before and after a second draft comes.
    for (let step = 0; step < 200; step++)
      model.observe(
        { tokens: 1, outputs: 1, tokenCells: 100, resized: false },
        2 * decodeMs(MACHINE.target, { tokens: 1, outputs: 1, tokenCells: 100, resized: false }),
      );
    model.addDraft('small', DRAFT);
    model.addDraft('large', { ...DRAFT, curve: { tokens: [1, 64], ms: [1, 10] } });
    const msOf = (key: string): number => decodeMs(model.table.drafts[key], { tokens: 1, tokenCells: 0 });
    assert.ok(Math.abs(msOf('small') / DRAFT.curve.ms[0]! - 1) < 0.01, 'costs are taken as they are now');
    assert.ok(Math.abs(msOf('large') - 1) < 0.01);
    for (let step = 0; step < 300; step++) model.observe(ONE, 3, 'large');
    assert.ok(Math.abs(msOf('large') / 3 - 1) < 0.1, `${msOf('large')}`);
    assert.ok(Math.abs(msOf('small') / DRAFT.curve.ms[0]! - 1) < 0.01, 'the other is not touched');
    model.removeDraft('large');
    assert.deepEqual(Object.keys(model.table.drafts), ['small']);
    model.observe(ONE, 3, 'large');
    assert.equal(msOf('large'), 0);
  });

  it('learns the draft apart from the target, and the overhead by rows', () => {
    const random = randomNumbers(5);
    const truth = { ...MACHINE, overheadMs: 0.06, overheadMsPerRow: 0.02 };
    const model = new CostModel(MACHINE);
    for (let step = 0; step < 4000; step++) {
      const rows = 1 + Math.floor(random() * 16);
      const work = { tokens: rows, outputs: rows, tokenCells: 100 * rows, resized: false };
      model.observe(work, decodeMs(MACHINE.target, work));
      model.observe(work, 1.7 * decodeMs(DRAFT, work), ONLY_DRAFT);
      model.observeOverhead(rows, false, overheadMs(truth, rows, false));
    }
    const near = (actual: number, expected: number): void => {
      assert.ok(Math.abs(actual / expected - 1) < 0.05, `${actual} instead of ${expected}`);
    };
    near(curveMs(model.table.target.curve, 4), curveMs(MACHINE.target.curve, 4));
    near(
      decodeMs(model.table.drafts[ONLY_DRAFT], { tokens: 4, tokenCells: 400 }),
      1.7 * decodeMs(DRAFT, { tokens: 4, tokenCells: 400 }),
    );
    for (const rows of [1, 4, 16]) near(overheadMs(model.table, rows, false), overheadMs(truth, rows, false));
  });

  it('knows the parts of a ragged batch', () => {
    const model = new CostModel(MACHINE);
    const parts = [4, 3, 2, 1];
    const work = { tokens: 10, outputs: 10, tokenCells: 0, resized: false, parts };
    const expected =
      parts.reduce((sum, tokens) => sum + curveMs(MACHINE.target.curve, tokens), 0) +
      4 * MACHINE.target.resizeMs;
    assert.ok(Math.abs(decodeMs(MACHINE.target, work) - expected) < 1e-9);
    for (let step = 0; step < 300; step++) model.observe(work, 1.5 * expected);
    assert.ok(Math.abs(decodeMs(model.table.target, work) / (1.5 * expected) - 1) < 0.05);
  });

  it('makes a new table every 32 observations, and at once when a cost has moved', () => {
    const model = new CostModel(MACHINE);
    const work = { tokens: 4, outputs: 4, tokenCells: 100, resized: false };
    const versions = (ms: number): number[] =>
      Array.from({ length: 64 }, () => {
        model.observe(work, ms);
        return model.table.version;
      });
    const calm = versions(decodeMs(MACHINE.target, work));
    assert.deepEqual([calm[30], calm[31], calm[62], calm[63]], [0, 1, 1, 2]);
    const frozen = structuredClone(model.table);
    const held = model.table;
    const slow = versions(3 * decodeMs(MACHINE.target, work));
    assert.ok(slow[8]! > 2, `after nine steps of a new pace version ${slow[8]}`);
    assert.ok(Math.abs(decodeMs(model.table.target, work) / decodeMs(MACHINE.target, work) / 3 - 1) < 0.05);
    assert.deepEqual(held, frozen, 'a table in use does not change');
  });
});
