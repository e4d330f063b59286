/**
 * What a step costs, as one plain immutable record: the planner reads it, the latency model writes a new one
 * now and then, and a logged plan can be computed again from the very table it was made with.
 */
/** The point at which the stretch of a curve begins that `tokens` >= 1 tokens lie on. */
export function stretchOf(points, tokens) {
    let low = 0;
    let high = points.length - 1;
    while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (points[middle] <= tokens)
            low = middle;
        else
            high = middle;
    }
    return low;
}
/** Milliseconds for a decode of `tokens` >= 0 tokens by a curve; 0 for none. */
export function curveMs({ tokens: points, ms }, tokens) {
    if (tokens <= 0)
        return 0;
    if (points.length === 1)
        return (ms[0] * tokens) / points[0];
    const low = stretchOf(points, tokens);
    const share = (tokens - points[low]) / (points[low + 1] - points[low]);
    return ms[low] + share * (ms[low + 1] - ms[low]);
}
/** Milliseconds of a decode of the target. */
export function targetMs(table, work) {
    const { tokens, outputs, tokenCells, parts } = work;
    if (tokens === 0)
        return 0;
    let base = 0;
    if (parts === undefined)
        base = curveMs(table.target, tokens);
    else
        for (const part of parts)
            base += curveMs(table.target, part);
    base -= table.targetMsPerOutput * (tokens - outputs);
    const reading = table.targetMsPerTokenCell * tokenCells;
    const cold = work.afterDraft === true ? table.targetAfterDraftMs : 0;
    return Math.max(base, 0) + reading + table.targetResizeMs * resizesOf(work) + cold;
}
/** Graphs that the library builds anew for a decode: parts mostly differ in size. */
export function resizesOf({ resized, parts }) {
    return parts !== undefined && parts.length > 1 ? parts.length : resized ? 1 : 0;
}
/** Milliseconds of one decode of the draft model; 0 without one. */
export function draftMs(table, tokens, tokenCells) {
    if (table.draft === undefined || tokens === 0)
        return 0;
    return curveMs(table.draft, tokens) + table.draftMsPerTokenCell * tokenCells;
}
/** Milliseconds of a step outside the decodes, when `rows` rows of logits are sampled from. */
export function overheadMs(table, rows, guessed) {
    return table.overheadMs + table.overheadMsPerRow * rows + (guessed ? table.overheadMsGuessing : 0);
}
//# sourceMappingURL=cost-table.js.map