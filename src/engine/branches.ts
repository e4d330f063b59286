/**
 * The sequences for side branches of token trees. A branch that was lent to a request keeps the beginning that
 * it shares with the request's own sequence, so that the next tree only has to share what came since.
 *
 * A branch never holds a cell that its owner does not hold, except while a tree is being verified.
 */
import { assert } from '../base/errors.js';
import { position, sequenceId, type SequenceId } from '../base/types.js';
import type { Decoder } from '../decoder/decoder.js';

interface Branch {
  readonly sequence: SequenceId;
  /** The sequence whose first `length` tokens it holds. */
  owner: SequenceId | undefined;
  length: number;
  /** Lent in this step. */
  lent: boolean;
}

export class Branches {
  readonly #decoder: Decoder;
  readonly #branches: Branch[];

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
    this.#branches = Array.from({ length: decoder.branchSequences }, (_, index) => ({
      sequence: sequenceId(decoder.maxSequences + index),
      owner: undefined,
      length: 0,
      lent: false,
    }));
  }

  /** How many more can be lent in this step. */
  get free(): number {
    return this.#branches.reduce((count, { lent }) => count + (lent ? 0 : 1), 0);
  }

  /** Lends at most `count` sequences that hold the first `length` tokens of `owner`. */
  lend(owner: SequenceId, length: number, count: number): SequenceId[] {
    const rank = (branch: Branch): number =>
      branch.owner === owner ? 0 : branch.owner === undefined ? 1 : 2;
    const free = this.#branches.filter(({ lent }) => !lent).sort((a, b) => rank(a) - rank(b));
    return free.slice(0, count).map((branch) => {
      if (branch.owner !== owner) this.#cut(branch, 0);
      branch.owner = owner;
      branch.lent = true;
      this.#decoder.share(owner, branch.sequence, position(branch.length), position(length));
      branch.length = length;
      return branch.sequence;
    });
  }

  /** The tree of `owner` is verified: takes back the branches, but for `except`, without the tree. Undefined: of all. */
  settle(owner?: SequenceId, except?: SequenceId): void {
    for (const branch of this.#of(owner))
      if (branch.lent && branch.sequence !== except) this.#cut(branch, branch.length);
  }

  /** `owner` is about to forget positions from `length` on. */
  trim(owner: SequenceId, length: number): void {
    for (const branch of this.#of(owner)) if (branch.length > length) this.#cut(branch, length);
  }

  /** Nothing of `owner` is needed any more. Undefined: nothing of anybody, whatever they are said to hold. */
  release(owner?: SequenceId): void {
    for (const branch of this.#of(owner)) {
      this.#cut(branch, 0);
      branch.owner = undefined;
    }
  }

  /** Throws when a branch holds what its owner does not. */
  checkIntegrity(lengthOf: (owner: SequenceId) => number): void {
    for (const { sequence, owner, length, lent } of this.#branches) {
      assert(this.#decoder.lengthOf(sequence) === length, `branch ${sequence} holds ${length} tokens`);
      assert(length <= (owner === undefined ? 0 : lengthOf(owner)), `branch ${sequence} outgrew its owner`);
      assert(!lent, `branch ${sequence} is lent`);
    }
  }

  /** Undefined: all. */
  #of(owner: SequenceId | undefined): readonly Branch[] {
    return this.#branches.filter((branch) => owner === undefined || branch.owner === owner);
  }

  #cut(branch: Branch, length: number): void {
    this.#decoder.truncate(branch.sequence, position(length));
    branch.length = length;
    branch.lent = false;
  }
}
