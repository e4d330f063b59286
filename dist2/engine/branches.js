/**
 * The sequences for side branches of token trees. A branch that was lent to a request keeps the beginning that
 * it shares with the request's own sequence, so that the next tree only has to share what came since.
 *
 * A branch never holds a cell that its owner does not hold, except while a tree is being verified.
 */
import { assert } from '../base/errors.js';
import { position, sequenceId } from '../base/types.js';
export class Branches {
    #decoder;
    #branches;
    constructor(decoder) {
        this.#decoder = decoder;
        this.#branches = Array.from({ length: decoder.branchSequences }, (_, index) => ({
            sequence: sequenceId(decoder.maxSequences + index),
            owner: undefined,
            length: 0,
            lent: false,
        }));
    }
    /** How many more can be lent in this step. */
    get free() {
        return this.#branches.reduce((count, { lent }) => count + (lent ? 0 : 1), 0);
    }
    /** Takes back what a step that failed has left lent. */
    beginStep() {
        for (const branch of this.#branches) {
            if (branch.lent)
                this.#cut(branch, branch.length);
        }
    }
    /** Lends at most `count` sequences that hold the first `length` tokens of `owner`. */
    lend(owner, length, count) {
        const rank = (branch) => branch.owner === owner ? 0 : branch.owner === undefined ? 1 : 2;
        const free = this.#branches.filter(({ lent }) => !lent).sort((a, b) => rank(a) - rank(b));
        return free.slice(0, count).map((branch) => {
            if (branch.owner !== owner)
                this.#cut(branch, 0);
            branch.owner = owner;
            branch.lent = true;
            this.#decoder.share(owner, branch.sequence, position(branch.length), position(length));
            branch.length = length;
            return branch.sequence;
        });
    }
    /** The tree of `owner` is verified: takes back the branches, but for `except`, without the tree. */
    settle(owner, except) {
        for (const branch of this.#branches) {
            if (branch.owner === owner && branch.lent && branch.sequence !== except)
                this.#cut(branch, branch.length);
        }
    }
    /** `owner` is about to forget positions from `length` on. */
    trim(owner, length) {
        for (const branch of this.#branches) {
            if (branch.owner === owner && branch.length > length)
                this.#cut(branch, length);
        }
    }
    /** Nothing of `owner` is needed any more. */
    release(owner) {
        for (const branch of this.#branches) {
            if (branch.owner !== owner)
                continue;
            this.#cut(branch, 0);
            branch.owner = undefined;
        }
    }
    /** Empties all of them, whatever they are said to hold. */
    reset() {
        for (const branch of this.#branches) {
            this.#cut(branch, 0);
            branch.owner = undefined;
        }
    }
    /** Throws when a branch holds what its owner does not. */
    checkIntegrity(lengthOf) {
        for (const { sequence, owner, length, lent } of this.#branches) {
            assert(this.#decoder.lengthOf(sequence) === length, `branch ${sequence} holds ${length} tokens`);
            assert(length <= (owner === undefined ? 0 : lengthOf(owner)), `branch ${sequence} outgrew its owner`);
            assert(!lent, `branch ${sequence} is lent`);
        }
    }
    #cut(branch, length) {
        this.#decoder.truncate(branch.sequence, position(length));
        branch.length = length;
        branch.lent = false;
    }
}
//# sourceMappingURL=branches.js.map