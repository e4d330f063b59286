const METRIC = /^(?:foretoken_|vllm:)spec_decode_(num_[a-z_]+)_total(?:\{([^}]*)\})? +([\d.eE+-]+)/;
/** Undefined where the page has no such counters. */
export function readCounts(page) {
    const totals = new Map();
    const acceptedPerPosition = [];
    for (const line of page.split('\n')) {
        const [, name, labels = '', text] = METRIC.exec(line) ?? [];
        const value = Number(text);
        if (name === undefined || !Number.isFinite(value))
            continue;
        // Several engines of one server each have their own line.
        totals.set(name, (totals.get(name) ?? 0) + value);
        const position = Number(/\bposition="(\d{1,4})"/.exec(labels)?.[1] ?? NaN);
        if (name !== 'num_accepted_tokens_per_pos' || Number.isNaN(position))
            continue;
        while (acceptedPerPosition.length <= position)
            acceptedPerPosition.push(0);
        acceptedPerPosition[position] += value;
    }
    const drafts = totals.get('num_drafts');
    const draftTokens = totals.get('num_draft_tokens');
    const acceptedTokens = totals.get('num_accepted_tokens');
    if (drafts === undefined || draftTokens === undefined || acceptedTokens === undefined)
        return undefined;
    return { drafts, draftTokens, acceptedTokens, acceptedPerPosition };
}
/** The counts of a running server; undefined where it has none to show. */
export async function fetchCounts(client) {
    try {
        return readCounts(await client.get('/metrics'));
    }
    catch {
        // Most servers have no metrics unless asked for; a server that is gone shows in the requests themselves.
        return undefined;
    }
}
export const difference = (before, after) => ({
    drafts: after.drafts - before.drafts,
    draftTokens: after.draftTokens - before.draftTokens,
    acceptedTokens: after.acceptedTokens - before.acceptedTokens,
    acceptedPerPosition: after.acceptedPerPosition.map((count, position) => count - (before.acceptedPerPosition[position] ?? 0)),
});
/** From the answers themselves, where the server (llama-server) tells there; it does not count drafts. */
export function countsOfAnswers(outcomes) {
    const told = outcomes.flatMap(({ draft }) => draft ?? []);
    if (told.length === 0)
        return undefined;
    const sum = (of) => told.reduce((total, draft) => total + of(draft), 0);
    return {
        drafts: 0,
        draftTokens: sum(({ draftTokens }) => draftTokens),
        acceptedTokens: sum(({ acceptedTokens }) => acceptedTokens),
        acceptedPerPosition: [],
    };
}
//# sourceMappingURL=counters.js.map