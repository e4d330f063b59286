import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FREE } from '../../costs/test-machines.js';
import { engineFigures, lastStep, planFigures } from './engine.js';
import { readSamples } from './server.js';

const page = (factor: number): string => `# HELP foretoken_step_duration_seconds One whole engine step.
foretoken_step_duration_seconds_bucket{le="0.001"} ${9 * factor}
foretoken_step_duration_seconds_sum ${0.25 * factor}
foretoken_step_duration_seconds_count ${100 * factor}
foretoken_committed_tokens_total ${200 * factor}
foretoken_batch_tokens_total ${400 * factor}
foretoken_prefill_tokens_total ${50 * factor}
foretoken_spec_decode_num_draft_tokens_total ${150 * factor}
foretoken_spec_decode_source_tokens_total{source="draft",state="drafted"} ${120 * factor}
foretoken_spec_decode_source_tokens_total{source="draft",state="accepted"} ${60 * factor}
foretoken_spec_decode_source_tokens_total{source="lookup",state="drafted"} 30
foretoken_planning_seconds_total ${1e-3 * factor}
foretoken_latency_model_error{quantile="0.5"} 0.05
foretoken_latency_model_error{quantile="0.9"} ${0.1 * factor}
other_total 3`;

describe('what the engine did in a run', () => {
  it('is what its counters grew by', () => {
    const counts = { drafts: 40, draftTokens: 150, acceptedTokens: 90, acceptedPerPosition: [40, 30] };
    const figures = engineFigures(readSamples(page(1)), readSamples(page(3)), counts);
    assert.equal(figures.steps, 200);
    assert.equal(figures.step_s, 0.5);
    assert.equal(figures.committed_tokens, 400);
    assert.equal(figures.token_goodput, 800);
    assert.ok(Math.abs(figures.plan_s - 2e-3) < 1e-12);
    // 800 tokens in batches: 100 of prompts, 300 guesses, so requests decoded 400 times.
    assert.equal(figures.mean_length, 300 / 400);
    // Lookup guessed nothing meanwhile.
    assert.deepEqual(figures.sources, { draft: { drafted: 240, accepted: 120 } });
    assert.equal(figures.drafts, 40);
    // A gauge: as it stands at the end.
    assert.deepEqual(figures.latency_model_error, { median: 0.05, p90: 0.1 * 3 });
  });

  it('is nothing where nothing ran', () => {
    const figures = engineFigures(readSamples(page(1)), readSamples(page(1)), undefined);
    assert.deepEqual([figures.token_goodput, figures.mean_length, figures.steps], [0, 0, 0]);
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
        previousTokens: 1,
        leastGain: 1.03,
        lateness: 1,
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
