/**
 * The parts of the guessing policy that can be switched off one by one (`EngineOptions.speculation.without`), so that
 * each can be shown to earn its place: `foretoken simulate --ablate`.
 */
export declare const MECHANISMS: readonly ["exploration", "optimism", "search backoff", "continuation", "selection", "cost learning"];
export type Mechanism = (typeof MECHANISMS)[number];
