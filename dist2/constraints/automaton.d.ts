import { type Network } from './network.js';
/** Nothing can be read from here. */
export declare const DEAD = 0;
/** A bound was passed: what can be read is not known. */
export declare const EXCEEDED = 1;
export declare class Automaton {
    #private;
    readonly network: Network;
    /** Configurations looked at so far. */
    steps: number;
    readonly start: number;
    constructor(network: Network);
    get bytes(): number;
    get states(): number;
    /** The state after one more byte. */
    next(state: number, byte: number): number;
    /** Whether the text may end here. */
    mayEnd(state: number): boolean;
    configurations(state: number): number;
    /** The byte that must come next; -1 where the text may end or there are several. */
    onlyByte(state: number): number;
    /** The state here that is equal to another automaton's state of the same network. */
    adopt(other: Automaton, state: number): number;
}
