/** The flags of `bench`, named as those of vLLM's `bench serve`, and what they mean together. */
import { Option } from 'commander';
import { ForetokenError } from '../../base/errors.js';
import { DATASETS, DEFAULT_PROMPTS, } from '../../benchmark/datasets.js';
import { GOODPUT_METRICS, METRICS } from '../../benchmark/summary.js';
import { checkedBaseUrl, endpointKind } from '../../benchmark/target.js';
import { bundledPrompts } from '../../base/bundled.js';
import { valued, yesOrNo } from './flag.js';
import { decimalNumber, listOf, nonEmpty, oneOf, refuse, wholeNumber } from './values.js';
const MOST_TOKENS = 2 ** 24;
const MOST_SEED = 2 ** 32 - 1;
const RANDOM_INPUT_TOKENS = 512;
/** Flags without an environment variable: serve's of that name means a file, or a default for everybody. */
const plain = (flags, description, parse) => new Option(flags, description).argParser(parse);
export function addBenchFlags(command) {
    addReportFlags(addLoadFlags(addDatasetFlags(addTargetFlags(command))));
    return command;
}
const addTargetFlags = (command) => command
    .optionsGroup('Target:')
    .addOption(valued('--base-url <url>', 'the server, without the endpoint', checkedUrl, 'http://127.0.0.1:8080'))
    .addOption(valued('--endpoint <path>', 'where requests go: a path that ends in /chat/completions or /completions', checkedEndpoint, '/v1/chat/completions'))
    .addOption(plain('--model <name>', "model to ask for (default: the server's first)", nonEmpty('--model')))
    .addOption(valued('--api-key <key>', 'key that the server asks for', nonEmpty('--api-key')))
    .addOption(plain('--speculation <mode>', "request field of Foretoken's own servers: a mode such as off, or the field as JSON", speculationField))
    .addOption(valued('--temp <number>', 'randomness of the answers; 0: none (also --temperature)', decimalNumber('--temp', { min: 0, max: 10 }), 0))
    .addOption(yesOrNo('--ignore-eos', 'write on after the end, until the output length is reached'));
const tokens = (flag, min) => wholeNumber(flag, { min, max: MOST_TOKENS });
const addDatasetFlags = (command) => command
    .optionsGroup('Prompts:')
    .addOption(valued('--dataset-name <name>', `where prompts come from: ${DATASETS.join(', ')}`, oneOf('--dataset-name', DATASETS), 'heldout'))
    .addOption(valued('--dataset-path <file>', 'file of the dataset (default: the bundled one of heldout)', nonEmpty('--dataset-path')))
    .addOption(valued('--task <name>', 'only prompts of this task; may be repeated', listOf('--task'), [], 'all'))
    .addOption(valued('--num-prompts <count>', `requests to send (default: all prompts, but no more than ${DEFAULT_PROMPTS})`, wholeNumber('--num-prompts', { min: 1, max: 10_000_000 })))
    .addOption(valued('--output-len <tokens>', "most tokens of an answer (default: the dataset's, else 256, random 128; also --custom-output-len, " +
    '--random-output-len, --sharegpt-output-len, --spec-bench-output-len)', tokens('--output-len', 1)))
    .addOption(valued('--random-input-len <tokens>', `words of a random prompt, each about a token (default: ${RANDOM_INPUT_TOKENS}; also --input-len)`, tokens('--random-input-len', 1)))
    .addOption(valued('--random-prefix-len <tokens>', 'words before them that all random prompts have in common (default: 0)', tokens('--random-prefix-len', 0)))
    .addOption(valued('--seed <number>', 'the same seed gives the same arrivals and prompts', wholeNumber('--seed', { min: 0, max: MOST_SEED }), 0));
const addLoadFlags = (command) => command
    .optionsGroup('Load:')
    .addOption(valued('--request-rate <number>', 'requests a second; inf: all at once (default: inf)', positive('--request-rate', 'inf')))
    .addOption(valued('--burstiness <number>', 'how even arrivals are: below 1 in bursts, 1 a Poisson process, above more even (default: 1)', positive('--burstiness', 'inf')))
    .addOption(valued('--max-concurrency <count>', 'most requests under way at once (default: no limit)', wholeNumber('--max-concurrency', { min: 1, max: 1_000_000 })))
    .addOption(valued('--ramp-up-strategy <name>', 'let the rate grow from request to request: linear, exponential', oneOf('--ramp-up-strategy', ['linear', 'exponential'])))
    .addOption(valued('--ramp-up-start-rps <number>', 'requests a second at the start', positive('--ramp-up-start-rps')))
    .addOption(valued('--ramp-up-end-rps <number>', 'requests a second at the end', positive('--ramp-up-end-rps')))
    .addOption(valued('--num-warmups <count>', 'requests before the run that are not counted', wholeNumber('--num-warmups', { min: 0, max: 100_000 }), 0));
const addReportFlags = (command) => command
    .optionsGroup('Results:')
    .addOption(valued('--percentile-metrics <names>', `latencies to report: of ${METRICS.join(', ')}`, metricNames, METRICS, METRICS.join(',')))
    .addOption(valued('--metric-percentiles <ranks>', 'percentiles of them, such as 50,90,99.9', percentileRanks, [99], '99'))
    .addOption(valued('--goodput <objectives...>', 'count requests that meet all of these, such as ttft:200 tpot:30 e2el:2000, in milliseconds', objectives))
    .addOption(yesOrNo('--save-result', 'write the figures to a JSON file'))
    .addOption(yesOrNo('--save-detailed', 'and the figures and texts of every request'))
    .addOption(valued('--result-dir <folder>', 'where to write it (default: the current folder)', nonEmpty('--result-dir')))
    .addOption(valued('--result-filename <name>', 'its name (default: made of rate, model and date)', nonEmpty('--result-filename')));
const checkedUrl = (value) => URL.canParse(value) && /^https?:/.test(value)
    ? checkedBaseUrl(value)
    : refuse('--base-url', value, 'the URL of a server, such as http://127.0.0.1:8080');
function checkedEndpoint(value) {
    endpointKind(value);
    return value;
}
const positive = (flag, infinite) => (value) => {
    if (infinite !== undefined && value.trim().toLowerCase() === infinite)
        return Infinity;
    const number = Number(value);
    return value.trim() !== '' && number > 0 && number <= 1e6
        ? number
        : refuse(flag, value, `a number above 0, to 1000000${infinite === undefined ? '' : `, or ${infinite}`}`);
};
function speculationField(value) {
    if (!value.trimStart().startsWith('{'))
        return { mode: nonEmpty('--speculation')(value) };
    try {
        return JSON.parse(value);
    }
    catch {
        return refuse('--speculation', value, 'a mode, or an object in JSON');
    }
}
/** Words of a list with commas. */
const words = (value) => value.split(',').map((word) => word.trim());
const metricNames = (value) => words(value).map((word) => oneOf('--percentile-metrics', METRICS)(word));
const percentileRanks = (value) => words(value).map((word) => decimalNumber('--metric-percentiles', { min: 0, max: 100 })(word));
/** `ttft:200`, once more for each objective, or several with spaces or commas between them. */
function objectives(value, previous = {}) {
    return value.split(/[\s,]+/).reduce((known, pair) => {
        const [, name, text] = /^([^:]+):(\d+(?:\.\d+)?)$/.exec(pair) ?? [];
        const metric = GOODPUT_METRICS.find((candidate) => candidate === name);
        if (metric === undefined || text === undefined)
            return refuse('--goodput', value, `of ttft:MS, tpot:MS and e2el:MS`);
        if (known[metric] !== undefined)
            return refuse('--goodput', value, `given once for ${metric}`);
        return { ...known, [metric]: Number(text) };
    }, previous);
}
/** @throws ForetokenError `invalid_option` where flags contradict each other */
export function benchSetup(flags) {
    const { baseUrl, endpoint } = flags;
    if (baseUrl.endsWith('/v1') && endpoint.startsWith('/v1/'))
        contradiction('base-url', '--base-url ends in /v1 and --endpoint begins with it; leave one of them out.');
    const rampUp = rampOf(flags);
    if (flags.burstiness !== undefined && rampUp === undefined && (flags.requestRate ?? Infinity) === Infinity)
        contradiction('burstiness', '--burstiness shapes arrivals; it needs --request-rate or --ramp-up-strategy.');
    if (flags.saveResult !== true)
        for (const [given, name] of [
            [flags.saveDetailed, 'save-detailed'],
            [flags.resultDir, 'result-dir'],
            [flags.resultFilename, 'result-filename'],
        ])
            if (given !== undefined && given !== false)
                contradiction(name, `--${name} needs --save-result; without it nothing is written.`);
    return {
        setup: {
            baseUrl,
            endpoint,
            model: flags.model,
            ...(flags.apiKey === undefined ? {} : { apiKey: flags.apiKey }),
            requestRate: flags.requestRate ?? Infinity,
            burstiness: flags.burstiness ?? 1,
            maxConcurrency: flags.maxConcurrency,
            ...(rampUp === undefined ? {} : { rampUp }),
            warmups: flags.numWarmups,
            seed: flags.seed,
            temperature: flags.temp,
            ignoreEos: flags.ignoreEos === true,
            ...(flags.speculation === undefined ? {} : { extraBody: { speculation: flags.speculation } }),
        },
        dataset: datasetOf(flags),
    };
}
function rampOf(flags) {
    const { rampUpStrategy: strategy, rampUpStartRps: startRps, rampUpEndRps: endRps, requestRate } = flags;
    if (strategy === undefined && startRps === undefined && endRps === undefined)
        return undefined;
    if (strategy === undefined || startRps === undefined || endRps === undefined)
        contradiction('ramp-up-strategy', 'A ramp needs --ramp-up-strategy, --ramp-up-start-rps and --ramp-up-end-rps.');
    if (requestRate !== undefined)
        contradiction('request-rate', '--request-rate and a ramp contradict each other; leave one of them out.');
    if (startRps >= endRps)
        contradiction('ramp-up-start-rps', `--ramp-up-start-rps ${startRps} must be below --ramp-up-end-rps ${endRps}.`);
    return { strategy, startRps, endRps };
}
function datasetOf(flags) {
    const { datasetName: name, datasetPath } = flags;
    const isRandom = name === 'random';
    if (isRandom && datasetPath !== undefined)
        contradiction('dataset-path', 'Random prompts come from no file; leave --dataset-path out.');
    if (!isRandom && datasetPath === undefined && name !== 'heldout')
        contradiction('dataset-path', `--dataset-name ${name} needs its file: --dataset-path.`);
    if (!isRandom && (flags.randomInputLen !== undefined || flags.randomPrefixLen !== undefined))
        contradiction('random-input-len', `Prompts of ${name} have their own length; --random-… is for random ones.`);
    if ((isRandom || name === 'sharegpt') && flags.task.length > 0)
        contradiction('task', `Prompts of ${name} have no tasks; leave --task out.`);
    return {
        name,
        path: datasetPath ?? (isRandom ? undefined : bundledPrompts()),
        tasks: flags.task,
        count: flags.numPrompts,
        outputTokens: flags.outputLen,
        inputTokens: flags.randomInputLen ?? RANDOM_INPUT_TOKENS,
        prefixTokens: flags.randomPrefixLen ?? 0,
        seed: flags.seed,
    };
}
function contradiction(param, message) {
    throw new ForetokenError('invalid_option', message, { param });
}
//# sourceMappingURL=bench.js.map