const ALONE_TOKENS = [1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 16, 24, 32, 48, 64, 128];
/** A target of 6.34B (16 layers of 6144, 48 heads, 16 of them of keys and values) and a draft of 0.44B. */
export const H200_6B = {
    alone: {
        tokens: ALONE_TOKENS,
        ms: [
            3.736, 3.639, 4.245, 4.907, 5.447, 6.262, 7.411, 15.162, 15.208, 15.239, 15.296, 15.413, 15.497, 15.667,
            15.489, 15.326,
        ],
    },
    apart: {
        ...{ '4x1': 4.964, '4x2': 7.449, '4x4': 15.423, '4x6': 15.551, '4x9': 15.655 },
        ...{ '8x1': 7.55, '8x2': 15.453, '8x4': 15.88, '8x6': 16.025, '8x9': 19.221 },
        ...{ '16x1': 15.501, '16x2': 15.908, '16x4': 16.077, '16x6': 20.164, '16x9': 22.952 },
    },
    pool: {
        ...{
            '1x1': 3.872,
            '1x6': 6.601,
            '4x1': 5.209,
            '4x2': 7.793,
            '4x4': 15.901,
            '4x6': 16.143,
            '4x9': 18.106,
        },
        ...{ '8x1': 7.956, '8x2': 16.009, '8x4': 17.896, '8x6': 18.792, '8x9': 23.458 },
        ...{ '16x1': 16.185, '16x2': 18.084, '16x4': 17.327, '16x6': 24.083, '16x9': 27.078 },
    },
    draft: { tokens: [1, 2, 3, 4, 8, 16, 32], ms: [0.679, 0.862, 0.887, 0.977, 1.288, 1.782, 2.474] },
    resizeMs: 1.42,
};
/** The demo target of 27M and its draft of 2.4M: launches take longer than the work. */
export const H200_27M = {
    alone: {
        tokens: ALONE_TOKENS,
        ms: [
            0.784, 0.944, 0.969, 0.973, 0.97, 0.981, 1.003, 1.056, 1.061, 1.069, 1.071, 1.104, 1.145, 1.195, 1.236,
            2.023,
        ],
    },
    apart: {
        ...{ '4x1': 0.878, '4x2': 0.917, '4x4': 0.986, '4x6': 1.066, '4x9': 1.065 },
        ...{ '8x1': 0.937, '8x2': 1.016, '8x4': 1.101, '8x6': 1.186, '8x9': 1.795 },
        ...{ '16x1': 1.12, '16x2': 1.189, '16x4': 1.262, '16x6': 2.015, '16x9': 2.091 },
    },
    pool: {
        ...{ '1x1': 0.914, '1x6': 1.1, '4x1': 1.089, '4x2': 1.144, '4x4': 1.236, '4x6': 1.313, '4x9': 2.062 },
        ...{ '8x1': 1.24, '8x2': 1.339, '8x4': 1.99, '8x6': 2.273, '8x9': 3.207 },
        ...{ '16x1': 1.426, '16x2': 2.084, '16x4': 1.828, '16x6': 3.399, '16x9': 3.444 },
    },
    draft: { tokens: [1, 2, 3, 4, 8, 16, 32], ms: [0.311, 0.316, 0.318, 0.328, 0.334, 0.353, 0.534] },
    resizeMs: 0.95,
};
/**
 * Between shapes that were measured, straight lines: along the tokens of the batch, and from one number of sequences
 * to the next; a number beyond the largest goes on in proportion.
 * @param aloneMs of a number of tokens of one sequence
 */
export function besideMs(shapes, aloneMs) {
    const tables = { apart: rowsOf(shapes.apart, aloneMs), pool: rowsOf(shapes.pool, aloneMs) };
    return ({ sequences, tokens }, unified) => {
        const rows = unified ? tables.pool : tables.apart;
        const high = rows.findIndex((row) => row.sequences >= sequences);
        const above = rows[high];
        const below = high < 0 ? rows.at(-1) : rows[high - 1];
        if (above === undefined)
            return (moreMs(below, tokens) * sequences) / below.sequences;
        if (above.sequences === sequences)
            return moreMs(above, tokens);
        // One sequence apart is what everything else is measured against.
        const from = below ?? { sequences: 1, tokens: [1], ms: [0] };
        const share = (sequences - from.sequences) / (above.sequences - from.sequences);
        return (1 - share) * moreMs(from, tokens) + share * moreMs(above, tokens);
    };
}
function rowsOf(shapes, aloneMs) {
    const rows = [];
    for (const [shape, ms] of Object.entries(shapes)) {
        const [sequences, each] = shape.split('x').map(Number);
        let row = rows.find((one) => one.sequences === sequences);
        if (row === undefined)
            rows.push((row = { sequences, tokens: [], ms: [] }));
        row.tokens.push(sequences * each);
        row.ms.push(Math.max(0, ms - aloneMs(sequences * each)));
    }
    return rows.sort((a, b) => a.sequences - b.sequences);
}
function moreMs(row, tokens) {
    const high = row.tokens.findIndex((point) => point >= tokens);
    if (high < 0)
        return row.ms.at(-1);
    if (high === 0)
        return row.ms[0];
    const share = (tokens - row.tokens[high - 1]) / (row.tokens[high] - row.tokens[high - 1]);
    return row.ms[high - 1] + share * (row.ms[high] - row.ms[high - 1]);
}
//# sourceMappingURL=h200.js.map