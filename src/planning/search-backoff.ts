/**
 * Where nothing paid, nothing is looked for in the next steps, if steps are so short that looking would cost what
 * speculation is to save. The longer nothing pays, the longer the pause. A request that comes or goes ends
 * it if it is the only one, and the next is as long as it would have been; of n it is one, and the pause ends within
 * 4 n steps.
 */
const LONGEST = 31;
/** Of several requests one that comes or goes changes little: steps to the next look, for each of them. */
const AFTER_CHANGE = 4;
/** Of the time of steps without guesses, what looking for some may cost. */
const SHARE = 0.005;

export class SearchBackoff {
  #left = 0;
  #next = 0;
  #requests = 0;

  /**
   * Whether this step belongs to the pause.
   * @param requests that decode in this step
   * @param disturbed whether something else has changed, which matters to a request alone
   */
  covers(requests: number, disturbed: boolean): boolean {
    if (requests <= 1) {
      if (disturbed || requests !== this.#requests) this.#left = 0;
    } else if (requests !== this.#requests) this.#left = Math.min(this.#left, AFTER_CHANGE * requests);
    this.#requests = requests;
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
