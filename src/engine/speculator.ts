/**
 * The guessing side of a step: what may guess, how much pays, guessing, and learning from what stood. The
 * decisions are made in `planning/`; here requests become its records and its choices become guesses.
 */
import { ForetokenError } from '../base/errors.js';
import { Ring } from '../base/ring.js';
import type { DraftModel, EngineModel } from '../decoder/decoder.js';
import { AcceptanceModel } from '../acceptance/acceptance-model.js';
import type { CostTable, DraftCosts } from '../costs/cost-table.js';
import { priorDraftCosts } from '../costs/prior-costs.js';
import { LEAST_GAIN, planWithRule, selectGuesses } from '../planning/planner.js';
import type { PlanRecord } from '../planning/plan-record.js';
import { splitsIntoUbatches } from '../planning/search.js';
import { DraftModelProposer } from '../speculation/draft-model.js';
import { GrammarProposer } from '../speculation/grammar.js';
import { LookupProposer } from '../speculation/lookup.js';
import type { DraftTask, Proposer } from '../speculation/proposer.js';
import { SuffixProposer } from '../speculation/suffix.js';
import { ProposerBackoff } from '../planning/proposer-backoff.js';
import { ForecastBias } from '../planning/forecast-bias.js';
import type { DraftTerms } from '../planning/draft-continuation.js';
import { Exploration } from '../planning/exploration.js';
import { DraftSet, type Draft } from './draft-set.js';
import { Guessing, PROBE_WINDOW } from './guessing.js';
import { SearchBackoff } from '../planning/search-backoff.js';
import { PLAN_SERVES_STEPS, serves, type CachedPlan } from './cached-plan.js';
import type { DecodeItem, StepPlan } from './plan.js';
import type { RequestState } from './request-state.js';
import { StepTiming } from './step-timing.js';
import { allowedSpeculation, type AllowedSpeculation } from './speculation-mode.js';
import type { EngineOptions, EngineRequest, ProposerName, RequestRecord } from './types.js';
import type { PlanInput, PlanOption } from '../planning/types.js';
import type { AcceptanceSource } from '../acceptance/acceptance-source.js';

/** Tokens of a prompt that are stored with the output, so that its beginning is found. */
const LEAD_IN = 8;
/** What is less likely to stand pays nowhere and is not planned with. */
const LEAST_SURVIVAL = 0.05;
/** A long catch-up must promise so many times what it costs: half of them turn out not to have been worth it. */
const CATCH_UP_RISK = 2;
/** Plans that can be asked for. */
const KEPT_PLANS = 256;

/** What is as likely as this to stand is worth a place in a batch that is computed in one piece. */
const SURE = 0.5;
/** Where guessing costs more than this share of one token, beside all decodes, steps are short. */
const SHORT_SHARE = 0.05;
/**
 * Where steps are short and several requests share them, plans must promise so much more than no guesses, for what
 * they leave out is a larger part: texts that drafts catch up on in vain, plans that are thrown away.
 */
const SHORT_GAIN = 1.2;
const NOBODY: readonly Guessing[] = [];

export class Speculator {
  /** Milliseconds in which the latest step was planned. */
  planMs = 0;
  readonly timing: StepTiming;
  readonly acceptance: AcceptanceSource;
  readonly drafts: DraftSet;
  readonly canTruncate: boolean;
  /** The latest plans, for logs and explanations. */
  readonly records = new Ring<PlanRecord>(KEPT_PLANS);
  readonly #options: EngineOptions['speculation'];
  readonly #unified: boolean;
  readonly #now: () => number;
  readonly #onFailure: (name: string, thrown: unknown) => void;
  readonly #onPhase: (phase: 'looking for guesses' | 'planning' | 'drafting') => void;
  /** What may guess at all: allowed, and able to with this target. */
  readonly #able: readonly ProposerName[];
  readonly #branchSequences: number;
  readonly #lookup: LookupProposer | undefined;
  readonly #suffix: SuffixProposer | undefined;
  readonly #grammar: GrammarProposer | undefined;
  readonly #requests = new Map<number, Guessing>();
  readonly #exploration = new Exploration();
  readonly #pause = new SearchBackoff();
  readonly #bias = new ForecastBias();
  readonly #backoff = new ProposerBackoff();
  /** The requests of this step, in the order of the plan; nobody while nothing is looked for. */
  #step: readonly Guessing[] = NOBODY;
  #cached: CachedPlan | undefined;
  /** Requests that decode in this step. */
  #decoding = 0;
  #planned: Omit<PlanRecord, 'outcome'> | undefined;
  #steps = 0;
  /** Tokens that a request is expected to write; follows those that have ended. */
  #usualOutput = 128;

  constructor(
    model: EngineModel,
    options: EngineOptions['speculation'],
    costs: CostTable,
    now: () => number,
    onFailure: (name: string, thrown: unknown) => void,
    acceptance: AcceptanceSource = new AcceptanceModel(),
    onPhase: (phase: 'looking for guesses' | 'planning' | 'drafting') => void = () => undefined,
    onDraftGone: (draft: Draft) => void = () => undefined,
  ) {
    this.acceptance = acceptance;
    this.#options = options;
    this.#unified = model.decoder.unified;
    this.#now = now;
    this.#onFailure = onFailure;
    this.#onPhase = onPhase;
    this.canTruncate = model.decoder.canTruncate;
    const able = options.mode !== 'off' && this.canTruncate ? options.proposers : [];
    this.#able = able;
    this.#branchSequences = model.decoder.branchSequences;
    this.drafts = new DraftSet(
      options.draftBytes ?? Infinity,
      (draft, key) =>
        new DraftModelProposer(
          draft.decoder,
          (token) => model.isEndOfGeneration(token),
          (tokens, tokenCells, ms) => {
            this.timing.drafted(key, tokens, tokenCells, ms);
          },
          now,
        ),
      (draft) => {
        this.timing.latency.removeDraft(draft.key);
        onDraftGone(draft);
      },
    );
    if (able.includes('lookup')) this.#lookup = new LookupProposer({ minNgram: options.lookupMinNgram });
    if (able.includes('grammar')) this.#grammar = new GrammarProposer();
    if (able.includes('suffix')) this.#suffix = new SuffixProposer({ maxBytes: options.suffixBytes });
    this.timing = new StepTiming(costs, this.#unified, able.length > 0);
    for (const draft of model.drafts) this.addDraft(draft, costs.drafts[draft.id]);
  }

  /** What can guess now. */
  get proposers(): readonly ProposerName[] {
    return this.#able.filter((name) => this.#has(name));
  }

  /** A draft has been loaded. @param costs undefined: by its size */
  addDraft(draft: DraftModel, costs: DraftCosts | undefined): void {
    const { latency } = this.timing;
    const { key } = this.drafts.add(draft);
    if (latency.table.drafts[key] === undefined || costs === undefined)
      latency.addDraft(key, costs ?? priorDraftCosts(latency.table, draft.share));
  }

  /** A request's label has changed. */
  relabel(state: RequestState): void {
    this.#requests.get(state.id)?.relabel(this.acceptance);
  }

  /** Decides how much is guessed for whom, and fills the proposals of the plan. */
  guess(plan: StepPlan): void {
    this.#steps += 1;
    this.planMs = 0;
    this.#planned = undefined;
    this.#step = NOBODY;
    this.#decoding = plan.decode.length;
    // Who fixes a number of guesses gets them in every step.
    const fixed = plan.decode.some(({ state }) => state.request.speculation.mode === 'fixed');
    const paused = !fixed && this.#pause.covers(plan.decode.length, plan.prefill.length > 0);
    this.timing.begin(paused);
    if (paused || this.#able.length === 0) return;
    this.#step = plan.decode.map((item) => this.#guessing(item));
    const able = this.#step.filter(({ able }) => able);
    if (able.length > 0) this.#guessFor(able, plan);
    // After a probe comes another one while the draft's cache is up to date, or what was spent on that is lost.
    if (this.#step.some(({ guesses, mode, probed }) => guesses > 0 || mode === 'fixed' || probed))
      this.#pause.end();
    else {
      const { table } = this.timing.latency;
      this.#pause.lengthen(this.timing.lookMs, this.#cached?.plan.without.ms ?? table.target.ms[0]!);
    }
  }

  #guessFor(able: readonly Guessing[], plan: StepPlan): void {
    this.#onPhase('looking for guesses');
    const { table } = this.timing.latency;
    const short = table.overheadMsGuessing > SHORT_SHARE * table.target.ms[0]!;
    this.#propose(
      this.#lookup,
      able.filter((one) => one.asks('lookup', short)),
      'lookup',
    );
    this.#propose(
      this.#suffix,
      able.filter((one) => one.asks('suffix', short)),
      'suffix',
    );
    this.#propose(
      this.#grammar,
      able.filter(({ state }) => state.grammar !== undefined),
      'grammar',
    );
    const startMs = this.#now();
    const made = this.#planFor(plan, short);
    const plannedMs = this.#now();
    this.#onPhase('drafting');
    this.#draftFor(made);
    const draftedMs = this.#now();
    this.#select(made);
    this.#step.forEach((one, at) => {
      if (!one.able || one.guesses > 0) return;
      one.state.passedOver(made.input.requests[at]!.options.length > 0 ? made.plan.gain : undefined);
    });
    this.planMs = plannedMs - startMs + this.#now() - draftedMs;
    const guesses = this.#step.map((one) => one.made);
    this.#planned = { step: this.#steps, plannedAt: made.at, input: made.input, plan: made.plan, guesses };
  }

  /** The plan for this step; where steps are short, that of a few steps ago while the same requests have the same to choose from. */
  #planFor(plan: StepPlan, short: boolean): CachedPlan {
    const offers = this.#step.map((guessing) => guessing.offers).join();
    const last = this.#cached;
    if (
      last !== undefined &&
      short &&
      plan.prefill.length === 0 &&
      serves(last, this.#steps, this.#step, offers)
    )
      return last;
    this.#onPhase('planning');
    const input = this.#input(plan, short);
    const { plan: goodput, stopRule } = planWithRule(input);
    const guesses = goodput.choices.some(({ length }) => length > 0);
    // A prompt beside it makes a plan good for this step only.
    const at = this.#steps - (plan.prefill.length > 0 ? PLAN_SERVES_STEPS : 0);
    const promises = this.#step.map(({ promise }) => promise);
    this.#cached = { at, input, plan: goodput, stopRule, offers, guesses, requests: this.#step, promises };
    return { ...this.#cached, at: this.#steps };
  }

  /** The tokens that a request got in this step: what its guesses should have been. */
  learn({ state }: DecodeItem, committed: readonly number[]): void {
    this.#requests.get(state.id)?.learn(committed);
  }

  /** The step is over; what it was predicted to take, as far as that was looked at. */
  ended(committed: number, stepMs: number): number | undefined {
    const guessed = this.#step.some(({ guesses }) => guesses > 0);
    const predictedMs = this.timing.ended(guessed, stepMs);
    this.#exploration.earn(stepMs);
    this.#compare(committed, stepMs);
    if (this.#planned !== undefined) {
      this.records.push({ ...this.#planned, outcome: { predictedMs, ms: stepMs, committed } });
    }
    return predictedMs;
  }

  /**
   * What became of a plan: how long its tokens took. Not where a prompt took most of the time, nor where requests
   * in one pool of cells draft as far as each finds worth while, which no plan foretells.
   */
  #compare(committed: number, stepMs: number): void {
    const made = this.#planned === undefined ? undefined : this.#cached;
    const requests = this.#decoding;
    if (made?.guesses !== true) {
      this.#bias.rested(requests);
      return;
    }
    if (made.input.prefill.length > 0) return;
    if (!splitsIntoUbatches(made.input) && made.stopRule === undefined) return;
    const { tokens, ms } = made.plan.forecast;
    this.#bias.guessed(requests, (ms * committed) / tokens, stepMs, ms);
  }

  /** The plan of the step that has just ended; undefined when it had nothing to plan. */
  get latestPlan(): PlanRecord | undefined {
    return this.#planned === undefined ? undefined : this.records.newest;
  }

  /** What the request may have guessed for it here. */
  allow(request: EngineRequest): AllowedSpeculation {
    return allowedSpeculation(request.speculation, this.#options, this);
  }

  /** A request leaves its place: it has ended or is to come back. */
  forgetRequest(id: number): void {
    this.#requests.delete(id);
    this.drafts.release(id);
    for (const proposer of this.#all()) proposer.forgetRequest(id);
  }

  /** Learns from what a request has written. */
  requestEnded({ tokens, label, statistics: { promptTokens, outputTokens } }: RequestRecord): void {
    if (outputTokens === 0 || tokens === undefined) return;
    this.#usualOutput += 0.1 * (outputTokens - this.#usualOutput);
    this.#suffix?.learn(tokens, Math.max(0, promptTokens - LEAD_IN), tokens.length, label);
  }

  forgetSequence(sequence: DraftTask['sequence']): void {
    for (const proposer of this.#all()) proposer.forgetSequence(sequence);
  }

  #has(name: ProposerName): boolean {
    if (name === 'draft') return this.drafts.available;
    if (name === 'tree') return this.#branchSequences > 0 && this.drafts.available;
    return this.#all().some((proposer) => proposer.name === name);
  }

  #all(): Proposer[] {
    const free = [this.#lookup, this.#suffix, this.#grammar].filter((proposer) => proposer !== undefined);
    return [...free, ...this.drafts.all.map(({ proposer }) => proposer)];
  }

  /** The request's own part, made when first asked for. */
  #guessing(item: DecodeItem): Guessing {
    const { state } = item;
    let guessing = this.#requests.get(state.id);
    if (guessing === undefined) {
      const { proposers } = state.speculation;
      const drafts = proposers.includes('draft') || proposers.includes('tree');
      const draft = drafts ? this.drafts.take(state.id, state.request.speculation.draft) : undefined;
      guessing = new Guessing(state, draft, this.acceptance);
      this.#requests.set(state.id, guessing);
    }
    guessing.begin(item);
    return guessing;
  }

  #input(plan: StepPlan, short: boolean): PlanInput {
    const requests = this.#step.length;
    let prefillTokenCells = 0;
    for (const { state, count } of plan.prefill) {
      prefillTokenCells += count * state.computed + (count * (count + 1)) / 2;
    }
    return {
      requests: this.#step.map((guessing) => ({
        id: guessing.state.id,
        sequence: guessing.state.slot!.sequence,
        context: guessing.state.known,
        fixed: guessing.mode === 'fixed',
        options: guessing.able ? this.#optionsOf(guessing) : [],
      })),
      prefill: plan.prefill.map(({ state, count }) => ({ sequence: state.slot!.sequence, tokens: count })),
      prefillTokenCells,
      unified: this.#unified,
      previousTokens: this.timing.previousTokens,
      leastGain: short && requests > 1 ? SHORT_GAIN : LEAST_GAIN,
      lateness: this.#bias.lateness(requests),
      costs: this.timing.latency.table,
    };
  }

  #optionsOf(guessing: Guessing): PlanOption[] {
    const worth = (survival: readonly number[]): readonly number[] => {
      const end = guessing.mode === 'fixed' ? -1 : survival.findIndex((each) => each < LEAST_SURVIVAL);
      return end === -1 ? survival : survival.slice(0, end);
    };
    const options = guessing.candidates.map(({ source, survival }): PlanOption => {
      return { source, survival: worth(survival), catchUp: 0, catchUpShare: 1 };
    });
    const { draft, state } = guessing;
    if (draft !== undefined && guessing.may('draft') && !this.#backoff.has(draft.key, this.#steps)) {
      const catchUp = draft.proposer.catchUp(textOf(state));
      const alone = this.#step.length === 1;
      const whileSure = !splitsIntoUbatches({ unified: this.#unified, requests: this.#step });
      const { survival, signalDistributions } = guessing.draftSurvival(catchUp, alone, whileSure);
      // Who has written more than is usual is likely to go on for long.
      const left = Math.max(this.#usualOutput - state.outputTokens, state.outputTokens / 2);
      const steps = Math.min(left, state.limit - state.known) / (1 + survival[0]!);
      const share = Math.min(1, CATCH_UP_RISK / Math.max(1, steps));
      options.push({
        source: 'draft',
        draft: draft.key,
        survival: worth(survival),
        signalDistributions,
        catchUp,
        catchUpShare: share,
      });
    }
    // What a request fixes is done by the best that it allows: the draft model, then earlier outputs, then lookup.
    if (guessing.mode === 'fixed') return options.slice(-1);
    return options;
  }

  #draftFor({ input, plan: goodput, stopRule }: CachedPlan): void {
    // In parts, a batch of guesses of one length is computed at once, and others one after another.
    const split = splitsIntoUbatches(input);
    const { choices, forecast, price } = goodput;
    const sourceAt = (at: number): Proposer['name'] | undefined =>
      input.requests[at]!.options[choices[at]!.option]?.source;
    const { previousTokens } = this.timing;
    /** [draft] the requests that it guesses for in this step. */
    const groups = new Map<Draft, Guessing[]>();
    choices.forEach((_, at) => {
      const guessing = this.#step[at]!;
      guessing.chosen = sourceAt(at);
      if (guessing.chosen !== 'draft') return;
      const draft = guessing.draft!;
      groups.set(draft, [...(groups.get(draft) ?? []), guessing]);
    });
    for (const [draft, tasks] of groups) {
      const costs = input.costs.drafts[draft.key];
      const drafting = tasks.length;
      const terms: DraftTerms = { costs: input.costs, draft: costs, price, drafting, previousTokens };
      for (const guessing of tasks) {
        if (guessing.mode !== 'auto') continue;
        const { length } = choices[this.#step.indexOf(guessing)]!;
        if (split) guessing.draw(length);
        else guessing.drawWhile(terms, forecast.batchTokens - length, stopRule);
      }
    }
    if (groups.size > 0) this.#exploration.rest();
    else {
      const probed = this.#probed(input);
      if (probed.length > 0) groups.set(probed[0]!.draft!, probed);
    }
    // Each draft guesses for all of its requests at once, one draft after another.
    for (const [draft, tasks] of groups) this.#propose(draft.proposer, tasks, 'draft', draft.key);
  }

  /** The requests for which a draft is tried although nobody expects it to pay; mostly none. */
  #probed(input: PlanInput): Guessing[] {
    const windowOf = ({ draft }: Guessing): number =>
      Math.min(PROBE_WINDOW, draft?.proposer.batchSize ?? PROBE_WINDOW);
    const probed = this.#exploration.choose(
      input,
      (request) => {
        const guessing = this.#step[request]!;
        return guessing.draft!.proposer.catchUpWithin(textOf(guessing.state), windowOf(guessing));
      },
      this.#step.some(({ promising }) => promising),
    );
    const guessing = probed.map((request) => this.#step[request]!);
    for (const one of guessing) one.probe(windowOf(one));
    return guessing;
  }

  /** Of all that was guessed, keeps what is worth a place in the batch. */
  #select({ input, plan }: CachedPlan): void {
    const sure = (guessing: Guessing): boolean => guessing.chosenSurvival().every((each) => each >= SURE);
    if (!splitsIntoUbatches(input) && this.#step.every(sure)) {
      for (const guessing of this.#step) guessing.keep(undefined, 0);
      return;
    }
    // What a probe guesses is judged without being verified: beside others in parts of a batch it seldom pays.
    const onlyProbed = (guessing: Guessing): boolean =>
      splitsIntoUbatches(input) && guessing.probed && guessing.chosen === 'draft';
    const drafted = this.#step.map((guessing, at) => ({
      sequence: input.requests[at]!.sequence,
      context: input.requests[at]!.context,
      survival: onlyProbed(guessing) ? [] : guessing.chosenSurvival(),
      fixed: guessing.mode === 'fixed',
    }));
    const { previousTokens, draftMs: spentMs } = this.timing;
    const kept = selectGuesses({ ...input, previousTokens, price: plan.price, spentMs }, drafted);
    this.#step.forEach((guessing, at) => {
      guessing.keep(kept.nodes[at], kept.padTo);
    });
  }

  /** @param key of its backoff: each draft's is its own */
  #propose(
    proposer: Proposer | undefined,
    guessing: readonly Guessing[],
    name: Proposer['name'],
    key: string = name,
  ): void {
    if (proposer === undefined || this.#backoff.has(key, this.#steps)) return;
    const asked = guessing.filter((one) => one.may(name));
    if (asked.length === 0) return;
    try {
      const proposals = asked.map((one) => one.ask(name));
      proposer.propose(proposals);
      for (const one of asked) one.answered(name);
    } catch (thrown) {
      // Guesses are optional: without them the step is slower and the text the same.
      this.#backoff.begin(key, this.#steps);
      this.#onFailure(name, ForetokenError.from(thrown));
    }
  }
}

function textOf({ id, slot, tokens, known }: RequestState) {
  return { requestId: id, sequence: slot!.sequence, tokens, length: known };
}
