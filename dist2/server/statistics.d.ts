/**
 * What the server counts of its engines, in one place: `/metrics`, `/v1/stats` and its events are views of these sums,
 * so that they cannot contradict each other. Steps come hundreds of times a second beside the model: they are added
 * up in plain numbers, and everything else waits until somebody asks.
 */
import { Ring } from '../base/ring.js';
import { type GuessCounts } from '../engine/guess-counts.js';
import type { NotSpeculated, RequestRecord } from '../engine/request-record.js';
import type { EngineHandle, FinishReason, StepReport } from '../engine/types.js';
import type { ListedModel } from './further-models.js';
/** Steps whose predicted time is compared with that measured. */
export declare const ERROR_STEPS = 1024;
/** Sums over steps and ended requests. */
export declare class Sums {
    steps: number;
    stepMs: number;
    targetMs: number;
    draftMs: number;
    /** Of the steps: outside all decodes. */
    outsideMs: number;
    planMs: number;
    targetDecodes: number;
    draftDecodes: number;
    /** A request counts once for each step in which it decodes. */
    decodingRequests: number;
    /** Steps that decoded and verified no guess. */
    stepsWithoutGuesses: number;
    batchTokens: number;
    prefillTokens: number;
    committedTokens: number;
    drafts: number;
    preemptions: number;
    proposerErrors: number;
    /** Times that the books of the KV cache were wrong. */
    booksMended: number;
    readonly guesses: GuessCounts;
    readonly requests: Partial<Record<FinishReason, number>>;
    promptTokens: number;
    cachedTokens: number;
    outputTokens: number;
    readonly notSpeculated: Partial<Record<NotSpeculated, number>>;
    addStep(report: StepReport): void;
    addRequest({ reason, notSpeculated, statistics }: RequestRecord): void;
    add(more: Sums): void;
}
/** Part of a step outside all decodes, milliseconds. */
export declare const outsideMs: ({ stepMs, targetMs, draftMs }: StepReport) => number;
/** Milliseconds of a request on the engine's clock; undefined where it wrote too little to have them. */
export interface Latency {
    readonly ttftMs: number;
    readonly tpotMs: number | undefined;
    readonly e2elMs: number;
}
/** Undefined for a request that wrote nothing. */
export declare function latencyOf({ statistics }: RequestRecord): Latency | undefined;
export interface EndedRequest {
    /** Seconds since 1970. */
    readonly endedAt: number;
    readonly record: RequestRecord;
}
/** Of one model, also over times when it was unloaded. */
export declare class EngineStatistics {
    #private;
    readonly total: Sums;
    /** The newest last. */
    readonly latest: Ring<EndedRequest>;
    latestStep: StepReport | undefined;
    constructor(now: () => number);
    stepEnded(report: StepReport): void;
    booksMended(): void;
    requestEnded(record: RequestRecord): void;
    lastMinute(): Sums;
    /** Of the latest requests, or of those of the last minute. */
    latencies(ofLastMinute: boolean): readonly Latency[];
    get errors(): readonly number[];
}
/** What happens in any engine, for those who count it in their own way. */
export interface StatisticsListener {
    stepEnded(model: string, report: StepReport): void;
    requestEnded(model: string, record: RequestRecord): void;
}
export declare class ServerStatistics {
    #private;
    /** @param wants whether listeners are to have the tokens of ended requests */
    constructor(wants: {
        readonly tokens: boolean;
    }, now?: () => number);
    /** Counts what an engine does from now on. */
    watch(model: string, engine: EngineHandle): void;
    listen(listener: StatisticsListener): void;
    of(model: string): EngineStatistics;
    /** Over all models. */
    total(): Sums;
    /** Of all models' latest steps. */
    errors(): readonly number[];
}
/** The models of a server, the first one first. */
export type ListModels = () => readonly ListedModel[];
