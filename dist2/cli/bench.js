/** `foretoken bench`: load on a server of OpenAI's API, and what came of it as a table and as vLLM's JSON. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadDataset } from '../benchmark/datasets.js';
import { reportText } from '../benchmark/report.js';
import { resultFilename, resultRecord } from '../benchmark/result.js';
import { runBenchmark } from '../benchmark/run.js';
import { groupedErrors, summarise } from '../benchmark/summary.js';
import { benchSetup } from './flags/bench.js';
import { FAILURE, warn } from './failure.js';
import { writableFolder } from './result-folder.js';
import { ProgressBar } from './terminal.js';
const INTERRUPTED = 130;
/** @returns the exit code */
export async function bench(flags) {
    const { setup, dataset } = benchSetup(flags);
    const folder = flags.saveResult === true ? writableFolder(flags) : undefined;
    const { prompts, distinct } = loadDataset(dataset);
    if (distinct < prompts.length)
        warn(`there are ${distinct} prompts; they are repeated to make ${prompts.length}, which caches notice.`);
    const interrupt = new AbortController();
    const onInterrupt = () => {
        if (interrupt.signal.aborted)
            process.exit(INTERRUPTED);
        interrupt.abort();
        process.stderr.write('\nforetoken: stopping; what is done is reported (again: at once)\n');
    };
    process.on('SIGINT', onInterrupt);
    const bar = new ProgressBar();
    const startedAt = new Date();
    const run = await runBenchmark({
        ...setup,
        prompts,
        signal: interrupt.signal,
        onProgress: (done, total) => {
            bar.update('benchmark', done / total, `${done} of ${total} requests`);
        },
    }).finally(() => {
        bar.clear();
        process.off('SIGINT', onInterrupt);
    });
    const report = {
        metrics: flags.percentileMetrics,
        percentiles: flags.metricPercentiles,
        goodput: flags.goodput,
    };
    const summary = summarise(run, report);
    process.stdout.write(`${reportText(summary, { ...setup, ...report })}\n`);
    if (folder !== undefined) {
        const about = { ...setup, datasetName: dataset.name, startedAt, model: run.model };
        const file = path.join(folder, flags.resultFilename ?? resultFilename(about));
        const record = resultRecord(about, run, summary, flags.saveDetailed === true);
        writeFileSync(file, `${JSON.stringify(record, null, 1)}\n`);
        process.stdout.write(`Results: ${path.relative('', file)}\n`);
    }
    const failed = tellErrors(run);
    if (interrupt.signal.aborted)
        return INTERRUPTED;
    return failed ? FAILURE : 0;
}
/** @returns true when requests failed */
function tellErrors({ outcomes, warmupErrors }) {
    const errors = outcomes.flatMap(({ error }) => error ?? []);
    const groups = (texts) => groupedErrors(texts)
        .map(({ error, count }) => `  ${count} × ${error}\n`)
        .join('');
    if (warmupErrors.length > 0)
        process.stderr.write(`foretoken: ${warmupErrors.length} warm-up requests failed:\n${groups(warmupErrors)}`);
    if (errors.length > 0)
        process.stderr.write(`foretoken: ${errors.length} of ${outcomes.length} requests failed:\n${groups(errors)}`);
    const uncounted = outcomes.filter(({ error, usage }) => error === undefined && usage === undefined).length;
    if (uncounted > 0)
        warn(`the server told no usage for ${uncounted} answers: their output tokens are counted as events with text, ` +
            'their input tokens as 0.');
    return errors.length > 0;
}
//# sourceMappingURL=bench.js.map