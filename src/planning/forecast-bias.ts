/**
 * How much longer tokens take in steps with guesses than their plans promise. Who takes the best of many predictions
 * mostly takes one that errs to the good side (the optimizer's curse: Smith and Winkler, Management Science 52, 2006), and
 * what runs between decodes costs more in a busy process than a model of it says. So a plan must promise as much
 * more as plans for about so many requests have lately been late.
 */

/** A step counts half after so many others of its kind. */
const KEEP = 2 ** (-1 / 128);
/** What was given up is worth another try: all that is known counts half after so many steps without guesses. */
const FORGET = 2 ** (-1 / 1000);
/** So many punctual steps are taken for granted. */
const PRIOR_STEPS = 16;
/** A step that is later than this is a hiccup of the machine, which no plan could have known. */
const MOST_LATE = 2;
/** More than this is not reckoned with. */
const MOST = 1.5;

interface Sums {
  steps: number;
  promisedMs: number;
  ms: number;
}

export class ForecastBias {
  /** [log2 of requests] decayed sums over steps that guessed. */
  readonly #sums: Sums[] = [];

  /**
   * A step that guessed is over; `requests` decoded in it.
   * @param promisedMs for what it brought
   * @param plannedMs for what it was to bring
   */
  guessed(requests: number, promisedMs: number, ms: number, plannedMs = promisedMs): void {
    if (!(ms > 0 && ms < Infinity)) return;
    const sums = (this.#sums[classOf(requests)] ??= { steps: 0, promisedMs: 0, ms: 0 });
    sums.steps = KEEP * sums.steps + 1;
    sums.promisedMs = KEEP * sums.promisedMs + promisedMs;
    sums.ms = KEEP * sums.ms + Math.min(ms, MOST_LATE * plannedMs);
  }

  /** A step that did not guess is over. */
  rested(requests: number): void {
    const sums = this.#sums[classOf(requests)];
    if (sums === undefined) return;
    sums.steps *= FORGET;
    sums.promisedMs *= FORGET;
    sums.ms *= FORGET;
  }

  /** What a step takes over what is promised, >= 1. */
  lateness(requests: number): number {
    const sums = this.#sums[classOf(requests)];
    if (sums === undefined || sums.steps < 1) return 1;
    const { steps, promisedMs, ms } = sums;
    const prior = (PRIOR_STEPS / steps) * promisedMs;
    return Math.min(MOST, Math.max(1, (ms + prior) / (promisedMs + prior)));
  }
}

function classOf(requests: number): number {
  return Math.floor(Math.log2(Math.max(1, requests)));
}
