import type { AcceptanceSource } from '../acceptance/acceptance-source.js';
import { Ring } from '../base/ring.js';
import type { CostTable } from '../costs/cost-table.js';
import type { EngineModel } from '../decoder/decoder.js';
import type { PlanRecord } from '../planning/plan-record.js';
import { Proposal } from '../speculation/proposal.js';
import type { DraftTask } from '../speculation/proposer.js';
import { type Drafts, type GuessingRecord, type Offers, type Planned } from './guessing-phases.js';
import type { Schedule } from './schedule.js';
import { StepTiming } from './step-timing.js';
import { type AllowedSpeculation } from './speculation-mode.js';
import type { EngineOptions, EngineRequest, ProposerName, RequestRecord } from './types.js';
/**
 * Tokens that a probe computes at most: catching up on a long text would cost more than many probes. It must be
 * enough to guess as well as with all of the text, or probes speak against the draft: of the demo's held-out answers,
 * .87 of the guesses were accepted with all, .85 with 128, .69 with 64 and .56 with 32 tokens.
 */
export declare const PROBE_WINDOW = 128;
export declare class Speculator {
    #private;
    readonly timing: StepTiming;
    readonly acceptance: AcceptanceSource;
    /** What can guess at all. */
    readonly proposers: readonly ProposerName[];
    readonly canTruncate: boolean;
    /** The latest plans, for logs and explanations. */
    readonly records: Ring<PlanRecord>;
    constructor(model: EngineModel, options: EngineOptions['speculation'], costs: CostTable, now: () => number, onFailure: (name: string, thrown: unknown) => void, acceptance?: AcceptanceSource);
    /** Asks the proposers whose guesses cost next to nothing; undefined where nobody guesses in this step. */
    propose({ prefill, decode }: Schedule): Offers | undefined;
    /** Decides who guesses how much by what. */
    plan({ prefill }: Schedule, offers: Offers | undefined): Planned | undefined;
    /** Runs the draft model for those whose plan says so, or for a few from whom there is something to learn. */
    draft(offers: Offers | undefined, planned: Planned | undefined): Drafts | undefined;
    /** [decode item] of all that was guessed, what is worth a place in the batch. */
    select({ decode }: Schedule, offers: Offers | undefined, planned: Planned | undefined, drafts: Drafts | undefined): readonly Proposal[];
    /**
     * Learns from a step that is over: acceptance, costs, and whether looking for guesses pays.
     * @returns what the step was predicted to take, milliseconds; undefined where it was not looked at
     */
    learn(record: GuessingRecord): number | undefined;
    /** What the request may have guessed for it here. */
    allow(request: EngineRequest): AllowedSpeculation;
    /** A request has ended: what it wrote is stored for later ones of its label. */
    requestEnded({ tokens, label, statistics: { promptTokens, outputTokens } }: RequestRecord): void;
    /** A request leaves its place: it has ended or is to come back. */
    forgetRequest(id: number): void;
    forgetSequence(sequence: DraftTask['sequence']): void;
}
