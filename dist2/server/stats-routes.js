import { modelField } from './stats-format.js';
export function statsRoutes(app, startedAt, list, statistics, feed) {
    app.get('/v1/stats', () => ({
        object: 'stats',
        started_at: startedAt,
        uptime_s: Date.now() / 1000 - startedAt,
        models: list().map((model) => modelField(model, statistics.of(model.id))),
    }));
    app.get('/v1/stats/events', (_request, reply) => {
        feed.join(reply);
    });
}
/** Tokens of a prompt or an answer that are told as text. */
const MOST_TEXT_TOKENS = 4096;
/** Prompt and output of a request in words, each cut where it is long; undefined where its tokens are not at hand. */
export function textsOf(table, { tokens, statistics }) {
    if (tokens === undefined || table === undefined)
        return undefined;
    const text = (part) => Buffer.concat(Array.from(part.subarray(0, MOST_TEXT_TOKENS), (token) => table.bytes(token))).toString('utf8');
    const { promptTokens } = statistics;
    return { prompt: text(tokens.subarray(0, promptTokens)), output: text(tokens.subarray(promptTokens)) };
}
//# sourceMappingURL=stats-routes.js.map