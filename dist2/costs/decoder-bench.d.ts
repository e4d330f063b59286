import type { Decoder } from '../decoder/decoder.js';
import type { Sample } from './median-polish.js';
/** [round] the largest size that it measures: guesses are few, so small sizes are known best. */
export declare const ROUNDS: readonly number[];
export interface DecoderBenchOptions {
    /** Milliseconds on a clock of any origin. */
    readonly now: () => number;
    /** Time to spend; one decode may go beyond it. */
    readonly budgetMs: number;
    /** Tokens up to which all have their logits computed; of more only the last one. */
    readonly allOutputs: number;
    /** Whether a token is chosen from each row of logits, and counts as part of the decode. */
    readonly chooses: boolean;
    /** Begins the names of the samples. */
    readonly name: string;
}
export interface Context {
    readonly msPerTokenCell: number;
    /** Tokens that filled the cache at once, only the last with its logits. */
    readonly cells: number;
    /** What filling it took. */
    readonly ms: number;
}
export declare class DecoderBench {
    #private;
    /** Times of sizes; named by `nameOf`. */
    readonly samples: Sample[];
    constructor(decoder: Decoder, options: DecoderBenchOptions);
    /** The sizes that have been timed, in ascending order. */
    get sizes(): number[];
    /** How often a size has been timed. */
    timesOf(size: number): number;
    /** How samples of a size are named. @param again after a decode of the same size, not of another */
    nameOf(size: number, again: boolean): string;
    /**
     * One token alone, as all else is planned by what it takes: it must not be one hiccup. The first decode says
     * nothing of a change of size, and may be slow for reasons of its own.
     */
    begin(): void;
    /**
     * One round of sizes, as far as the time goes.
     * @param before what is done before each size, the `first` of the round or another, to have the processor's caches
     *   as they are when steps run
     */
    sweep(round: number, before?: (first: boolean) => void): void;
    /** One token after another model has run. */
    disturbed(round: number): void;
    /** How the samples of `disturbed` are named. */
    get disturbedName(): string;
    /** Fills some context, compares the same sizes with and without it, and gives what filling it took. */
    measureContext(): Context | undefined;
    /** What a token takes less when nobody wants its logits. */
    measureOutputs(): number;
    /** What one token takes, as far as known. */
    get oneMs(): number | undefined;
    /**
     * Milliseconds of a decode of `size` tokens of one sequence, the logits' way back included; undefined when it
     * failed or the clock jumped back.
     * @param from cells that the sequence holds already
     * @param stay leave the tokens in the cache
     */
    time(size: number, { outputs, from, stay, }?: {
        outputs?: 'all' | 'last';
        from?: number;
        stay?: boolean;
    }): number | undefined;
    /** Leaves the decoder as it was found. */
    end(): void;
}
