/** Whether a value from outside is a record: everything that `explainStep` reads is there. */
export function isPlanRecord(value) {
    if (!isObject(value) || !areNumbers(value, ['step']))
        return false;
    const { input, plan, guesses, outcome } = value;
    if (!isObject(input) || !isObject(plan) || !Array.isArray(guesses) || !isObject(outcome))
        return false;
    const { requests, prefill, costs } = input;
    const { choices, forecast, without } = plan;
    if (!Array.isArray(requests) || !Array.isArray(choices) || !isObject(costs))
        return false;
    return (areNumbers(input, ['prefillTokenCells']) &&
        typeof input['unified'] === 'boolean' &&
        Array.isArray(prefill) &&
        prefill.every((one) => areNumbers(one, ['sequence', 'tokens'])) &&
        areNumbers(plan, ['price', 'padTo']) &&
        areNumbers(outcome, ['ms', 'committed']) &&
        [forecast, without].every((one) => areNumbers(one, ['tokens', 'ms', 'draftMs', 'batchTokens'])) &&
        isCosts(costs) &&
        requests.length === choices.length &&
        requests.length === guesses.length &&
        requests.every(isRequest) &&
        choices.every((one) => areNumbers(one, ['id', 'option', 'length'])) &&
        guesses.every((one) => areNumbers(one, ['drafted', 'verified']) && isList(one['survival'])));
}
function isRequest(value) {
    if (!areNumbers(value, ['id', 'sequence', 'context']) || typeof value['fixed'] !== 'boolean')
        return false;
    const { options } = value;
    return (Array.isArray(options) &&
        options.every((option) => areNumbers(option, ['catchUp', 'catchUpShare']) && isList(option['survival'])));
}
const COST_NUMBERS = [
    ...['version', 'targetMsPerTokenCell', 'targetMsPerOutput', 'targetResizeMs'],
    ...['targetAfterDraftMs', 'draftAfterTargetMs'],
    ...['draftMsPerTokenCell', 'overheadMs', 'overheadMsPerRow', 'overheadMsGuessing'],
];
function isCosts(costs) {
    return (areNumbers(costs, COST_NUMBERS) &&
        isCurve(costs['target']) &&
        (costs['draft'] === undefined || isCurve(costs['draft'])));
}
function isCurve(value) {
    if (!isObject(value) || !isList(value['tokens']) || !isList(value['ms']))
        return false;
    return value['tokens'].length > 0 && value['tokens'].length === value['ms'].length;
}
function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function isList(value) {
    return Array.isArray(value) && value.every((each) => typeof each === 'number' && Number.isFinite(each));
}
function areNumbers(value, names) {
    return (isObject(value) && names.every((name) => typeof value[name] === 'number' && Number.isFinite(value[name])));
}
//# sourceMappingURL=plan-record.js.map