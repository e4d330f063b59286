/**
 * `foretoken bench compare`: all settings of speculation on one server, under every load, in alternating order.
 * The setting travels with each request, so one process answers all of them: same weights, same memory, same
 * moment. After each run the server is idle and has forgotten the prompts before the next begins.
 */
import { ForetokenError } from '../../base/errors.js';
import { cellRecord } from './analysis.js';
import { engineFigures, lastStep, planFigures } from './engine.js';
import { estimatedSeconds, planBlocks, planCells, promptsOf, seedOf, } from './plan.js';
import { rampShape, rampWindows } from './ramp.js';
import { runRamp } from './ramp-run.js';
import { autoProposers, defaultSettings, parseSetting, speculationField } from './settings.js';
import { COMPARE_SCHEMA } from './types.js';
import { verdicts } from './verdicts.js';
import { describeMachine } from '../machine.js';
import { Random } from '../random.js';
import { runBenchmark } from '../run.js';
import { groupedErrors, summarise } from '../summary.js';
import { sum } from '../statistics.js';
/** Of what is not measured: a run's start, the prompts that take the last ones' place. */
const SECONDS_BETWEEN = 0.3;
const METRICS = ['ttft', 'tpot', 'e2el'];
export class Comparison {
    #options;
    #startedAt = new Date();
    #startMs = performance.now();
    #machine = describeMachine();
    #runs = [];
    #rampRuns = [];
    /** [cell, repeat] texts of the first setting that ran. */
    #texts = new Map();
    #model = '';
    #parallel = 1;
    #proposers = [];
    #settings = [];
    #calibration = { idleLatencyMs: 0, saturationRps: 0 };
    #cells = [];
    #complete = false;
    constructor(options) {
        this.#options = options;
    }
    /**
     * Finds out what the server can do, warms it up and plans the matrix.
     * @throws ForetokenError `invalid_option` for a setting that the server refuses, `server_unreachable`
     */
    async prepare() {
        const { server, rates, secondsPerRun, prompts, withSuffix } = this.#options;
        const { model, parallel } = await server.health();
        this.#model = model;
        this.#parallel = parallel;
        this.#proposers = autoProposers((await server.stats(model)).proposers, withSuffix);
        this.#settings = this.#options.settings ?? defaultSettings(this.#proposers.includes('draft'));
        this.#refuseMissing();
        for (const setting of this.#settings)
            await this.#warmUp(setting);
        this.#calibration = await this.#calibrate();
        const tasks = [...new Set(prompts.map(({ task }) => task))];
        this.#cells = planCells({ rates, tasks, secondsPerRun, calibration: this.#calibration });
    }
    get settings() {
        return this.#settings;
    }
    get cells() {
        return this.#cells;
    }
    get calibration() {
        return this.#calibration;
    }
    /** Of the whole matrix, ramps included. */
    get estimatedSeconds() {
        const { repeats, rampSeconds } = this.#options;
        const one = sum(this.#cells.map((cell) => estimatedSeconds(cell, this.#calibration) + SECONDS_BETWEEN));
        const ramps = rampSeconds === undefined ? 0 : 2 * repeats * (rampSeconds + SECONDS_BETWEEN);
        return one * this.#settings.length * repeats + ramps;
    }
    /** Whether a cell has more requests, over its repeats, than there are prompts for it. */
    get repeatsPrompts() {
        const { prompts, repeats } = this.#options;
        return this.#cells.some(({ task, requests }) => requests * repeats > prompts.filter((prompt) => task === 'all' || prompt.task === task).length);
    }
    /** Runs the matrix and the ramps; ends early, without an error, when the signal says so. */
    async run(onProgress) {
        const { repeats, seed, signal, rampSeconds } = this.#options;
        const blocks = planBlocks(this.#cells, this.#settings, repeats, seed);
        const shape = rampSeconds === undefined ? undefined : rampShape(this.#calibration.saturationRps, rampSeconds);
        const ramps = shape === undefined ? [] : this.#rampBlocks();
        const total = blocks.length + ramps.length;
        for (const [index, block] of blocks.entries()) {
            onProgress(index, total, { load: block.cell.id, setting: block.setting.name });
            await this.#runBlock(block);
            if (signal.aborted)
                return;
        }
        for (const [index, { setting, repeat }] of ramps.entries()) {
            onProgress(blocks.length + index, total, { load: 'ramp', setting });
            await this.#runRamp(shape, setting, repeat);
            if (signal.aborted)
                return;
        }
        this.#complete = true;
    }
    /** What was measured so far. */
    result() {
        const { repeats, secondsPerRun, seed, temperature, outputTokens, prompts, rampSeconds } = this.#options;
        const { idleLatencyMs, saturationRps } = this.#calibration;
        const cells = this.#cells.map((cell) => cellRecord(cell, this.#settings, this.#runs, repeats));
        const shape = rampSeconds === undefined ? undefined : rampShape(saturationRps, rampSeconds);
        const ramp = shape === undefined || this.#rampRuns.length === 0
            ? null
            : {
                duration_s: shape.durationS,
                low_rps: shape.lowRps,
                peak_rps: shape.peakRps,
                runs: this.#rampRuns,
                windows: rampWindows(this.#rampRuns, shape.durationS),
            };
        return {
            schema: COMPARE_SCHEMA,
            complete: this.#complete,
            started_at: this.#startedAt.toISOString(),
            duration_s: (performance.now() - this.#startMs) / 1000,
            version: this.#options.version,
            machine: this.#machine,
            server: {
                model: this.#model,
                parallel: this.#parallel,
                proposers: this.#proposers,
                flags: this.#options.serverFlags,
            },
            options: {
                repeats,
                seconds_per_run: secondsPerRun,
                seed,
                temperature,
                output_len: outputTokens,
                tasks: [...new Set(prompts.map(({ task }) => task))],
                with_suffix: this.#options.withSuffix,
            },
            calibration: { idle_latency_ms: idleLatencyMs, saturation_rps: saturationRps },
            settings: this.#settings.map((setting) => ({
                name: setting.name,
                speculation: this.#fieldOf(setting),
            })),
            verdicts: verdicts(cells, this.#runs, ramp),
            cells,
            runs: this.#runs,
            ramp,
        };
    }
    #fieldOf(setting) {
        return speculationField(setting, this.#proposers);
    }
    #refuseMissing() {
        if (this.#proposers.length === 0 && this.#options.rampSeconds !== undefined)
            throw new ForetokenError('invalid_option', '--ramp compares auto with off, and nothing guesses there.', {
                param: 'ramp',
            });
        for (const { name, kind, proposer } of this.#settings) {
            const missing = kind === 'auto'
                ? this.#proposers.length === 0
                : kind === 'fixed' && !this.#proposers.includes(proposer);
            if (!missing)
                continue;
            const why = proposer === 'suffix' ? 'suffix takes part only with --with-suffix' : 'the server has nothing for it';
            const here = this.#proposers.length === 0 ? 'nothing guesses there' : `there guess ${this.#proposers.join(', ')}`;
            throw new ForetokenError('invalid_option', `--settings: ${name} cannot run: ${why} (${here}).`, {
                param: 'settings',
            });
        }
    }
    /** Everything that runs share; prompts and load are each run's own. */
    #benchmark(setting, load) {
        const { server, temperature, signal } = this.#options;
        return runBenchmark({
            baseUrl: server.baseUrl,
            endpoint: '/v1/chat/completions',
            model: this.#model,
            ...(server.apiKey === undefined ? {} : { apiKey: server.apiKey }),
            burstiness: 1,
            warmups: 0,
            temperature,
            ignoreEos: false,
            extraBody: { speculation: setting === 'off' ? 'off' : this.#fieldOf(setting) },
            signal,
            ...load,
        });
    }
    /** From the end of the pool, where the matrix does not get to. */
    #sparePrompts(count) {
        const { prompts } = this.#options;
        return Array.from({ length: count }, (_, index) => prompts.at(-1 - (index % prompts.length)));
    }
    /** The planner learns here what it will know in use; a setting that cannot run is found before the long part. */
    async #warmUp(setting) {
        const load = { requestRate: Infinity, maxConcurrency: this.#parallel, seed: this.#options.seed };
        const run = await this.#benchmark(setting, { prompts: this.#sparePrompts(2 * this.#parallel), ...load });
        const error = run.outcomes.find((outcome) => outcome.error !== undefined)?.error;
        if (error !== undefined && !this.#options.signal.aborted)
            throw new ForetokenError('server_unreachable', `With the setting ${setting.name} the server fails: ${error}.`, {
                param: 'settings',
            });
    }
    async #calibrate() {
        const { seed, secondsPerRun, signal, prompts } = this.#options;
        const tasks = new Set(prompts.map(({ task }) => task)).size;
        const load = { requestRate: Infinity, seed };
        const idle = await this.#benchmark('off', {
            prompts: this.#sparePrompts(2 * tasks),
            maxConcurrency: 1,
            ...load,
        });
        const idleLatencyMs = idle.durationMs / idle.outcomes.length;
        const count = Math.max(4 * this.#parallel, Math.round((1000 * secondsPerRun) / idleLatencyMs));
        const full = await this.#benchmark('off', {
            prompts: this.#sparePrompts(Math.min(count, 1000)),
            maxConcurrency: this.#parallel,
            ...load,
        });
        const error = [...idle.outcomes, ...full.outcomes].find((outcome) => outcome.error !== undefined)?.error;
        if (error !== undefined && !signal.aborted)
            throw new ForetokenError('server_unreachable', `The server fails without speculation: ${error}.`);
        return { idleLatencyMs, saturationRps: (1000 * full.outcomes.length) / full.durationMs };
    }
    async #settle() {
        const { server } = this.#options;
        await server.untilIdle();
        await server.forgetPrompts(this.#parallel);
        await server.untilIdle();
    }
    async #runBlock({ cell, repeat, setting, seed }) {
        const { server, prompts, signal } = this.#options;
        await this.#settle();
        const planned = setting.kind === 'auto' ? lastStep(await server.plans()) : -1;
        const before = await server.stats(this.#model);
        const startedMs = performance.now() - this.#startMs;
        const run = await this.#benchmark(setting, {
            prompts: promptsOf(cell, repeat, prompts),
            requestRate: cell.requestRate ?? Infinity,
            maxConcurrency: cell.kind === 'idle' ? 1 : undefined,
            seed,
        });
        if (signal.aborted)
            return;
        await server.untilIdle();
        const after = await server.stats(this.#model);
        const errors = run.outcomes.flatMap(({ error }) => error ?? []);
        this.#runs.push({
            cell: cell.id,
            setting: setting.name,
            repeat,
            started_s: startedMs / 1000,
            summary: summarise(run, { percentiles: [99], metrics: METRICS }),
            cached_prompt_tokens: sum(run.outcomes.map(({ usage }) => cachedTokens(usage))),
            texts_differ: this.#textsThatDiffer(`${cell.id}\n${repeat}`, run),
            engine: engineFigures(before, after),
            plans: setting.kind === 'auto' ? planFigures(await server.plans(), planned) : null,
            errors: groupedErrors(errors),
        });
    }
    #textsThatDiffer(key, { outcomes }) {
        const texts = outcomes.map(({ text, error }) => (error === undefined ? text : undefined));
        const known = this.#texts.get(key);
        if (known === undefined) {
            this.#texts.set(key, texts);
            return 0;
        }
        return texts.filter((text, index) => text !== undefined && known[index] !== undefined && text !== known[index]).length;
    }
    #rampBlocks() {
        const { repeats, seed } = this.#options;
        return Array.from({ length: repeats }, (_, repeat) => new Random(seedOf(seed, 'ramp order', repeat))
            .shuffled([
            'off',
            'auto',
            ...this.#settings.map(({ name }) => name).filter((name) => name === 'control'),
        ])
            .map((setting) => ({ setting, repeat }))).flat();
    }
    async #runRamp(shape, setting, repeat) {
        const { server, prompts, seed, signal } = this.#options;
        await this.#settle();
        const record = await runRamp({
            shape,
            setting,
            repeat,
            stats: () => server.stats(this.#model),
            parallel: this.#parallel,
            saturationRps: this.#calibration.saturationRps,
            seed: seedOf(seed, 'ramp', repeat),
            promptsFor: (count) => promptsOf({ task: 'all', requests: count }, repeat, prompts),
            benchmark: (load) => this.#benchmark(parseSetting(setting), load),
        });
        if (!signal.aborted)
            this.#rampRuns.push(record);
    }
}
/** OpenAI's field; 0 where the server does not tell. */
function cachedTokens(usage) {
    const details = usage
        ?.prompt_tokens_details;
    return typeof details?.cached_tokens === 'number' ? details.cached_tokens : 0;
}
//# sourceMappingURL=compare.js.map