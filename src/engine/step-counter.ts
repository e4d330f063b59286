/** Counts what a step does and makes its report. */
import type { TokenBatch } from '../decoder/batch.js';
import type { Proposal, NodeSource } from '../speculation/proposal.js';
import type { StepPlan } from './plan.js';
import type { Speculator } from './speculator.js';
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
  #sources: Partial<Record<NodeSource, { drafted: number; accepted: number }>> = {};
  #drafts = 0;
  #draftTokens = 0;
  #acceptedTokens = 0;
  #committedTokens = 0;
  #preemptions = 0;
  #acceptedPerPosition: number[] = [];
  #proposerErrors: string[] = [];
  readonly #told = new Set<string>();

  /** A decode of the target has ended. */
  decoded(batch: TokenBatch, ms: number): void {
    this.#targetMs += ms;
    this.#batchTokens += batch.length;
  }

  /** @param path the nodes of the proposal that stood */
  committed(event: RequestEvent, proposal: Proposal, path: readonly number[]): void {
    this.#committedTokens += event.tokens.length;
    const drafted = proposal.guesses;
    for (const source of proposal.sources) this.#ofSource(source).drafted += 1;
    for (const node of path) this.#ofSource(proposal.sources[node]!).accepted += 1;
    if (drafted === 0) return;
    this.#drafts += 1;
    this.#draftTokens += drafted;
    this.#acceptedTokens += event.accepted;
    for (let position = 0; position < event.accepted; position++) {
      this.#acceptedPerPosition[position] = (this.#acceptedPerPosition[position] ?? 0) + 1;
    }
  }

  #ofSource(source: NodeSource): { drafted: number; accepted: number } {
    return (this.#sources[source] ??= { drafted: 0, accepted: 0 });
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
  report(
    stepMs: number,
    plan: StepPlan,
    { running, waiting, pool }: Gauges,
    speculator: Speculator,
  ): StepReport {
    const { draftMs } = speculator.timing;
    const report: StepReport = {
      stepMs,
      targetMs: this.#targetMs,
      draftMs,
      predictedMs: speculator.ended(this.#committedTokens, stepMs),
      planMs: speculator.planMs,
      sources: this.#sources,
      plan: undefined,
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
    this.#sources = {};
    this.#batchTokens = 0;
    this.#drafts = 0;
    this.#draftTokens = 0;
    this.#acceptedTokens = 0;
    this.#committedTokens = 0;
    this.#preemptions = 0;
    this.#acceptedPerPosition = [];
    if (this.#proposerErrors.length > 0) this.#proposerErrors = [];
    return report;
  }
}
