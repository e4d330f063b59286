/** What tests of the step loop share: requests, options, and a run that checks every ending and the books. */
import assert from 'node:assert/strict';
import { compileGbnf } from '../constraints/compile.js';
import { GrammarPool } from '../constraints/grammar-pool.js';
import { fakeModel, hashedModel } from '../decoder/fake.js';
import { EngineCore } from './core.js';
import { plainRequest } from './plain-request.js';
import type { EngineOptions, EngineRequest, RequestEvent, StepReport } from './types.js';

/** Tokens 1, 4, 7 … of the fake model, without an end. */
export const EVERY_THIRD = compileGbnf('root ::= [behknqtwz]+ "0"');

export const grammarsOf = (model: Model): GrammarPool =>
  new GrammarPool({
    vocabularySize: model.decoder.vocabularySize,
    tokenBytes: (token) => model.tokenBytes(token),
    isEndOfGeneration: (token) => model.isEndOfGeneration(token),
  });

export type Model = ReturnType<typeof fakeModel>;

export const requestOf = (
  id: number,
  prompt: readonly number[],
  more: Partial<EngineRequest> = {},
): EngineRequest => plainRequest(id, Int32Array.from(prompt), 40, more);

export function optionsOf(
  more: Omit<Partial<EngineOptions>, 'speculation'> & Partial<EngineOptions['speculation']> = {},
): EngineOptions {
  const { mode, length, proposers, lookupMinNgram, suffixBytes, ...rest } = more;
  return {
    parallel: 4,
    queueLimit: 100,
    prefillChunk: 16,
    speculation: {
      mode: mode ?? 'fixed',
      length: length ?? 4,
      proposers: proposers ?? ['lookup', 'suffix', 'draft'],
      lookupMinNgram: lookupMinNgram ?? 2,
      suffixBytes: suffixBytes ?? 1 << 20,
    },
    ...rest,
  };
}

export interface Outcome {
  readonly tokens: number[];
  readonly finish: NonNullable<RequestEvent['finish']>;
}

/** Steps until all is answered; checks that each request ends once and that the books are right. */
export function runAll(
  core: EngineCore,
  onStep: (step: number, report: StepReport) => void = () => undefined,
): Map<number, Outcome> {
  const tokens = new Map<number, number[]>();
  const outcomes = new Map<number, Outcome>();
  for (let step = 0; ; step++) {
    for (const event of core.takeEvents()) {
      assert.ok(!outcomes.has(event.id), `request ${event.id} goes on after its end`);
      const text = tokens.get(event.id) ?? [];
      tokens.set(event.id, text);
      text.push(...event.tokens);
      if (event.finish) outcomes.set(event.id, { tokens: text, finish: event.finish });
    }
    if (core.idle) break;
    assert.ok(step < 20_000, 'the engine makes no progress');
    const report = core.step();
    assert.equal(report.cellsInUse + report.cellsCached + report.cellsFree, core.pool.total);
    onStep(step, report);
  }
  core.pool.checkIntegrity();
  assert.equal(core.pool.inUse, 0);
  return outcomes;
}

export function generate(
  model: Model,
  options: EngineOptions,
  requests: readonly EngineRequest[],
): Map<number, Outcome> {
  const core = new EngineCore(model, options);
  for (const request of requests) core.submit(request);
  return runAll(core);
}

export const textsOf = (outcomes: Map<number, Outcome>): number[][] =>
  [...outcomes].sort(([a], [b]) => a - b).map(([, outcome]) => outcome.tokens);

/** A draft that agrees with its target in most contexts; both repeat themselves enough for lookup. */
export const pair = (more: Parameters<typeof fakeModel>[0] = {}): Model =>
  fakeModel({
    next: hashedModel({ salt: 3, sharpness: 5 }),
    vocabularySize: 24,
    branchSequences: 6,
    ...more,
    draft: { next: hashedModel({ salt: 3, sharpness: 5, disagreement: 0.2 }) },
  });

export const PROMPTS = [[1, 2, 3], [4, 5, 6, 7, 8, 9, 10, 11, 12], [1, 2, 3, 9], [20], [13, 14, 13, 14, 13]];
