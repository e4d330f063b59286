/**
 * The guessing side of a step: what may guess, how much pays, guessing, and learning from what stood. The
 * decisions are made in `goodput/`; here requests become its records and its choices become guesses.
 */
import { ForetokenError } from '../base/errors.js';
import { Ring } from '../base/ring.js';
import type { TokenBatch } from '../decoder/batch.js';
import type { Decoder, EngineModel } from '../decoder/decoder.js';
import { AcceptanceModel } from '../goodput/acceptance-model.js';
import { draftMs, overheadMs, targetMs, type CostTable, type TargetWork } from '../goodput/cost-table.js';
import { LatencyModel } from '../goodput/latency-model.js';
import {
  planGuesses,
  selectGuesses,
  type GoodputPlan,
  type PlanInput,
  type PlanOption,
} from '../goodput/planner.js';
import type { PlanRecord } from '../goodput/plan-record.js';
import { partsOf } from '../goodput/parts.js';
import { DraftModelProposer } from '../speculation/draft-model.js';
import { LookupProposer } from '../speculation/lookup.js';
import type { DraftTask, Proposer } from '../speculation/proposer.js';
import { SuffixProposer } from '../speculation/suffix.js';
import { Exploration } from './exploration.js';
import { Guessing, PROBE_WINDOW, type AcceptanceSource } from './guessing.js';
import type { DecodeItem, StepPlan } from './plan.js';
import type { RequestState } from './request-state.js';
import type { EngineOptions, ProposerName } from './types.js';

/** Tokens of a prompt that are stored with the output, so that its beginning is found. */
const LEAD_IN = 8;
/** Plans that can be asked for. */
const KEPT_PLANS = 256;
/** After a failure a proposer is left out for so many steps, twice as many each time. */
const FIRST_BREAK_STEPS = 64;
const LONGEST_BREAK_STEPS = 8192;

export class Speculator {
  /** Milliseconds in which the latest step was planned. */
  planMs = 0;
  readonly latency: LatencyModel;
  readonly acceptance: AcceptanceSource;
  /** What can guess at all. */
  readonly proposers: readonly ProposerName[];
  /** The latest plans, for logs and explanations. */
  readonly records = new Ring<PlanRecord>(KEPT_PLANS);
  readonly #options: EngineOptions['speculation'];
  readonly #unified: boolean;
  readonly #now: () => number;
  readonly #onFailure: (name: string, thrown: unknown) => void;
  readonly #draft: DraftModelProposer | undefined;
  readonly #lookup: LookupProposer | undefined;
  readonly #suffix: SuffixProposer | undefined;
  readonly #requests = new Map<number, Guessing>();
  readonly #exploration = new Exploration();
  /** Proposers that failed: when they may try again, and how long they wait after the next failure. */
  readonly #breaks = new Map<string, { until: number; next: number }>();
  #step: Guessing[] = [];
  #planned: Omit<PlanRecord, 'outcome'> | undefined;
  #steps = 0;
  #previousTokens = 0;
  #draftedMs = 0;
  #predictedDraftMs = 0;
  /** Tokens that a request is expected to write; follows those that have ended. */
  #usualOutput = 128;

  constructor(
    model: EngineModel,
    options: EngineOptions['speculation'],
    costs: CostTable,
    now: () => number,
    onFailure: (name: string, thrown: unknown) => void,
    acceptance: AcceptanceSource = new AcceptanceModel(),
  ) {
    this.acceptance = acceptance;
    this.#options = options;
    this.#unified = model.decoder.unified;
    this.#now = now;
    this.#onFailure = onFailure;
    this.latency = new LatencyModel(costs);
    const able = options.mode !== 'off' && model.decoder.canTruncate ? options.proposers : [];
    if (model.draft && (able.includes('draft') || able.includes('tree'))) {
      this.#draft = new DraftModelProposer(
        model.draft,
        (token) => model.isEndOfGeneration(token),
        (tokens, tokenCells, ms) => {
          this.#draftedMs += ms;
          this.#predictedDraftMs += draftMs(this.latency.table, tokens, tokenCells);
          this.latency.observeDraft(tokens, tokenCells, ms);
        },
        now,
      );
    }
    if (able.includes('lookup')) this.#lookup = new LookupProposer({ minNgram: options.lookupMinNgram });
    if (able.includes('suffix')) this.#suffix = new SuffixProposer({ maxBytes: options.suffixBytes });
    this.proposers = able.filter((name) => this.#has(name, model.decoder));
  }

  /** Decides how much is guessed for whom, and fills the proposals of the plan. */
  guess(plan: StepPlan): void {
    this.#steps += 1;
    this.#draftedMs = 0;
    this.planMs = 0;
    this.#predictedDraftMs = 0;
    this.#planned = undefined;
    this.#step = this.proposers.length === 0 ? [] : plan.decode.map((item) => this.#guessing(item));
    const able = this.#step.filter(({ able }) => able);
    if (able.length === 0) return;
    this.#propose(this.#lookup, able, 'lookup');
    this.#propose(this.#suffix, able, 'suffix');
    const startMs = this.#now();
    const input = this.#input(plan);
    const goodput = planGuesses(input);
    const plannedMs = this.#now();
    this.#draftFor(input, goodput);
    const draftedMs = this.#now();
    this.#select(input, goodput);
    this.planMs = plannedMs - startMs + this.#now() - draftedMs;
    this.#planned = { step: this.#steps, input, plan: goodput, guesses: this.#step.map((one) => one.made) };
  }

  /** The tokens that a request got in this step: what its guesses should have been. */
  learn({ state }: DecodeItem, committed: readonly number[]): void {
    this.#requests.get(state.id)?.learn(committed);
  }

  /** A decode of the target has taken this long; what it was predicted to take. */
  decoded(batch: TokenBatch, ms: number): number {
    const tokens = batch.length;
    const parts = this.#unified ? undefined : partsOf(batch.shares(), false);
    const work: TargetWork = {
      tokens,
      outputs: batch.outputCount,
      tokenCells: batch.attendedCells,
      resized: tokens !== this.#previousTokens,
      parts,
    };
    this.#previousTokens = tokens;
    const predictedMs = targetMs(this.latency.table, work);
    this.latency.observeTarget(work, ms);
    return predictedMs;
  }

  /**
   * A step is over.
   * @param rows rows of logits that were sampled from
   * @param committed tokens that requests got
   * @returns what the step was predicted to take, milliseconds
   */
  ended(
    rows: number,
    committed: number,
    stepMs: number,
    target: { readonly ms: number; readonly predictedMs: number },
  ): number {
    const outsideMs = overheadMs(this.latency.table, rows);
    const predictedMs = target.predictedMs + this.#predictedDraftMs + outsideMs;
    this.latency.observeOverhead(rows, stepMs - target.ms - this.#draftedMs);
    this.latency.observeStep(predictedMs, stepMs);
    this.#exploration.earn(stepMs);
    if (this.#planned !== undefined) {
      this.records.push({ ...this.#planned, outcome: { predictedMs, ms: stepMs, committed } });
    }
    return predictedMs;
  }

  /** The plan of the step that has just ended; undefined when it had nothing to plan. */
  get latestPlan(): PlanRecord | undefined {
    return this.#planned === undefined ? undefined : this.records.newest;
  }

  /** Milliseconds inside the draft model's decodes in this step. */
  get draftMs(): number {
    return this.#draftedMs;
  }

  /** A request leaves its place: it has ended or is to come back. */
  forgetRequest(state: RequestState): void {
    this.#requests.delete(state.id);
    for (const proposer of this.#all()) proposer.forgetRequest(state.id);
    if (!state.finished || state.outputTokens === 0) return;
    this.#usualOutput += 0.1 * (state.outputTokens - this.#usualOutput);
    const { prompt, label } = state.request;
    this.#suffix?.learn(state.tokens, Math.max(0, prompt.length - LEAD_IN), state.known, label);
  }

  forgetSequence(sequence: DraftTask['sequence']): void {
    for (const proposer of this.#all()) proposer.forgetSequence(sequence);
  }

  #has(name: ProposerName, { branchSequences }: Decoder): boolean {
    if (name === 'tree') return branchSequences > 0 && this.#draft !== undefined;
    return this.#all().some((proposer) => proposer.name === name);
  }

  #all(): Proposer[] {
    return [this.#lookup, this.#suffix, this.#draft].filter((proposer) => proposer !== undefined);
  }

  /** The request's own part, made when first asked for. */
  #guessing(item: DecodeItem): Guessing {
    const { state } = item;
    let guessing = this.#requests.get(state.id);
    if (guessing === undefined) {
      guessing = new Guessing(state, this.acceptance, this.#options, this.proposers);
      this.#requests.set(state.id, guessing);
    }
    guessing.begin(item);
    return guessing;
  }

  #input(plan: StepPlan): PlanInput {
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
      previousTokens: this.#previousTokens,
      costs: this.latency.table,
    };
  }

  #optionsOf(guessing: Guessing): PlanOption[] {
    const options = guessing.candidates.map(({ source, survival }): PlanOption => {
      return { source, survival, catchUp: 0, catchUpShare: 1 };
    });
    if (this.#draft !== undefined && guessing.may('draft') && !this.#onBreak('draft')) {
      const { state } = guessing;
      const survival = guessing.draftSurvival();
      const catchUp = this.#draft.catchUp(textOf(state));
      // Who has written more than is usual is likely to go on for long.
      const left = Math.max(this.#usualOutput - state.outputTokens, state.outputTokens / 2);
      const steps = Math.min(left, state.limit - state.known) / (1 + survival[0]!);
      options.push({ source: 'draft', survival, catchUp, catchUpShare: 1 / Math.max(1, steps) });
    }
    // What a request fixes is done by the best that it allows: the draft model, then earlier outputs, then lookup.
    if (guessing.mode === 'fixed') return options.slice(-1);
    return options;
  }

  #draftFor(input: PlanInput, goodput: GoodputPlan): void {
    const sharing = sharersOf(input, goodput);
    const tasks: Guessing[] = [];
    goodput.choices.forEach(({ option, length }, at) => {
      const guessing = this.#step[at]!;
      const source = input.requests[at]!.options[option]?.source;
      guessing.chosen = source;
      if (source !== 'draft') return;
      // In parts, a batch of guesses of one length is computed at once, and others one after another.
      const inParts = !this.#unified && this.#step.length > 1;
      if (guessing.mode === 'auto') {
        if (inParts) guessing.draw(length);
        else guessing.drawWhile(input, goodput, length, sharing);
      }
      tasks.push(guessing);
    });
    if (tasks.length > 0) this.#exploration.rest();
    else tasks.push(...this.#probed(input));
    this.#propose(this.#draft, tasks, 'draft');
  }

  /** The request for which the draft model is tried although nobody expects it to pay; mostly none. */
  #probed(input: PlanInput): Guessing[] {
    const draft = this.#draft;
    if (draft === undefined) return [];
    const probed = this.#exploration.choose(input, (request) =>
      draft.catchUpWithin(textOf(this.#step[request]!.state), PROBE_WINDOW),
    );
    if (probed < 0) return [];
    this.#step[probed]!.probe();
    return [this.#step[probed]!];
  }

  /** Of all that was guessed, keeps what is worth a place in the batch. */
  #select(input: PlanInput, goodput: GoodputPlan): void {
    const drafted = this.#step.map((guessing, at) => ({
      sequence: input.requests[at]!.sequence,
      context: input.requests[at]!.context,
      survival: guessing.chosenSurvival(),
      fixed: guessing.mode === 'fixed',
    }));
    const kept = selectGuesses({ ...input, price: goodput.price, spentMs: this.#draftedMs }, drafted);
    this.#step.forEach((guessing, at) => {
      guessing.keep(kept[at]!);
    });
  }

  #propose(proposer: Proposer | undefined, guessing: readonly Guessing[], name: Proposer['name']): void {
    if (proposer === undefined || this.#onBreak(name)) return;
    const asked = guessing.filter((one) => one.may(name));
    if (asked.length === 0) return;
    try {
      const proposals = asked.map((one) => one.ask(name));
      proposer.propose(proposals);
      for (const one of asked) one.answered(name);
    } catch (thrown) {
      // Guesses are optional: without them the step is slower and the text the same.
      this.#takeBreak(name, thrown);
    }
  }

  #onBreak(name: string): boolean {
    return this.#steps < (this.#breaks.get(name)?.until ?? 0);
  }

  #takeBreak(name: string, thrown: unknown): void {
    const steps = this.#breaks.get(name)?.next ?? FIRST_BREAK_STEPS;
    this.#breaks.set(name, {
      until: this.#steps + steps,
      next: Math.min(2 * steps, LONGEST_BREAK_STEPS),
    });
    this.#onFailure(name, ForetokenError.from(thrown));
  }
}

function textOf({ id, slot, tokens, known }: RequestState) {
  return { requestId: id, sequence: slot!.sequence, tokens, length: known };
}

/** [depth] requests that are planned to have the draft model guess so far and further. */
function sharersOf({ requests }: PlanInput, { choices }: GoodputPlan): number[] {
  const sharing: number[] = [];
  choices.forEach(({ option, length }, at) => {
    if (requests[at]!.options[option]?.source !== 'draft') return;
    for (let depth = 0; depth < length; depth++) sharing[depth] = (sharing[depth] ?? 0) + 1;
  });
  return sharing;
}
