/** What the phases of guessing hand on to each other (`speculator.ts`): values that nobody changes afterwards. */
import type { PlanRecord } from '../planning/plan-record.js';
import type { GoodputPlan, PlanInput } from '../planning/types.js';
import { Proposal } from '../speculation/proposal.js';
import type { DraftTask } from '../speculation/proposer.js';
import type { Offer, RequestSpeculation } from './request-speculation.js';
import type { RequestState } from './request-state.js';
import type { DecodeItem } from './schedule.js';
/** The requests that may guess in a step, in the order of the schedule's decode items, and what costs nothing to guess. */
export interface Offers {
    readonly items: readonly DecodeItem[];
    readonly requests: readonly RequestSpeculation[];
    /** [request] most guesses in a row. */
    readonly most: readonly number[];
    /** [request] of lookup, suffix and grammar. */
    readonly offered: readonly (readonly Offer[])[];
}
export interface Planned {
    readonly input: PlanInput;
    readonly plan: GoodputPlan;
}
/** What is known of all guesses before any is verified. */
export interface Drafts {
    /** [request] the offers with that of the draft model. */
    readonly offered: readonly (readonly Offer[])[];
    /** [request] whose guesses are to be verified. */
    readonly chosen: readonly (Offer | undefined)[];
    /** [request] drafted for without expecting a gain, to learn. */
    readonly probed: readonly boolean[];
}
/** What the guessing side needs to know of a step that is over. */
export interface GuessingRecord {
    readonly offers: Offers | undefined;
    readonly planned: Planned | undefined;
    readonly drafts: Drafts | undefined;
    /** [decode item] what was verified. */
    readonly proposals: readonly Proposal[];
    /** [decode item] the tokens that the request got; undefined where it got none. */
    readonly committed: readonly (readonly number[] | undefined)[];
    readonly stepMs: number;
}
/** The task with which a proposer is asked. */
export declare function taskOf({ state }: RequestSpeculation, maxTokens: number, more?: Partial<Pick<DraftTask, 'window' | 'alternatives' | 'worth' | 'pays'>>): DraftTask;
export declare function textOf({ id, slot, tokens, known }: RequestState): {
    requestId: number;
    sequence: import("../base/types.js").SequenceId;
    tokens: Int32Array<ArrayBufferLike>;
    length: number;
};
export declare function planRecordOf(step: number, { drafts, proposals, committed, stepMs }: GuessingRecord, { input, plan }: Planned, predictedMs: number | undefined): PlanRecord;
