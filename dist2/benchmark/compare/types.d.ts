/**
 * The result file of `foretoken bench compare`, which the report is drawn from. Names as in benchmark result files:
 * snake_case, `_ms` for milliseconds, `_s` for seconds. JSON has no infinity: a rate without limit is `"inf"`.
 */
import type { Ratio } from '../statistics.js';
import type { Summary } from '../summary.js';
export declare const COMPARE_SCHEMA = "foretoken-compare/1";
/** What the engine counted during one run. Seconds are those of its steps, not of the client's clock. */
export interface EngineFigures {
    readonly steps: number;
    readonly step_s: number;
    readonly target_s: number;
    readonly draft_s: number;
    /** Of the steps: outside all decodes (planning, sampling, bookkeeping). */
    readonly outside_s: number;
    /** Of these: choosing how much to guess. */
    readonly plan_s: number;
    readonly committed_tokens: number;
    /** Committed tokens per second of steps: what the engine does when it has work. */
    readonly token_goodput: number;
    readonly drafts: number;
    readonly draft_tokens: number;
    readonly accepted_tokens: number;
    /** [p] drafts whose token at position p was accepted. */
    readonly accepted_per_position: readonly number[];
    /** Guesses for a request in a step, on average; 0 where none were made. */
    readonly mean_length: number;
    /** At the end of the run, over the latest 1,024 steps, also those of runs before; null where not told. */
    readonly latency_model_error: {
        readonly median: number;
        readonly p90: number;
    } | null;
    /** Steps that decoded and verified no guess. */
    readonly steps_without_guesses: number;
    /** Tokens drafted and accepted, by what guessed them. */
    readonly sources: Readonly<Record<string, {
        readonly drafted: number;
        readonly accepted: number;
    }>>;
}
/** What the planner chose in the latest steps of an `auto` run, up to 256. */
export interface PlanFigures {
    readonly steps: number;
    /** By source (`none`, `lookup`, `draft`, ...): [length] how often that many were to be guessed for a request. */
    readonly lengths: Readonly<Record<string, readonly number[]>>;
    /** Of |predicted / actual - 1| of the time of these steps. */
    readonly latency_error_median: number | null;
    readonly latency_error_p90: number | null;
}
/** One setting under one load. */
export interface RunRecord {
    readonly cell: string;
    readonly setting: string;
    readonly repeat: number;
    /** Seconds from the start of the comparison. */
    readonly started_s: number;
    /** As `foretoken bench` has them, latencies with their 99th percentile. */
    readonly summary: Summary;
    readonly cached_prompt_tokens: number;
    /** Answers whose text differs from that of the cell's first setting; 0 unless texts depend on the setting. */
    readonly texts_differ: number;
    readonly engine: EngineFigures;
    readonly plans: PlanFigures | null;
    readonly errors: readonly {
        readonly error: string;
        readonly count: number;
    }[];
}
declare const LATENCIES: readonly ["mean", "median", "p99"];
type LatencyKey = `${(typeof LATENCIES)[number]}_${'e2el' | 'ttft' | 'tpot'}_ms`;
export declare const LATENCY_KEYS: ("mean_ttft_ms" | "mean_tpot_ms" | "mean_e2el_ms" | "median_ttft_ms" | "median_tpot_ms" | "median_e2el_ms" | "p99_ttft_ms" | "p99_tpot_ms" | "p99_e2el_ms")[];
/** A setting in a cell: means over the repeats in which nothing failed, null where there is none. */
export interface SettingFigures extends Readonly<Record<LatencyKey, number | null>> {
    readonly setting: string;
    readonly repeats: number;
    readonly failed: number;
    /** Output tokens a second of the client's clock, waiting for arrivals included. */
    readonly output_throughput: number | null;
    /** Committed tokens a second of engine steps, over all repeats. */
    readonly token_goodput: number | null;
    /** Accepted of the drafted tokens, in percent, over all repeats; null where nothing was drafted. */
    readonly acceptance_rate: number | null;
    readonly mean_length: number | null;
}
export interface RatioRecord extends Ratio {
    readonly setting: string;
}
export interface CellRecord {
    readonly id: string;
    readonly kind: 'rate' | 'idle';
    readonly task: string;
    readonly request_rate: number | 'inf' | null;
    readonly requests: number;
    readonly figures: readonly SettingFigures[];
    /** The setting other than `auto` with the lowest mean latency over all repeats, known only in hindsight. */
    readonly best: string | null;
    /** Mean E2EL of each setting over that of `off`, by repeats: below 1 is faster. */
    readonly to_off: readonly RatioRecord[];
    /** `auto` over the best; null where one of them has not run. */
    readonly auto_to_best: Ratio | null;
}
/** What was asked, and what became of it. */
export interface Verdict {
    readonly id: string;
    readonly claim: string;
    /** Null: not enough was measured to say. */
    readonly holds: boolean | null;
    readonly detail: string;
}
/** One second of a ramp, as the server counted it. */
export interface RampSample {
    readonly at_s: number;
    readonly committed_tokens_per_s: number;
    readonly mean_length: number;
    readonly in_flight: number;
}
export interface RampRunRecord {
    readonly setting: string;
    readonly repeat: number;
    readonly failed: number;
    readonly duration_s: number;
    /** From the moment when arrivals fall below saturation until nothing waits any more. */
    readonly recovery_s: number;
    readonly samples: readonly RampSample[];
    /** [request, sent_s, tpot_ms, e2el_ms] in the order of arrival; tpot null for answers of one token. */
    readonly requests: readonly (readonly [sentS: number, tpotMs: number | null, e2elMs: number])[];
}
/** Requests sent within a second around a moment, over all repeats. */
export interface RampWindow {
    readonly at_s: number;
    readonly requests: number;
    /** By setting. */
    readonly p99_tpot_ms: Readonly<Record<string, number | null>>;
}
export interface RampRecord {
    readonly duration_s: number;
    readonly low_rps: number;
    readonly peak_rps: number;
    readonly runs: readonly RampRunRecord[];
    readonly windows: readonly RampWindow[];
}
export interface MachineRecord {
    readonly processor: string;
    readonly cores: number;
    readonly memory_gib: number;
    readonly system: string;
    readonly node: string;
    readonly load_average_before: number;
}
export interface CompareResult {
    readonly schema: typeof COMPARE_SCHEMA;
    /** False: ended early; what is here was measured all the same. */
    readonly complete: boolean;
    readonly started_at: string;
    readonly duration_s: number;
    readonly version: string;
    readonly machine: MachineRecord;
    readonly server: {
        readonly model: string;
        readonly parallel: number;
        readonly proposers: readonly string[];
        /** Flags it was started with; null where it ran already. */
        readonly flags: readonly string[] | null;
    };
    readonly options: {
        readonly repeats: number;
        readonly seconds_per_run: number;
        readonly seed: number;
        readonly temperature: number;
        readonly output_len: number;
        readonly tasks: readonly string[];
        readonly with_suffix: boolean;
    };
    readonly calibration: {
        readonly idle_latency_ms: number;
        readonly saturation_rps: number;
    };
    readonly settings: readonly {
        readonly name: string;
        readonly speculation: unknown;
    }[];
    readonly verdicts: readonly Verdict[];
    readonly cells: readonly CellRecord[];
    readonly runs: readonly RunRecord[];
    readonly ramp: RampRecord | null;
}
export {};
