/** Counts what a step does and makes its report. */
import type { TokenBatch } from '../decoder/batch.js';
import type { Proposal } from '../speculation/proposal.js';
import { countGuesses, guessTotals, type GuessCounts } from './guess-counts.js';
import type { RequestEvent, StepReport } from './types.js';

/** What the step loop itself knows. */
type StepTimes = Pick<
  StepReport,
  | 'stepMs'
  | 'draftMs'
  | 'draftDecodes'
  | 'planMs'
  | 'predictedMs'
  | 'prefillTokens'
  | 'decodingRequests'
  | 'plan'
>;

/** Where the report finds the state of queue and cache. */
interface Gauges {
  readonly running: number;
  readonly waiting: number;
  readonly pool: { readonly inUse: number; readonly cached: number; readonly free: number };
}

export class StepCounter {
  #targetMs = 0;
  #targetDecodes = 0;
  #batchTokens = 0;
  #guesses: GuessCounts = {};
  #drafts = 0;
  #committedTokens = 0;
  #preemptions = 0;
  #proposerErrors: string[] = [];
  readonly #told = new Set<string>();

  /** A decode of the target has ended. */
  decoded(batch: TokenBatch, ms: number): void {
    this.#targetMs += ms;
    this.#targetDecodes += 1;
    this.#batchTokens += batch.length;
  }

  /** @param path the nodes of the proposal that were accepted */
  committed(event: RequestEvent, proposal: Proposal, path: readonly number[]): void {
    this.#committedTokens += event.tokens.length;
    if (proposal.length > 0) countGuesses(this.#guesses, proposal, path);
    if (proposal.guesses > 0) this.#drafts += 1;
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
  report(step: StepTimes, { running, waiting, pool }: Gauges): StepReport {
    const { draftTokens, acceptedTokens } = guessTotals(this.#guesses);
    const report: StepReport = {
      ...step,
      targetMs: this.#targetMs,
      guesses: this.#guesses,
      batchTokens: this.#batchTokens,
      draftTokens,
      acceptedTokens,
      committedTokens: this.#committedTokens,
      running,
      waiting,
      cellsInUse: pool.inUse,
      cellsCached: pool.cached,
      cellsFree: pool.free,
      preemptions: this.#preemptions,
      targetDecodes: this.#targetDecodes,
      drafts: this.#drafts,
      proposerErrors: this.#proposerErrors,
    };
    this.#targetMs = 0;
    this.#targetDecodes = 0;
    this.#guesses = {};
    this.#batchTokens = 0;
    this.#drafts = 0;
    this.#committedTokens = 0;
    this.#preemptions = 0;
    if (this.#proposerErrors.length > 0) this.#proposerErrors = [];
    return report;
  }
}
