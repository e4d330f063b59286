/**
 * The step loop of continuous batching. It knows no thread and no clock but the one it is given, so that it
 * is tested step by step over a fake decoder.
 *
 * Iteration-level scheduling after Yu et al., "Orca" (OSDI 2022); one token batch for prefill, decode and
 * verification after vLLM's scheduler.
 */
import { ForetokenError, type PlainError } from '../base/errors.js';
import { sum } from '../base/statistics.js';
import { GrammarPool } from '../constraints/grammar-pool.js';
import { position } from '../base/types.js';
import type { DecodeOutcome, EngineModel } from '../decoder/decoder.js';
import { curveMs, type CostTable } from '../costs/cost-table.js';
import { priorCosts } from '../costs/prior-costs.js';
import { Proposal } from '../speculation/proposal.js';
import { KvPool, type Slot } from './kv-pool.js';
import { Places } from './places.js';
import type { Doing } from './pulse.js';
import type { Committed } from './guessing-phases.js';
import { PrefillPace } from './prefill-pace.js';
import { RequestState } from './request-state.js';
import { scheduleStep, type Schedule } from './schedule.js';
import { Speculator } from './speculator.js';
import { fillBatch, type PrefillPiece } from './step-batch.js';
import { reportOf } from './step-report.js';
import { keepPath, type Placement } from './tree-batch.js';
import {
  refusalOf,
  type EngineOptions,
  type EngineRequest,
  type RequestEvent,
  type StepReport,
} from './types.js';
import type { AcceptanceSource } from '../acceptance/acceptance-model.js';

/** Tokens of a prompt that are computed in a step where nothing says otherwise. */
const USUAL_CHUNK = 64;

export class EngineCore {
  readonly pool: KvPool;
  readonly grammars: GrammarPool;
  readonly #model: EngineModel;
  readonly #options: EngineOptions;
  readonly #now: () => number;
  readonly speculator: Speculator;
  readonly #places: Places;
  #events: RequestEvent[] = [];
  /** Whether the records of ended requests bring their tokens. */
  tellsTokens = false;
  /** Steps that computed prompts. */
  #prefillTurn = 0;
  readonly #prefillPace: PrefillPace | undefined;
  readonly #onPhase: (phase: Doing) => void;

  /** @param known what decodes cost and how likely guesses stand, as far as that is known, and the clock. */
  constructor(
    model: EngineModel,
    options: EngineOptions,
    known: {
      readonly costs?: CostTable | undefined;
      readonly acceptance?: AcceptanceSource;
      readonly now?: () => number;
      /** Told what it does from here on. */
      readonly onPhase?: (phase: Doing) => void;
    } = {},
  ) {
    this.#model = model;
    this.#options = options;
    this.#now = known.now ?? (() => performance.now());
    this.#onPhase = known.onPhase ?? (() => undefined);
    this.speculator = new Speculator(
      model,
      options.speculation,
      known.costs ?? priorCosts(false),
      this.#now,
      known.acceptance,
    );
    const least = model.decoder.tile?.least;
    if (least !== undefined) {
      const { curve } = this.speculator.timing.latency.table.target;
      this.#prefillPace = new PrefillPace(least, curveMs(curve, least) / least);
    }
    this.grammars = new GrammarPool({
      vocabularySize: model.decoder.vocabularySize,
      tokenBytes: (token) => model.tokenBytes(token),
      isEndOfGeneration: (token) => model.isEndOfGeneration(token),
      ...(model.tokenize !== undefined && { tokenize: (text: string) => model.tokenize!(text) }),
    });
    this.pool = new KvPool(model.decoder, (sequence) => {
      this.speculator.proposers.forgetSequence(sequence);
    });
    this.#places = new Places(this.pool, options.parallel, ({ id }) => {
      this.speculator.forgetRequest(id);
    });
  }

  /** True when a step would do nothing: there is no request, or all are paused. */
  get idle(): boolean {
    return this.#places.idle;
  }

  get running(): number {
    return this.#places.running.length;
  }

  get waiting(): number {
    return this.#places.waiting;
  }

  /** The news since the last call. */
  takeEvents(): RequestEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** Queues a request; one that cannot run is answered with an error event. */
  submit(request: EngineRequest): void {
    try {
      const { draft, orFirst = false } = request.speculation;
      if (draft !== undefined && !orFirst) this.speculator.drafts.assertThere(draft);
      this.#places.add(
        new RequestState(request, this.#model, this.grammars, this.#now(), this.speculator.allow(request)),
      );
    } catch (thrown) {
      this.#emit(refusalOf(request.id, ForetokenError.from(thrown).toPlain(), request));
    }
  }

  /** Ends a request and frees its place; nothing happens when it has ended already. */
  cancel(id: number): void {
    const state = this.#places.find(id);
    if (state) this.#end(state, 'cancelled');
  }

  /** From now on a request is another kind of work: what its guesses show is learned for that. */
  relabel(id: number, label: number): void {
    const state = this.#places.find(id);
    if (state === undefined) return;
    state.request = { ...state.request, label };
    this.speculator.relabel(state);
  }

  /**
   * Nothing more is computed for a request until `resume`. It keeps its place for as long as nobody else needs it,
   * and what it has computed for longer: its text does not change.
   */
  pause(id: number): void {
    const state = this.#places.find(id);
    if (state) state.paused = true;
  }

  resume(id: number): void {
    const state = this.#places.find(id);
    if (state) this.#places.resume(state);
  }

  /** Ends all requests with an error. */
  failAll(error: PlainError): void {
    for (const state of this.#places.all()) this.#end(state, 'error', error);
  }

  /** Each phase takes what it needs of those before it and returns a value. */
  step(): StepReport {
    const startMs = this.#now();
    this.#onPhase('admitting');
    const { preemptions } = this.#places;
    this.#places.admit(startMs);
    const schedule = this.#schedule();
    const offers = this.speculator.propose(schedule);
    if (offers !== undefined) this.#onPhase('planning');
    const proposedMs = this.#now();
    const planned = this.speculator.plan(schedule, offers);
    const plannedMs = this.#now();
    if (planned !== undefined) this.#onPhase('drafting');
    const drafts = this.speculator.draft(offers, planned);
    const draftedMs = this.#now();
    const selected = this.speculator.select(schedule, offers, planned, drafts);
    const planMs = planned === undefined ? 0 : plannedMs - proposedMs + this.#now() - draftedMs;
    const proposals = this.#reserve(schedule, selected);
    this.#onPhase(schedule.prefillTokens > 0 ? 'computing prompts' : 'decoding');
    const placements = this.#verify(schedule, proposals);
    this.#onPhase('sampling');
    const committed = this.#commit(schedule, placements);
    const stepMs = this.#now() - startMs;
    const verified = proposals.map((proposal, at) => placements?.[at]?.proposal ?? proposal);
    const record = { offers, planned, drafts, proposals: verified, committed, stepMs, planMs };
    const predictedMs = this.speculator.learn(record);
    return reportOf(record, schedule, predictedMs, this, {
      preemptions: this.#places.preemptions - preemptions,
      plan: this.#options.planLog === undefined || !planned ? undefined : this.speculator.records.newest,
    });
  }

  /** Who computes what of the known tokens, with cells set aside for it. */
  #schedule(): Schedule {
    for (;;) {
      this.pool.beginStep();
      const computing = this.#places.running.filter(({ paused }) => !paused);
      const reserve = (state: RequestState, count: number): boolean => this.pool.reserve(state.slot!, count);
      const { decoder } = this.#model;
      const besideOthers = computing.some(({ pending }) => pending === 1);
      const chunk = this.#options.prefillChunk ?? this.#prefillPace?.piece(besideOthers) ?? USUAL_CHUNK;
      const schedule = scheduleStep(computing, chunk, decoder, reserve, this.#prefillTurn);
      // Where there is no cell for somebody's next token, who is paused or else the youngest gives its own back.
      if (!schedule.starved || this.running < 2) {
        if (schedule.prefillTokens > 0) this.#prefillTurn += 1;
        return schedule;
      }
      this.#places.makeRoom();
    }
  }

  /** [decode item] its guesses, or none where the cache has no room for them. */
  #reserve({ decode }: Schedule, proposals: readonly Proposal[]): readonly Proposal[] {
    return proposals.map((proposal, at) => {
      const fits = proposal.length === 0 || this.pool.reserve(decode[at]!.state.slot!, proposal.length);
      return fits ? proposal : new Proposal();
    });
  }

  /**
   * One target batch for all: the rest of prompts' pieces, each request's last known token, and its guesses. What is tiled,
   * and what is before it, goes first, alone; so do all pieces where neighbours in a batch change the arithmetic.
   * @returns [decode item] where it is in the batch; undefined when a decode failed
   */
  #verify({ prefill: all, decode }: Schedule, proposals: readonly Proposal[]) {
    const { batch, exactRows } = this.#model.decoder;
    for (const { state, ahead } of all)
      for (const { count, tiled } of ahead) if (!this.#prefill([{ state, count }], tiled)) return undefined;
    const prefill = all.flatMap(({ state, rest }) => (rest === 0 ? [] : [{ state, count: rest }]));
    const states = prefill.map(({ state }) => state);
    const rows = sum(proposals, ({ length }) => 1 + length) + sum(prefill, ({ count }) => count);
    const apart = states.length > 0 && (exactRows < batch.capacity || rows > batch.capacity);
    if (apart && !this.#prefill(prefill)) return undefined;
    batch.clear();
    const beside = apart ? [] : prefill;
    const layout = fillBatch(batch, this.pool, beside, decode, proposals, exactRows);
    const { placements, firstRows, filled } = layout;
    for (const { state } of decode) if (!states.includes(state)) states.push(state);
    if (batch.length > 0 && !this.#decode(states, filled)) return undefined;
    this.#advancePrefill(beside, firstRows);
    return placements;
  }

  /** Computes pieces of prompts and nothing else; false when that failed. */
  #prefill(pieces: readonly PrefillPiece[], tiled = false): boolean {
    const { batch } = this.#model.decoder;
    batch.clear();
    const { firstRows } = fillBatch(batch, this.pool, pieces, [], [], 0);
    const states = pieces.map(({ state }) => state);
    if (!this.#decode(states, [], tiled)) return false;
    this.#advancePrefill(pieces, firstRows);
    return true;
  }

  #advancePrefill(prefill: readonly PrefillPiece[], firstRows: readonly number[]): void {
    prefill.forEach(({ state, count }, at) => {
      if (state.scoring) this.#emit(state.score(firstRows[at]!, count));
      this.pool.advance(state.slot!, count);
    });
  }

  /** @param filled streams with a token that only fills a gap */
  #decode(states: readonly RequestState[], filled: readonly Slot[] = [], tiled = false): boolean {
    const { decoder } = this.#model;
    const startMs = this.#now();
    const outcome = decoder.decode(tiled);
    const ms = this.#now() - startMs;
    // A decode that found no cells is quick, and says nothing.
    if (states.length === 1 && outcome === 'done') this.#prefillPace?.computed(decoder.batch.length, ms);
    for (const { sequence, length } of filled) decoder.truncate(sequence, position(length));
    this.speculator.timing.decoded(decoder.batch, ms, tiled);
    if (outcome !== 'done') this.#recover(states, outcome);
    return outcome === 'done';
  }

  /**
   * Takes what is accepted of the guesses, one token more, and puts the cache right.
   * @returns [decode item] what the request got; undefined where that is nothing
   */
  #commit({ decode }: Schedule, placements: readonly Placement[] | undefined): (Committed | undefined)[] {
    if (placements === undefined) return decode.map(() => undefined);
    const nowMs = this.#now();
    for (const state of this.#places.running.filter(({ complete }) => complete)) {
      this.#emit(state.endAtPrompt(nowMs));
      this.#places.leave(state);
    }
    return decode.map(({ state }, at) => {
      const placement = placements[at]!;
      const { proposal, firstRow } = placement;
      try {
        const { event, path } = state.commit(firstRow, proposal, nowMs);
        this.#emit(event);
        // The newest token has not been computed, and neither has what was guessed wrong.
        keepPath(this.pool, state, placement, path, state.known - 1);
        if (state.finished) this.#places.leave(state);
        return { tokens: event.tokens, path };
      } catch (thrown) {
        // Nobody knows how far it came.
        this.pool.distrust(state.slot!);
        this.#end(state, 'error', ForetokenError.from(thrown).toPlain());
        return undefined;
      }
    });
  }

  /** A decode that did not work out: make room when that is what it lacked, else answer those concerned. */
  #recover(states: readonly RequestState[], outcome: Exclude<DecodeOutcome, 'done'>): void {
    if (outcome === 'no-slot') {
      // The library's view of the cache is narrower than the books': give up what can be given up, then retry.
      if (this.pool.evictOldest()) {
        while (this.pool.evictOldest());
        return;
      }
      if (states.length > 1) {
        this.#places.preemptYoungest();
        return;
      }
    }
    const error = new ForetokenError(
      'decode_failed',
      `The model could not compute this step (${outcome}). The request may be tried again; if this repeats, ` +
        'check memory.',
    ).toPlain();
    for (const state of states) {
      // Part of the batch may be in the cache: nothing of these sequences can be trusted.
      this.pool.distrust(state.slot!);
      this.#end(state, 'error', error);
    }
  }

  #end(state: RequestState, reason: 'cancelled' | 'error', error?: PlainError): void {
    this.#emit(state.end(reason, error));
    this.#places.remove(state);
  }

  /** Tells an event; with a request's end, its record. */
  #emit(event: RequestEvent): void {
    const { finish } = event;
    if (finish === undefined) {
      this.#events.push(event);
      return;
    }
    this.speculator.requestEnded(finish);
    const tokens = this.tellsTokens ? finish.tokens?.slice() : undefined;
    this.#events.push({ ...event, finish: { ...finish, tokens } });
  }
}
