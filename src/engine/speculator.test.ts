/** What is guessed in `auto`, on a machine whose clock moves by known costs. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fakeModel, hashedModel, type FakeDecoder, type FakeDecoderOptions } from '../decoder/fake.js';
import { decodeMs, ONLY_DRAFT, type CostTable } from '../costs/cost-table.js';
import { planGuesses } from '../planning/planner.js';
import { FREE, FREE_MODEL, oneDraft } from '../costs/test-machines.js';
import { EngineCore } from './core.js';
import { optionsOf, requestOf, runAll } from './test-support.js';
import type { EngineOptions, StepReport } from './types.js';

/** Eight tokens at once cost three and a half times as much as one; a draft's token a tenth of the target's. */
const COSTS: CostTable = {
  ...FREE,
  target: {
    ...FREE_MODEL,
    curve: { tokens: [1, 2, 4, 8, 16, 32], ms: [1, 1.5, 2.1, 3.5, 6.5, 13] },
    resizeMs: 0.1,
  },
  drafts: oneDraft({ tokens: [1, 16], ms: [0.1, 0.5] }),
};

interface Machine {
  readonly core: EngineCore;
  readonly model: ReturnType<typeof fakeModel>;
  readonly reports: StepReport[];
  /** Milliseconds that the draft's decodes have taken. */
  readonly draftSpentMs: () => number;
  nowMs: number;
  /** Added to the next decode of the target. */
  hiccupMs: number;
  readonly run: () => void;
}

function machine(
  disagreement: number | (() => number),
  options: Parameters<typeof optionsOf>[0] = {},
  decoder: FakeDecoderOptions = {},
): Machine {
  const text = { salt: 3, sharpness: 5 };
  const model = fakeModel({
    next: hashedModel(text),
    vocabularySize: 32,
    cellCount: 8192,
    ...decoder,
    draft: {
      next: (tokens, logits) => {
        const share = typeof disagreement === 'number' ? disagreement : disagreement();
        hashedModel({ ...text, disagreement: share })(tokens, logits);
      },
    },
  });
  let draftSpentMs = 0;
  const time = (timed: FakeDecoder, costOf: (tokens: number) => number): void => {
    const decode = timed.decode.bind(timed);
    timed.decode = () => {
      self.nowMs += costOf(timed.batch.length);
      return decode();
    };
  };
  let previous = 0;
  time(model.decoder, (tokens) => {
    const resized = tokens !== previous;
    previous = tokens;
    const ms = decodeMs(COSTS.target, { tokens, tokenCells: 0, resized }) + self.hiccupMs;
    self.hiccupMs = 0;
    return ms;
  });
  time(model.draft!, (tokens) => {
    const ms = decodeMs(COSTS.drafts[ONLY_DRAFT], { tokens, tokenCells: 0 });
    draftSpentMs += ms;
    return ms;
  });
  const engineOptions: EngineOptions = optionsOf({
    mode: 'auto',
    length: 8,
    proposers: ['draft'],
    ...options,
  });
  const core = new EngineCore(model, engineOptions, { costs: COSTS, now: () => self.nowMs });
  const self: Machine = {
    core,
    model,
    reports: [],
    draftSpentMs: () => draftSpentMs,
    nowMs: 1000,
    hiccupMs: 0,
    run: () => {
      runAll(core, (_, report) => self.reports.push(report));
    },
  };
  return self;
}

const request = (id: number, maxTokens = 400) => requestOf(id, [1 + id, 2, 3], { maxTokens });
const guessesOf = (reports: readonly StepReport[]): number =>
  reports.reduce((sum, { draftTokens }) => sum + draftTokens, 0);

describe('planned speculation', () => {
  it('guesses many with a good draft and nothing with a useless one, whose trials cost next to nothing', () => {
    const good = machine(0.02);
    good.core.submit(request(1));
    good.run();
    assert.ok(guessesOf(good.reports) / good.reports.length > 3);

    const useless = machine(1);
    useless.core.submit(request(1, 2000));
    useless.run();
    const late = useless.reports.slice(200);
    assert.ok(guessesOf(late) <= 0.002 * late.length, `${guessesOf(late)} in ${late.length} steps`);
    const elapsedMs = useless.nowMs - 1000;
    assert.ok(useless.draftSpentMs() < 0.03 * elapsedMs, `${useless.draftSpentMs()} of ${elapsedMs} ms`);
    assert.ok(useless.draftSpentMs() > 0, 'it is tried now and then');
  });

  it('notices when a draft that was useless has become good', () => {
    let disagreement = 1;
    const one = machine(() => disagreement);
    one.core.submit(request(1, 3000));
    while (one.core.running + one.core.waiting > 0 && one.reports.length < 1000)
      one.reports.push(one.core.step());
    assert.ok(guessesOf(one.reports.slice(-500)) <= 2);
    disagreement = 0;
    one.run();
    assert.ok(guessesOf(one.reports.slice(-50)) > 150);
  });

  it('guesses less the more requests share the step', () => {
    const perRequest = (parallel: number): number => {
      const { core, reports, run } = machine(0.1, { parallel }, { maxSequences: 32 });
      for (let id = 1; id <= parallel; id++) core.submit(request(id, 200));
      run();
      const full = reports.filter(({ running }) => running === parallel);
      return guessesOf(full) / full.length / parallel;
    };
    const [alone, some, many] = [perRequest(1), perRequest(2), perRequest(24)];
    assert.ok(alone > some && some > many, `${alone}, ${some}, ${many}`);
    assert.ok(many < 0.2, `${many} guesses a request under load`);
  });

  it('leaves a plan that can be computed again, and foresees what steps take', () => {
    const { core, reports, run } = machine(0.05);
    core.submit(request(1));
    run();
    const records = core.speculator.records.toArray();
    assert.ok(records.length > 20);
    for (const { input, plan } of records) assert.deepEqual(planGuesses(input), plan);
    const late = reports.slice(-20);
    for (const { predictedMs, stepMs } of late) {
      if (predictedMs !== undefined) assert.ok(Math.abs(predictedMs / stepMs - 1) < 0.1);
    }
    assert.ok(late.some(({ predictedMs }) => predictedMs !== undefined));
  });

  it('bars what a request does not allow', () => {
    const { core, reports, run } = machine(0, { proposers: ['lookup', 'draft'] });
    core.submit({ ...request(1), speculation: { mode: 'auto', length: undefined, proposers: ['lookup'] } });
    run();
    assert.ok(reports.every(({ guesses }) => guesses.draft === undefined));
    assert.ok(guessesOf(reports) >= 0);
  });

  it('does not touch the draft where speculation is off', () => {
    const { core, run, draftSpentMs } = machine(0);
    core.submit({ ...request(1), speculation: { mode: 'off', length: undefined, proposers: undefined } });
    run();
    assert.equal(draftSpentMs(), 0);
  });
});

describe('faults', () => {
  it('goes on guessing after a step that took a hundred times as long, and after a clock that jumped', () => {
    for (const disturb of [
      (one: Machine) => (one.hiccupMs = 500),
      (one: Machine) => (one.nowMs -= 5000),
      (one: Machine) => (one.nowMs += 1e9),
    ]) {
      const one = machine(0.02);
      one.core.submit(request(1, 600));
      for (let step = 0; step < 40; step++) one.reports.push(one.core.step());
      disturb(one);
      one.reports.push(one.core.step());
      const before = one.core.speculator.timing.latency.table.target.curve.ms[0]!;
      assert.ok(before > 0.8 && before < 1.25, `one token costs ${before} ms`);
      one.run();
      assert.ok(guessesOf(one.reports.slice(-40)) > 120);
    }
  });

  it('leaves out a proposer that throws, says so, and tries it again later', () => {
    const { core, model } = machine(0);
    const decode = model.draft!.decode.bind(model.draft);
    let broken = true;
    let brokenCalls = 0;
    model.draft!.decode = () => {
      if (!broken) return decode();
      brokenCalls += 1;
      throw new Error('draft exploded');
    };
    core.submit(request(1, 900));
    const errors: string[] = [];
    const reports: StepReport[] = [];
    runAll(core, (step, report) => {
      errors.push(...report.proposerErrors);
      reports.push(report);
      if (step === 100) broken = false;
    });
    assert.deepEqual(errors, ['draft: draft exploded']);
    assert.equal(guessesOf(reports.slice(0, 100)), 0);
    assert.ok(brokenCalls <= 2, 'a broken draft is not called at every step');
    assert.ok(guessesOf(reports) > 100, 'it is in use again');
  });
});

describe('streams', () => {
  it('lays a batch out in ascending order and puts requests side by side', () => {
    const model = fakeModel({ unified: false, cellCount: 8192, maxSequences: 8 });
    const core = new EngineCore(model, optionsOf({ parallel: 8, mode: 'off' }));
    const orders: number[][] = [];
    const decode = model.decoder.decode.bind(model.decoder);
    model.decoder.decode = () => {
      orders.push(model.decoder.batch.shares().map(({ sequence }) => sequence));
      return decode();
    };
    // They come and go, never more than three at a time, while eight streams could be used.
    let id = 0;
    for (let step = 0; step < 400; step++) {
      if (core.running + core.waiting < 3)
        core.submit(requestOf(++id, [id % 60, 5, 6], { maxTokens: 5 + (id % 17) }));
      core.step();
    }
    assert.ok(id > 30);
    for (const order of orders) {
      assert.deepEqual(
        order,
        [...new Set(order)].sort((a, b) => a - b),
      );
    }
    const together = orders.filter(
      (order) => order.length < 2 || order.at(-1)! - order[0]! === order.length - 1,
    );
    assert.ok(
      together.length > 0.8 * orders.length,
      `${together.length} of ${orders.length} batches in one piece`,
    );
  });
});
