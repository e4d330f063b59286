/**
 * What the server counts of its engines, in one place: `/metrics`, `/v1/stats` and its events are views of these sums,
 * so that they cannot contradict each other. Steps come hundreds of times a second beside the model: they are added
 * up in plain numbers, and everything else waits until somebody asks.
 */
import { Ring } from '../base/ring.js';
import { addGuesses, type GuessCounts } from '../engine/guess-counts.js';
import type { NotSpeculated, RequestRecord } from '../engine/request-record.js';
import type { EngineHandle, FinishReason, StepReport } from '../engine/types.js';
import type { Route } from '../tasks/router/router.js';
import type { ListedModel } from './further-models.js';

/** Steps whose predicted time is compared with that measured. */
export const ERROR_STEPS = 1024;
/** Ended requests whose latencies are kept. */
const LATENCIES = 4096;
/** Ended requests that are kept whole. */
const LATEST_REQUESTS = 32;
const SECONDS = 60;

/** Sums over steps and ended requests. */
export class Sums {
  steps = 0;
  stepMs = 0;
  targetMs = 0;
  draftMs = 0;
  /** Of the steps: outside all decodes. */
  outsideMs = 0;
  planMs = 0;
  targetDecodes = 0;
  draftDecodes = 0;
  /** A request counts once for each step in which it decodes. */
  decodingRequests = 0;
  /** Steps that decoded and verified no guess. */
  stepsWithoutGuesses = 0;
  batchTokens = 0;
  prefillTokens = 0;
  committedTokens = 0;
  drafts = 0;
  preemptions = 0;
  proposerErrors = 0;
  /** Times that the books of the KV cache were wrong. */
  booksMended = 0;
  readonly guesses: GuessCounts = {};
  readonly requests: Partial<Record<FinishReason, number>> = {};
  promptTokens = 0;
  cachedTokens = 0;
  outputTokens = 0;
  readonly notSpeculated: Partial<Record<NotSpeculated, number>> = {};

  addStep(report: StepReport): void {
    this.steps += 1;
    this.stepMs += report.stepMs;
    this.targetMs += report.targetMs;
    this.draftMs += report.draftMs;
    this.outsideMs += outsideMs(report);
    this.planMs += report.planMs;
    this.targetDecodes += report.targetDecodes;
    this.draftDecodes += report.draftDecodes;
    this.decodingRequests += report.decodingRequests;
    if (report.draftTokens === 0 && report.committedTokens > 0) this.stepsWithoutGuesses += 1;
    this.batchTokens += report.batchTokens;
    this.prefillTokens += report.prefillTokens;
    this.committedTokens += report.committedTokens;
    this.drafts += report.drafts;
    this.preemptions += report.preemptions;
    this.proposerErrors += report.proposerErrors.length;
    addGuesses(this.guesses, report.guesses);
  }

  addRequest({ reason, notSpeculated, statistics }: RequestRecord): void {
    addCounts(this.requests, { [reason]: 1 });
    this.promptTokens += statistics.promptTokens;
    this.cachedTokens += statistics.cachedTokens;
    this.outputTokens += statistics.outputTokens;
    if (notSpeculated !== undefined) addCounts(this.notSpeculated, { [notSpeculated]: 1 });
  }

  add(more: Sums): void {
    addNumbers(this, more);
    addGuesses(this.guesses, more.guesses);
    addCounts(this.requests, more.requests);
    addCounts(this.notSpeculated, more.notSpeculated);
  }
}

type NumberName = { [Name in keyof Sums]: Sums[Name] extends number ? Name : never }[keyof Sums];
const NUMBERS = Object.entries(new Sums()).flatMap(([name, value]) =>
  typeof value === 'number' ? [name as NumberName] : [],
);

function addNumbers(sum: Sums, more: Sums): void {
  for (const name of NUMBERS) sum[name] += more[name];
}

function addCounts(sum: Partial<Record<string, number>>, more: Partial<Record<string, number>>): void {
  for (const [name, count] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + (count ?? 0);
}

/** Part of a step outside all decodes, milliseconds. */
export const outsideMs = ({ stepMs, targetMs, draftMs }: StepReport): number =>
  Math.max(0, stepMs - targetMs - draftMs);

/** Milliseconds of a request on the engine's clock; undefined where it wrote too little to have them. */
export interface Latency {
  readonly ttftMs: number;
  readonly tpotMs: number | undefined;
  readonly e2elMs: number;
}

/** Undefined for a request that wrote nothing. */
export function latencyOf({ statistics }: RequestRecord): Latency | undefined {
  const { queueMs, prefillMs, decodeMs, outputTokens } = statistics;
  if (outputTokens === 0) return undefined;
  const ttftMs = queueMs + prefillMs;
  return {
    ttftMs,
    tpotMs: outputTokens > 1 ? decodeMs / (outputTokens - 1) : undefined,
    e2elMs: ttftMs + decodeMs,
  };
}

export interface EndedRequest {
  /** Seconds since 1970. */
  readonly endedAt: number;
  readonly record: RequestRecord;
  /** Where prompts are told apart. */
  readonly route?: Route | undefined;
}

/** Of one model, also over times when it was unloaded. */
export class EngineStatistics {
  readonly total = new Sums();
  /** The newest last. */
  readonly latest = new Ring<EndedRequest>(LATEST_REQUESTS);
  latestStep: StepReport | undefined;
  readonly #now: () => number;
  /** By the second modulo `SECONDS`. */
  readonly #seconds = new Map<number, { readonly second: number; readonly sums: Sums }>();
  readonly #latencies = new Ring<Latency & { readonly atMs: number }>(LATENCIES);
  /** |predicted / measured - 1| of the times of steps. */
  readonly #errors = new Ring<number>(ERROR_STEPS);

  constructor(now: () => number) {
    this.#now = now;
  }

  stepEnded(report: StepReport): void {
    this.total.addStep(report);
    this.#second().addStep(report);
    this.latestStep = report;
    const { predictedMs, stepMs } = report;
    if (predictedMs !== undefined && stepMs > 0) this.#errors.push(Math.abs(predictedMs / stepMs - 1));
  }

  booksMended(): void {
    this.total.booksMended += 1;
    this.#second().booksMended += 1;
  }

  requestEnded(record: RequestRecord, route?: Route): void {
    this.total.addRequest(record);
    this.#second().addRequest(record);
    // Its tokens would be kept for longer than anybody asks.
    this.latest.push({ endedAt: Date.now() / 1000, record: { ...record, tokens: undefined }, route });
    const latency = latencyOf(record);
    if (latency !== undefined) this.#latencies.push({ ...latency, atMs: this.#now() });
  }

  lastMinute(): Sums {
    const sums = new Sums();
    const now = this.#secondNow();
    for (const one of this.#seconds.values()) if (now - one.second < SECONDS) sums.add(one.sums);
    return sums;
  }

  /** Of the latest requests, or of those of the last minute. */
  latencies(ofLastMinute: boolean): readonly Latency[] {
    const all = this.#latencies.toArray();
    const sinceMs = this.#now() - 1000 * SECONDS;
    return ofLastMinute ? all.filter(({ atMs }) => atMs > sinceMs) : all;
  }

  get errors(): readonly number[] {
    return this.#errors.toArray();
  }

  #secondNow(): number {
    return Math.floor(this.#now() / 1000);
  }

  #second(): Sums {
    const second = this.#secondNow();
    const at = second % SECONDS;
    const known = this.#seconds.get(at);
    if (known?.second === second) return known.sums;
    const sums = new Sums();
    this.#seconds.set(at, { second, sums });
    return sums;
  }
}

/** What happens in any engine, for those who count it in their own way. */
export interface StatisticsListener {
  stepEnded(model: string, report: StepReport): void;
  requestEnded(model: string, record: RequestRecord, route?: Route): void;
}

export class ServerStatistics {
  readonly #models = new Map<string, EngineStatistics>();
  readonly #listeners: StatisticsListener[] = [];
  readonly #wants: { readonly tokens: boolean };
  readonly #now: () => number;

  /** @param wants whether listeners are to have the tokens of ended requests */
  constructor(wants: { readonly tokens: boolean }, now: () => number = () => performance.now()) {
    this.#wants = wants;
    this.#now = now;
  }

  /**
   * Counts what an engine does from now on.
   * @param routeOf what the router has said of a request
   */
  watch(
    model: string,
    engine: EngineHandle,
    routeOf: (id: number) => Route | undefined = () => undefined,
  ): void {
    const statistics = this.of(model);
    engine.onStep((report) => {
      statistics.stepEnded(report);
      for (const listener of this.#listeners) listener.stepEnded(model, report);
    });
    engine.onBooksMended(() => {
      statistics.booksMended();
    });
    engine.onRequestEnd((record) => {
      const route = routeOf(record.id);
      statistics.requestEnded(record, route);
      for (const listener of this.#listeners) listener.requestEnded(model, record, route);
    }, this.#wants);
  }

  listen(listener: StatisticsListener): void {
    this.#listeners.push(listener);
  }

  of(model: string): EngineStatistics {
    let statistics = this.#models.get(model);
    if (statistics === undefined) this.#models.set(model, (statistics = new EngineStatistics(this.#now)));
    return statistics;
  }

  /** Over all models. */
  total(): Sums {
    const sums = new Sums();
    for (const { total } of this.#models.values()) sums.add(total);
    return sums;
  }

  /** Of all models' latest steps. */
  errors(): readonly number[] {
    return [...this.#models.values()].flatMap(({ errors }) => errors);
  }
}

/** The models of a server, the first one first. */
export type ListModels = () => readonly ListedModel[];
