/**
 * What the server counts of its engines, in one place: `/metrics`, `/v1/stats` and its events are views of these sums,
 * so that they cannot contradict each other. Steps come hundreds of times a second beside the model: they are added
 * up in plain numbers, and everything else waits until somebody asks.
 */
import { Ring } from '../base/ring.js';
import { addGuesses } from '../engine/guess-counts.js';
/** Steps whose predicted time is compared with that measured. */
export const ERROR_STEPS = 1024;
/** Ended requests whose latencies are kept. */
const LATENCIES = 4096;
/** Ended requests that are kept whole. */
const LATEST_REQUESTS = 32;
const SECONDS = 60;
/** Sums over steps and ended requests. */
export class Sums {
    steps = 0;
    stepMs = 0;
    targetMs = 0;
    draftMs = 0;
    /** Of the steps: outside all decodes. */
    outsideMs = 0;
    planMs = 0;
    targetDecodes = 0;
    draftDecodes = 0;
    /** A request counts once for each step in which it decodes. */
    decodingRequests = 0;
    /** Steps that decoded and verified no guess. */
    stepsWithoutGuesses = 0;
    batchTokens = 0;
    prefillTokens = 0;
    committedTokens = 0;
    drafts = 0;
    preemptions = 0;
    proposerErrors = 0;
    /** Times that the books of the KV cache were wrong. */
    booksMended = 0;
    guesses = {};
    requests = {};
    promptTokens = 0;
    cachedTokens = 0;
    outputTokens = 0;
    notSpeculated = {};
    addStep(report) {
        this.steps += 1;
        this.stepMs += report.stepMs;
        this.targetMs += report.targetMs;
        this.draftMs += report.draftMs;
        this.outsideMs += outsideMs(report);
        this.planMs += report.planMs;
        this.targetDecodes += report.targetDecodes;
        this.draftDecodes += report.draftDecodes;
        this.decodingRequests += report.decodingRequests;
        if (report.draftTokens === 0 && report.committedTokens > 0)
            this.stepsWithoutGuesses += 1;
        this.batchTokens += report.batchTokens;
        this.prefillTokens += report.prefillTokens;
        this.committedTokens += report.committedTokens;
        this.drafts += report.drafts;
        this.preemptions += report.preemptions;
        this.proposerErrors += report.proposerErrors.length;
        addGuesses(this.guesses, report.guesses);
    }
    addRequest({ reason, notSpeculated, statistics }) {
        addCounts(this.requests, { [reason]: 1 });
        this.promptTokens += statistics.promptTokens;
        this.cachedTokens += statistics.cachedTokens;
        this.outputTokens += statistics.outputTokens;
        if (notSpeculated !== undefined)
            addCounts(this.notSpeculated, { [notSpeculated]: 1 });
    }
    add(more) {
        addNumbers(this, more);
        addGuesses(this.guesses, more.guesses);
        addCounts(this.requests, more.requests);
        addCounts(this.notSpeculated, more.notSpeculated);
    }
}
const NUMBERS = Object.entries(new Sums()).flatMap(([name, value]) => typeof value === 'number' ? [name] : []);
function addNumbers(sum, more) {
    for (const name of NUMBERS)
        sum[name] += more[name];
}
function addCounts(sum, more) {
    for (const [name, count] of Object.entries(more))
        sum[name] = (sum[name] ?? 0) + (count ?? 0);
}
/** Part of a step outside all decodes, milliseconds. */
export const outsideMs = ({ stepMs, targetMs, draftMs }) => Math.max(0, stepMs - targetMs - draftMs);
/** Undefined for a request that wrote nothing. */
export function latencyOf({ statistics }) {
    const { queueMs, prefillMs, decodeMs, outputTokens } = statistics;
    if (outputTokens === 0)
        return undefined;
    const ttftMs = queueMs + prefillMs;
    return {
        ttftMs,
        tpotMs: outputTokens > 1 ? decodeMs / (outputTokens - 1) : undefined,
        e2elMs: ttftMs + decodeMs,
    };
}
/** Of one model, also over times when it was unloaded. */
export class EngineStatistics {
    total = new Sums();
    /** The newest last. */
    latest = new Ring(LATEST_REQUESTS);
    latestStep;
    #now;
    /** By the second modulo `SECONDS`. */
    #seconds = new Map();
    #latencies = new Ring(LATENCIES);
    /** |predicted / measured - 1| of the times of steps. */
    #errors = new Ring(ERROR_STEPS);
    constructor(now) {
        this.#now = now;
    }
    stepEnded(report) {
        this.total.addStep(report);
        this.#second().addStep(report);
        this.latestStep = report;
        const { predictedMs, stepMs } = report;
        if (predictedMs !== undefined && stepMs > 0)
            this.#errors.push(Math.abs(predictedMs / stepMs - 1));
    }
    booksMended() {
        this.total.booksMended += 1;
        this.#second().booksMended += 1;
    }
    requestEnded(record) {
        this.total.addRequest(record);
        this.#second().addRequest(record);
        // Its tokens would be kept for longer than anybody asks.
        this.latest.push({ endedAt: Date.now() / 1000, record: { ...record, tokens: undefined } });
        const latency = latencyOf(record);
        if (latency !== undefined)
            this.#latencies.push({ ...latency, atMs: this.#now() });
    }
    lastMinute() {
        const sums = new Sums();
        const now = this.#secondNow();
        for (const one of this.#seconds.values())
            if (now - one.second < SECONDS)
                sums.add(one.sums);
        return sums;
    }
    /** Of the latest requests, or of those of the last minute. */
    latencies(ofLastMinute) {
        const all = this.#latencies.toArray();
        const sinceMs = this.#now() - 1000 * SECONDS;
        return ofLastMinute ? all.filter(({ atMs }) => atMs > sinceMs) : all;
    }
    get errors() {
        return this.#errors.toArray();
    }
    #secondNow() {
        return Math.floor(this.#now() / 1000);
    }
    #second() {
        const second = this.#secondNow();
        const at = second % SECONDS;
        const known = this.#seconds.get(at);
        if (known?.second === second)
            return known.sums;
        const sums = new Sums();
        this.#seconds.set(at, { second, sums });
        return sums;
    }
}
export class ServerStatistics {
    #models = new Map();
    #listeners = [];
    #wants;
    #now;
    /** @param wants whether listeners are to have the tokens of ended requests */
    constructor(wants, now = () => performance.now()) {
        this.#wants = wants;
        this.#now = now;
    }
    /** Counts what an engine does from now on. */
    watch(model, engine) {
        const statistics = this.of(model);
        engine.onStep((report) => {
            statistics.stepEnded(report);
            for (const listener of this.#listeners)
                listener.stepEnded(model, report);
        });
        engine.onBooksMended(() => {
            statistics.booksMended();
        });
        engine.onRequestEnd((record) => {
            statistics.requestEnded(record);
            for (const listener of this.#listeners)
                listener.requestEnded(model, record);
        }, this.#wants);
    }
    listen(listener) {
        this.#listeners.push(listener);
    }
    of(model) {
        let statistics = this.#models.get(model);
        if (statistics === undefined)
            this.#models.set(model, (statistics = new EngineStatistics(this.#now)));
        return statistics;
    }
    /** Over all models. */
    total() {
        const sums = new Sums();
        for (const { total } of this.#models.values())
            sums.add(total);
        return sums;
    }
    /** Of all models' latest steps. */
    errors() {
        return [...this.#models.values()].flatMap(({ errors }) => errors);
    }
}
//# sourceMappingURL=statistics.js.map