/** What became of a step. */
export interface StepSeen {
    /** [request that goes on] how many of its guesses were accepted. */
    readonly accepted: readonly number[];
    /** Tokens committed, and what the step took. */
    readonly tokens: number;
    readonly ms: number;
}
export interface LengthController {
    /** Guesses for each request in the step that comes. */
    next(): number;
    /** @param length that the step had, as `next` gave it */
    learn(length: number, seen: StepSeen): void;
}
/**
 * The controller of Ollama's MLX runner (x/mlxrunner/speculate_depth.go, 2026-08): the length N with the most expected
 * tokens over expected cost. Costs are moving averages by length, straight lines between, taken only of steps as long as
 * the one before. Acceptance is a moving average by position; one that was reached fewer than ten times has that of the
 * position before it, 1 at first, and nothing longer than one beyond the trusted ones is chosen. Each length gets one
 * sample of its cost first. It has no exploration but a probe, one longer than its choice, every 4 steps, and half as
 * often after each that changes nothing, down to every 512. It was made for one request at a time: with several, each
 * request's guesses are samples of acceptance.
 */
export declare class ExpectedValueController implements LengthController {
    #private;
    /** @param most guesses in a row */
    constructor(most: number);
    next(): number;
    learn(length: number, { accepted, ms }: StepSeen): void;
}
/**
 * The tuner behind `--spec-autotune` of ik_llama.cpp (common/spec-tuner.cpp, 2026-08): epsilon-greedy over lengths, whose
 * reward is the tokens a second of the step, averaged over all its steps; everything is forgotten when thirty steps in a
 * row are 30 % slower than a moving average. Its lengths begin with 0, as they do there for DFlash. Not modelled: what it
 * tunes beside, by the same rule (the draft's least probability, the least number of guesses), and that each of the
 * server's slots has a tuner of its own; here all requests teach one.
 */
export declare class EpsilonGreedyTuner implements LengthController {
    #private;
    constructor(most: number, seed: number);
    next(): number;
    learn(length: number, { tokens, ms }: StepSeen): void;
}
