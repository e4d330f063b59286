/**
 * Notices that what is observed no longer is what was learned: a cumulative sum in both directions (Page, "Continuous
 * Inspection Schemes", Biometrika 41, 1954). Averages over the last few hundred observations are slow to follow an
 * abrupt change, and where few are made, as of a draft that was given up, they may never do.
 */

/** Standard deviations an observation by which a change is at least expected to show itself. */
const SLACK = 0.5;
/**
 * Sum at which chance is no explanation any more. Recorded answers of seven tasks under one label, where nothing
 * changes: .352 nats a guess with and without this.
 */
const ALARM = 14;
/** No single observation is more of a surprise than this: what is thought impossible does happen once. */
const MOST_SURPRISE = 3;

export class Cusum {
  #above = 0;
  #below = 0;

  /**
   * @param expected probability, between 0 and 1
   * @returns whether what was expected must have changed
   */
  observe(expected: number, happened: boolean): boolean {
    const deviations = ((happened ? 1 : 0) - expected) / Math.sqrt(expected * (1 - expected));
    const surprise = Math.sign(deviations) * Math.min(MOST_SURPRISE, Math.abs(deviations));
    this.#above = Math.max(0, this.#above + surprise - SLACK);
    this.#below = Math.max(0, this.#below - surprise - SLACK);
    if (this.#above < ALARM && this.#below < ALARM) return false;
    this.#above = 0;
    this.#below = 0;
    return true;
  }
}
