/**
 * Where nothing paid, nothing is looked for in the next steps, if steps are so short that looking would cost what
 * speculation is to save. The longer nothing pays, the longer the pause. A request that comes when there is no other ends
 * it, and the next is as long as it would have been.
 */
const LONGEST = 31;
/** Of the time of steps without guesses, what looking for some may cost. */
const SHARE = 0.005;

export class SearchBackoff {
  #left = 0;
  #next = 0;

  /**
   * Whether this step belongs to the pause.
   * @param isNew whether all that runs is a request that has just come
   */
  covers(isNew: boolean): boolean {
    if (isNew) this.#left = 0;
    if (this.#left <= 0) return false;
    this.#left -= 1;
    return true;
  }

  /**
   * Nothing paid again.
   * @param lookMs what looking costs
   * @param stepMs a step without guesses
   */
  lengthen(lookMs: number, stepMs: number): void {
    const enough = Math.min(LONGEST, Math.floor(lookMs / (SHARE * stepMs)));
    this.#left = Math.min(this.#next, enough);
    this.#next = Math.min(2 * this.#next + 1, LONGEST);
  }

  /** Something pays. */
  end(): void {
    this.#left = 0;
    this.#next = 0;
  }
}
