/** `foretoken bench compare`: every setting of speculation under every load, as JSON and as a page to look at. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Comparison } from '../benchmark/compare/compare.js';
import { comparePage } from '../benchmark/compare/page.js';
import { ComparedServer } from '../benchmark/compare/server.js';
import { compareText } from '../benchmark/compare/text.js';
import { loadDataset } from '../benchmark/datasets.js';
import { benchCompareSetup, serveArguments, } from './flags/bench-compare.js';
import { ChildServer } from './bench-compare-server.js';
import { bundledPrompts } from '../base/bundled.js';
import { FAILURE, report, warn } from './failure.js';
import { writableFolder } from './result-folder.js';
import { ProgressBar } from './terminal.js';
import { version } from './version.js';
const INTERRUPTED = 130;
/** More than any file of prompts has: all of them. */
const ALL_PROMPTS = 200_000;
/** @returns the exit code */
export async function benchCompare(flags, command) {
    const setup = benchCompareSetup(flags, command);
    const serverFlags = flags.baseUrl === undefined ? serveArguments(command) : null;
    const folder = writableFolder(flags);
    const prompts = allPrompts(flags, setup);
    const interrupt = new AbortController();
    const onSignal = () => {
        if (interrupt.signal.aborted)
            process.exit(INTERRUPTED);
        interrupt.abort();
        process.stderr.write('\nforetoken: stopping; what is done is written (again: at once)\n');
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    let child;
    let server;
    let comparison;
    let failure;
    try {
        if (serverFlags !== null)
            child = await ChildServer.start(serverFlags, interrupt.signal);
        const key = serverFlags === null ? flags.apiKey : undefined;
        const url = child?.url ?? flags.baseUrl;
        process.stdout.write(`Server: ${url}\n`);
        server = new ComparedServer(url, key, interrupt.signal);
        comparison = new Comparison({
            ...setup,
            server,
            prompts,
            seed: flags.seed,
            temperature: flags.temp,
            withSuffix: flags.withSuffix === true,
            version: version(),
            serverFlags,
            signal: interrupt.signal,
        });
        await measure(comparison, interrupt.signal);
    }
    catch (error) {
        failure = child?.failure ?? error;
    }
    server?.close();
    if (child !== undefined && child.said !== '')
        process.stderr.write(`${child.said}\n`);
    await child?.end();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    const result = comparison?.result();
    if (result !== undefined && result.runs.length > 0)
        write(result, folder, flags.resultFilename);
    if (interrupt.signal.aborted)
        return INTERRUPTED;
    if (failure !== undefined)
        return report(failure);
    return result.verdicts.find(({ id }) => id === 'all_answered')?.holds === true ? 0 : FAILURE;
}
function allPrompts(flags, { outputTokens }) {
    const { prompts, distinct } = loadDataset({
        name: 'custom',
        path: flags.datasetPath ?? bundledPrompts(),
        tasks: flags.task,
        count: ALL_PROMPTS,
        outputTokens,
        inputTokens: 0,
        prefixTokens: 0,
        seed: flags.seed,
    });
    return prompts.slice(0, distinct);
}
async function measure(comparison, signal) {
    const bar = new ProgressBar();
    const startMs = performance.now();
    await comparison.prepare();
    if (signal.aborted)
        return;
    const { settings, cells, calibration, estimatedSeconds } = comparison;
    process.stdout.write(`Without speculation: ${calibration.idleLatencyMs.toFixed(0)} ms a request, at most ` +
        `${calibration.saturationRps.toFixed(2)} requests/s.\n` +
        `${settings.length} settings, ${cells.length} loads, about ${Math.ceil(estimatedSeconds / 60)} min.\n`);
    if (comparison.repeatsPrompts)
        warn('there are fewer prompts than requests; some come again in later runs.');
    let load = '';
    await comparison
        .run((done, total, what) => {
        const note = `${done} of ${total} runs, ${Math.round((performance.now() - startMs) / 60_000)} min`;
        bar.update('comparison', done / total, `${note} · ${what.load}, ${what.setting}`);
        // A log gets a line for each load.
        if (!process.stderr.isTTY && what.load !== load)
            process.stderr.write(`${note} · ${what.load}\n`);
        load = what.load;
    })
        .finally(() => {
        bar.clear();
    });
}
function write(result, folder, filename) {
    const stamp = result.started_at.slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
    const model = result.server.model.replace(/[^\w.-]+/g, '_');
    const name = (filename ?? `compare-${model}-${stamp}`).replace(/\.(json|html)$/, '');
    const file = path.join(folder, name);
    writeFileSync(`${file}.json`, `${JSON.stringify(result, null, 1)}\n`);
    writeFileSync(`${file}.html`, comparePage(result));
    process.stdout.write(`${compareText(result)}\n`);
    const shown = path.relative('', file);
    process.stdout.write(`Results: ${shown}.json, to look at ${shown}.html\n`);
}
//# sourceMappingURL=bench-compare.js.map