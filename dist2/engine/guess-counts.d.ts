import type { NodeSource, Proposal } from '../speculation/proposal.js';
/** [position in the draft] guesses that were verified, and those of them that were accepted. */
export interface GuessCount {
    readonly drafted: number[];
    readonly accepted: number[];
}
export type GuessCounts = Partial<Record<NodeSource, GuessCount>>;
/** Adds what was verified. @param path the accepted nodes of the proposal, from the root on */
export declare function countGuesses(counts: GuessCounts, proposal: Proposal, path: readonly number[]): void;
export declare function addGuesses(sum: GuessCounts, more: Readonly<GuessCounts>): void;
/** Over all who guess; what nobody guessed (`padding`) does not count. */
export declare function guessTotals(counts: Readonly<GuessCounts>): {
    readonly draftTokens: number;
    readonly acceptedTokens: number;
    /** [position] */
    readonly acceptedPerPosition: readonly number[];
};
