/**
 * The sequences for side branches of token trees. One that is lent to a request shares the cells of its text for as long as
 * a tree is being verified, and is empty otherwise.
 */
import { assert } from '../base/errors.js';
import { position, sequenceId, type SequenceId } from '../base/types.js';
import type { Decoder } from '../decoder/decoder.js';

export class Branches {
  readonly #decoder: Decoder;
  /** [branch] whose tree it is lent for. */
  readonly #owners = new Map<SequenceId, SequenceId | undefined>();

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
    for (let index = 0; index < decoder.branchSequences; index++)
      this.#owners.set(sequenceId(decoder.maxSequences + index), undefined);
  }

  /** How many more can be lent in this step. */
  get free(): number {
    return this.#where((owner) => owner === undefined).length;
  }

  /** Lends at most `count` sequences that hold the first `length` tokens of `owner`. */
  lend(owner: SequenceId, length: number, count: number): SequenceId[] {
    const lent = this.#where((its) => its === undefined).slice(0, count);
    for (const branch of lent) {
      this.#owners.set(branch, owner);
      this.#decoder.share(owner, branch, position(0), position(length));
    }
    return lent;
  }

  /** The tree of `owner` is verified: takes back its branches, but for `except`. Undefined: those of everybody. */
  settle(owner?: SequenceId, except?: SequenceId): void {
    const lent = this.#where((its) => its !== undefined && (owner === undefined || its === owner));
    for (const branch of lent) if (branch !== except) this.#empty(branch);
  }

  /** Empties all of them, whatever they are said to hold. */
  reset(): void {
    for (const branch of this.#owners.keys()) this.#empty(branch);
  }

  /** Throws when one is lent or holds anything. */
  checkIntegrity(): void {
    for (const [branch, owner] of this.#owners) {
      assert(owner === undefined, `branch ${branch} is lent`);
      assert(this.#decoder.lengthOf(branch) === 0, `branch ${branch} is not empty`);
    }
  }

  #where(is: (owner: SequenceId | undefined) => boolean): SequenceId[] {
    return [...this.#owners].flatMap(([branch, owner]) => (is(owner) ? [branch] : []));
  }

  #empty(branch: SequenceId): void {
    this.#owners.set(branch, undefined);
    this.#decoder.truncate(branch, position(0));
  }
}
