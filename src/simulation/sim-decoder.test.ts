/** The simulated decoders and the machine around them, without an engine. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { position, sequenceId, token } from '../base/types.js';
import { decoderConformance } from '../decoder/conformance.js';
import { decodeMs, ONLY_DRAFT, overheadMs, type CostTable } from '../costs/cost-table.js';
import type { Doing } from '../engine/pulse.js';
import { CURVES } from './curves.js';
import { AUTO, OFF, type Policy } from './policies.js';
import { simulate } from './simulate.js';
import { SimDecoder } from './sim-decoder.js';
import { NO_NOISE, SimModel, type MachineOptions } from './sim-model.js';
import { PLAIN_TASK, type SimTask } from './tasks.js';
import { makeWorkload, type Workload } from './workload.js';

decoderConformance(
  'simulated',
  () =>
    new SimDecoder({ maxSequences: 4, sequenceCapacity: 256, batchSize: 64, unified: false }, [], {
      spend: () => undefined,
      say: () => ({ token: 1, second: 2, margin: 1 }),
    }),
  0,
);

const COSTS: CostTable = {
  ...CURVES.demo.costs,
  target: { ...CURVES.demo.costs.target, msPerOutput: 0.1 },
};
const DRAFT = COSTS.drafts[ONLY_DRAFT]!;

function workloadOf(task: Partial<SimTask> = {}, requests = 400): Workload {
  return makeWorkload({
    requests,
    arrivals: { kind: 'closed', inFlight: 1 },
    tasks: [{ ...PLAIN_TASK, ...task }],
    shifts: [],
    seed: 11,
  });
}

function modelOf(workload: Workload, more: Partial<MachineOptions> = {}): SimModel {
  return new SimModel(workload, {
    costs: COSTS,
    noise: NO_NOISE,
    mishaps: [],
    parallel: 4,
    batchSize: 512,
    draft: true,
    unified: true,
    ...more,
  });
}

const argmax = (values: Float32Array): number => values.indexOf(Math.max(...values));

/** Decodes a request's text up to (not including) `to`, with logits of the last token; the row. */
function read(
  { decoder, draft }: SimModel,
  workload: Workload,
  index: number,
  to: number,
  drafts = false,
): number {
  const reader = drafts ? draft! : decoder;
  const sequence = sequenceId(index % 4);
  reader.truncate(sequence, position(0));
  reader.batch.clear();
  let row = -1;
  for (let at = 0; at < to; at++) {
    row = reader.batch.add(token(workload.items[index]!.text[at]!), position(at), sequence, at === to - 1);
  }
  assert.equal(reader.decode(), 'done');
  return row;
}

describe('simulated machine', () => {
  it('says the text of the request whose prompt it has read, in any sequence and after a copy', () => {
    const workload = workloadOf();
    const model = modelOf(workload);
    for (const index of [0, 1, 2, 258, 399]) {
      const { text, promptLength } = workload.items[index]!;
      const row = read(model, workload, index, promptLength);
      assert.equal(argmax(model.decoder.logits(row)), text[promptLength], `request ${index}`);
    }
    const { text } = workload.items[258]!;
    const other = sequenceId(0);
    model.decoder.truncate(other, position(0));
    model.decoder.copyPrefix(sequenceId(258 % 4), other, position(10));
    model.decoder.batch.clear();
    const row = model.decoder.batch.add(token(text[10]!), position(10), other, true);
    assert.equal(model.decoder.decode(), 'done');
    assert.equal(argmax(model.decoder.logits(row)), text[11]);
  });

  it('lets exactly the time pass that its costs say, and the overhead outside the decodes', () => {
    const workload = workloadOf();
    const model = modelOf(workload);
    read(model, workload, 0, 20);
    const tokenCells = (20 * 21) / 2;
    let expectedMs = decodeMs(COSTS.target, { tokens: 20, outputs: 1, tokenCells, resized: true });
    assert.ok(Math.abs(model.clock.ms - expectedMs) < 1e-9);
    const row = read(model, workload, 1, 20);
    expectedMs += decodeMs(COSTS.target, { tokens: 20, outputs: 1, tokenCells });
    assert.ok(Math.abs(model.clock.ms - expectedMs) < 1e-9);
    model.decoder.logits(row);
    model.decoder.logits(row);
    expectedMs += overheadMs(COSTS, 1, false);
    assert.ok(Math.abs(model.clock.ms - expectedMs) < 1e-9);
    read(model, workload, 1, 20, true);
    expectedMs += decodeMs(DRAFT, { tokens: 20, tokenCells, cold: true });
    assert.ok(Math.abs(model.clock.ms - expectedMs) < 1e-9);
    read(model, workload, 1, 20, true);
    expectedMs += decodeMs(DRAFT, { tokens: 20, tokenCells });
    assert.ok(Math.abs(model.clock.ms - expectedMs) < 1e-9);
    read(model, workload, 1, 20);
    expectedMs += decodeMs(COSTS.target, { tokens: 20, outputs: 1, tokenCells, cold: true });
    assert.ok(Math.abs(model.clock.ms - expectedMs) < 1e-9);
  });

  it('charges for looking and for planning', () => {
    const timesOf = (phases: readonly Doing[]): number => {
      const model = modelOf(workloadOf());
      for (const phase of phases) model.worked(phase);
      return model.clock.ms;
    };
    const alone = timesOf(['planning', 'drafting', 'decoding']);
    assert.ok(Math.abs(alone - COSTS.overheadMsGuessing) < 1e-9);
    assert.equal(timesOf(['admitting', 'drafting', 'computing prompts', 'decoding', 'sampling']), 0);
  });

  it('charges the engine for every step in which it looks, and for no other', () => {
    const workload = workloadOf({ acceptance: 0, spread: 0 }, 20);
    const machine = { costs: COSTS, noise: NO_NOISE, mishaps: [], parallel: 1, batchSize: 512 };
    const rest = {
      unified: true,
      mostGuesses: 8,
      calibrated: false,
      draft: true,
      proposers: ['lookup'] as const,
    };
    const secondsOf = (policy: Policy, more: Partial<CostTable>): number =>
      simulate(workload, { ...machine, ...rest, costs: { ...COSTS, ...more } }, policy).busySeconds;
    assert.equal(secondsOf(OFF, {}), secondsOf(OFF, { overheadMsGuessing: 0 }), 'off never looks');
    assert.ok(secondsOf(AUTO, {}) > secondsOf(AUTO, { overheadMsGuessing: 0 }), 'auto looks');
  });

  it('scatters times around the curve, with the outliers and mishaps that were asked for', () => {
    const workload = workloadOf();
    const times = (more: Partial<MachineOptions>): number[] => {
      const model = modelOf(workload, {
        ...more,
        costs: { ...COSTS, target: { ...COSTS.target, resizeMs: 0 } },
      });
      return Array.from({ length: 2000 }, () => {
        const before = model.clock.ms;
        read(model, workload, 0, 8);
        return model.clock.ms - before;
      });
    };
    const exact = times({})[0]!;
    const noisy = times({ noise: { sigma: 0.1, outliers: 0.02, outlierFactor: 100 } });
    const usual = noisy.filter((ms) => ms < 10 * exact);
    const mean = usual.reduce((sum, ms) => sum + ms, 0) / usual.length;
    assert.ok(Math.abs(mean / exact - 1) < 0.01, `mean ${mean} for ${exact}`);
    const outliers = noisy.length - usual.length;
    assert.ok(outliers > 20 && outliers < 60, `${outliers} outliers`);
    const stalled = times({ mishaps: [{ kind: 'stall', decode: 7, factor: 100 }] });
    assert.deepEqual(
      stalled.flatMap((ms, index) => (Math.abs(ms / exact - 1) > 1e-6 ? [index] : [])),
      [7],
    );
    const model = modelOf(workload, { mishaps: [{ kind: 'clock', decode: 0, jumpMs: -5000 }] });
    read(model, workload, 0, 8);
    assert.ok(model.clock.ms > 0 && Math.abs(model.clock.now() - (model.clock.ms - 5000)) < 1e-9);
  });
});

describe('simulated draft', () => {
  /** Share of right first guesses and right guesses after those, and whether a margin tells. */
  function guesses(task: Partial<SimTask>): { first: number; second: number; told: number; seconds: number } {
    const workload = workloadOf({ spread: 0, ...task });
    const model = modelOf(workload);
    const right = [0, 0];
    let seconds = 0;
    const margins: (readonly [margin: number, right: boolean])[] = [];
    for (const { index, text, promptLength } of workload.items) {
      // A step of the target lies between: the draft's next row is its first guess again.
      model.draft!.resetDepths();
      for (const depth of [0, 1]) {
        const at = promptLength + depth;
        const row = read(model, workload, index, at, true);
        const logits = model.draft!.logits(row).slice();
        const choice = argmax(logits);
        const top = logits[choice]!;
        logits[choice] = -Infinity;
        const second = argmax(logits);
        margins.push([top - logits[second]!, choice === text[at]]);
        if (choice === text[at]) right[depth]! += 1;
        else if (second === text[at]) seconds += 1;
      }
    }
    const sorted = margins.toSorted(([a], [b]) => b - a);
    const share = (part: typeof sorted): number => part.filter(([, is]) => is).length / part.length;
    const wrong = 2 * workload.requests - right[0]! - right[1]!;
    return {
      first: right[0]! / workload.requests,
      second: right[1]! / workload.requests,
      told: share(sorted.slice(0, 400)) - share(sorted.slice(400)),
      seconds: seconds / wrong,
    };
  }

  it('agrees as often as its profile says, at every depth', () => {
    const { first, second } = guesses({ acceptance: 0.7, decay: 0.5 });
    assert.ok(Math.abs(first - 0.7) < 0.06, `first ${first}`);
    assert.ok(Math.abs(second - 0.35) < 0.06, `second ${second}`);
    assert.equal(guesses({ acceptance: 0 }).first, 0);
    assert.equal(guesses({ acceptance: 1 }).first, 1);
  });

  it('gives itself away by its margin as much as its confidence says', () => {
    assert.ok(Math.abs(guesses({ acceptance: 0.5, confidence: 0 }).told) < 0.1);
    assert.ok(guesses({ acceptance: 0.5, confidence: 1 }).told > 0.6);
  });

  it('has the right token in second place as often as asked', () => {
    const { seconds } = guesses({ acceptance: 0.3, second: 0.6 });
    assert.ok(Math.abs(seconds - 0.6) < 0.08, `${seconds}`);
  });
});
