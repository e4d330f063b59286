import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomNumbers } from '../base/random.js';
import { sequenceId } from '../base/types.js';
import type { Decoder, EngineModel } from '../decoder/decoder.js';
import { fakeModel } from '../decoder/fake.js';
import { LlamaEngineModel } from '../llama/engine-model.js';
import { DEMO_MODEL } from '../llama/test-models.js';
import { calibrate, calibrateModel } from './calibrate.js';
import { curveMs, ONLY_DRAFT, type CostCurve, type CostTable } from './cost-table.js';
import { priorCosts } from './prior-costs.js';
import { DRAFT_RESIZE_MS, MACHINE, timedModel, type Clock } from './test-machines.js';

const DRAFT = MACHINE.drafts[ONLY_DRAFT]!;

function near(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance * expected, `${what}: ${actual} instead of ${expected}`);
}

function assertCurve(curve: CostCurve, capacity: number): void {
  assert.equal(curve.tokens.length, curve.ms.length);
  assert.deepEqual([curve.tokens[0], curve.tokens.at(-1)], [1, capacity]);
  curve.tokens.forEach((tokens, i) => {
    assert.ok(i === 0 || tokens > curve.tokens[i - 1]!, curve.tokens.join(' '));
    assert.ok(curve.ms[i]! >= (curve.ms[i - 1] ?? Number.MIN_VALUE), curve.ms.join(' '));
    assert.ok(curve.ms[i]! < Infinity);
  });
}

function assertEmpty(decoder: Decoder): void {
  for (let id = 0; id < decoder.maxSequences; id++) assert.equal(decoder.lengthOf(sequenceId(id)), 0);
  assert.equal(decoder.batch.length, 0);
}

function assertUsable(costs: CostTable, model: EngineModel): void {
  assertCurve(costs.target.curve, model.decoder.batch.capacity);
  const [draft] = model.drafts;
  if (draft) assertCurve(costs.drafts[ONLY_DRAFT]!.curve, draft.decoder.batch.capacity);
  else assert.deepEqual(costs.drafts, {});
  for (const record of [costs, costs.target, ...Object.values(costs.drafts)])
    for (const [name, amount] of Object.entries(record))
      if (typeof amount === 'number') assert.ok(amount >= 0 && amount < Infinity, `${name}: ${amount}`);
  assertEmpty(model.decoder);
  if (draft) assertEmpty(draft.decoder);
}

const now =
  (clock: Clock): (() => number) =>
  () =>
    clock.ms;

describe('calibration', () => {
  it('finds the costs of a machine, in time', () => {
    const clock = { ms: 5e6 };
    const model = timedModel(MACHINE, clock);
    const costs = calibrateModel(model, { now: now(clock), budgetMs: 1500 });
    assert.ok(clock.ms - 5e6 <= 1500, `took ${clock.ms - 5e6} ms`);
    assertUsable(costs, model);
    for (const tokens of [1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 48, 64, 100, 256])
      near(
        curveMs(costs.target.curve, tokens),
        curveMs(MACHINE.target.curve, tokens),
        0.03,
        `${tokens} tokens`,
      );
    near(costs.target.msPerTokenCell, MACHINE.target.msPerTokenCell, 0.05, 'a cell');
    near(costs.target.msPerOutput, MACHINE.target.msPerOutput, 0.05, 'an output');
    near(costs.target.resizeMs, MACHINE.target.resizeMs, 0.05, 'another size');
    near(costs.target.coldMs, MACHINE.target.coldMs, 0.05, 'after the draft');
    const measured = costs.drafts[ONLY_DRAFT]!;
    for (const tokens of [1, 2, 4, 8, 16, 32])
      near(curveMs(measured.curve, tokens), curveMs(DRAFT.curve, tokens), 0.03, `draft, ${tokens}`);
    const firstMs = DRAFT.coldMs + DRAFT_RESIZE_MS;
    near(measured.coldMs, firstMs, 0.05, 'the first decode of the draft in a step');
    near(measured.msPerTokenCell, DRAFT.msPerTokenCell, 0.05, 'a cell of the draft');
  });

  it('leaves out the hiccups of a busy machine', () => {
    const clock = { ms: 0 };
    const random = randomNumbers(4);
    const busy = (): number => (random() < 0.1 ? 5 + 10 * random() : 1 + 0.1 * random());
    const costs = calibrateModel(timedModel(MACHINE, clock, {}, busy), { now: now(clock), budgetMs: 4000 });
    for (const tokens of [1, 2, 3, 4, 6, 8, 12, 16])
      near(
        curveMs(costs.target.curve, tokens),
        curveMs(MACHINE.target.curve, tokens),
        0.15,
        `${tokens} tokens`,
      );
  });

  it('finds how sizes compare while the pace of the machine drifts', () => {
    const clock = { ms: 0 };
    const drifting = (): number => 1.25 + 0.25 * Math.sin(clock.ms / 500);
    const costs = calibrateModel(timedModel(MACHINE, clock, {}, drifting), {
      now: now(clock),
      budgetMs: 2000,
    });
    const pace = curveMs(costs.target.curve, 1) / curveMs(MACHINE.target.curve, 1);
    for (const tokens of [2, 3, 4, 6, 8, 12, 16])
      near(
        curveMs(costs.target.curve, tokens),
        pace * curveMs(MACHINE.target.curve, tokens),
        0.06,
        `${tokens} tokens beside one`,
      );
  });

  /** As an H200 through Vulkan (`simulation/h200.ts`). */
  const CLIFF: CostTable = {
    ...MACHINE,
    target: {
      ...MACHINE.target,
      curve: {
        tokens: [1, 2, 3, 4, 5, 6, 8, 9, 16, 64, 128, 256],
        ms: [3.64, 3.64, 4.25, 4.9, 5.45, 6.26, 7.4, 15.2, 15.3, 15.3, 15.3, 30.6],
      },
      msPerTokenCell: 2e-5,
      msPerOutput: 0,
    },
  };

  it('finds a cliff, and that it is flat behind it', () => {
    const clock = { ms: 0 };
    const costs = calibrateModel(timedModel(CLIFF, clock), { now: now(clock), budgetMs: 1500 });
    for (const tokens of [1, 2, 4, 6, 8, 9, 12, 16, 32, 64, 128, 256])
      near(
        curveMs(costs.target.curve, tokens),
        curveMs(CLIFF.target.curve, tokens),
        0.04,
        `${tokens} tokens`,
      );
  });

  it('takes no noise for the cost of context where many tokens cost as much as few', () => {
    for (let seed = 1; seed <= 8; seed++) {
      const clock = { ms: 0 };
      const random = randomNumbers(seed);
      const noisy = (): number => 0.92 + 0.16 * random();
      const costs = calibrateModel(timedModel(CLIFF, clock, {}, noisy), { now: now(clock), budgetMs: 1500 });
      for (const tokens of [1, 4, 8, 9, 16, 64, 128, 256])
        near(
          curveMs(costs.target.curve, tokens),
          curveMs(CLIFF.target.curve, tokens),
          0.2,
          `seed ${seed}, ${tokens} tokens`,
        );
    }
  });

  it('measures little of a slow model and fills in the rest', () => {
    const clock = { ms: 0 };
    const slow: CostTable = {
      ...MACHINE,
      target: {
        ...MACHINE.target,
        curve: { tokens: [1, 2, 4, 8, 256], ms: [300, 310, 340, 400, 4000] },
        msPerTokenCell: 0.01,
      },
      drafts: {},
    };
    const model = timedModel(slow, clock);
    const costs = calibrateModel(model, { now: now(clock), budgetMs: 1500 });
    assert.ok(clock.ms <= 1500 + 400, `took ${clock.ms} ms`);
    assert.ok(model.decoder.decodes <= 5);
    assertUsable(costs, model);
    near(curveMs(costs.target.curve, 1), 300, 0.05, 'one token');
    near(curveMs(costs.target.curve, 2), 310, 0.05, 'two tokens');
    assert.ok(curveMs(costs.target.curve, 16) > 400, 'the rest is guessed on the safe side');
  });

  it('takes no longer for a smaller budget, and still has one token right', () => {
    for (const budgetMs of [0, 5, 50, 300]) {
      const clock = { ms: 0 };
      const model = timedModel(MACHINE, clock);
      const costs = calibrateModel(model, { now: now(clock), budgetMs });
      assert.ok(clock.ms <= budgetMs + 10, `${clock.ms} ms of ${budgetMs}`);
      assertUsable(costs, model);
      near(curveMs(costs.target.curve, 1), 1.1, 0.1, 'one token');
    }
  });

  it('manages with small caches, small batches and models that cannot take tokens back', () => {
    for (const options of [
      { batchSize: 1 },
      { batchSize: 7 },
      { batchSize: 100, cellCount: 20 },
      { cellCount: 40, maxSequences: 4, unified: false },
      { canTruncate: false },
      { exactRows: 8 },
    ]) {
      const clock = { ms: 0 };
      const model = timedModel(MACHINE, clock, options);
      const costs = calibrateModel(model, { now: now(clock) });
      assertUsable(costs, model);
      const most = Math.min(model.decoder.batch.capacity, model.decoder.sequenceCapacity, 8);
      near(curveMs(costs.target.curve, most), curveMs(MACHINE.target.curve, most), 0.05, `${most} tokens`);
    }
  });

  it('falls back to the prior when nothing can be measured', () => {
    const stopped = fakeModel({ batchSize: 8 });
    assert.deepEqual(calibrateModel(stopped, { now: () => 1 }), priorCosts(false));
    let ms = 0;
    const backwards = fakeModel({ batchSize: 8 });
    assert.deepEqual(calibrateModel(backwards, { now: () => (ms -= 5) }), priorCosts(false));
    const broken = fakeModel({ batchSize: 8 });
    broken.decoder.faults.push(...new Array<'failed'>(1000).fill('failed'));
    assert.deepEqual(calibrateModel(broken, { now: () => (ms += 1) }), priorCosts(false));
    assertEmpty(broken.decoder);
  });

  it('lives through single failures and jumps of the clock', () => {
    const clock = { ms: 0 };
    let decodes = 0;
    const jumps = new Map([
      [3, 1000],
      [8, -1000],
      [20, -3],
    ]);
    const model = timedModel(MACHINE, clock, {}, () => {
      clock.ms += jumps.get(++decodes) ?? 0;
      return 1;
    });
    model.decoder.faults.push('done', 'failed', 'done', 'no-slot', 'aborted');
    const costs = calibrateModel(model, { now: now(clock), budgetMs: 3000 });
    assertUsable(costs, model);
    for (const tokens of [1, 2, 4, 8])
      near(
        curveMs(costs.target.curve, tokens),
        curveMs(MACHINE.target.curve, tokens),
        0.1,
        `${tokens} tokens`,
      );
  });

  it('refuses a decoder that is in use', () => {
    const clock = { ms: 0 };
    const model = timedModel(MACHINE, clock);
    calibrateModel(model, { now: now(clock) });
    model.decoder.batch.clear();
    model.decoder.batch.add(1 as never, 0 as never, sequenceId(0), true);
    model.decoder.decode();
    assert.throws(() => calibrateModel(model, { now: now(clock) }), /empty cache/);
  });

  it('measures a draft alone beside a target that is known', () => {
    const known = { ...MACHINE.target, msPerOutput: 0 };
    for (const withTarget of [true, false]) {
      const clock = { ms: 0 };
      const { decoder, draft } = timedModel(MACHINE, clock);
      const costs = calibrate(
        { known, draft, target: withTarget ? decoder : undefined },
        { now: now(clock), budgetMs: 600 },
      );
      assert.equal(costs.target, known);
      for (const tokens of [1, 2, 4, 8, 16])
        near(curveMs(costs.draft!.curve, tokens), curveMs(DRAFT.curve, tokens), 0.05, `draft, ${tokens}`);
      assert.ok(clock.ms <= 600 + 10, `took ${clock.ms} ms`);
      assert.equal(decoder.decodes > 0, withTarget);
    }
  });

  it('measures the demo model', () => {
    for (const kvUnified of [false, true]) {
      const model = LlamaEngineModel.load({
        modelPath: DEMO_MODEL,
        draftPath: undefined,
        contextSize: 1024,
        parallel: 2,
        batchSize: 128,
        microBatchSize: 128,
        threads: 1,
        gpu: 'none',
        gpuLayers: 0,
        kvUnified,
        loraPaths: [],
      });
      try {
        const costs = calibrateModel(model);
        assertUsable(costs, model);
        assert.ok(
          curveMs(costs.target.curve, 32) > curveMs(costs.target.curve, 1),
          'many tokens take longer than one',
        );
      } finally {
        model.dispose();
      }
    }
  });
});
