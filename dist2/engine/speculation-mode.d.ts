/**
 * What may be guessed for a request: its wish within what the engine allows. And how a mode of speculation is written,
 * on the command line and in requests alike: `auto`, `off`, `fixed:K`.
 */
/** `auto` lets goodput decide at every step, `fixed` always guesses the same number, `off` none. */
export type SpeculationMode = 'auto' | 'off' | 'fixed';
/**
 * What may guess: the request's own text, earlier outputs, the request's grammar, the draft model; `tree` tries second choices of the
 * draft and a looked-up text beside its first (one pool of KV cells only).
 */
export declare const PROPOSERS: readonly ["lookup", "suffix", "grammar", "draft", "tree"];
export type ProposerName = (typeof PROPOSERS)[number];
/** A request's own wish; what is undefined is as the engine's options say. */
export interface SpeculationWish {
    readonly mode: SpeculationMode | undefined;
    /** `fixed`: guesses a step; `auto`: most guesses a step. */
    readonly length: number | undefined;
    /** Those of the engine's proposers that may guess. */
    readonly proposers: readonly ProposerName[] | undefined;
}
export declare const AS_THE_ENGINE: SpeculationWish;
/** Why nothing is ever guessed for a request, as is known from its beginning. */
export type NeverSpeculated = 'off for this server' | 'off by request' | 'the model cannot take back tokens' | 'no proposer can guess here' | 'none of the proposers that it allows can guess here';
export interface AllowedSpeculation {
    readonly mode: SpeculationMode;
    /** As `SpeculationWish.length`, where the request does not say. */
    readonly length: number;
    readonly proposers: readonly ProposerName[];
    /** Set when nothing is guessed, whatever the mode. */
    readonly never: NeverSpeculated | undefined;
}
/** @param able what can guess in the engine, and whether its model can take guesses back */
export declare function allowedSpeculation(wish: SpeculationWish, options: {
    readonly mode: SpeculationMode;
    readonly length: number;
}, able: {
    readonly proposers: readonly ProposerName[];
    readonly canTruncate: boolean;
}): AllowedSpeculation;
/** Most guesses a step that can be asked for. */
export declare const MOST_GUESSES = 64;
export interface WrittenMode {
    readonly mode: SpeculationMode;
    /** `fixed`: guesses a step; undefined for the others. */
    readonly length: number | undefined;
}
/** Undefined for what is no mode; `allowedModes` then says what is. */
export declare function parseMode(text: string): WrittenMode | undefined;
/** The mode as `parseMode` reads it. */
export declare const modeText: ({ mode, length }: WrittenMode) => string;
/** What a mode may be, with a hint at what was likely meant by what was given instead. */
export declare function allowedModes(given: unknown): string;
