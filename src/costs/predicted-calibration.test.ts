/** A calibration that begins with a prediction: quicker, and right where the prediction has the wrong pace or shape. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomNumbers } from '../base/random.js';
import { sequenceId } from '../base/types.js';
import { calibrate, calibrateModel, type Calibration } from './calibrate.js';
import { curveMs, ONLY_DRAFT, type CostTable, type ModelCosts } from './cost-table.js';
import { MACHINE, timedModel, type Clock } from './test-machines.js';

const DRAFT = MACHINE.drafts[ONLY_DRAFT]!;
const SIZES = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32];

/** As a predictor has it that errs by `factor`, and by `tilt` more for many tokens. */
function predicted(factor: number, tilt: number, machine = MACHINE): CostTable {
  const wrong = (tokens: number): number => factor * tokens ** tilt;
  const bent = (model: ModelCosts): ModelCosts => {
    const { tokens, ms } = model.curve;
    return { ...model, curve: { tokens, ms: tokens.map((size, at) => ms[at]! * wrong(size)) } };
  };
  const { target, drafts } = machine;
  return {
    ...machine,
    target: { ...bent(target), msPerTokenCell: target.msPerTokenCell * factor },
    drafts: { [ONLY_DRAFT]: bent(drafts[ONLY_DRAFT]!) },
  };
}

/** The same machine with larger models. */
function slowed(machine: CostTable, factor: number): CostTable {
  const slow = ({ curve, msPerTokenCell, ...others }: ModelCosts): ModelCosts => ({
    ...others,
    curve: { tokens: curve.tokens, ms: curve.ms.map((ms) => ms * factor) },
    msPerTokenCell: msPerTokenCell * factor,
  });
  return {
    ...machine,
    target: slow(machine.target),
    drafts: { [ONLY_DRAFT]: slow(machine.drafts[ONLY_DRAFT]!) },
  };
}

function calibrated(
  table: CostTable,
  clock: Clock,
  budgetMs?: number,
  factor?: () => number,
  machine = MACHINE,
): { found: Calibration; ms: number } {
  const model = timedModel(machine, clock, {}, factor);
  const startMs = clock.ms;
  const found = calibrate(
    { target: model.decoder, draft: model.draft },
    {
      now: () => clock.ms,
      ...(budgetMs !== undefined && { budgetMs }),
      predicted: { target: table.target, draft: table.drafts[ONLY_DRAFT]! },
    },
  );
  for (const decoder of [model.decoder, model.draft!]) assert.equal(decoder.lengthOf(sequenceId(0)), 0);
  return { found, ms: clock.ms - startMs };
}

const worst = (costs: ModelCosts, truth: ModelCosts): number =>
  Math.max(...SIZES.map((size) => Math.abs(curveMs(costs.curve, size) / curveMs(truth.curve, size) - 1)));

describe('a calibration that begins with a prediction', () => {
  it('mends a wrong pace and a wrong slope, in a third of the time', () => {
    for (const [factor, tilt] of [
      [1, 0],
      [3, 0],
      [0.2, 0],
      [1.5, 0.1],
      [0.7, -0.1],
    ] as const) {
      const { found, ms } = calibrated(predicted(factor, tilt), { ms: 0 });
      assert.ok(worst(found.target, MACHINE.target) < 0.06, `target ${factor} ${tilt}`);
      assert.ok(worst(found.draft!, DRAFT) < 0.12, `draft ${factor} ${tilt}`);
      const clock = { ms: 0 };
      calibrateModel(timedModel(MACHINE, clock), { now: () => clock.ms });
      assert.ok(ms < clock.ms / 3, `${ms} of ${clock.ms} ms`);
    }
  });

  it('is little disturbed by hiccups', () => {
    const random = randomNumbers(9);
    const hiccups = (): number => (random() < 0.15 ? 4 : 1);
    const { found } = calibrated(predicted(1.3, 0), { ms: 0 }, 400, hiccups);
    assert.ok(worst(found.target, MACHINE.target) < 0.2);
  });

  it('times each size of a large model more than once, within a few seconds', () => {
    const random = randomNumbers(9);
    const hiccups = (): number => (random() < 0.1 ? 2 : 1);
    // 46 ms a token.
    const large = slowed(MACHINE, 40);
    const { found, ms } = calibrated(predicted(1, 0.15, large), { ms: 0 }, undefined, hiccups, large);
    assert.ok(worst(found.target, large.target) < 0.1, `${worst(found.target, large.target)}`);
    assert.ok(ms < 5_000, `${ms} ms`);
    const { ms: mostMs } = calibrated(
      predicted(1, 0, slowed(MACHINE, 500)),
      { ms: 0 },
      undefined,
      hiccups,
      slowed(MACHINE, 500),
    );
    assert.ok(mostMs < 8_000, `${mostMs} ms`);
  });

  it('believes the prediction where there is no time', () => {
    const { found, ms } = calibrated(predicted(2, 0), { ms: 0 }, 4);
    assert.ok(ms < 12, `${ms} ms`);
    // One token was timed, and the rest follows the predicted shape.
    assert.ok(worst(found.target, MACHINE.target) < 0.4);
  });
});
