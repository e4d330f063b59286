/** What a Foretoken server tells of a model at `/v1/stats`, read field by field. */
const NUMBERS = [
    ...['steps', 'step_ms', 'target_ms', 'draft_ms', 'outside_ms', 'planning_ms'],
    ...['committed_tokens', 'decoding_requests', 'steps_without_guesses'],
    ...['drafts', 'draft_tokens', 'accepted_tokens'],
];
/** Undefined where the body is not that of such a server, or the model is not loaded there. */
export function readStats(body, model) {
    if (!isObject(body) || !Array.isArray(body['models']))
        return undefined;
    const found = body['models'].find((one) => isObject(one) && one['model'] === model);
    if (!isObject(found))
        return undefined;
    const { proposers, requests_in_flight: inFlight, step_time_error: error, total } = found;
    if (!isList(proposers, 'string') || typeof inFlight !== 'number' || !isTotals(total))
        return undefined;
    const told = isObject(error) ? [error['p50'], error['p90']] : [];
    return {
        proposers,
        inFlight,
        stepTimeError: isList(told, 'number') && told.length === 2 ? { median: told[0], p90: told[1] } : null,
        total,
    };
}
function isTotals(value) {
    if (!isObject(value) || !isObject(value['proposers']))
        return false;
    return (NUMBERS.every((name) => Number.isFinite(value[name])) &&
        Object.values(value['proposers']).every((one) => isObject(one) && isList(one['drafted'], 'number') && isList(one['accepted'], 'number')));
}
/** What the sums grew by. */
export function grown(before, after) {
    const less = (counts, earlier = []) => counts.map((count, position) => count - (earlier[position] ?? 0));
    const proposers = Object.entries(after.proposers).map(([name, { drafted, accepted }]) => {
        const earlier = before.proposers[name];
        return [
            name,
            { drafted: less(drafted, earlier?.drafted), accepted: less(accepted, earlier?.accepted) },
        ];
    });
    const numbers = NUMBERS.map((name) => [name, after[name] - before[name]]);
    return {
        ...Object.fromEntries(numbers),
        proposers: Object.fromEntries(proposers),
    };
}
/** Guesses for a request in a step, on average; 0 where none were made. */
export const meanLength = ({ draft_tokens: guesses, decoding_requests: decoding }) => decoding > 0 ? guesses / decoding : 0;
export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
function isList(value, kind) {
    return Array.isArray(value) && value.every((each) => typeof each === kind);
}
//# sourceMappingURL=stats.js.map