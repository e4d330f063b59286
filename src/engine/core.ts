/**
 * The step loop of continuous batching. It knows no thread and no clock but the one it is given, so that it
 * is tested step by step over a fake decoder.
 *
 * Iteration-level scheduling after Yu et al., "Orca" (OSDI 2022); one token batch for prefill, decode and
 * verification after vLLM's scheduler.
 */
import { ForetokenError, type PlainError } from '../base/errors.js';
import { GrammarPool } from '../constraints/grammar-pool.js';
import type { DecodeOutcome, EngineModel } from '../decoder/decoder.js';
import type { CostTable } from '../costs/cost-table.js';
import { priorCosts } from '../costs/prior-costs.js';
import { Proposal } from '../speculation/proposal.js';
import { FairQueue } from './fair-queue.js';
import { commonPrefix, KvPool } from './kv-pool.js';
import { scheduleStep, type PrefillItem, type Schedule } from './schedule.js';
import { RequestState } from './request-state.js';
import { Speculator } from './speculator.js';
import { StepCounter } from './step-counter.js';
import { fillBatch } from './step-batch.js';
import { keepPath, type Placement } from './tree-batch.js';
import {
  refusalOf,
  type EngineOptions,
  type EngineRequest,
  type RequestEvent,
  type StepReport,
} from './types.js';
import type { AcceptanceSource } from '../acceptance/acceptance-source.js';

/** A prompt waits for another's prefill when that will spare it at least so many tokens. */
const WORTH_WAITING_TOKENS = 32;

/** What a step is doing, in words for `EngineStall`. */
export type Phase = 'admitting' | 'planning' | 'drafting' | 'computing prompts' | 'decoding' | 'sampling';

export class EngineCore {
  readonly pool: KvPool;
  readonly grammars: GrammarPool;
  readonly #model: EngineModel;
  readonly #options: EngineOptions;
  readonly #now: () => number;
  readonly speculator: Speculator;
  /** Preempted ones come back to the front. */
  readonly #waiting = new FairQueue<RequestState>();
  /** Paused ones that have given their places to others. */
  readonly #parked = new Map<number, RequestState>();
  /** In order of admission. */
  readonly #running: RequestState[] = [];
  #events: RequestEvent[] = [];
  /** Whether the records of ended requests bring their tokens. */
  tellsTokens = false;
  /** Steps that computed prompts. */
  #prefillTurn = 0;
  readonly #onPhase: (phase: Phase) => void;
  readonly #counter = new StepCounter();

  /** @param known what decodes cost and how likely guesses stand, as far as that is known, and the clock. */
  constructor(
    model: EngineModel,
    options: EngineOptions,
    known: {
      readonly costs?: CostTable | undefined;
      readonly acceptance?: AcceptanceSource;
      readonly now?: () => number;
      /** Told what it does from here on. */
      readonly onPhase?: (phase: Phase) => void;
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
      (name, thrown) => {
        this.#counter.proposerFailed(name, thrown);
      },
      known.acceptance,
      (draft) => {
        model.unloadDraft(draft.model);
      },
    );
    this.grammars = new GrammarPool({
      vocabularySize: model.decoder.vocabularySize,
      tokenBytes: (token) => model.tokenBytes(token),
      isEndOfGeneration: (token) => model.isEndOfGeneration(token),
      ...(model.tokenize !== undefined && { tokenize: (text: string) => model.tokenize!(text) }),
    });
    this.pool = new KvPool(model.decoder, (sequence) => {
      this.speculator.forgetSequence(sequence);
    });
  }

  /** True when a step would do nothing: there is no request, or all are paused. */
  get idle(): boolean {
    return this.#running.every((state) => state.paused) && this.#next() === undefined;
  }

  get running(): number {
    return this.#running.length;
  }

  get waiting(): number {
    return this.#waiting.size + this.#parked.size;
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
      this.#waiting.add(
        new RequestState(request, this.#model, this.grammars, this.#now(), this.speculator.allow(request)),
      );
    } catch (thrown) {
      this.#emit(refusalOf(request.id, ForetokenError.from(thrown).toPlain(), request));
    }
  }

  /** Ends a request and frees its place; nothing happens when it has ended already. */
  cancel(id: number): void {
    const state = this.#find(id);
    if (state) this.#end(state, 'cancelled');
  }

  /** From now on a request is another kind of work: what its guesses show is learned for that. */
  relabel(id: number, label: number): void {
    const state = this.#find(id);
    if (state === undefined) return;
    state.request = { ...state.request, label };
    this.speculator.relabel(state);
  }

  /**
   * Nothing more is computed for a request until `resume`. It keeps its place for as long as nobody else needs it,
   * and what it has computed for longer: its text does not change.
   */
  pause(id: number): void {
    const state = this.#find(id);
    if (state) state.paused = true;
  }

  resume(id: number): void {
    const state = this.#find(id);
    if (state === undefined) return;
    state.paused = false;
    if (this.#parked.delete(id)) this.#waiting.putBack(state);
  }

  #find(id: number): RequestState | undefined {
    return this.#running.find((one) => one.id === id) ?? this.#waiting.find(id) ?? this.#parked.get(id);
  }

  /** Ends all requests with an error. */
  failAll(error: PlainError): void {
    for (const state of [...this.#running, ...this.#waiting.items(), ...this.#parked.values()])
      this.#end(state, 'error', error);
  }

  /** Each phase takes what it needs of those before it and returns a value. */
  step(): StepReport {
    const startMs = this.#now();
    this.#onPhase('admitting');
    this.#admit(startMs);
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
    const record = { offers, planned, drafts, proposals: verified, committed, stepMs };
    const predictedMs = this.speculator.learn(record);
    const { draftMs, draftDecodes } = this.speculator.timing;
    const times = { stepMs, draftMs, draftDecodes, planMs, predictedMs };
    const plan = this.#options.planLog === undefined || !planned ? undefined : this.speculator.records.newest;
    const { prefillTokens, decode } = schedule;
    return this.#counter.report({ ...times, prefillTokens, decodingRequests: decode.length, plan }, this);
  }

  /** Starts waiting requests while there are places and KV cells; paused ones make room. */
  #admit(nowMs: number): void {
    if (this.#waiting.size === 0) return;
    const passed = new Set<RequestState>();
    // No more candidates are looked at than there are places: a scan of a long queue would cost every step.
    for (let looked = 0; looked < this.#options.parallel; looked++) {
      if (this.#running.length >= this.#options.parallel && !this.#running.some(({ paused }) => paused))
        return;
      const state = this.#next(passed);
      if (state === undefined) return;
      const reusable = state.scoring ? 0 : (this.pool.bestMatch(state.tokens, state.known)?.shared ?? 0);
      if (!state.scoring && this.#shouldWaitForPrefix(state, reusable)) {
        passed.add(state);
        continue;
      }
      const needed = (): number => state.known - reusable + this.#running.length + 1;
      while (this.#running.length >= this.#options.parallel || needed() > this.pool.available) {
        if (this.#running.length === 0) break;
        if (!this.#park()) return;
      }
      this.#waiting.admit(state);
      state.start(this.pool, nowMs);
      this.#running.push(state);
    }
  }

  /** Whose turn it is. Who does not read what it has gets no further places. */
  #next(passed?: ReadonlySet<RequestState>): RequestState | undefined {
    if (this.#waiting.size === 0) return undefined;
    const stalled = new Set<string>();
    for (const states of [this.#running, this.#parked.values(), this.#waiting.items()])
      for (const one of states) if (one.paused) stalled.add(`${one.group} ${one.client}`);
    return this.#waiting.next(
      this.#running,
      (state) => passed?.has(state) !== true && !stalled.has(`${state.group} ${state.client}`),
    );
  }

  /** Takes the place of a request that is paused; false when none is. */
  #park(): boolean {
    const state = this.#running.find(({ paused }) => paused);
    if (state === undefined) return false;
    this.#leave(state);
    state.slot = undefined;
    this.#parked.set(state.id, state);
    return true;
  }

  /**
   * True while a running request is prefilling a beginning that this one shares and can then reuse.
   * @param reusable tokens that could be reused now
   */
  #shouldWaitForPrefix(state: RequestState, reusable: number): boolean {
    for (const other of this.#running) {
      if (other.pending === 1 || other.paused || other.scoring) continue;
      const shared = commonPrefix(other.tokens, state.tokens, Math.min(other.known, state.known) - 1);
      if (shared < WORTH_WAITING_TOKENS || !this.pool.copyPays(shared)) continue;
      if (shared - reusable >= WORTH_WAITING_TOKENS) return true;
    }
    return false;
  }

  /** Who computes what of the known tokens, with cells set aside for it. */
  #schedule(): Schedule {
    for (;;) {
      this.pool.beginStep();
      const computing = this.#running.filter(({ paused }) => !paused);
      const reserve = (state: RequestState, count: number): boolean => this.pool.reserve(state.slot!, count);
      const { decoder } = this.#model;
      const schedule = scheduleStep(computing, this.#options, decoder, reserve, this.#prefillTurn);
      // Where there is no cell for somebody's next token, who is paused or else the youngest gives its own back.
      if (!schedule.starved || this.#running.length < 2) {
        if (schedule.prefillTokens > 0) this.#prefillTurn += 1;
        return schedule;
      }
      if (!this.#park()) this.#preempt(this.#running.at(-1)!);
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
   * One target batch for all: pieces of prompts, each request's last known token, and its guesses. Where
   * neighbours in a batch change the arithmetic, prompts go first, alone.
   * @returns [decode item] where it is in the batch; undefined when a decode failed
   */
  #verify({ prefill, decode, prefillTokens }: Schedule, proposals: readonly Proposal[]) {
    const { batch, exactRows } = this.#model.decoder;
    const states = prefill.map(({ state }) => state);
    const rows = proposals.reduce((sum, proposal) => sum + 1 + proposal.length, 0);
    batch.clear();
    const apart = states.length > 0 && (exactRows < batch.capacity || prefillTokens + rows > batch.capacity);
    if (apart) {
      const { firstRows } = fillBatch(batch, this.pool, prefill, [], []);
      if (!this.#decode(states)) return undefined;
      this.#advancePrefill(prefill, firstRows);
      batch.clear();
    }
    const beside = apart ? [] : prefill;
    const { placements, firstRows } = fillBatch(batch, this.pool, beside, decode, proposals);
    for (const { state } of decode) if (!states.includes(state)) states.push(state);
    if (batch.length > 0 && !this.#decode(states)) return undefined;
    if (!apart) this.#advancePrefill(prefill, firstRows);
    return placements;
  }

  #advancePrefill(prefill: readonly PrefillItem[], firstRows: readonly number[]): void {
    prefill.forEach(({ state, count }, at) => {
      if (state.scoring) this.#emit(state.score(firstRows[at]!, count));
      this.pool.advance(state.slot!, count);
    });
  }

  #decode(states: readonly RequestState[]): boolean {
    const { decoder } = this.#model;
    const startMs = this.#now();
    const outcome = decoder.decode();
    const ms = this.#now() - startMs;
    this.#counter.decoded(decoder.batch, ms);
    this.speculator.timing.decoded(decoder.batch, ms);
    if (outcome !== 'done') this.#recover(states, outcome);
    return outcome === 'done';
  }

  /**
   * Takes what is accepted of the guesses, one token more, and puts the cache right.
   * @returns [decode item] the tokens that the request got; undefined where it got none
   */
  #commit({ decode }: Schedule, placements: readonly Placement[] | undefined) {
    if (placements === undefined) return decode.map(() => undefined);
    const nowMs = this.#now();
    for (const state of this.#running.filter(({ complete }) => complete)) {
      this.#emit(state.endAtPrompt(nowMs));
      this.#leave(state);
    }
    return decode.map(({ state }, at) => {
      const placement = placements[at]!;
      const { proposal, firstRow } = placement;
      try {
        const { event, path } = state.commit(firstRow, proposal, nowMs);
        this.#counter.committed(event, proposal, path);
        this.#emit(event);
        // The newest token has not been computed, and neither has what was guessed wrong.
        keepPath(this.pool, state, placement, path, state.known - 1);
        if (state.finished) this.#leave(state);
        return event.tokens;
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
        this.#preempt(this.#running.at(-1)!);
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

  /** Puts a request back into the queue; what it had computed is computed again later. */
  #preempt(state: RequestState): void {
    this.#leave(state);
    this.pool.discard(state.slot!);
    state.slot = undefined;
    state.preemptions += 1;
    this.#waiting.putBack(state);
    this.#counter.preempted();
  }

  #end(state: RequestState, reason: 'cancelled' | 'error', error?: PlainError): void {
    this.#emit(state.end(reason, error));
    if (state.slot) this.#leave(state);
    else if (!this.#parked.delete(state.id)) this.#waiting.remove(state);
  }

  #leave(state: RequestState): void {
    this.#running.splice(this.#running.indexOf(state), 1);
    this.pool.release(state.slot!);
    this.speculator.forgetRequest(state.id);
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
