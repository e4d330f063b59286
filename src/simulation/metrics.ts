/** What a run of a simulation is judged by; all times are virtual. */
import { assert } from '../base/errors.js';
import { quantile } from '../base/quantile.js';
import { mean, sum } from '../base/statistics.js';
import type { RequestEvent, StepReport } from '../engine/types.js';
import type { SimModel } from './sim-model.js';
import type { SimRequest, Workload } from './workload.js';

export interface Spread {
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
}

/** A stretch of the run. */
export interface Stretch {
  readonly startMs: number;
  readonly endMs: number;
  /** Tokens committed per second of the engine's work. */
  readonly tokenGoodput: number;
  /** Guesses verified for a request in a step. */
  readonly meanLength: number;
  /** Accepted over verified guesses; 0 where there were none. */
  readonly acceptance: number;
  readonly meanRunning: number;
}

export interface TaskMetrics {
  readonly task: string;
  readonly requests: number;
  readonly latencyMs: Spread;
  readonly ttftMs: Spread;
  readonly tpotMs: Spread;
  readonly acceptance: number;
}

export interface SimMetrics {
  readonly policy: string;
  readonly requests: number;
  readonly outputTokens: number;
  /** From the first arrival to the last token, and of that the engine at work. */
  readonly seconds: number;
  readonly busySeconds: number;
  /** Tokens committed per second of the engine's work. */
  readonly tokenGoodput: number;
  /** From arrival to last token. */
  readonly latencyMs: Spread;
  readonly ttftMs: Spread;
  /** Per request, (latency - time to first token) / (tokens - 1). */
  readonly tpotMs: Spread;
  readonly steps: number;
  readonly draftTokens: number;
  readonly acceptedTokens: number;
  readonly acceptance: number;
  /** [k]: how often a request had k guesses verified in a step. */
  readonly lengths: readonly number[];
  readonly stretches: readonly Stretch[];
  readonly tasks: readonly TaskMetrics[];
  /** Real time: the engine's own work (plan, books, sampling) in microseconds a step, as this machine runs it. */
  readonly engineUsPerStep: number;
  /** |predicted / actual - 1| of the time of steps, as far as they were foretold; 0 where none was. */
  readonly predictionError: { readonly p50: number; readonly p90: number };
}

interface Flight {
  readonly item: SimRequest;
  readonly arrivalMs: number;
  firstMs: number;
  endMs: number;
  tokens: number;
  draftTokens: number;
  acceptedTokens: number;
}

export interface StepNote {
  readonly startMs: number;
  readonly endMs: number;
  readonly tokens: number;
  readonly decodes: number;
  readonly draftTokens: number;
  readonly acceptedTokens: number;
  readonly running: number;
  /** Whether prompts were computed in it. */
  readonly prefill: boolean;
}

const STRETCHES = 20;

/** Follows a run, and checks as it goes that every request gets its own text and one ending. */
export class Progress {
  readonly #workload: Workload;
  readonly #model: SimModel;
  readonly #flights: Flight[] = [];
  readonly #steps: StepNote[] = [];
  #ended = 0;
  #committed = 0;
  #engineWallMs = 0;
  readonly #errors: number[] = [];

  constructor(workload: Workload, model: SimModel) {
    this.#workload = workload;
    this.#model = model;
  }

  get inFlight(): number {
    return this.#flights.length - this.#ended;
  }

  arrived(item: SimRequest): void {
    assert(item.index === this.#flights.length, 'requests arrive in their order');
    const arrivalMs = this.#workload.arrivals.kind === 'closed' ? this.#model.clock.ms : item.arrivalMs;
    this.#flights.push({
      item,
      arrivalMs,
      firstMs: NaN,
      endMs: NaN,
      tokens: 0,
      draftTokens: 0,
      acceptedTokens: 0,
    });
  }

  /** Runs one step of the engine and notes what it came to. */
  step(run: () => StepReport): StepNote {
    const { clock, decoder, draft } = this.#model;
    const startMs = clock.ms;
    const decodes = decoder.sampledSequences;
    const wall = performance.now() - decoder.wallMs - (draft?.wallMs ?? 0);
    const report = run();
    const ms = clock.ms - startMs;
    if (report.predictedMs !== undefined && ms > 0) this.#errors.push(Math.abs(report.predictedMs / ms - 1));
    this.#engineWallMs += performance.now() - decoder.wallMs - (draft?.wallMs ?? 0) - wall;
    this.#committed += report.committedTokens;
    this.#model.truth.progress(this.#committed / this.#workload.outputTokens);
    const note: StepNote = {
      startMs,
      endMs: clock.ms,
      tokens: report.committedTokens,
      decodes: decoder.sampledSequences - decodes,
      draftTokens: report.draftTokens,
      acceptedTokens: report.acceptedTokens,
      running: report.running,
      prefill: report.prefillTokens > 0,
    };
    this.#steps.push(note);
    return note;
  }

  told({ id, tokens, finish }: RequestEvent): void {
    const flight = this.#flights[id]!;
    const { text, promptLength } = flight.item;
    assert(Number.isNaN(flight.endMs), `request ${id} goes on after its end`);
    for (const token of tokens) {
      assert(text[promptLength + flight.tokens] === token, `request ${id} got another text`);
      flight.tokens += 1;
    }
    const nowMs = this.#model.clock.ms;
    if (tokens.length > 0 && flight.tokens === tokens.length) flight.firstMs = nowMs;
    if (finish === undefined) return;
    assert(
      finish.reason === 'length' && promptLength + flight.tokens === text.length,
      `request ${id} ended by ${finish.reason} after ${flight.tokens} tokens: ${finish.error?.message ?? ''}`,
    );
    flight.endMs = nowMs;
    flight.draftTokens = finish.statistics.draftTokens;
    flight.acceptedTokens = finish.statistics.acceptedTokens;
    this.#ended += 1;
  }

  metrics(policy: string): SimMetrics {
    const flights = this.#flights;
    assert(
      flights.length === this.#workload.items.length && this.inFlight === 0,
      'every request is answered',
    );
    const busyMs = sum(this.#steps, ({ startMs, endMs }) => endMs - startMs);
    const draftTokens = sum(flights, (one) => one.draftTokens);
    const acceptedTokens = sum(flights, (one) => one.acceptedTokens);
    const outputTokens = sum(flights, ({ tokens }) => tokens);
    const errorAt = (share: number): number =>
      this.#errors.length === 0 ? 0 : quantile(this.#errors, share);
    return {
      policy,
      requests: flights.length,
      outputTokens,
      seconds: (this.#model.clock.ms - flights[0]!.arrivalMs) / 1000,
      busySeconds: busyMs / 1000,
      tokenGoodput: (1000 * outputTokens) / busyMs,
      latencyMs: spreadOf(flights.map(latencyMs)),
      ttftMs: spreadOf(flights.map(ttftMs)),
      tpotMs: spreadOf(flights.map(tpotMs)),
      steps: this.#steps.length,
      draftTokens,
      acceptedTokens,
      acceptance: ratio(acceptedTokens, draftTokens),
      lengths: this.#model.decoder.lengths,
      stretches: stretchesOf(this.#steps),
      tasks: this.#workload.tasks.map(({ name }, label) =>
        taskMetrics(
          name,
          flights.filter(({ item }) => item.label === label),
        ),
      ),
      engineUsPerStep: (1000 * this.#engineWallMs) / this.#steps.length,
      predictionError: { p50: errorAt(0.5), p90: errorAt(0.9) },
    };
  }
}

const latencyMs = ({ endMs, arrivalMs }: Flight): number => endMs - arrivalMs;
const ttftMs = ({ firstMs, arrivalMs }: Flight): number => firstMs - arrivalMs;
const tpotMs = ({ endMs, firstMs, tokens }: Flight): number => (endMs - firstMs) / Math.max(1, tokens - 1);

function taskMetrics(task: string, flights: readonly Flight[]): TaskMetrics {
  const drafted = sum(flights, (one) => one.draftTokens);
  return {
    task,
    requests: flights.length,
    latencyMs: spreadOf(flights.map(latencyMs)),
    ttftMs: spreadOf(flights.map(ttftMs)),
    tpotMs: spreadOf(flights.map(tpotMs)),
    acceptance: ratio(
      sum(flights, (one) => one.acceptedTokens),
      drafted,
    ),
  };
}

/** Stretches of about as many steps each. */
function stretchesOf(steps: readonly StepNote[]): Stretch[] {
  const size = Math.max(1, Math.ceil(steps.length / STRETCHES));
  return Array.from({ length: Math.ceil(steps.length / size) }, (_, index): Stretch => {
    const part = steps.slice(index * size, (index + 1) * size);
    const draftTokens = sum(part, (one) => one.draftTokens);
    const busyMs = sum(part, ({ startMs, endMs }) => endMs - startMs);
    return {
      startMs: part[0]!.startMs,
      endMs: part.at(-1)!.endMs,
      tokenGoodput: ratio(1000 * sum(part, ({ tokens }) => tokens), busyMs),
      meanLength: ratio(
        draftTokens,
        sum(part, ({ decodes }) => decodes),
      ),
      acceptance: ratio(
        sum(part, (one) => one.acceptedTokens),
        draftTokens,
      ),
      meanRunning: sum(part, ({ running }) => running) / part.length,
    };
  });
}

function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) return { mean: 0, p50: 0, p99: 0 };
  return {
    mean: mean(values),
    p50: quantile(values, 0.5),
    p99: quantile(values, 0.99),
  };
}

const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);
