/** Prometheus metrics, `foretoken_*`; names as vLLM's where it has the figure. Most are views of the server's sums. */
import { sum } from '../base/statistics.js';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { quantile } from '../base/quantile.js';
import { guessTotals } from '../engine/guess-counts.js';
import type { RequestRecord, StepReport } from '../engine/types.js';
import type { Router } from '../tasks/router/router.js';
import type { AllEngines } from './further-models.js';
import { nowField, type NowField } from './stats-format.js';
import {
  ERROR_STEPS,
  latencyOf,
  outsideMs,
  type ListModels,
  type ServerStatistics,
  type StatisticsListener,
  type Sums,
} from './statistics.js';

const STEP_BUCKETS_S = [
  0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 2,
];
const TOKEN_BUCKETS_S = [0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 2.5];
const REQUEST_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** Counters that are sums, over all models, of steps and ended requests. */
const SUMMED: readonly (readonly [name: string, help: string, of: (sums: Sums) => number])[] = [
  ['spec_decode_num_drafts_total', 'Drafts verified.', ({ drafts }) => drafts],
  [
    'spec_decode_num_draft_tokens_total',
    'Tokens drafted.',
    ({ guesses }) => guessTotals(guesses).draftTokens,
  ],
  [
    'spec_decode_num_accepted_tokens_total',
    'Drafted tokens accepted.',
    ({ guesses }) => guessTotals(guesses).acceptedTokens,
  ],
  [
    'committed_tokens_total',
    'Tokens emitted to requests; its rate is the token goodput.',
    ({ committedTokens }) => committedTokens,
  ],
  ['batch_tokens_total', "Tokens in the target's batches.", ({ batchTokens }) => batchTokens],
  ['prefill_tokens_total', "Prompt tokens in the target's batches.", ({ prefillTokens }) => prefillTokens],
  ['num_preemptions_total', 'Requests put back for want of KV cells.', ({ preemptions }) => preemptions],
  ['proposer_errors_total', 'Proposers that failed.', ({ proposerErrors }) => proposerErrors],
  ['planning_seconds_total', 'Time in which the planner chose.', ({ planMs }) => planMs / 1000],
  [
    'steps_without_guesses_total',
    'Steps that decoded and verified no guess.',
    ({ stepsWithoutGuesses }) => stepsWithoutGuesses,
  ],
  ['prompt_tokens_total', 'Prompt tokens of ended requests.', ({ promptTokens }) => promptTokens],
  [
    'prompt_tokens_cached_total',
    'Prompt tokens of ended requests that were in the KV cache already.',
    ({ cachedTokens }) => cachedTokens,
  ],
  [
    'kv_conservation_errors_total',
    'Times that free, cached and used KV cells were found not to add up while idle, and the caches were emptied.',
    ({ booksMended }) => booksMended,
  ],
  ['generation_tokens_total', 'Generated tokens of ended requests.', ({ outputTokens }) => outputTokens],
];

export class ServerMetrics implements StatisticsListener {
  readonly registry = new Registry();
  readonly #statistics: ServerStatistics;
  readonly #step = this.#histogram('step_duration_seconds', 'One whole engine step.', STEP_BUCKETS_S);
  readonly #target = this.#histogram(
    'step_target_seconds',
    "Part of a step inside the target model's decode.",
    STEP_BUCKETS_S,
  );
  readonly #draft = this.#histogram(
    'step_draft_seconds',
    "Part of a step inside draft models' decodes.",
    STEP_BUCKETS_S,
  );
  readonly #outside = this.#histogram(
    'step_outside_native_seconds',
    'Part of a step outside all decodes: planning, sampling, bookkeeping.',
    [0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1],
  );
  readonly #queueTime = this.#histogram(
    'request_queue_time_seconds',
    'Waiting before the first step that computed anything for the request.',
    REQUEST_BUCKETS_S,
  );
  readonly #firstToken = this.#histogram(
    'time_to_first_token_seconds',
    'From submission to the first token (TTFT).',
    REQUEST_BUCKETS_S,
  );
  readonly #perToken = this.#histogram(
    'time_per_output_token_seconds',
    'Time of each token after the first (TPOT).',
    TOKEN_BUCKETS_S,
  );
  readonly #endToEnd = this.#histogram(
    'e2e_request_latency_seconds',
    'From submission to the last token.',
    REQUEST_BUCKETS_S,
  );
  readonly #http = new Counter({
    name: 'foretoken_http_requests_total',
    help: 'HTTP requests by route and status.',
    labelNames: ['route', 'status'],
    registers: [this.registry],
  });

  constructor(engines: Pick<AllEngines, 'stall'>, list: ListModels, statistics: ServerStatistics) {
    this.#statistics = statistics;
    statistics.listen(this);
    for (const [name, help, of] of SUMMED)
      this.#counted(name, help, [], (add) => {
        add({}, of(statistics.total()));
      });
    this.#counted('process_cpu_seconds_total', 'Processor time of this process.', [], (add) => {
      add({}, cpuSeconds());
    });
    this.#counted(
      'requests_total',
      'Engine requests (choices) by how they ended.',
      ['finish_reason'],
      (add) => {
        for (const [reason, count] of Object.entries(statistics.total().requests))
          add({ finish_reason: reason }, count);
      },
    );
    this.#counted(
      'requests_not_speculated_total',
      'Ended requests for which no guess was verified, by why.',
      ['reason'],
      (add) => {
        for (const [reason, count] of Object.entries(statistics.total().notSpeculated))
          add({ reason }, count);
      },
    );
    this.#countGuesses();
    this.#gauges(engines, list);
  }

  /** Called after every engine step. */
  stepEnded(_model: string, report: StepReport): void {
    // A prom-client histogram without labels takes 0.25-0.5 µs to observe (EPYC Milan): below 0.2% of a step.
    this.#step.observe(report.stepMs / 1000);
    this.#target.observe(report.targetMs / 1000);
    if (report.draftMs > 0) this.#draft.observe(report.draftMs / 1000);
    this.#outside.observe(outsideMs(report) / 1000);
  }

  requestEnded(_model: string, record: RequestRecord): void {
    this.#queueTime.observe(record.statistics.queueMs / 1000);
    const latency = latencyOf(record);
    if (latency === undefined) return;
    this.#firstToken.observe(latency.ttftMs / 1000);
    this.#endToEnd.observe(latency.e2elMs / 1000);
    if (latency.tpotMs !== undefined) this.#perToken.observe(latency.tpotMs / 1000);
  }

  responded(route: string, status: number): void {
    this.#http.inc({ route, status: String(status) });
  }

  /** Adds what the router does. */
  tellRouting(router: Router): void {
    this.#counted(
      'routed_requests_total',
      'Requests by their task and the draft that they were given.',
      ['task', 'draft'],
      (add) => {
        for (const [task, drafts] of router.routed)
          for (const [draft, count] of drafts) add({ task, draft }, count);
      },
    );
    this.#counted(
      'routing_explored_total',
      'Requests given to another draft than the best known.',
      [],
      (add) => {
        add({}, router.explored);
      },
    );
    this.#counted('task_drift_total', 'Changes of traffic that were noticed, by kind.', ['kind'], (add) => {
      add({ kind: 'task changed' }, router.changed);
      add({ kind: 'new task' }, router.newTasks);
    });
  }

  #countGuesses(): void {
    const statistics = this.#statistics;
    this.#counted(
      'spec_decode_num_accepted_tokens_per_pos_total',
      'Drafted tokens accepted, by their position in the draft.',
      ['position'],
      (add) => {
        guessTotals(statistics.total().guesses).acceptedPerPosition.forEach((count, position) => {
          add({ position: String(position) }, count);
        });
      },
    );
    this.#counted(
      'spec_decode_source_tokens_total',
      'Tokens drafted and accepted, by what guessed them.',
      ['source', 'state'],
      (add) => {
        for (const [source, { drafted, accepted }] of Object.entries(statistics.total().guesses)) {
          add({ source, state: 'drafted' }, sum(drafted));
          add({ source, state: 'accepted' }, sum(accepted));
        }
      },
    );
  }

  #gauges(engines: Pick<AllEngines, 'stall'>, list: ListModels): void {
    const statistics = this.#statistics;
    /** Over all models. */
    const now = (of: (now: NowField) => number): number =>
      list().reduce((sum, { id, engine }) => sum + of(nowField(engine, statistics.of(id))), 0);
    this.#gauged('engine_stalled', '1 while the engine thread does not move, else 0.', [], (set) => {
      set({}, engines.stall === undefined ? 0 : 1);
    });
    this.#gauged('num_requests_in_flight', 'Requests running or waiting.', [], (set) => {
      set(
        {},
        now((model) => model.requests_in_flight),
      );
    });
    this.#gauged('num_requests_running', 'Requests running.', [], (set) => {
      set(
        {},
        now((model) => model.requests_running),
      );
    });
    this.#gauged('num_requests_waiting', 'Requests waiting for a slot.', [], (set) => {
      set(
        {},
        now((model) => model.requests_waiting),
      );
    });
    this.#gauged('process_resident_memory_bytes', 'Resident memory of this process.', [], (set) => {
      set({}, process.memoryUsage.rss());
    });
    this.#gauged(
      'kv_cells',
      'KV cache cells: of running requests, kept for reuse, free.',
      ['state'],
      (set) => {
        for (const state of ['in_use', 'cached', 'free'] as const)
          set(
            { state },
            now(({ kv_cells }) => kv_cells[state]),
          );
      },
    );
    this.#gauged(
      'latency_model_error',
      `|predicted / actual - 1| of the time of a step, over the last ${ERROR_STEPS} steps.`,
      ['quantile'],
      (set) => {
        const errors = statistics.errors();
        set({ quantile: '0.5' }, errors.length === 0 ? 0 : quantile(errors, 0.5));
        set({ quantile: '0.9' }, errors.length === 0 ? 0 : quantile(errors, 0.9));
      },
    );
  }

  #histogram(name: string, help: string, buckets: readonly number[]): Histogram {
    return new Histogram({
      name: `foretoken_${name}`,
      help,
      buckets: [...buckets],
      registers: [this.registry],
    });
  }

  /** A counter over sums kept elsewhere, taken over when asked for. */
  #counted(name: string, help: string, labelNames: readonly string[], read: (add: Put) => void): void {
    new Counter({
      name: `foretoken_${name}`,
      help,
      labelNames,
      registers: [this.registry],
      collect() {
        this.reset();
        read((labels, value) => {
          this.inc(labels, value);
        });
      },
    });
  }

  #gauged(name: string, help: string, labelNames: readonly string[], read: (set: Put) => void): void {
    new Gauge({
      name: `foretoken_${name}`,
      help,
      labelNames,
      registers: [this.registry],
      collect() {
        read((labels, value) => {
          this.set(labels, value);
        });
      },
    });
  }
}

type Put = (labels: Record<string, string>, value: number) => void;

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
