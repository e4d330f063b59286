/** Share of the label that goes to the target's first choice alone: acceptance asks for nothing else. */
export const FIRST_CHOICE_SHARE = 0.3;
export function shuffle(items, random) {
    for (let i = items.length - 1; i > 0; i--) {
        const j = Math.floor(random() * (i + 1));
        [items[i], items[j]] = [items[j], items[i]];
    }
    return items;
}
/** The batches of one pass over `texts`, in a new order each time; texts longer than a row lose their end. */
export function* makeBatches(texts, shape, random) {
    const rows = packRows(shuffle([...texts], random), shape.tokensPerRow);
    shuffle(rows, random);
    for (let start = 0; start < rows.length; start += shape.rows)
        yield makeBatch(rows.slice(start, start + shape.rows), shape, random);
}
/** First fit among a few open rows, in the order given. */
function packRows(texts, tokensPerRow) {
    const rows = [];
    let open = [];
    for (const text of texts) {
        const length = Math.min(text.tokens.length, tokensPerRow);
        let row = open.find(({ free }) => free >= length);
        if (row === undefined) {
            row = { texts: [], free: tokensPerRow };
            rows.push(row);
            open.push(row);
            if (open.length > 16)
                open = open.sort((a, b) => b.free - a.free).slice(0, 8);
        }
        row.texts.push(text);
        row.free -= length;
    }
    return rows;
}
function makeBatch(rows, shape, random) {
    const { tokensPerRow } = shape;
    const tokens = new Int32Array(shape.rows * tokensPerRow);
    const positions = new Int32Array(tokens.length);
    const answers = [];
    const prompts = [];
    rows.forEach(({ texts }, index) => {
        let place = index * tokensPerRow;
        for (const text of texts) {
            const length = Math.min(text.tokens.length, tokensPerRow);
            for (let i = 0; i < length; i++) {
                tokens[place + i] = text.tokens[i];
                positions[place + i] = i;
                if (i + 1 >= text.promptLength && i + 1 < text.tokens.length)
                    answers.push([place + i, answerLabel(text, i + 1 - text.promptLength)]);
                else if (i + 1 < text.promptLength)
                    prompts.push([place + i, { tokens: [text.tokens[i + 1]], shares: [1] }]);
            }
            place += length;
        }
    });
    // Each token left over is a text of its own (position 0) and nobody sees it.
    const chosen = shuffle(answers, random).slice(0, shape.outputs);
    shuffle(prompts, random);
    for (let i = 0; chosen.length < shape.outputs; i++)
        chosen.push(prompts[i] ?? answers[i % answers.length]);
    return {
        tokens,
        positions,
        outputTokens: Int32Array.from(chosen, ([place]) => place),
        labels: chosen.map(([, label]) => label),
    };
}
function answerLabel(text, index) {
    const count = text.candidates.length / (text.tokens.length - text.promptLength);
    const tokens = text.candidates.slice(index * count, (index + 1) * count);
    const shares = text.shares.slice(index * count, (index + 1) * count);
    const sum = shares.reduce((total, share) => total + share, 0);
    return {
        tokens,
        shares: shares.map((share, rank) => (1 - FIRST_CHOICE_SHARE) * (share / sum) + (rank === 0 ? FIRST_CHOICE_SHARE : 0)),
    };
}
//# sourceMappingURL=batches.js.map