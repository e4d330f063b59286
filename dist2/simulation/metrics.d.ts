import type { RequestEvent, StepReport } from '../engine/types.js';
import type { SimModel } from './sim-model.js';
import type { SimRequest, Workload } from './workload.js';
export interface Spread {
    readonly mean: number;
    readonly p50: number;
    readonly p99: number;
}
/** A stretch of the run. */
export interface Stretch {
    readonly startMs: number;
    readonly endMs: number;
    /** Tokens committed per second of the engine's work. */
    readonly tokenGoodput: number;
    /** Guesses verified for a request in a step. */
    readonly meanLength: number;
    /** Accepted over verified guesses; 0 where there were none. */
    readonly acceptance: number;
    readonly meanRunning: number;
}
export interface TaskMetrics {
    readonly task: string;
    readonly requests: number;
    readonly latencyMs: Spread;
    readonly tpotMs: Spread;
    readonly acceptance: number;
}
export interface SimMetrics {
    readonly policy: string;
    readonly requests: number;
    readonly outputTokens: number;
    /** From the first arrival to the last token, and of that the engine at work. */
    readonly seconds: number;
    readonly busySeconds: number;
    /** Tokens committed per second of the engine's work. */
    readonly tokenGoodput: number;
    /** From arrival to last token. */
    readonly latencyMs: Spread;
    readonly ttftMs: Spread;
    /** Per request, (latency - time to first token) / (tokens - 1). */
    readonly tpotMs: Spread;
    readonly steps: number;
    readonly draftTokens: number;
    readonly acceptedTokens: number;
    readonly acceptance: number;
    /** [k]: how often a request had k guesses verified in a step. */
    readonly lengths: readonly number[];
    readonly stretches: readonly Stretch[];
    readonly tasks: readonly TaskMetrics[];
    /** Real time: the engine's own work (plan, books, sampling) in microseconds a step, as this machine runs it. */
    readonly engineUsPerStep: number;
    /** |predicted / actual - 1| of the time of steps, as far as they were foretold; 0 where none was. */
    readonly predictionError: {
        readonly p50: number;
        readonly p90: number;
    };
}
export interface StepNote {
    readonly startMs: number;
    readonly endMs: number;
    readonly tokens: number;
    readonly decodes: number;
    readonly draftTokens: number;
    readonly acceptedTokens: number;
    readonly running: number;
    /** Whether prompts were computed in it. */
    readonly prefill: boolean;
}
/** Follows a run, and checks as it goes that every request gets its own text and one ending. */
export declare class Progress {
    #private;
    constructor(workload: Workload, model: SimModel);
    get inFlight(): number;
    arrived(item: SimRequest): void;
    /** Runs one step of the engine and notes what it came to. */
    step(run: () => StepReport): StepNote;
    told({ id, tokens, finish }: RequestEvent): void;
    metrics(policy: string): SimMetrics;
}
