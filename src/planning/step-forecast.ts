/** What a step comes to: expected tokens and milliseconds, as it grows by one guess after another. */
import { sum } from '../base/statistics.js';
import { decodeMs, ONLY_DRAFT, overheadMs, type DecodeWork, type ModelCosts } from '../costs/cost-table.js';
import { mergeShares, ubatchesOf, withGapsFilled, type SequenceShare } from '../costs/ubatches.js';
import type { Forecast, PlanInput, PlanOption } from './types.js';

/** A catch-up of more tokens than this counts as long: a draft that guessed last step lacks one or two. */
const USUAL_CATCH_UP = 2;

export class StepForecast {
  /** Expected to be committed. */
  tokens: number;
  /** Of these, guessed by copying from the prompt or from earlier outputs. */
  copied = 0;
  /** [request] guesses. */
  readonly lengths: number[];
  /** Where this is above 0, requests with fewer guesses verify as many tokens all the same, so that all are equal. */
  padTo = 0;
  readonly #input: PlanInput;
  /** [request] which of its options it guesses by, or -1. */
  readonly #options: readonly number[];
  /** [draft][depth] tokens in its decode of this depth: one decode for all that it guesses for. */
  readonly #drafting = new Map<string, number[]>();
  #draftMs = 0;
  readonly #prefillTokens: number;

  constructor(input: PlanInput, options: readonly number[]) {
    this.#input = input;
    this.#options = options;
    this.#prefillTokens = tokensOf(input.prefill);
    this.lengths = input.requests.map(() => 0);
    this.tokens = input.requests.length;
    input.requests.forEach(({ fixed, options: all }, request) => {
      if (fixed)
        all[0]?.survival.forEach((survival) => {
          this.add(request, survival);
        });
    });
  }

  /** One guess more for a request, which stands together with all before it with probability `survival`. */
  add(request: number, survival: number): void {
    const { requests, costs } = this.#input;
    const { context, options, fixed } = requests[request]!;
    const option = options[fixed ? 0 : this.#options[request]!]!;
    const { source, catchUp, catchUpShare, draft = ONLY_DRAFT } = option;
    const index = this.lengths[request]!++;
    this.tokens += survival;
    if (source === 'lookup' || source === 'suffix') this.copied += survival;
    if (catchUp === 0) return;
    const draftCosts = costs.drafts[draft];
    const drafting = this.#drafting.get(draft) ?? [];
    if (drafting.length === 0) {
      this.#drafting.set(draft, drafting);
      this.#draftMs += draftCosts?.coldMs ?? 0;
    }
    const before = drafting[index] ?? 0;
    const after = before + (index === 0 ? Math.min(catchUp, USUAL_CATCH_UP) : 1);
    drafting[index] = after;
    const ms = (tokens: number): number => decodeMs(draftCosts, { tokens, tokenCells: context });
    this.#draftMs += ms(after) - ms(before);
    if (index === 0) this.#draftMs += longCatchUpMs(draftCosts, catchUp, catchUpShare);
  }

  /** What the tokens are worth to whoever chooses: as many as are expected, but for those that are copied. */
  get worth(): number {
    return this.tokens - (1 - (this.#input.copyWorth ?? 1)) * this.copied;
  }

  get ms(): number {
    const { costs, requests, previousTokens = 0 } = this.#input;
    const work = this.#work();
    const { tokens, outputs, parts } = work;
    const resizeMs =
      parts === undefined || parts.length === 1 ? otherSizeMs(costs.target, tokens, previousTokens) : 0;
    return (
      decodeMs(costs.target, work) +
      resizeMs +
      this.#draftMs +
      overheadMs(costs, outputs, outputs > requests.length)
    );
  }

  forecast(): Forecast {
    return { tokens: this.tokens, ms: this.ms, draftMs: this.#draftMs, batchTokens: this.#work().tokens };
  }

  /** What the target computes. */
  #work(): DecodeWork & { readonly outputs: number } {
    const { requests, prefill, prefillTokenCells, unified } = this.#input;
    let outputs = 0;
    let tokenCells = prefillTokenCells;
    for (let request = 0; request < requests.length; request++) {
      const rows = this.#rowsOf(request);
      outputs += rows;
      tokenCells += requests[request]!.context * rows;
    }
    const parts = unified || requests.length + prefill.length < 2 ? undefined : this.#ubatches(outputs);
    const tokens = parts === undefined ? this.#prefillTokens + outputs : sum(parts);
    return { tokens, outputs, tokenCells, cold: this.#drafting.size > 0, parts };
  }

  /** Its last known token, and those that are verified. */
  #rowsOf(request: number): number {
    return 1 + Math.max(this.lengths[request]!, this.padTo);
  }

  /** With a stream for each sequence. */
  #ubatches(outputs: number): number[] {
    const { requests, prefill } = this.#input;
    const verified = requests.map(({ sequence }, request) => ({ sequence, tokens: this.#rowsOf(request) }));
    const shares = prefill.length === 0 ? verified : mergeShares(prefill, verified);
    return ubatchesOf(outputs > requests.length ? shares : withGapsFilled(shares), false);
  }
}

/**
 * Of what the graph for a batch of another size costs, the share that the step must earn: the steps after it keep that size
 * and earn the rest. Simulated at one request: with all of it auto is 7 % nearer to the best on `h200-6b`, and misses 1 %
 * more on `demo`; with 0.3 it is as near there and loses nothing here.
 */
const RESIZE_SHARE = 0.3;

/** @param previousTokens as in `PlanInput`; 0: sizes are not compared with it */
export function otherSizeMs(target: ModelCosts, tokens: number, previousTokens: number): number {
  return previousTokens > 0 && tokens !== previousTokens ? RESIZE_SHARE * target.resizeMs : 0;
}

/** What of a long catch-up a step must earn, milliseconds. */
export function longCatchUpMs(
  costs: ModelCosts | undefined,
  catchUp: PlanOption['catchUp'],
  share: PlanOption['catchUpShare'],
): number {
  if (catchUp <= USUAL_CATCH_UP) return 0;
  const reading = { tokens: catchUp, tokenCells: (catchUp * catchUp) / 2 };
  return share * (decodeMs(costs, reading) - decodeMs(costs, { tokens: 1 }));
}

export const tokensOf = (shares: readonly SequenceShare[]): number => sum(shares, ({ tokens }) => tokens);
