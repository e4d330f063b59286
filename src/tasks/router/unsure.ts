/** Notices a new task: prompts that the classifier is unsure of become many, against what is usual. */

/** Of the newest prompts and of all: after about so many an average has forgotten. */
const LATELY = 30;
const USUALLY = 500;
/** So much more than usual is no chance: of thirty prompts with one in ten unsure, more than half are in none of a million. */
const MORE = 0.4;

export class UnsureShare {
  lately = 0.1;
  usually = 0.1;
  #told = false;

  /** @returns true when this prompt makes it a new task; not again before it has passed */
  push(unsure: boolean): boolean {
    this.lately += (Number(unsure) - this.lately) / LATELY;
    this.usually += (Number(unsure) - this.usually) / USUALLY;
    if (this.lately - this.usually < MORE / 2) this.#told = false;
    if (this.#told || this.lately - this.usually < MORE) return false;
    this.#told = true;
    return true;
  }
}
