/**
 * What the planner chooses where each sequence has a stream of KV cells of its own, so that lengths which differ are
 * computed one after the other (`costs/ubatches.ts`), against a search through all combinations of lengths.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { priorCosts, priorTargetCosts } from '../costs/prior-costs.js';
import type { CostTable } from '../costs/cost-table.js';
import { forecastOf, planGuesses } from './planner.js';
import type { PlanInput, PlanRequest } from './types.js';

/** Of the goodput of the best plan; the worst of these cases is at 0.93, where padding for one would have paid. */
const LEAST_SHARE = 0.92;
const MOST_GUESSES = 4;

/** A draft's token takes a millisecond. */
const costsOf = (tokens: readonly number[], ms: readonly number[]): CostTable => ({
  ...priorCosts(true),
  target: { ...priorTargetCosts(), curve: { tokens, ms } },
});
const MACHINES: Readonly<Record<string, CostTable>> = {
  bent: costsOf([1, 2, 4, 8, 16, 32], [6, 9.5, 13, 20, 34, 65]),
  flat: costsOf([1, 64, 128], [50, 55, 100]),
  'with a cliff': costsOf([1, 4, 8, 9, 128], [7.4, 9.8, 14.8, 30.4, 30.6]),
};

/** [case][request] share of guesses that are accepted. */
const SHARES: readonly (readonly number[])[] = [
  ...[[0.9], [0.9, 0.5], [0.9, 0.9], [0.6, 0.6], [0.95, 0.05]],
  ...[
    [0.95, 0.05, 0.7],
    [0.8, 0.8, 0.8],
    [0.95, 0.6, 0.3],
    [0.97, 0.1, 0.97],
    [0.5, 0.5, 0.5],
  ],
  ...[
    [0.9, 0.9, 0.9, 0.9],
    [0.97, 0.97, 0.97, 0.05],
    [0.97, 0.1, 0.97, 0.1],
    [0.97, 0.05, 0.05, 0.05],
  ],
  ...[
    [0.9, 0.7, 0.5, 0.3],
    [0.6, 0.6, 0.6, 0.6],
    [0.05, 0.05, 0.05, 0.05],
  ],
];
/** Who guesses for a request. */
const SOURCES: Readonly<Record<string, (request: number) => 'draft' | 'lookup'>> = {
  drafts: () => 'draft',
  lookup: () => 'lookup',
  both: (request) => (request % 2 === 0 ? 'draft' : 'lookup'),
};

function inputOf(requests: readonly PlanRequest[], costs: CostTable): PlanInput {
  return { requests, prefill: [], prefillTokenCells: 0, unified: false, costs };
}

function requestOf(id: number, sequence: number, share: number, source: 'draft' | 'lookup'): PlanRequest {
  const survival = Array.from({ length: MOST_GUESSES }, (_, index) => share ** (index + 1));
  const option = { source, survival, catchUp: source === 'draft' ? 1 : 0, catchUpShare: 1 };
  return { id, sequence, context: 100, fixed: false, options: [option] };
}

function goodputOf(input: PlanInput, lengths: readonly number[], padTo: number): number {
  const choices = lengths.map((length, id) => ({ id, option: length > 0 ? 0 : -1, length }));
  const { tokens, ms } = forecastOf(input, { choices, padTo });
  return tokens / ms;
}

/** Of all combinations of lengths, each as it is and filled up so that all are equal. */
function bestGoodput(input: PlanInput): number {
  const lengths = input.requests.map(() => 0);
  const search = (request: number): number => {
    if (request === lengths.length)
      return Math.max(goodputOf(input, lengths, 0), goodputOf(input, lengths, Math.max(...lengths)));
    let best = 0;
    for (let length = 0; length <= MOST_GUESSES; length++) {
      lengths[request] = length;
      best = Math.max(best, search(request + 1));
    }
    return best;
  };
  return search(0);
}

for (const [machine, costs] of Object.entries(MACHINES))
  for (const [who, sourceOf] of Object.entries(SOURCES))
    // Neighbours by number are computed together, others are not.
    for (const [place, gap] of [
      ['neighbours', 1],
      ['apart', 2],
    ] as const)
      it(`reaches ${100 * LEAST_SHARE} % of the best plan: ${machine}, ${who}, ${place}`, () => {
        const failures: string[] = [];
        for (const shares of SHARES) {
          const requests = shares.map((share, id) => requestOf(id, id * gap, share, sourceOf(id)));
          const input = inputOf(requests, costs);
          const plan = planGuesses(input);
          const lengths = plan.choices.map(({ length }) => length);
          const reached = goodputOf(input, lengths, plan.padTo) / bestGoodput(input);
          if (reached < LEAST_SHARE)
            failures.push(`${shares.join()}: lengths ${lengths.join()} reach ${reached.toFixed(3)}`);
        }
        assert.deepEqual(failures, []);
      });
