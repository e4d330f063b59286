/** A run as a result file, keys and name as vLLM's `bench serve --save-result` writes them. */
import { endpointKind } from './target.js';
import { details } from './summary.js';
/** What vLLM calls the two kinds of endpoint. */
const backendOf = (endpoint) => endpointKind(endpoint) === 'chat' ? 'openai-chat' : 'openai';
/** JSON has no infinity. */
const finite = (value) => (value === Infinity ? 'inf' : value);
/** `20261121-172238`, local time. */
function stamp(date) {
    const two = (value) => String(value).padStart(2, '0');
    const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
    return `${day}-${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
}
export function resultRecord(context, run, summary, detailed) {
    const { rampUp, extraBody } = context;
    return {
        date: stamp(context.startedAt),
        backend: backendOf(context.endpoint),
        model_id: context.model,
        num_prompts: run.outcomes.length,
        ...(rampUp === undefined
            ? {}
            : {
                ramp_up_strategy: rampUp.strategy,
                ramp_up_start_rps: rampUp.startRps,
                ramp_up_end_rps: rampUp.endRps,
            }),
        request_rate: finite(context.requestRate),
        burstiness: finite(context.burstiness),
        max_concurrency: context.maxConcurrency ?? null,
        dataset_name: context.datasetName,
        seed: context.seed,
        temperature: context.temperature,
        ignore_eos: context.ignoreEos,
        ...(extraBody === undefined ? {} : { extra_body: extraBody }),
        ...summary,
        ...(detailed ? details(run) : {}),
    };
}
export function resultFilename(context) {
    const { rampUp, requestRate, maxConcurrency, model } = context;
    const load = rampUp === undefined
        ? `${finite(requestRate)}qps`
        : `ramp-up-${rampUp.strategy}-${rampUp.startRps}qps-${rampUp.endRps}qps`;
    const limit = maxConcurrency === undefined ? '' : `-concurrency${maxConcurrency}`;
    const name = model
        .split('/')
        .at(-1)
        .replace(/[^\w.-]+/g, '_');
    return `${backendOf(context.endpoint)}-${load}${limit}-${name}-${stamp(context.startedAt)}.json`;
}
//# sourceMappingURL=result.js.map