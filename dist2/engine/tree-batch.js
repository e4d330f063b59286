/**
 * Verification of token trees in one batch (Miao et al., "SpecInfer", ASPLOS 2024). Every path from the root to
 * a leaf is a sequence: the main chain is in the request's own, each other leaf in one lent for the step, which
 * shares the cells of the text. A node belongs to the sequences of all leaves below it, so that it is computed
 * once and sees just its ancestors. Afterwards the path that stands becomes the request's own, by bookkeeping
 * alone, and all other nodes are forgotten.
 */
import { position as asPosition, token as asToken } from '../base/types.js';
import { ROOT } from '../speculation/proposal.js';
const NO_HOLDERS = [];
/** Adds a request's last known token and its guesses, but for side branches that no sequence can be lent to. */
export function addProposal(batch, pool, state, proposed) {
    const { tokens, known } = state;
    const { sequence, length } = state.slot;
    // The usual case without guesses, spared all that follows.
    if (proposed.length === 0) {
        const firstRow = batch.add(asToken(tokens[known - 1]), asPosition(known - 1), sequence, true);
        return { proposal: proposed, firstRow, holders: NO_HOLDERS };
    }
    const leaves = proposed.leaves();
    // Where the end of the prompt is in this very batch, there is nothing yet for branches to share.
    const wanted = length === known - 1 ? leaves.length - 1 : 0;
    const lent = wanted > 0 ? pool.branches.lend(sequence, length, wanted) : [];
    const proposal = lent.length < leaves.length - 1 ? pathsTo(leaves.slice(0, 1 + lent.length), proposed) : proposed;
    const all = [sequence, ...lent];
    const firstRow = batch.addShared(asToken(tokens[known - 1]), asPosition(known - 1), all, true);
    const sequences = sequencesOf(proposal, all);
    sequences.forEach((some, node) => {
        batch.addShared(asToken(proposal.tokens[node]), asPosition(known + proposal.depths[node]), some, true);
    });
    return { proposal, firstRow, holders: sequences.map((some) => some[0]) };
}
/**
 * After a decode: keeps the path that stands in the cache, and of it no more than belongs to the first `length`
 * tokens of the text.
 * @param path nodes that stand, from the root on
 */
export function keepPath(pool, state, { holders }, path, length) {
    const slot = state.slot;
    const { sequence } = slot;
    const diverges = path.findIndex((node) => holders[node] !== sequence);
    pool.settle(slot, Math.min(1 + path.length, length - slot.length), {
        holder: diverges === -1 ? sequence : holders[path.at(-1)],
        common: 1 + (diverges === -1 ? path.length : diverges),
        own: 1 + holders.filter((holder) => holder === sequence).length,
    });
}
/** [node] the sequences of all leaves below it. */
function sequencesOf(proposal, all) {
    const sequences = proposal.tokens.map(() => []);
    proposal.leaves().forEach((leaf, index) => {
        for (let node = leaf; node !== ROOT; node = proposal.parents[node])
            sequences[node].push(all[index]);
    });
    return sequences;
}
/** The part of a proposal that leads to some of its leaves. */
function pathsTo(leaves, proposal) {
    const kept = new Array(proposal.length).fill(false);
    for (const leaf of leaves) {
        for (let node = leaf; node !== ROOT && !kept[node]; node = proposal.parents[node])
            kept[node] = true;
    }
    return proposal.select(kept);
}
//# sourceMappingURL=tree-batch.js.map