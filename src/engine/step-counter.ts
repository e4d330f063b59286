/** Counts what a step does and makes its report. */
import type { StepPlan } from './plan.js';
import type { RequestEvent, StepReport } from './types.js';

/** Where the report finds the state of queue and cache. */
interface Gauges {
  readonly running: number;
  readonly waiting: number;
  readonly pool: { readonly inUse: number; readonly cached: number; readonly free: number };
}

export class StepCounter {
  #targetMs = 0;
  #batchTokens = 0;
  #drafts = 0;
  #draftTokens = 0;
  #acceptedTokens = 0;
  #committedTokens = 0;
  #preemptions = 0;
  #acceptedPerPosition: number[] = [];
  #proposerErrors: string[] = [];
  readonly #told = new Set<string>();

  decoded(targetMs: number, tokens: number): void {
    this.#targetMs += targetMs;
    this.#batchTokens += tokens;
  }

  committed(event: RequestEvent, drafted: number): void {
    this.#committedTokens += event.tokens.length;
    if (drafted === 0) return;
    this.#drafts += 1;
    this.#draftTokens += drafted;
    this.#acceptedTokens += event.accepted;
    for (let position = 0; position < event.accepted; position++) {
      this.#acceptedPerPosition[position] = (this.#acceptedPerPosition[position] ?? 0) + 1;
    }
  }

  preempted(): void {
    this.#preemptions += 1;
  }

  /** Each kind of failure is told once: it may repeat every step. */
  proposerFailed(name: string, thrown: unknown): void {
    const message = `${name}: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    if (this.#told.has(message)) return;
    this.#told.add(message);
    this.#proposerErrors.push(message);
  }

  /** The report of the step that ends now; starts the next count. */
  report(stepMs: number, plan: StepPlan, { running, waiting, pool }: Gauges, draftMs: number): StepReport {
    const report: StepReport = {
      stepMs,
      targetMs: this.#targetMs,
      draftMs,
      batchTokens: this.#batchTokens,
      prefillTokens: plan.prefillTokens,
      draftTokens: this.#draftTokens,
      acceptedTokens: this.#acceptedTokens,
      committedTokens: this.#committedTokens,
      running,
      waiting,
      cellsInUse: pool.inUse,
      cellsCached: pool.cached,
      cellsFree: pool.free,
      preemptions: this.#preemptions,
      acceptedPerPosition: this.#acceptedPerPosition,
      drafts: this.#drafts,
      proposerErrors: this.#proposerErrors,
    };
    this.#targetMs = 0;
    this.#batchTokens = 0;
    this.#drafts = 0;
    this.#draftTokens = 0;
    this.#acceptedTokens = 0;
    this.#committedTokens = 0;
    this.#preemptions = 0;
    if (this.#acceptedPerPosition.length > 0) this.#acceptedPerPosition = [];
    if (this.#proposerErrors.length > 0) this.#proposerErrors = [];
    return report;
  }
}
