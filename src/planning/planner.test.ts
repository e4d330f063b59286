/** What the planner chooses, against a search through all plans. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeMs, ONLY_DRAFT, overheadMs, type CostTable } from '../costs/cost-table.js';
import { oneDraft } from '../costs/test-machines.js';
import { planGuesses, selectGuesses } from './planner.js';
import type { PlanInput, PlanRequest } from './types.js';

/** Measured on EPYC Genoa with the demo models: the second token is dear, a draft's token costs a tenth. */
const COSTS: CostTable = {
  version: 1,
  target: {
    curve: { tokens: [1, 2, 4, 8, 16, 32], ms: [1.2, 1.9, 2.6, 4, 6.8, 13] },
    ...{ msPerTokenCell: 1e-6, msPerOutput: 0.02, resizeMs: 0.2, coldMs: 0 },
  },
  drafts: oneDraft({ tokens: [1, 4, 16], ms: [0.2, 0.3, 0.7] }, 1e-7),
  overheadMs: 0.04,
  overheadMsPerRow: 0.01,
  overheadMsGuessing: 0,
};
/** A machine on which a batch costs what one token costs, as far as memory is the limit. */
const FLAT: CostTable = {
  ...COSTS,
  target: { ...COSTS.target, curve: { tokens: [1, 64, 128], ms: [10, 11, 20] } },
};

const survivalOf = (share: number, length: number): number[] =>
  Array.from({ length }, (_, index) => share ** (index + 1));

function drafted(id: number, share: number, more: Partial<PlanRequest> = {}): PlanRequest {
  const option = { source: 'draft' as const, survival: survivalOf(share, 8), catchUp: 1, catchUpShare: 1 };
  return { id, sequence: id, context: 100, fixed: false, options: [option], ...more };
}

function lookedUp(id: number, survival: readonly number[]): PlanRequest {
  const option = { source: 'lookup' as const, survival, catchUp: 0, catchUpShare: 1 };
  return { id, sequence: id, context: 100, fixed: false, options: [option] };
}

function inputOf(requests: readonly PlanRequest[], more: Partial<PlanInput> = {}): PlanInput {
  return {
    requests,
    prefill: [],
    prefillTokenCells: 0,
    unified: true,
    costs: COSTS,
    ...more,
  };
}

/** Goodput of a plan, from the definition: a sum over requests over a sum over decodes. */
function goodputOf(input: PlanInput, lengths: readonly number[]): number {
  const { costs, requests } = input;
  let [tokens, rows, cells, draft] = [requests.length, requests.length, 0, 0];
  requests.forEach(({ options, context }, request) => {
    const { survival } = options[0]!;
    cells += context * (1 + lengths[request]!);
    rows += lengths[request]!;
    for (let index = 0; index < lengths[request]!; index++) tokens += survival[index]!;
  });
  for (let depth = 0; depth < Math.max(...lengths); depth++) {
    const batch = requests.filter(
      ({ options }, request) => options[0]!.catchUp > 0 && lengths[request]! > depth,
    );
    if (batch.length > 0) {
      const work = { tokens: batch.length, tokenCells: 100 * batch.length };
      draft += decodeMs(costs.drafts[ONLY_DRAFT], work);
    }
  }
  const ms = decodeMs(costs.target, { tokens: rows, tokenCells: cells });
  return tokens / (ms + draft + overheadMs(costs, rows, rows > requests.length));
}

/** The best of all combinations of lengths. */
function bestGoodput(input: PlanInput): number {
  let best = 0;
  const lengths = input.requests.map(() => 0);
  const search = (request: number): void => {
    if (request === lengths.length) {
      best = Math.max(best, goodputOf(input, lengths));
      return;
    }
    for (let length = 0; length <= input.requests[request]!.options[0]!.survival.length; length++) {
      lengths[request] = length;
      search(request + 1);
    }
  };
  search(0);
  return best;
}

describe('planGuesses', () => {
  it('comes within 3 % of the best of all plans', () => {
    let worst = 1;
    for (const costs of [COSTS, FLAT]) {
      for (const shares of [[0.9], [0.6], [0.3], [0.05], [0.9, 0.5], [0.95, 0.05, 0.7], [0.8, 0.8, 0.8]]) {
        const input = inputOf(
          shares.map((share, id) => drafted(id, share)),
          { costs },
        );
        const plan = planGuesses(input);
        const reached = goodputOf(
          input,
          plan.choices.map(({ length }) => length),
        );
        worst = Math.min(worst, reached / bestGoodput(input));
      }
    }
    assert.ok(worst > 0.97, `only ${worst} of the best goodput`);
  });

  it('guesses nothing where nothing pays', () => {
    const plan = planGuesses(inputOf([drafted(1, 0.05), drafted(2, 0)]));
    assert.deepEqual(
      plan.choices.map(({ option, length }) => [option, length]),
      [
        [-1, 0],
        [-1, 0],
      ],
    );
    assert.deepEqual(plan.forecast, plan.without);
  });

  it('guesses less under load, where a token more costs as much as a token', () => {
    const lengthAt = (count: number): number => {
      const plan = planGuesses(inputOf(Array.from({ length: count }, (_, id) => drafted(id, 0.75))));
      return plan.choices.reduce((sum, { length }) => sum + length, 0) / count;
    };
    assert.ok(lengthAt(1) >= 2, `${lengthAt(1)} guesses when idle`);
    assert.ok(lengthAt(1) > lengthAt(4));
    assert.equal(lengthAt(24), 0);
  });

  it('gives the tokens to those whose guesses stand', () => {
    const plan = planGuesses(inputOf([drafted(1, 0.2), drafted(2, 0.95), drafted(3, 0.2)]));
    const [first, second, third] = plan.choices.map(({ length }) => length);
    assert.deepEqual([first, third], [0, 0]);
    assert.ok(second! >= 4);
  });

  it('takes the source that is worth more when its cost is counted', () => {
    const both = (lookup: number[]): PlanRequest => ({
      ...drafted(1, 0.8),
      options: [...lookedUp(1, lookup).options, ...drafted(1, 0.8).options],
    });
    assert.equal(planGuesses(inputOf([both(survivalOf(0.78, 8))])).choices[0]!.option, 0);
    assert.equal(planGuesses(inputOf([both(survivalOf(0.3, 8))])).choices[0]!.option, 1);
  });

  it('weighs a long catch-up by how long the request will profit from it', () => {
    const late = (catchUpShare: number): PlanRequest => {
      const option = { ...drafted(1, 0.8).options[0]!, catchUp: 500, catchUpShare };
      return { ...drafted(1, 0.8), options: [option] };
    };
    assert.equal(planGuesses(inputOf([late(1)])).choices[0]!.length, 0);
    assert.ok(planGuesses(inputOf([late(0.01)])).choices[0]!.length > 0);
  });

  it('does not think that guesses are free beside a prompt', () => {
    const requests = [lookedUp(1, survivalOf(0.2, 8))];
    const beside = planGuesses(
      inputOf(requests, { prefill: [{ sequence: 9, tokens: 200 }], prefillTokenCells: 20_000 }),
    );
    assert.equal(beside.choices[0]!.length, 0);
    const sure = [lookedUp(1, survivalOf(0.98, 8))];
    const plan = planGuesses(
      inputOf(sure, { prefill: [{ sequence: 9, tokens: 200 }], prefillTokenCells: 20_000 }),
    );
    assert.ok(plan.choices[0]!.length >= 4);
  });

  it('finds what lies behind a cliff, where the first lengths beyond it are far worse than none', () => {
    const costs: CostTable = {
      ...COSTS,
      target: { ...COSTS.target, curve: { tokens: [1, 4, 8, 9, 128], ms: [3.7, 4.9, 7.4, 15.2, 15.3] } },
      drafts: oneDraft({ tokens: [1, 4, 16], ms: [0.7, 1, 1.8] }),
    };
    const four = (share: number): PlanRequest[] =>
      [0, 1, 2, 3].map((id) => {
        const option = {
          source: 'draft' as const,
          survival: survivalOf(share, 16),
          catchUp: 1,
          catchUpShare: 1,
        };
        return { id, sequence: id, context: 10, fixed: false, options: [option] };
      });
    for (const unified of [false, true]) {
      for (const share of [0.5, 0.97]) {
        const input = inputOf(four(share), { unified, costs });
        const { forecast, choices, without } = planGuesses(input);
        // All guess equally many: of sixteen lengths and none the best.
        const goodputs = Array.from({ length: 17 }, (_, length) =>
          goodputOf(input, [length, length, length, length]),
        );
        const best = Math.max(...goodputs);
        assert.ok(forecast.tokens / forecast.ms > 0.99 * best, `${unified}, ${share}`);
        const length = choices[0]!.length;
        if (share > 0.9)
          assert.ok(length >= 8 && goodputs[2]! < without.tokens / without.ms, `${length} guesses`);
        else assert.ok(length <= 1, `${length} guesses`);
      }
    }
  });

  it('leaves alone what requests fix, and plans around it', () => {
    const fixed = { ...drafted(1, 0.01), fixed: true };
    const plan = planGuesses(inputOf([fixed, drafted(2, 0.9)]));
    assert.equal(plan.choices[0]!.length, 8);
    assert.ok(plan.forecast.batchTokens >= 10);
  });

  it('can be computed again from its record', () => {
    const input = inputOf([drafted(1, 0.9), drafted(2, 0.4), lookedUp(3, [0.9, 0.8])]);
    const logged = JSON.parse(JSON.stringify(input)) as PlanInput;
    assert.deepEqual(planGuesses(logged), planGuesses(input));
  });
});

describe('selectGuesses', () => {
  const select = (survival: readonly number[], fixed = false): readonly boolean[] => {
    const options = [{ source: 'draft' as const, survival, catchUp: 0, catchUpShare: 1 }];
    const requests = [{ id: 0, sequence: 0, context: 100, options, fixed }];
    return selectGuesses({ ...inputOf(requests), price: 1, spentMs: 0.6 }).nodes[0]!;
  };

  it('drops what is not likely to stand', () => {
    const kept = select([0.95, 0.9, 0.85, 0.05, 0.04]);
    assert.deepEqual(kept, [true, true, true, false, false]);
    assert.deepEqual(select([0.02, 0.01]), [false, false]);
  });

  it('keeps no node of a tree without its parent', () => {
    // A chain of three, and a second choice beside the first guess.
    assert.deepEqual(select([0.6, 0.55, 0.5, 0.35]), [true, true, true, true]);
    assert.deepEqual(select([0.6, 0.05, 0.04, 0.35]), [true, false, false, true]);
  });

  it('keeps what is fixed', () => {
    assert.deepEqual(select([0.01, 0.001], true), [true, true]);
  });
});
