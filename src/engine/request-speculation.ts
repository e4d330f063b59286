/** What a request has to do with speculation for as long as it runs: its wish, and how its guesses fare. */
import { survivalOf, type AcceptanceSource, type RequestRates } from '../acceptance/acceptance-model.js';
import type { Proposal } from '../speculation/proposal.js';
import { ROOT, type GuessSource } from '../speculation/proposal.js';
import type { Proposer } from '../speculation/proposer.js';
import type { Draft } from './draft-set.js';
import type { RequestState } from './request-state.js';
import type { ProposerName, SpeculationMode } from './types.js';

/** What a proposer offers a request in a step. */
export interface Offer {
  readonly source: Proposer['name'];
  readonly proposal: Proposal;
  /** [node] probability that the guess and all before it are accepted. */
  readonly survival: readonly number[];
}

export class RequestSpeculation {
  readonly state: RequestState;
  readonly mode: SpeculationMode;
  /** The draft that it was given when it began. */
  readonly draft: Draft | undefined;
  acceptance: RequestRates;
  readonly #most: number;
  readonly #allowed: ReadonlySet<ProposerName>;

  constructor(state: RequestState, draft: Draft | undefined, acceptance: AcceptanceSource) {
    const { mode, length } = state.speculation;
    // Since it was allowed to guess, the draft may have gone.
    const has = (name: ProposerName): boolean => draft !== undefined || (name !== 'draft' && name !== 'tree');
    const proposers = state.speculation.proposers.filter(has);
    this.state = state;
    this.draft = draft;
    this.acceptance = this.#ratesOf(acceptance);
    this.mode = mode;
    this.#most = length;
    // A tree is grown around what the draft model guesses.
    this.#allowed = new Set(proposers.includes('tree') ? [...proposers, 'draft'] : proposers);
  }

  /** Its text is another kind of work from now on. */
  relabel(acceptance: AcceptanceSource): void {
    this.acceptance = this.#ratesOf(acceptance);
  }

  #ratesOf(acceptance: AcceptanceSource): RequestRates {
    const { label, sampling } = this.state.request;
    return acceptance.request(label, this.state.id, this.draft?.model, sampling.temperature > 0);
  }

  /** Most guesses in a row that it or the engine allows. Asked in every step: a simulation lets other policies set it. */
  get length(): number {
    if (this.mode === 'off' || this.#allowed.size === 0) return 0;
    return this.state.request.speculation.length ?? this.#most;
  }

  may(name: ProposerName): boolean {
    return this.#allowed.has(name);
  }

  /**
   * [k] P(the draft's first k + 1 guesses are all accepted), with an upper confidence bound: who never tries never
   * learns, and a trial that fails is soon known.
   * @param optimism 0 to 1: how much of that bound
   */
  draftSurvival(most: number, optimism: number): readonly number[] {
    return survivalOf(this.acceptance, 'draft', most, optimism * this.acceptance.optimismBonus('draft'));
  }

  offer(source: Proposer['name'], proposal: Proposal): Offer {
    return { source, proposal, survival: treeSurvival(proposal, this.acceptance) };
  }

  /**
   * Learns from the tokens that the request got in a step, which are what its guesses should have been. A guess is
   * judged when the token at its place is known, verified or not, and all before it were right.
   */
  learn(offered: readonly Offer[], committed: readonly number[]): void {
    for (const { source, proposal } of offered) {
      const chain: number[] = [];
      for (let node = 0; node < proposal.length; node++)
        if (proposal.sources[node] === source) chain.push(node);
      const known = Math.min(chain.length, committed.length);
      let accepted = 0;
      while (accepted < known && proposal.tokens[chain[accepted]!] === committed[accepted]) accepted += 1;
      const rejected = accepted < known;
      const signals = chain.map((node) => proposal.signals[node]!);
      this.acceptance.observe(source, signals, accepted, rejected);
      if (rejected)
        this.#learnSecond(proposal, accepted === 0 ? ROOT : chain[accepted - 1]!, committed[accepted]!);
    }
  }

  /** What became of the second choice where the first was wrong. */
  #learnSecond(proposal: Proposal, parent: number, token: number): void {
    const second = proposal.tokens.findIndex(
      (_, node) => proposal.sources[node] === 'alternative' && proposal.parents[node] === parent,
    );
    if (second < 0) return;
    const depth = proposal.depths[second]!;
    const right = proposal.tokens[second] === token;
    this.acceptance.observeGuess('alternative', depth, proposal.signals[second]!, right);
  }
}

/** [node] probability that a guess and all before it are accepted. */
function treeSurvival(proposal: Proposal, acceptance: RequestRates): number[] {
  const survival: number[] = [];
  /** [node, or 0 for the root, plus 1] probability that none of its children so far is right. */
  const open = new Array<number>(proposal.length + 1).fill(1);
  for (let node = 0; node < proposal.length; node++) {
    const parent = proposal.parents[node]!;
    const source = proposal.sources[node]! as GuessSource;
    const reached = parent === ROOT ? 1 : survival[parent]!;
    // A side branch can only be accepted where what was tried before is not.
    const probability = acceptance.probability(source, proposal.depths[node]!, proposal.signals[node]!);
    const right = open[parent + 1]! * probability;
    open[parent + 1]! -= right;
    survival.push(reached * right);
  }
  return survival;
}
