/**
 * How much optimism can be afforded. A bound above what is expected makes the planner try what may pay, and costs what does
 * not: so it is used only as far as time that was served, or guesses that paid, have earned it (Wu et al., "Conservative
 * Bandits", ICML 2016: never to be far behind the action that is known, here guessing nothing). It begins with nothing: what
 * the first short answers of a server lose to trials they cannot earn back. Nothing is owed, so that a draft that has become
 * good is tried again within a bounded time, whatever was lost before.
 */

/**
 * Of the time that passes. Simulated: with 4 % the first four answers of a translation are at 0.978x of no guesses, with 2 % at
 * 0.983x. Where several have a trial to pay 4 % finds what pays sooner (eight requests of five tasks on `h200-6b` miss 2.4 and
 * 1.5 % of the oracle, two seeds, with 2 % 3.5 and 1.7 %), and costs as much where nothing pays: SmolLM2 on a processor was at
 * 0.94x and 0.97x of no guesses with 8 and 16 streams (54 pairs of 19 categories).
 */
const SHARE = 0.02;
/** In tokens' worth of time: with so much beyond what a trial costs the whole bound is used. */
const ENOUGH = 1;
/** Most that is saved up, in the same unit. */
const MOST = 10;

export class OptimismBudget {
  /** In tokens' worth of time. */
  #balance = 0;

  /**
   * 0 to 1: how much of the bound may be added.
   * @param trialMs that a trial costs before its first guess
   * @param oneMs a decode of one token
   */
  share(trialMs: number, oneMs: number): number {
    return Math.min(1, Math.max(0, (this.#balance - trialMs / oneMs) / ENOUGH));
  }

  /** A step has taken this long. */
  earn(stepMs: number, oneMs: number): void {
    this.#add((SHARE * stepMs) / oneMs);
  }

  /**
   * It was a step with guesses.
   * @param withoutMs what as many tokens would have taken without guesses
   */
  settle(withoutMs: number, stepMs: number, oneMs: number): void {
    this.#add((withoutMs - stepMs) / oneMs);
  }

  #add(amount: number): void {
    if (Number.isFinite(amount)) this.#balance = Math.min(MOST, Math.max(0, this.#balance + amount));
  }
}
