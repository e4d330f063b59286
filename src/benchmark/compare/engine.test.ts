import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FREE } from '../../costs/test-machines.js';
import { engineFigures, lastStep, planFigures } from './engine.js';
import { readStats } from './stats.js';

/** As `/v1/stats` tells it. */
const body = (factor: number): unknown => ({
  object: 'stats',
  models: [
    { model: 'other' },
    {
      model: 'demo',
      proposers: ['lookup', 'draft'],
      requests_in_flight: 3,
      step_time_error: { steps: 7, p50: 0.05, p90: 0.1 * factor },
      total: {
        steps: 100 * factor,
        step_ms: 250 * factor,
        target_ms: 200 * factor,
        draft_ms: 30 * factor,
        outside_ms: 20 * factor,
        planning_ms: factor,
        committed_tokens: 200 * factor,
        decoding_requests: 200 * factor,
        steps_without_guesses: 0,
        drafts: 20 * factor,
        draft_tokens: 150 * factor,
        accepted_tokens: 60 * factor,
        proposers: {
          draft: { drafted: [70 * factor, 50 * factor], accepted: [40 * factor, 20 * factor] },
          lookup: { drafted: [20, 10], accepted: [5, 5] },
          padding: { drafted: [factor], accepted: [factor] },
        },
      },
    },
  ],
});

describe('what the engine did in a run', () => {
  it('is what its sums grew by', () => {
    const figures = engineFigures(readStats(body(1), 'demo')!, readStats(body(3), 'demo')!);
    assert.equal(figures.steps, 200);
    assert.equal(figures.step_s, 0.5);
    assert.equal(figures.committed_tokens, 400);
    assert.equal(figures.token_goodput, 800);
    assert.equal(figures.plan_s, 2e-3);
    assert.equal(figures.mean_length, 300 / 400);
    // Lookup guessed nothing meanwhile, and nobody guessed the padding.
    assert.deepEqual(figures.sources, { draft: { drafted: 240, accepted: 120 } });
    assert.deepEqual(figures.accepted_per_position, [80, 40]);
    assert.equal(figures.drafts, 40);
    // As it is at the end.
    assert.deepEqual(figures.latency_model_error, { median: 0.05, p90: 0.1 * 3 });
  });

  it('is nothing where nothing ran', () => {
    const stats = readStats(body(1), 'demo')!;
    const figures = engineFigures(stats, stats);
    assert.deepEqual([figures.token_goodput, figures.mean_length, figures.steps], [0, 0, 0]);
  });

  it('is not read from what is no statistics, or not of the model', () => {
    assert.deepEqual(readStats(body(1), 'demo')!.proposers, ['lookup', 'draft']);
    for (const wrong of [undefined, 'x', [], {}, { models: [] }, { models: [{ model: 'demo' }] }])
      assert.equal(readStats(wrong, 'demo'), undefined);
    assert.equal(readStats(body(1), 'other'), undefined);
    assert.equal(readStats(body(NaN), 'demo'), undefined);
  });
});

describe('plans of a run', () => {
  const costs = { ...FREE, version: 1 };
  const forecast = { tokens: 1, ms: 1, draftMs: 0, batchTokens: 1 };
  const plan = (step: number, lengths: readonly number[], predictedMs: number, ms: number): unknown => ({
    step,
    plannedAt: step,
    input: {
      requests: lengths.map((_, id) => ({
        ...{ id, sequence: id, context: 5, fixed: false },
        options: [{ source: 'draft', survival: [0.5, 0.4], catchUp: 1, catchUpShare: 1 }],
      })),
      ...{
        prefill: [],
        prefillTokenCells: 0,
        unified: false,
        costs,
      },
    },
    plan: {
      choices: lengths.map((length, id) => ({ id, option: length === 0 ? -1 : 0, length })),
      ...{ forecast, without: forecast, price: 1, padTo: 0 },
    },
    guesses: lengths.map(() => ({ source: undefined, drafted: 0, verified: 0, survival: [] })),
    outcome: { predictedMs, ms, committed: 1 },
  });

  it('are counted by source and length, those before the run left out', () => {
    const plans = [plan(4, [2], 9, 1), plan(5, [2, 0], 1, 2), plan(6, [1, 2], 3, 2), { step: 7 }, null];
    assert.equal(lastStep(plans), 6);
    assert.equal(lastStep([]), -1);
    assert.deepEqual(planFigures(plans, 4), {
      steps: 2,
      lengths: { draft: [0, 1, 2], none: [1] },
      latency_error_median: 0.5,
      latency_error_p90: 0.5,
    });
    assert.equal(planFigures(plans, 6), null);
  });
});
