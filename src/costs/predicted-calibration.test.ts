/** A calibration that begins with a prediction: quicker, and right where the prediction has the wrong pace or shape. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomNumbers } from '../base/random.js';
import { sequenceId } from '../base/types.js';
import { calibrateModel } from './calibrate.js';
import { curveMs, ONLY_DRAFT, type CostTable, type ModelCosts } from './cost-table.js';
import { calibratePredicted } from './predicted-calibration.js';
import { MACHINE, timedModel, type Clock } from './test-machines.js';

const DRAFT = MACHINE.drafts[ONLY_DRAFT]!;
const SIZES = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32];

/** As a predictor has it that errs by `factor`, and by `tilt` more for many tokens. */
function predicted(factor: number, tilt: number): CostTable {
  const wrong = (tokens: number): number => factor * tokens ** tilt;
  const bent = (model: ModelCosts): ModelCosts => {
    const { tokens, ms } = model.curve;
    return { ...model, curve: { tokens, ms: tokens.map((size, at) => ms[at]! * wrong(size)) } };
  };
  const { msPerTokenCell } = MACHINE.target;
  return {
    ...MACHINE,
    target: { ...bent(MACHINE.target), msPerTokenCell: msPerTokenCell * factor },
    drafts: { [ONLY_DRAFT]: bent(DRAFT) },
  };
}

function calibrated(
  table: CostTable,
  clock: Clock,
  budgetMs?: number,
  factor?: () => number,
): { found: ReturnType<typeof calibratePredicted>; ms: number } {
  const model = timedModel(MACHINE, clock, {}, factor);
  const startMs = clock.ms;
  const found = calibratePredicted(
    {
      target: { decoder: model.decoder, predicted: table.target },
      draft: { decoder: model.draft!, predicted: table.drafts[ONLY_DRAFT]! },
    },
    { now: () => clock.ms, ...(budgetMs === undefined ? {} : { budgetMs }) },
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
      assert.ok(worst(found.target!, MACHINE.target) < 0.06, `target ${factor} ${tilt}`);
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
    assert.ok(worst(found.target!, MACHINE.target) < 0.2);
  });

  it('believes the prediction where there is no time', () => {
    const { found, ms } = calibrated(predicted(2, 0), { ms: 0 }, 4);
    assert.ok(ms < 12, `${ms} ms`);
    // One token was timed, and the rest follows the predicted shape.
    assert.ok(worst(found.target!, MACHINE.target) < 0.4);
  });
});
