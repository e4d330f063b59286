/** What one request has to do with guessing: its wish, what its proposers offer in a step, and what stood. */
import type { PlanRecord } from '../planning/plan-record.js';
import type { DraftStopRule } from '../planning/draft-stop-rule.js';
import { Proposal, ROOT, type GuessSource } from '../speculation/proposal.js';
import type { DraftTask, Proposer } from '../speculation/proposer.js';
import { growTree } from '../speculation/tree.js';
import { paysTogether, worthAlone, worthOf, type DraftTerms } from '../planning/draft-continuation.js';
import type { Draft } from './draft-set.js';
import type { DecodeItem } from './plan.js';
import type { RequestState } from './request-state.js';
import type { ProposerName, SpeculationMode } from './types.js';
import type { PlanOption } from '../planning/types.js';
import type { RequestRates, AcceptanceSource } from '../acceptance/acceptance-source.js';

type Source = Proposer['name'];

/** What a proposer offers in a step. */
interface Candidate {
  readonly source: Source;
  readonly proposal: Proposal;
  /** [node] probability that the guess and all before it stand. */
  readonly survival: readonly number[];
}

/** A probe drafts so many tokens: what it is to teach is whether the draft has become any better. */
const PROBE_LENGTH = 2;
/**
 * Tokens that a probe computes at most: catching up on a long text would cost more than many probes. It must be
 * enough to guess as well as with all of the text, or probes speak against the draft: of the demo's held-out answers,
 * .87 of the guesses stood with all, .85 with 128, .69 with 64 and .56 with 32 tokens.
 */
export const PROBE_WINDOW = 128;
/** Tokens to catch up on that are a few. */
const FEW = 32;
/** A label whose estimate may be off by so much in log-odds is hardly known yet. */
const HARDLY_KNOWN = 0.3;
/** A looked-up guess that is less likely to stand is no reason to plan anew. */
const LIKELY = 0.5;
/** Steps for which a proposer without an offer is left in peace. */
const LONGEST_REST = 3;
const NO_GUESSES: readonly number[] = [];

export class Guessing {
  readonly state: RequestState;
  readonly mode: SpeculationMode;
  /** The draft that it was given when it began. */
  readonly draft: Draft | undefined;
  acceptance: RequestRates;
  /** Most guesses in a row in this step. */
  most = 0;
  /** Whose guesses the planner has chosen for this step. */
  chosen: Source | undefined;
  readonly #length: number;
  readonly #allowed: ReadonlySet<ProposerName>;
  /** Steps in which a proposer is not asked: how many are left, and how many there were. */
  readonly #rests = { lookup: { left: 0, next: 0 }, suffix: { left: 0, next: 0 } };
  #item: DecodeItem | undefined;
  #offered: Candidate[] = [];
  #asked: Proposal | undefined;
  #worth: DraftTask['worth'];
  #pays: DraftTask['pays'];
  #maxTokens = 0;
  #window: number | undefined;
  #promiseAtProbe: number | undefined;

  constructor(state: RequestState, draft: Draft | undefined, acceptance: AcceptanceSource) {
    const { mode, length } = state.speculation;
    // Since it was allowed to guess, the draft may have gone.
    const has = (name: ProposerName): boolean => draft !== undefined || (name !== 'draft' && name !== 'tree');
    const proposers = state.speculation.proposers.filter(has);
    this.state = state;
    this.draft = draft;
    this.acceptance = this.#ratesOf(acceptance);
    this.mode = mode;
    this.#length = length;
    // A tree is grown around what the draft model guesses.
    this.#allowed = new Set(proposers.includes('tree') ? [...proposers, 'draft'] : proposers);
  }

  /** Its text is another kind of work from now on. */
  relabel(acceptance: AcceptanceSource): void {
    this.acceptance = this.#ratesOf(acceptance);
  }

  #ratesOf(acceptance: AcceptanceSource): RequestRates {
    return acceptance.request(this.state.request.label, this.state.id, this.draft?.model);
  }

  get able(): boolean {
    return this.mode !== 'off' && this.most > 0 && this.#allowed.size > 0;
  }

  /** What the free proposers offer in this step. */
  get candidates(): readonly Candidate[] {
    return this.#offered;
  }

  /** Who of the free proposers offers something in this step that is likely to stand. */
  get offers(): string {
    let offers = this.able ? '' : 'x';
    for (const { source, survival } of this.#offered) if (survival[0]! >= LIKELY) offers += source.charAt(0);
    return offers;
  }

  /** P(the draft's next two guesses stand): how well its guesses are thought of. */
  get promise(): number {
    return this.acceptance.expected('draft', 0) * this.acceptance.expected('draft', 1);
  }

  /** Guesses that are verified in this step. */
  get guesses(): number {
    return this.#item?.proposal.guesses ?? 0;
  }

  /** What was drafted and verified in this step, for the record. */
  get made(): PlanRecord['guesses'][number] {
    const candidate = this.#chosenCandidate();
    return {
      source: this.chosen,
      drafted: candidate?.proposal.length ?? 0,
      verified: this.#item?.proposal.length ?? 0,
      survival: candidate?.survival ?? NO_GUESSES,
    };
  }

  begin(item: DecodeItem): void {
    this.#item = item;
    // Looked at in every step: a simulation lets other policies set it.
    this.most = Math.min(item.room, this.state.request.speculation.length ?? this.#length);
    this.#maxTokens = this.most;
    this.#worth = undefined;
    this.#pays = undefined;
    this.#window = undefined;
    this.#offered = [];
    this.chosen = undefined;
  }

  /**
   * Whether a free proposer is worth asking in this step. One that had nothing likely to offer is asked again one,
   * two, then every three steps later: asking costs little, but not nothing.
   * @param short whether steps are so short that this matters
   */
  asks(source: 'lookup' | 'suffix', short: boolean): boolean {
    const rest = this.#rests[source];
    if (this.mode === 'fixed' || !short || rest.left === 0) return this.may(source);
    rest.left -= 1;
    return false;
  }

  may(name: ProposerName): boolean {
    return this.#allowed.has(name);
  }

  /**
   * [k] P(the draft's first k + 1 guesses all stand) as hopefully as the little that is known allows: who never
   * tries never learns, and a trial that fails is soon known. Once something is known, hope is no reason to pay for
   * a long catch-up: probes are cheaper.
   * @param catchUp tokens that the draft computes before its first guess
   * @param alone whether no other request shares the step
   * @param whileSure whether the draft goes on only while that pays, and not for a length fixed beforehand
   */
  draftSurvival(
    catchUp: number,
    alone: boolean,
    whileSure: boolean,
  ): Pick<PlanOption, 'survival' | 'signalDistributions'> {
    const full = this.acceptance.optimismBonus('draft', alone);
    const hope = catchUp <= FEW || full > HARDLY_KNOWN ? full : 0;
    return {
      survival: this.acceptance.survival('draft', this.most, hope, whileSure),
      signalDistributions:
        alone && this.mode === 'auto' ? this.acceptance.signalDistribution('draft', hope) : undefined,
    };
  }

  /** The task with which a proposer is asked. */
  ask(name: Source): DraftTask {
    this.#asked = new Proposal();
    const { state } = this;
    return {
      requestId: state.id,
      label: state.request.label,
      sequence: state.slot!.sequence,
      tokens: state.tokens,
      length: state.known,
      maxTokens: this.#maxTokens,
      sampler: state.sampler,
      grammar: state.grammar,
      window: this.#window,
      alternatives: name === 'draft' && this.may('tree'),
      worth: name === 'draft' ? this.#worth : undefined,
      pays: name === 'draft' ? this.#pays : undefined,
      proposal: this.#asked,
    };
  }

  /** The proposer has filled the proposal of the task. */
  answered(source: Source): void {
    const asked = this.#asked!;
    const others = this.#offered.map(({ proposal }) => proposal);
    const proposal = source === 'draft' && this.may('tree') ? growTree(asked, others) : asked;
    const survival = survivalOf(proposal, this.acceptance);
    if (proposal.length > 0) this.#offered.push({ source, proposal, survival });
    if (source === 'draft' || source === 'grammar') return;
    const rest = this.#rests[source];
    rest.next = (survival[0] ?? 0) >= LIKELY ? 0 : Math.min(rest.next + 1, LONGEST_REST);
    rest.left = rest.next;
  }

  /**
   * Lets the draft model go on for as long as that is expected to pay.
   * @param others tokens that are planned in the batch beside this request's guesses
   * @param stopRule the rule by which a request alone ends, where its plan has one
   */
  drawWhile(terms: DraftTerms, others: number, stopRule: DraftStopRule | undefined): void {
    if (stopRule !== undefined) {
      this.#worth = worthAlone(stopRule, this.acceptance);
      return;
    }
    this.#worth = worthOf(terms, this.acceptance, this.#maxTokens, this.state.known, others);
    this.#pays = paysTogether(terms);
  }

  /** Lets the draft model make so many guesses. */
  draw(length: number): void {
    this.#maxTokens = Math.min(this.most, length);
  }

  /** Whether this step drafts for it only to learn. */
  get probed(): boolean {
    return this.#window !== undefined;
  }

  /** Whether its latest probe spoke for the draft. */
  get promising(): boolean {
    return this.#promiseAtProbe !== undefined && this.promise > this.#promiseAtProbe;
  }

  /** Drafts a little without much hope, to learn. @param window tokens at the end of the text that must do */
  probe(window: number): void {
    this.chosen ??= 'draft';
    this.#promiseAtProbe = this.promise;
    this.#window = window;
    this.#maxTokens = Math.min(this.most, PROBE_LENGTH);
  }

  /** [node] survival of what the chosen proposer has guessed. */
  chosenSurvival(): readonly number[] {
    return this.#chosenCandidate()?.survival ?? NO_GUESSES;
  }

  /**
   * Puts the guesses that are kept into the step's batch.
   * @param kept [node], or undefined for all
   * @param padTo tokens to verify at least, guessed or not
   */
  keep(kept: readonly boolean[] | undefined, padTo: number): void {
    const candidate = this.#chosenCandidate();
    if (candidate === undefined && padTo === 0) return;
    const all = candidate?.proposal ?? new Proposal();
    const proposal = kept === undefined ? all : all.select(kept);
    if (this.mode === 'auto') proposal.pad(padTo, this.state.tokens[this.state.known - 1]!);
    // A tree may have more nodes than there is room in the batch; side branches are at its end.
    const { room, padRoom } = this.#item!;
    const most = padTo > 0 ? padRoom : room;
    if (proposal.length > most) proposal.cut(most);
    this.#item!.proposal = proposal;
  }

  /** @param committed the tokens that the request got in this step */
  learn(committed: readonly number[]): void {
    for (const { source, proposal } of this.#offered) {
      const chain: number[] = [];
      for (let node = 0; node < proposal.length; node++)
        if (proposal.sources[node] === source) chain.push(node);
      // A guess is judged when the token at its place is known, verified or not, and all before it stood.
      const known = Math.min(chain.length, committed.length);
      let accepted = 0;
      while (accepted < known && proposal.tokens[chain[accepted]!] === committed[accepted]) accepted += 1;
      const rejected = accepted < known;
      const signals = chain.map((node) => proposal.signals[node]!);
      const whileSure = source === 'draft' && this.#worth !== undefined;
      this.acceptance.observe(source, signals, accepted, rejected, whileSure);
      if (!rejected) continue;
      const parent = accepted === 0 ? ROOT : chain[accepted - 1]!;
      const second = proposal.tokens.findIndex(
        (_, node) => proposal.sources[node] === 'alternative' && proposal.parents[node] === parent,
      );
      if (second >= 0) {
        const stood = proposal.tokens[second] === committed[accepted];
        this.acceptance.observeGuess('alternative', accepted, proposal.signals[second]!, stood);
      }
    }
    this.#offered = [];
  }

  #chosenCandidate(): Candidate | undefined {
    return this.#offered.find(({ source }) => source === this.chosen);
  }
}

/** [node] probability that a guess and all before it stand. */
function survivalOf(proposal: Proposal, acceptance: RequestRates): number[] {
  const survival: number[] = [];
  /** [node, or 0 for the root, plus 1] probability that none of its children so far is right. */
  const open = new Array<number>(proposal.length + 1).fill(1);
  for (let node = 0; node < proposal.length; node++) {
    const parent = proposal.parents[node]!;
    const source = proposal.sources[node]! as GuessSource;
    const depth = proposal.depths[node]!;
    const signal = proposal.signals[node]!;
    const reached = parent === ROOT ? 1 : survival[parent]!;
    // A side branch can only stand where what was tried before does not.
    const right = open[parent + 1]! * acceptance.probability(source, depth, signal);
    open[parent + 1]! -= right;
    survival.push(reached * right);
  }
  return survival;
}
