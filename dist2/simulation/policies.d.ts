import { type Mechanism } from '../planning/mechanisms.js';
import { type EngineOptions, type ProposerName, type SpeculationWish } from '../engine/types.js';
import { type LengthController } from './peers.js';
export interface Policy {
    readonly name: string;
    /** What each request asks for, by the label of its task; the last also for all labels beyond. */
    readonly wishes: readonly SpeculationWish[];
    readonly mode: EngineOptions['speculation']['mode'];
    /** The planner is told the true probabilities instead of learning them. */
    readonly knowing: boolean;
    /** Parts of `auto` to do without. */
    readonly without?: readonly Mechanism[];
    /** Sets the length of every step instead. @param most guesses in a row */
    readonly controller?: (most: number, seed: number) => LengthController;
}
/** Guesses by one proposer, always so many. */
export interface FixedChoice {
    /** 0: no guesses. */
    readonly length: number;
    readonly proposer: ProposerName;
}
export declare const OFF: Policy;
export declare const AUTO: Policy;
export declare const ORACLE: Policy;
/** As other projects choose (`peers.ts`). */
export declare const PEERS: readonly Policy[];
export declare const withoutPolicy: (mechanism: Mechanism) => Policy;
/** The same for all tasks, or one choice for each. */
export declare function fixedPolicy(...choices: readonly FixedChoice[]): Policy;
/**
 * A list such as `off,fixed:1,2,3,fixed:5:lookup,auto,oracle`; numbers alone go on as the fixed one before them.
 * @param proposer of fixed policies that name none
 * @throws ForetokenError `invalid_option`
 */
export declare function parsePolicies(text: string, proposer: ProposerName): Policy[];
export declare function wishFor({ wishes }: Policy, label: number): SpeculationWish;
