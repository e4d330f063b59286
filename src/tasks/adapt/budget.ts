/** The minutes of a round: what is left of them, and phases that end in time. */
import type { RoundState } from './state.js';

/** What measuring and assigning at the end takes of the budget. */
const CLOSING_SHARE = 0.06;
/** Training that is shorter learns nothing. */
const LEAST_MINUTES = 0.2;
/** A few steps of a small draft. */
const LEAST_STEP_MINUTES = 0.01;

/** Where a phase may not end yet, it is asked again after this. */
const LOOK_AGAIN_MS = 50;

/** A phase that is under way. */
export interface Phase {
  /** Aborted when the phase is to end, or the round. */
  readonly signal: AbortSignal;
  readonly stop: () => void;
  /** Share of its time that has passed. */
  readonly done: () => number;
  readonly end: () => void;
}

export class Budget {
  readonly #state: RoundState;
  readonly #ms: number;
  readonly #ending: AbortSignal | undefined;

  /** @param ending of the whole round */
  constructor(state: RoundState, minutes: number, ending: AbortSignal | undefined) {
    this.#state = state;
    this.#ms = minutes * 60_000;
    this.#ending = ending;
  }

  get leftMs(): number {
    return Math.max(0, this.#ms - this.#state.spentMs);
  }

  /** Whether more than this share of the whole is spent. */
  isSpent(share: number): boolean {
    return this.#state.spentMs > this.#ms * share;
  }

  /** A share of what is left; where all is spent, as of little, so that a draft is there in any case. */
  minutesOf(share: number): number {
    return Math.max(LEAST_STEP_MINUTES, (this.leftMs * share) / 60_000);
  }

  /** Of what is left, when so many drafts are still to be trained. */
  minutesEach(count: number): number {
    return Math.max(LEAST_MINUTES, (this.leftMs - this.#ms * CLOSING_SHARE) / Math.max(1, count) / 60_000);
  }

  /**
   * Ends after this share of the whole budget, or when the round is to end.
   * @param mayEnd whether time alone may end it: false as long as all of the round would be in vain without more of it
   */
  phase(share: number, mayEnd: () => boolean): Phase {
    const controller = new AbortController();
    const ms = Math.min(this.leftMs, this.#ms * share);
    const stop = (): void => {
      controller.abort();
    };
    const timeIsUp = (): void => {
      if (mayEnd()) stop();
      else timer = setTimeout(timeIsUp, LOOK_AGAIN_MS);
    };
    let timer = setTimeout(timeIsUp, ms);
    const startMs = performance.now();
    this.#ending?.addEventListener('abort', stop);
    return {
      signal: controller.signal,
      stop,
      done: () => (performance.now() - startMs) / Math.max(1, ms),
      end: () => {
        clearTimeout(timer);
        this.#ending?.removeEventListener('abort', stop);
      },
    };
  }
}
