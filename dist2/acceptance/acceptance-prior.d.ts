import type { GuessSource } from '../speculation/proposal.js';
export declare const SOURCES: readonly ["lookup", "suffix", "draft", "alternative", "grammar"];
/** Positions told apart; later ones are as the last. */
export declare const POSITIONS = 16;
export interface SourcePrior {
    /** [position] P(stands | all before it stand) when its signal is not known yet. */
    readonly byPosition: readonly number[];
    /** [bin] least signal. */
    readonly bins: readonly number[];
    /** Whether a greater signal speaks for or against the guess. */
    readonly trend: 'rising' | 'falling';
    /** [class of positions * bins + bin] P(stands | all before it stand, signal). */
    readonly bySignal: readonly number[];
}
export declare const PRIORS: Readonly<Record<GuessSource, SourcePrior>>;
/** Cell of a position; any number is taken for the nearest position there is. */
export declare function positionCell(position: number): number;
/** Cell of a signal at a position; what is no number counts as the least signal. */
export declare function signalCell(bins: readonly number[], position: number, signal: number): number;
