/** What the phases of guessing hand on to each other (`speculator.ts`): values that nobody changes afterwards. */
import { sum } from '../base/statistics.js';
import type { PlanRecord } from '../planning/plan-record.js';
import type { GoodputPlan, PlanInput } from '../planning/types.js';
import { Proposal } from '../speculation/proposal.js';
import type { DraftTask } from '../speculation/proposer.js';
import { growTree } from '../speculation/tree.js';
import type { Offer, RequestSpeculation } from './request-speculation.js';
import type { RequestState } from './request-state.js';

/** The requests that may guess in a step, in the order of the schedule's decode items, and what costs nothing to guess. */
export interface Offers {
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

/** What a request got in a step. */
export interface Committed {
  readonly tokens: readonly number[];
  /** The nodes of its proposal that were accepted, from the root on. */
  readonly path: readonly number[];
}

/** What is known of a step that is over. */
export interface GuessingRecord {
  readonly offers: Offers | undefined;
  readonly planned: Planned | undefined;
  readonly drafts: Drafts | undefined;
  /** [decode item] what was verified. */
  readonly proposals: readonly Proposal[];
  /** [decode item] undefined where the request got nothing. */
  readonly committed: readonly (Committed | undefined)[];
  readonly stepMs: number;
  /** Part of it in which the planner chose. */
  readonly planMs: number;
}

/** The task with which a proposer is asked. */
export function taskOf(
  { state }: RequestSpeculation,
  maxTokens: number,
  more: Partial<Pick<DraftTask, 'window' | 'alternatives' | 'worth' | 'pays'>> = {},
): DraftTask {
  return {
    ...textOf(state),
    label: state.request.label,
    maxTokens,
    sampler: state.sampler,
    grammar: state.grammar,
    proposal: new Proposal(),
    ...more,
  };
}

export function textOf({ id, slot, tokens, known }: RequestState) {
  return { requestId: id, sequence: slot!.sequence, tokens, length: known };
}

export function planRecordOf(
  step: number,
  { drafts, proposals, committed, stepMs }: GuessingRecord,
  { input, plan }: Planned,
  predictedMs: number | undefined,
): PlanRecord {
  const guesses = proposals.map((proposal, at) => {
    const offer = drafts?.chosen[at];
    return {
      source: offer?.source,
      drafted: offer?.proposal.length ?? 0,
      verified: proposal.length,
      survival: offer?.survival ?? [],
    };
  });
  const tokens = sum(committed, (got) => got?.tokens.length ?? 0);
  return { step, input, plan, guesses, outcome: { predictedMs, ms: stepMs, committed: tokens } };
}

/**
 * What is offered once the drafts have guessed, and whose guesses are taken up.
 * @param sources [request] as planned
 * @param tasks [request] of those for whom a draft has guessed
 */
export function draftsOf(
  { requests, offered }: Offers,
  sources: readonly (Offer['source'] | undefined)[],
  tasks: ReadonlyMap<number, DraftTask>,
  probed: readonly boolean[],
): Drafts {
  const all = offered.map((offers, at): readonly Offer[] => {
    const drafted = tasks.get(at)?.proposal;
    if (drafted === undefined) return offers;
    const others = offers.map(({ proposal }) => proposal);
    const proposal = requests[at]!.may('tree') ? growTree(drafted, others) : drafted;
    return proposal.length === 0 ? offers : [...offers, requests[at]!.offer('draft', proposal)];
  });
  const chosen = all.map((offers, at) => {
    const source = sources[at] ?? (probed[at] === true ? 'draft' : undefined);
    return offers.find((offer) => offer.source === source);
  });
  return { offered: all, chosen, probed };
}
