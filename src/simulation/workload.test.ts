import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mean } from '../base/statistics.js';
import { CURVES, CURVE_NAMES } from './curves.js';
import { curveMs } from '../costs/cost-table.js';
import { parsePolicies } from './policies.js';
import { MIXES, PLAIN_TASK, type SimTask } from './tasks.js';
import { headOf, indexOfHead, makeWorkload, type Arrivals, type Workload } from './workload.js';

function workloadOf(arrivals: Arrivals, task: Partial<SimTask> = {}, requests = 2000, seed = 5): Workload {
  return makeWorkload({ requests, arrivals, tasks: [{ ...PLAIN_TASK, ...task }], shifts: [], seed });
}

/** Share of the output that a plain search finds again: the 4 tokens before it occurred earlier, with it next. */
function repeated({ items }: Workload): number {
  let found = 0;
  let tokens = 0;
  for (const { text, promptLength } of items) {
    const seen = new Map<string, number>();
    for (let at = 4; at < text.length; at++) {
      const key = text.subarray(at - 4, at).join();
      if (at >= promptLength) {
        tokens += 1;
        if (seen.get(key) === text[at]) found += 1;
      }
      seen.set(key, text[at]!);
    }
  }
  return found / tokens;
}

describe('workload', () => {
  it('is the same for the same seed and another for another', () => {
    const arrivals: Arrivals = { kind: 'poisson', perSecond: 10 };
    assert.deepEqual(workloadOf(arrivals, {}, 20), workloadOf(arrivals, {}, 20));
    assert.notDeepEqual(workloadOf(arrivals, {}, 20, 6).items[3], workloadOf(arrivals, {}, 20).items[3]);
  });

  it('arrives at the rate, with exponential gaps, and ramps up and down', () => {
    const gaps = (arrivals: Arrivals): number[] => {
      const times = workloadOf(arrivals).items.map(({ arrivalMs }) => arrivalMs);
      return times.slice(1).map((ms, index) => ms - times[index]!);
    };
    const poisson = gaps({ kind: 'poisson', perSecond: 20 });
    assert.ok(Math.abs(mean(poisson) - 50) < 3, `mean gap ${mean(poisson)}`);
    const deviation = Math.sqrt(mean(poisson.map((gap) => (gap - 50) ** 2)));
    assert.ok(Math.abs(deviation - 50) < 5, `deviation ${deviation}`);
    const ramp = gaps({ kind: 'ramp', fromPerSecond: 1, toPerSecond: 101 });
    const rateAt = (share: number): number => {
      const at = Math.floor(share * ramp.length);
      return 1000 / mean(ramp.slice(Math.max(0, at - 50), at + 50));
    };
    assert.ok(rateAt(0.5) > 70 && rateAt(0.5) < 120, `${rateAt(0.5)} in the middle`);
    assert.ok(Math.abs(rateAt(0.25) / rateAt(0.75) - 1) < 0.35);
    assert.ok(rateAt(0) < 10);
  });

  it('copies as much as asked, from the own text or what the task has in common', () => {
    const closed: Arrivals = { kind: 'closed', inFlight: 1 };
    assert.ok(repeated(workloadOf(closed, {}, 200)) < 0.01);
    const copied = { copy: 0.6, copyRun: 20 };
    // The first four tokens of a run cannot be told yet.
    const share = repeated(workloadOf(closed, copied, 200));
    assert.ok(Math.abs(share - 0.6 * 0.82) < 0.06, `${share}`);
    const common = workloadOf(closed, { common: 0.6, copyRun: 20 }, 200);
    assert.ok(repeated(common) < 0.1);
    const joined = {
      ...common,
      items: [
        {
          ...common.items[0]!,
          promptLength: 4,
          text: Int32Array.from(common.items.flatMap(({ text }) => [...text])),
        },
      ],
    };
    assert.ok(repeated(joined) > 0.2, `${repeated(joined)}`);
  });

  it('can be told by the beginning of its prompts', () => {
    for (const index of [0, 1, 255, 256, 70_000, 999_999]) assert.equal(indexOfHead(headOf(index)), index);
  });

  it('refuses what cannot be, and says what', () => {
    const closed: Arrivals = { kind: 'closed', inFlight: 1 };
    assert.throws(
      () => workloadOf(closed, { acceptance: 1.2 }),
      /Task plain: acceptance must be from 0 to 1; got 1.2/,
    );
    assert.throws(() => workloadOf(closed, { copy: 0.7, common: 0.7 }), /copy \+ common must be at most 1/);
    assert.throws(
      () => workloadOf(closed, { outputTokens: [9, 3] }),
      /outputTokens must be two whole numbers/,
    );
    assert.throws(() => workloadOf({ kind: 'poisson', perSecond: 0 }), /numbers above 0; got 0/);
    assert.throws(() => workloadOf(closed, {}, 0), /whole number of requests/);
    assert.throws(() => workloadOf(closed, {}, 1, -1), /A seed is/);
    assert.throws(
      () =>
        makeWorkload({
          requests: 1,
          arrivals: closed,
          tasks: MIXES.demo,
          shifts: [{ at: 2, acceptance: 0.5 }],
          seed: 1,
        }),
      /A shift is .* got 2:0.5/,
    );
  });
});

describe('curves', () => {
  it('rise, and have the shape that they are named for', () => {
    const over = (name: keyof typeof CURVES, tokens: number): number =>
      curveMs(CURVES[name].costs.target.curve, tokens) / curveMs(CURVES[name].costs.target.curve, 1);
    for (const name of CURVE_NAMES) {
      const { target, drafts } = CURVES[name].costs;
      for (const { curve } of [target, ...Object.values(drafts)]) {
        const { tokens, ms } = curve;
        assert.equal(tokens[0], 1);
        assert.equal(tokens.length, ms.length);
        for (let at = 1; at < tokens.length; at++) {
          assert.ok(tokens[at]! > tokens[at - 1]! && ms[at]! >= ms[at - 1]!, `${name} at ${tokens[at]}`);
        }
      }
    }
    // The figures of the project's design table, and of the two machines that are worked out.
    assert.ok(Math.abs(over('amx', 16) - 19 / 6) < 1e-9);
    assert.ok(over('gpu-7b', 64) < 1.01 && over('gpu-7b', 512) > 1.8);
    assert.ok(over('moe-30b', 2) > 1.3 && over('moe-30b', 8) > 3);
  });
});

describe('policies', () => {
  it('are read from a list', () => {
    const names = (text: string): string[] => parsePolicies(text, 'draft').map(({ name }) => name);
    assert.deepEqual(names('off,fixed:1,2,3,auto'), [
      'off',
      'fixed:1:draft',
      'fixed:2:draft',
      'fixed:3:draft',
      'auto',
    ]);
    assert.deepEqual(names('fixed:4:lookup, 8, oracle'), ['fixed:4:lookup', 'fixed:8:lookup', 'oracle']);
    for (const wrong of [
      '',
      'of',
      '3',
      'fixed',
      'fixed:0',
      'fixed:65',
      'fixed:3:magic',
      'auto,,off',
      'fixed:1.5',
    ])
      assert.throws(() => names(wrong), { code: 'invalid_option' }, wrong);
    assert.throws(() => names('off,auto,off'), /off is named twice/);
  });
});
