/** What a request has to do with speculation for as long as it runs: its wish, and how its guesses fare. */
import type { AcceptanceSource, RequestRates } from '../acceptance/acceptance-source.js';
import type { Proposal } from '../speculation/proposal.js';
import type { Proposer } from '../speculation/proposer.js';
import type { RequestState } from './request-state.js';
import type { ProposerName, SpeculationMode } from './types.js';
/** What a proposer offers a request in a step. */
export interface Offer {
    readonly source: Proposer['name'];
    readonly proposal: Proposal;
    /** [node] probability that the guess and all before it are accepted. */
    readonly survival: readonly number[];
}
export declare class RequestSpeculation {
    #private;
    readonly state: RequestState;
    readonly mode: SpeculationMode;
    readonly acceptance: RequestRates;
    constructor(state: RequestState, acceptance: AcceptanceSource);
    /** Most guesses in a row that it or the engine allows. Asked in every step: a simulation lets other policies set it. */
    get length(): number;
    may(name: ProposerName): boolean;
    /**
     * [k] P(the draft's first k + 1 guesses are all accepted), with an upper confidence bound: who never tries never
     * learns, and a trial that fails is soon known. Once something is known, that is no reason to pay for a long
     * catch-up: probes are cheaper.
     * @param catchUp tokens that the draft computes before its first guess
     * @param optimistic whether with that bound
     */
    draftSurvival(catchUp: number, most: number, optimistic: boolean): readonly number[];
    offer(source: Proposer['name'], proposal: Proposal): Offer;
    /**
     * Learns from the tokens that the request got in a step, which are what its guesses should have been. A guess is
     * judged when the token at its place is known, verified or not, and all before it were right.
     */
    learn(offered: readonly Offer[], committed: readonly number[]): void;
}
