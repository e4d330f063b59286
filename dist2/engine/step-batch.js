/** Lays out the target's batch of a step. */
import { position as asPosition, token as asToken } from '../base/types.js';
import { addProposal } from './tree-batch.js';
/**
 * In the order of sequences: those that follow each other are computed together (`costs/ubatches.ts`).
 * @param proposals [decode item]
 */
export function fillBatch(batch, pool, prefill, decode, proposals) {
    const firstRows = [];
    const placements = decode.map(({ state }, at) => {
        const { sequence } = state.slot;
        for (let next = prefill[firstRows.length]; next !== undefined; next = prefill[firstRows.length]) {
            if (next.state.slot.sequence > sequence)
                break;
            firstRows.push(addPrefill(batch, next));
        }
        return addProposal(batch, pool, state, proposals[at]);
    });
    for (const item of prefill.slice(firstRows.length))
        firstRows.push(addPrefill(batch, item));
    return { placements, firstRows };
}
function addPrefill(batch, { state, count }) {
    const { tokens, computed, slot, scoring } = state;
    const firstRow = batch.outputCount;
    for (let at = computed; at < computed + count; at++)
        batch.add(asToken(tokens[at]), asPosition(at), slot.sequence, scoring);
    return firstRow;
}
//# sourceMappingURL=step-batch.js.map