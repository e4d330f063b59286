/** What a Foretoken server tells of a model at `/v1/stats`, read field by field. */
/** Guesses by position in the draft. */
interface Guesses {
    readonly drafted: readonly number[];
    readonly accepted: readonly number[];
}
/** Sums since the server's start. */
export interface StatsTotals extends Readonly<Record<(typeof NUMBERS)[number], number>> {
    readonly proposers: Readonly<Record<string, Guesses>>;
}
export interface ModelStats {
    /** What can guess. */
    readonly proposers: readonly string[];
    readonly inFlight: number;
    readonly stepTimeError: {
        readonly median: number;
        readonly p90: number;
    } | null;
    readonly total: StatsTotals;
}
declare const NUMBERS: ("drafts" | "steps" | "draft_tokens" | "accepted_tokens" | "step_ms" | "target_ms" | "draft_ms" | "outside_ms" | "planning_ms" | "decoding_requests" | "steps_without_guesses" | "committed_tokens")[];
/** Undefined where the body is not that of such a server, or the model is not loaded there. */
export declare function readStats(body: unknown, model: string): ModelStats | undefined;
/** What the sums grew by. */
export declare function grown(before: StatsTotals, after: StatsTotals): StatsTotals;
/** Guesses for a request in a step, on average; 0 where none were made. */
export declare const meanLength: ({ draft_tokens: guesses, decoding_requests: decoding }: StatsTotals) => number;
export declare const isObject: (value: unknown) => value is Readonly<Record<string, unknown>>;
export {};
