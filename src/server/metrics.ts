/**
 * Prometheus metrics, `foretoken_*`; names as vLLM's where it has the figure. Steps come hundreds of times a
 * second beside the model, so they are added up in plain numbers and become metrics when somebody asks.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type {
  CellCounts,
  EngineHandle,
  FinishReason,
  RequestStatistics,
  StepReport,
} from '../engine/types.js';
import { PlanningMetrics, summedCounter } from './planning-metrics.js';

const STEP_BUCKETS_S = [
  0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 2,
];
const TOKEN_BUCKETS_S = [0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 2.5];
const REQUEST_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** Sums over all steps since the start. */
interface StepTotals {
  drafts: number;
  draftTokens: number;
  acceptedTokens: number;
  committedTokens: number;
  batchTokens: number;
  prefillTokens: number;
  preemptions: number;
  proposerErrors: number;
  readonly acceptedPerPosition: number[];
}

export class ServerMetrics {
  readonly registry = new Registry();
  readonly #planning = new PlanningMetrics(this.registry);
  readonly #totals: StepTotals = {
    drafts: 0,
    draftTokens: 0,
    acceptedTokens: 0,
    committedTokens: 0,
    batchTokens: 0,
    prefillTokens: 0,
    preemptions: 0,
    proposerErrors: 0,
    acceptedPerPosition: [],
  };
  #latest: StepReport | undefined;

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

  readonly #requests = this.#labelled('requests_total', 'Engine requests (choices) by how they ended.', [
    'finish_reason',
  ]);
  readonly #http = this.#labelled('http_requests_total', 'HTTP requests by route and status.', [
    'route',
    'status',
  ]);
  readonly #promptTokens = this.#counter('prompt_tokens_total', 'Prompt tokens of ended requests.');
  readonly #cachedTokens = this.#counter(
    'prompt_tokens_cached_total',
    'Prompt tokens of ended requests that were in the KV cache already.',
  );
  readonly #generationTokens = this.#counter(
    'generation_tokens_total',
    'Generated tokens of ended requests.',
  );

  readonly #booksMended = this.#counter(
    'kv_conservation_errors_total',
    'Times that free, cached and used KV cells were found not to add up while idle, and the caches were emptied.',
  );

  constructor(engine: Pick<EngineHandle, 'inFlight' | 'stall' | 'cells'>) {
    const totals = this.#totals;
    this.#summed('spec_decode_num_drafts_total', 'Drafts verified.', () => totals.drafts);
    this.#summed('spec_decode_num_draft_tokens_total', 'Tokens drafted.', () => totals.draftTokens);
    this.#summed(
      'spec_decode_num_accepted_tokens_total',
      'Drafted tokens accepted.',
      () => totals.acceptedTokens,
    );
    this.#summed(
      'committed_tokens_total',
      'Tokens emitted to requests; its rate is the token goodput.',
      () => totals.committedTokens,
    );
    this.#summed('batch_tokens_total', "Tokens in the target's batches.", () => totals.batchTokens);
    this.#summed(
      'prefill_tokens_total',
      "Prompt tokens in the target's batches.",
      () => totals.prefillTokens,
    );
    this.#summed(
      'num_preemptions_total',
      'Requests put back for want of KV cells.',
      () => totals.preemptions,
    );
    this.#summed('proposer_errors_total', 'Proposers that failed.', () => totals.proposerErrors);
    this.#summed('process_cpu_seconds_total', 'Processor time of this process.', cpuSeconds);
    this.#acceptedPerPosition();
    this.#gauges(
      () => engine.inFlight,
      () => engine.cells,
    );
    this.#sampled('engine_stalled', '1 while the engine thread does not move, else 0.', () =>
      engine.stall === undefined ? 0 : 1,
    );
  }

  /** Called after every engine step: adds up, nothing more. */
  stepEnded(report: StepReport): void {
    const totals = this.#totals;
    totals.drafts += report.drafts;
    totals.draftTokens += report.draftTokens;
    totals.acceptedTokens += report.acceptedTokens;
    totals.committedTokens += report.committedTokens;
    totals.batchTokens += report.batchTokens;
    totals.prefillTokens += report.prefillTokens;
    totals.preemptions += report.preemptions;
    totals.proposerErrors += report.proposerErrors.length;
    report.acceptedPerPosition.forEach((count, position) => {
      totals.acceptedPerPosition[position] = (totals.acceptedPerPosition[position] ?? 0) + count;
    });
    this.#latest = report;
    this.#planning.stepEnded(report);
    // A prom-client histogram without labels takes 0.25-0.5 µs to observe (EPYC Milan): below 0.2% of a step.
    this.#step.observe(report.stepMs / 1000);
    this.#target.observe(report.targetMs / 1000);
    if (report.draftMs > 0) this.#draft.observe(report.draftMs / 1000);
    this.#outside.observe(Math.max(0, report.stepMs - report.targetMs - report.draftMs) / 1000);
  }

  requestEnded(reason: FinishReason, statistics: RequestStatistics): void {
    this.#requests.inc({ finish_reason: reason });
    this.#promptTokens.inc(statistics.promptTokens);
    this.#cachedTokens.inc(statistics.cachedTokens);
    this.#generationTokens.inc(statistics.outputTokens);
    this.#queueTime.observe(statistics.queueMs / 1000);
    if (statistics.outputTokens === 0) return;
    this.#firstToken.observe((statistics.queueMs + statistics.prefillMs) / 1000);
    this.#endToEnd.observe((statistics.queueMs + statistics.prefillMs + statistics.decodeMs) / 1000);
    if (statistics.outputTokens > 1)
      this.#perToken.observe(statistics.decodeMs / 1000 / (statistics.outputTokens - 1));
  }

  booksMended(): void {
    this.#booksMended.inc();
  }

  responded(route: string, status: number): void {
    this.#http.inc({ route, status: String(status) });
  }

  /** The last step's report; undefined before the first. */
  get latestStep(): StepReport | undefined {
    return this.#latest;
  }

  #gauges(inFlight: () => number, cells: () => CellCounts | undefined): void {
    // A report stands until the next step, so an engine with nothing in flight runs nothing whatever it says.
    const when = (busy: (report: StepReport) => number) => (): number =>
      this.#latest === undefined || inFlight() === 0 ? 0 : busy(this.#latest);
    this.#sampled('num_requests_in_flight', 'Requests running or waiting.', inFlight);
    this.#sampled(
      'num_requests_running',
      'Requests running.',
      when((report) => report.running),
    );
    this.#sampled(
      'num_requests_waiting',
      'Requests waiting for a slot.',
      when((report) => report.waiting),
    );
    this.#sampled('process_resident_memory_bytes', 'Resident memory of this process.', () =>
      process.memoryUsage.rss(),
    );
    const latest = (): StepReport | undefined => this.#latest;
    new Gauge({
      name: 'foretoken_kv_cells',
      help: 'KV cache cells: of running requests, kept for reuse, free.',
      labelNames: ['state'],
      registers: [this.registry],
      collect() {
        const report = latest();
        // The engine knows of requests that ended without a step, too.
        const { inUse, cached, free } = cells() ?? {
          inUse: report?.cellsInUse ?? 0,
          cached: report?.cellsCached ?? 0,
          free: report?.cellsFree ?? 0,
        };
        this.set({ state: 'in_use' }, inUse);
        this.set({ state: 'cached' }, cached);
        this.set({ state: 'free' }, free);
      },
    });
  }

  #acceptedPerPosition(): void {
    const counts = this.#totals.acceptedPerPosition;
    new Counter({
      name: 'foretoken_spec_decode_num_accepted_tokens_per_pos_total',
      help: 'Drafted tokens accepted, by their position in the draft.',
      labelNames: ['position'],
      registers: [this.registry],
      collect() {
        this.reset();
        counts.forEach((count, position) => {
          this.inc({ position: String(position) }, count);
        });
      },
    });
  }

  #histogram(name: string, help: string, buckets: readonly number[]): Histogram {
    return new Histogram({
      name: `foretoken_${name}`,
      help,
      buckets: [...buckets],
      registers: [this.registry],
    });
  }

  #counter(name: string, help: string): Counter {
    return new Counter({ name: `foretoken_${name}`, help, registers: [this.registry] });
  }

  #labelled<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name: `foretoken_${name}`, help, labelNames, registers: [this.registry] });
  }

  #summed(name: string, help: string, read: () => number): void {
    summedCounter(this.registry, name, help, read);
  }

  #sampled(name: string, help: string, read: () => number): void {
    new Gauge({
      name: `foretoken_${name}`,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
