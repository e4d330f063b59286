/** Explanations say what the record says, and only true records are explained. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { explainStep } from './explain.js';
import { isPlanRecord, type PlanRecord } from './plan-record.js';
import { planGuesses } from './planner.js';
import { priorCosts } from '../costs/prior-costs.js';
import type { PlanInput } from './types.js';

function recordOf(survival: readonly number[], more: Partial<PlanInput> = {}): PlanRecord {
  const draft = { source: 'draft' as const, survival, catchUp: 1, catchUpShare: 1 };
  const lookup = { source: 'lookup' as const, survival: [0.2], catchUp: 0, catchUpShare: 1 };
  const input: PlanInput = {
    requests: [{ id: 17, sequence: 0, context: 80, fixed: false, options: [lookup, draft] }],
    prefill: [],
    prefillTokenCells: 0,
    unified: false,
    costs: priorCosts(true),
    ...more,
  };
  const plan = planGuesses(input);
  const { length } = plan.choices[0]!;
  return {
    step: 5,
    input,
    plan,
    guesses: [{ source: length > 0 ? 'draft' : undefined, drafted: length, verified: length, survival }],
    outcome: { predictedMs: 12, ms: 13, committed: 3 },
  };
}

describe('explainStep', () => {
  it('says what was chosen, what it was expected to bring, and what else there was', () => {
    const record = recordOf([0.97, 0.94, 0.9, 0.87]);
    const { length } = record.plan.choices[0]!;
    assert.ok(length > 0, 'the example should be worth guessing');
    const text = explainStep(record).join('\n');
    const goodput = ((1000 * record.plan.forecast.tokens) / record.plan.forecast.ms).toFixed(0);
    for (const words of [
      'step 5: 1 request',
      `request 17: draft, ${length} guess`,
      `= ${goodput} tokens/s`,
      'lookup: survival 0.20',
      'one guess fewer',
      'as it came       3.00 tokens in 13.00 ms',
    ]) {
      assert.ok(text.includes(words), `${words}\nis not in\n${text}`);
    }
    assert.ok(!text.includes('differs'), text);
  });

  it('says when nothing paid, and when a plan is not what this version would plan', () => {
    const record = recordOf([0.1, 0.01]);
    assert.match(
      explainStep(record).join('\n'),
      /request 17: no guesses\n {4}no proposer pays: best gain -?\d+\.\d %\n/,
    );
    const choices = [{ id: 17, option: 1, length: 2 }];
    const other = { ...record, plan: { ...record.plan, choices } };
    assert.match(explainStep(other).join('\n'), /the plan differs/);
  });

  it('gives the same words for a record that was written and read', () => {
    const record = recordOf([0.97, 0.94]);
    const read: unknown = JSON.parse(JSON.stringify(record));
    assert.ok(isPlanRecord(read));
    assert.deepEqual(explainStep(read), explainStep(record));
  });
});

describe('isPlanRecord', () => {
  it('refuses a record that lacks anything or holds the wrong thing', () => {
    const remove = (value: unknown, path: readonly string[]): void => {
      const parent = path.slice(0, -1).reduce((at, key) => (at as Record<string, unknown>)[key], value);
      Reflect.deleteProperty(parent as object, path.at(-1)!);
    };
    const paths = [
      ...['step', 'input', 'plan', 'guesses', 'outcome'].map((key) => [key]),
      ...['requests', 'prefill', 'unified', 'costs'].map((key) => ['input', key]),
      ['input', 'requests', '0', 'options', '0', 'survival'],
      ['input', 'costs', 'target', 'curve', 'ms'],
      ['input', 'costs', 'target', 'coldMs'],
      ['input', 'costs', 'overheadMs'],
      ['plan', 'price'],
      ['plan', 'forecast', 'ms'],
      ['plan', 'choices', '0', 'length'],
      ['guesses', '0', 'survival'],
      ['outcome', 'committed'],
    ];
    for (const path of paths) {
      const record: unknown = JSON.parse(JSON.stringify(recordOf([0.9])));
      assert.ok(isPlanRecord(record));
      remove(record, path);
      assert.ok(!isPlanRecord(record), `accepted without ${path.join('.')}`);
    }
    for (const value of [null, 1, 'x', [], {}]) assert.ok(!isPlanRecord(value));
  });
});
