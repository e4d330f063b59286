/**
 * The guessing side of a step, a phase a method: ask the free proposers, plan, run the draft model, select what is
 * verified, learn from what was accepted. The decisions are made in `planning/`; here requests become its records
 * and its choices become guesses.
 */
import { AcceptanceModel, type AcceptanceSource } from '../acceptance/acceptance-model.js';
import { Ring } from '../base/ring.js';
import { sum } from '../base/statistics.js';
import type { CostTable, ModelCosts } from '../costs/cost-table.js';
import { priorDraftCosts } from '../costs/prior-costs.js';
import type { DraftModel, EngineModel } from '../decoder/decoder.js';
import { paysTogether, worthOf, type DraftTerms } from '../planning/draft-continuation.js';
import type { Mechanism } from '../planning/mechanisms.js';
import { Exploration } from '../planning/exploration.js';
import { OptimismBudget } from '../planning/optimism-budget.js';
import { planGuesses, selectGuesses } from '../planning/planner.js';
import type { PlanRecord } from '../planning/plan-record.js';
import { SearchBackoff } from '../planning/search-backoff.js';
import { splitsIntoUbatches } from '../planning/search.js';
import { longCatchUpMs } from '../planning/step-forecast.js';
import type { PlanInput, PlanOption } from '../planning/types.js';
import { Proposal } from '../speculation/proposal.js';
import type { DraftTask } from '../speculation/proposer.js';
import type { DraftSet } from './draft-set.js';
import { Proposers } from './proposers.js';
import { RequestSpeculation, type Offer } from './request-speculation.js';
import {
  draftsOf,
  planRecordOf,
  taskOf,
  textOf,
  type Drafts,
  type GuessingRecord,
  type Offers,
  type Planned,
} from './guessing-phases.js';
import type { RequestState } from './request-state.js';
import type { Schedule } from './schedule.js';
import { StepTiming } from './step-timing.js';
import { allowedSpeculation, type AllowedSpeculation } from './speculation-mode.js';
import type { EngineOptions, EngineRequest, RequestRecord } from './types.js';

/** Tokens of a prompt that are stored with the output, so that its beginning is found. */
const LEAD_IN = 8;
/** A long catch-up must promise so many times what it costs: half of them turn out not to have been worth it. */
const CATCH_UP_RISK = 2;
/** Tokens that a request is taken to write. */
const USUAL_OUTPUT = 128;
/** A probe drafts so many tokens: what it is to teach is whether the draft has become any better. */
const PROBE_LENGTH = 2;
/**
 * Tokens that a probe computes at most: catching up on a long text would cost more than many probes. It must be
 * enough to guess as well as with all of the text, or probes speak against the draft: of the demo's held-out answers,
 * .87 of the guesses were accepted with all, .85 with 128, .69 with 64 and .56 with 32 tokens.
 */
const PROBE_WINDOW = 128;
/**
 * Of several requests, what a copied token is worth beside one that comes anyway. Which of them find something to copy
 * differs from step to step: those that get ahead end early and leave the others in smaller batches, whose tokens are
 * dearer, and of all the plans the one chosen is a little more optimistic than true. Tuned on 499 texts of SmolLM2 of 19
 * kinds, replayed with the costs of AMX (`bench/replay-copying.mjs --labels tasks`): until the last of 4, 8, 16 answers has
 * ended, over no guesses, 1.01x, 0.95x, 0.98x with 1, least kind 0.83x; 1.03x, 1.00x, 1.00x with 0.75, least 0.96x; 1.04x,
 * 1.00x, 1.00x with 0.7, least 0.975x. The mean answer is as fast with all within 2 %.
 */
const COPY_WORTH = 0.7;
/** Plans that can be asked for. */
const KEPT_PLANS = 256;

export class Speculator {
  readonly timing: StepTiming;
  readonly proposers: Proposers;
  /** The latest plans, for logs and explanations. */
  readonly records = new Ring<PlanRecord>(KEPT_PLANS);
  readonly #acceptance: AcceptanceSource;
  readonly #options: EngineOptions['speculation'];
  readonly #canTruncate: boolean;
  readonly #unified: boolean;
  readonly #without: ReadonlySet<Mechanism>;
  readonly #requests = new Map<number, RequestSpeculation>();
  readonly #exploration = new Exploration();
  readonly #optimism = new OptimismBudget();
  readonly #search = new SearchBackoff();
  #steps = 0;

  constructor(
    model: EngineModel,
    options: EngineOptions['speculation'],
    costs: CostTable,
    now: () => number,
    acceptance: AcceptanceSource = new AcceptanceModel(),
  ) {
    this.#acceptance = acceptance;
    this.#options = options;
    this.#without = new Set(options.without);
    this.#unified = model.decoder.unified;
    this.#canTruncate = model.decoder.canTruncate;
    this.proposers = new Proposers(
      model,
      options,
      now,
      (...decode) => {
        this.timing.drafted(...decode);
      },
      (draft) => {
        this.timing.latency.removeDraft(draft.key);
        model.unloadDraft(draft.model);
      },
    );
    const learns = this.proposers.any && !this.#without.has('cost learning');
    this.timing = new StepTiming(costs, this.#unified, learns);
    for (const draft of model.drafts) this.addDraft(draft, costs.drafts[draft.id]);
  }

  get drafts(): DraftSet {
    return this.proposers.drafts;
  }

  /** A draft has been loaded. @param costs undefined: by its size @param forTask not by name */
  addDraft(draft: DraftModel, costs: ModelCosts | undefined, forTask = false): void {
    const { latency } = this.timing;
    const { key } = this.drafts.add(draft, forTask);
    if (latency.table.drafts[key] === undefined || costs === undefined)
      latency.addDraft(key, costs ?? priorDraftCosts(latency.table.target, draft.share));
  }

  /** A request's label has changed. */
  relabel(state: RequestState): void {
    this.#requests.get(state.id)?.relabel(this.#acceptance);
  }

  /** Asks the proposers whose guesses cost next to nothing; undefined where nobody guesses in this step. */
  propose({ prefill, decode }: Schedule): Offers | undefined {
    this.#steps += 1;
    this.proposers.beginStep();
    // Who fixes a number of guesses gets them in every step.
    const fixed = decode.some(({ state }) => state.request.speculation.mode === 'fixed');
    const covered = !fixed && this.#search.covers(decode.length < 2 && prefill.length > 0);
    const paused = covered && !this.#without.has('search backoff');
    this.timing.begin(paused);
    if (paused || !this.proposers.any) return undefined;
    const requests = decode.map(({ state }) => this.#speculationOf(state));
    const most = requests.map(({ length }, at) => Math.min(decode[at]!.room, length));
    const offered = requests.map((): Offer[] => []);
    for (const proposer of this.proposers.free) {
      const asked = requests
        .map((_, at) => at)
        .filter((at) => most[at]! > 0 && requests[at]!.may(proposer.name))
        .filter((at) => proposer.name !== 'grammar' || requests[at]!.state.grammar !== undefined);
      const tasks = asked.map((at) => taskOf(requests[at]!, most[at]!));
      if (!this.proposers.ask(proposer, tasks)) continue;
      tasks.forEach(({ proposal }, index) => {
        const at = asked[index]!;
        if (proposal.length > 0) offered[at]!.push(requests[at]!.offer(proposer.name, proposal));
      });
    }
    return { requests, most, offered };
  }

  /** Decides who guesses how much by what. */
  plan({ prefill }: Schedule, offers: Offers | undefined): Planned | undefined {
    if (offers === undefined || offers.most.every((most) => most === 0)) return undefined;
    let prefillTokenCells = 0;
    for (const { state, count, rest } of prefill)
      prefillTokenCells += rest * (state.computed + count - rest) + (rest * (rest + 1)) / 2;
    const input: PlanInput = {
      requests: offers.requests.map(({ state, mode }, at) => ({
        id: state.id,
        sequence: state.slot!.sequence,
        context: state.known,
        fixed: mode === 'fixed',
        options: this.#optionsOf(offers, at),
      })),
      prefill: prefill
        .filter(({ rest }) => rest > 0)
        .map(({ state, rest }) => ({ sequence: state.slot!.sequence, tokens: rest })),
      prefillTokenCells,
      unified: this.#unified,
      costs: this.timing.latency.table,
      copyWorth: offers.requests.length > 1 ? COPY_WORTH : undefined,
    };
    return { input, plan: planGuesses(input) };
  }

  #optionsOf({ requests, most, offered }: Offers, at: number): PlanOption[] {
    if (most[at] === 0) return [];
    const request = requests[at]!;
    const options = offered[at]!.map(({ source, survival }): PlanOption => {
      return { source, survival, catchUp: 0, catchUpShare: 1 };
    });
    const { draft, state } = request;
    if (draft !== undefined && request.may('draft') && !this.proposers.isLeftOut(draft.key)) {
      const catchUp = draft.proposer.catchUp(textOf(state));
      const catchUpMs = longCatchUpMs(this.timing.latency.table.drafts[draft.key], catchUp, 1);
      const affordable = this.#optimism.share(catchUpMs, this.timing.oneTokenMs);
      const survival = request.draftSurvival(most[at]!, this.#without.has('optimism') ? 0 : affordable);
      // Who has written more than is usual is likely to go on for long.
      const left = Math.max(USUAL_OUTPUT - state.outputTokens, state.outputTokens / 2);
      const steps = Math.min(left, state.limit - state.known) / (1 + survival[0]!);
      const catchUpShare = Math.min(1, CATCH_UP_RISK / Math.max(1, steps));
      options.push({ source: 'draft', draft: draft.key, survival, catchUp, catchUpShare });
    }
    // What a request fixes is done by the best that it allows: the draft model, then earlier outputs, then lookup.
    return request.mode === 'fixed' ? options.slice(-1) : options;
  }

  /** Runs the drafts for those whose plan says so, or for a few from whom there is something to learn. */
  draft(offers: Offers | undefined, planned: Planned | undefined): Drafts | undefined {
    if (offers === undefined || planned === undefined) return undefined;
    const { requests } = offers;
    const { input, plan } = planned;
    const sources = plan.choices.map(({ option }, at) => input.requests[at]!.options[option]?.source);
    const drafting = sources.flatMap((source, at) => (source === 'draft' ? [at] : []));
    const probed = requests.map(() => false);
    if (drafting.length > 0) this.#exploration.rest();
    else for (const at of this.#probed(offers, input)) probed[at] = true;
    const asked = requests.flatMap((_, at) => (sources[at] === 'draft' || probed[at] === true ? [at] : []));
    const tasks = new Map<number, DraftTask>();
    // Each draft guesses for all of its requests at once, one draft after another.
    for (const draft of new Set(asked.map((at) => requests[at]!.draft!))) {
      const group = asked.filter((at) => requests[at]!.draft === draft);
      const own = group.map((at) =>
        probed[at] === true ? this.#probe(offers, at) : this.#task(offers, planned, at, group.length),
      );
      if (this.proposers.ask(draft.proposer, own, draft.key))
        group.forEach((at, index) => tasks.set(at, own[index]!));
    }
    return draftsOf(offers, sources, tasks, probed);
  }

  /** @param drafting requests that its draft guesses for */
  #task({ requests, most }: Offers, { input, plan }: Planned, at: number, drafting: number): DraftTask {
    const request = requests[at]!;
    const { length } = plan.choices[at]!;
    const alternatives = request.may('tree');
    if (request.mode === 'fixed') return taskOf(request, most[at]!, { alternatives });
    // In ubatches requests verify equally many; elsewhere each goes on for as long as that pays.
    if (splitsIntoUbatches(input) || this.#without.has('continuation'))
      return taskOf(request, Math.min(most[at]!, length), { alternatives });
    const draft = input.costs.drafts[request.draft!.key];
    const previousTokens = this.timing.guessedTokens;
    const terms: DraftTerms = { costs: input.costs, draft, price: plan.price, drafting, previousTokens };
    const others = plan.forecast.batchTokens - length;
    const worth = worthOf(terms, request.acceptance, most[at]!, request.state.known, others);
    return taskOf(request, most[at]!, { alternatives, worth, pays: paysTogether(terms) });
  }

  /** The requests for which a draft is tried although nobody expects it to pay; mostly none. */
  #probed({ requests, most }: Offers, input: PlanInput): readonly number[] {
    if (this.#without.has('exploration')) return [];
    const probed = this.#exploration.choose(input, (at) =>
      requests[at]!.draft!.proposer.catchUpWithin(textOf(requests[at]!.state), probeWindow(requests[at]!)),
    );
    return probed.filter((at) => most[at]! > 0);
  }

  #probe({ requests, most }: Offers, at: number): DraftTask {
    const request = requests[at]!;
    const more = { alternatives: request.may('tree'), window: probeWindow(request) };
    return taskOf(request, Math.min(most[at]!, PROBE_LENGTH), more);
  }

  /** [decode item] of all that was guessed, what is worth a place in the batch. */
  select(
    { decode }: Schedule,
    offers: Offers | undefined,
    planned: Planned | undefined,
    drafts: Drafts | undefined,
  ): readonly Proposal[] {
    // Most steps in which nothing pays end here: there is nothing to choose from.
    if (offers === undefined || planned === undefined || !drafts?.chosen.some((offer) => offer !== undefined))
      return decode.map(() => new Proposal());
    const { input, plan } = planned;
    const split = splitsIntoUbatches(input);
    const requests = input.requests.map((request, at) => {
      const offer = drafts.chosen[at];
      // What a probe guesses is judged without being verified: beside others in ubatches it seldom pays.
      const unwanted = split && drafts.probed[at] === true && offer?.source === 'draft';
      const survival = offer === undefined || unwanted ? [] : offer.survival;
      const option = { source: offer?.source ?? 'draft', survival, catchUp: 0, catchUpShare: 1 };
      return { ...request, options: [option] };
    });
    const spentMs = this.timing.draftMs;
    const previousTokens = this.timing.guessedTokens;
    const kept = selectGuesses({ ...input, requests, price: plan.price, spentMs, previousTokens });
    return offers.requests.map(({ mode, state }, at) => {
      const offer = drafts.chosen[at];
      const proposal =
        offer === undefined
          ? new Proposal()
          : this.#without.has('selection')
            ? offer.proposal
            : offer.proposal.select(kept.nodes[at]!);
      if (mode === 'auto') proposal.pad(kept.padTo, state.tokens[state.known - 1]!);
      // A tree may have more nodes than there is room in the batch; side branches are at its end.
      const { room, padRoom } = decode[at]!;
      proposal.cut(Math.min(proposal.length, kept.padTo > 0 ? padRoom : room));
      return proposal;
    });
  }

  /**
   * Learns from a step that is over: acceptance, costs, and whether looking for guesses pays.
   * @returns what the step was predicted to take, milliseconds; undefined where it was not looked at
   */
  learn(record: GuessingRecord): number | undefined {
    const { offers, planned, drafts, proposals, committed, stepMs } = record;
    const guesses = proposals.some((proposal) => proposal.guesses > 0);
    const predictedMs = this.timing.ended(guesses, stepMs);
    this.#exploration.earn(stepMs);
    this.#optimism.earn(stepMs, this.timing.oneTokenMs);
    if (planned !== undefined && (guesses || this.timing.draftMs > 0)) this.#settle(record, planned);
    if (offers === undefined) return predictedMs;
    const offered = drafts?.offered ?? offers.offered;
    offers.requests.forEach((request, at) => {
      const got = committed[at];
      if (got !== undefined) request.learn(offered[at]!, got.tokens);
      if (planned === undefined || offers.most[at] === 0 || proposals[at]!.guesses > 0) return;
      const { options } = planned.input.requests[at]!;
      request.state.passedOver(options.length > 0 ? planned.plan.gain : undefined);
    });
    // After a probe comes another one while the draft's cache is up to date, or what was spent on that is lost.
    const probed = drafts?.probed.includes(true) === true;
    if (guesses || probed || offers.requests.some(({ mode }) => mode === 'fixed')) this.#search.end();
    else {
      // Where nobody had room for a guess, as beside a first token, nothing was looked for.
      if (offers.most.some((most) => most > 0))
        this.#search.lengthen(this.timing.lookMs, planned?.plan.without.ms ?? this.timing.oneTokenMs);
    }
    if (planned !== undefined) this.records.push(planRecordOf(this.#steps, record, planned, predictedMs));
    return predictedMs;
  }

  /** What guesses have earned or cost. Beside prompts it is not known; probes have a share of time of their own. */
  #settle({ drafts, committed, stepMs }: GuessingRecord, { input, plan: { without } }: Planned): void {
    if (input.prefill.length > 0 || drafts?.probed.includes(true) === true) return;
    const withoutMs = (sum(committed, (got) => got?.tokens.length ?? 0) / without.tokens) * without.ms;
    this.#optimism.settle(withoutMs, stepMs, this.timing.oneTokenMs);
  }

  /** What the request may have guessed for it here. */
  allow(request: EngineRequest): AllowedSpeculation {
    return allowedSpeculation(request.speculation, this.#options, this.proposers.names, this.#canTruncate);
  }

  /** A request has ended: what it wrote is stored for later ones of its label. */
  requestEnded({ tokens, label, statistics: { promptTokens, outputTokens } }: RequestRecord): void {
    if (outputTokens === 0 || tokens === undefined) return;
    this.proposers.suffix?.learn(tokens, Math.max(0, promptTokens - LEAD_IN), tokens.length, label);
  }

  /** A request leaves its place: it has ended or is to come back. */
  forgetRequest(id: number): void {
    this.#requests.delete(id);
    this.proposers.forgetRequest(id);
  }

  /** The request's own part, made when first asked for. */
  #speculationOf(state: RequestState): RequestSpeculation {
    let own = this.#requests.get(state.id);
    if (own === undefined) {
      const { proposers } = state.speculation;
      const drafts = proposers.includes('draft') || proposers.includes('tree');
      const draft = drafts ? this.drafts.take(state.id, state.request.speculation.draft) : undefined;
      if (draft !== undefined) state.draft = draft.model.id;
      own = new RequestSpeculation(state, draft, this.#acceptance);
      this.#requests.set(state.id, own);
    }
    return own;
  }
}

const probeWindow = ({ draft }: RequestSpeculation): number =>
  Math.min(PROBE_WINDOW, draft?.proposer.batchSize ?? PROBE_WINDOW);
