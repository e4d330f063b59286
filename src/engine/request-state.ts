/**
 * One request inside the engine. `0 <= computed <= known <= limit`: the first `computed` tokens are in the KV
 * cache, the first `known` are prompt and output so far, and there will never be more than `limit`.
 */
import type { DraftId } from '../base/draft-id.js';
import { sum } from '../base/statistics.js';
import { assert, ForetokenError, type PlainError } from '../base/errors.js';
import type { Grammar } from '../base/grammar.js';
import { token as asToken } from '../base/types.js';
import type { GrammarPool } from '../constraints/grammar-pool.js';
import type { EngineModel } from '../decoder/decoder.js';
import { logprobsOf } from '../sampling/logprobs.js';
import { TokenSampler } from '../sampling/sampler.js';
import { ROOT, type Proposal } from '../speculation/proposal.js';
import type { KvPool, Slot } from './kv-pool.js';
import { StopMatcher, type StopMatch } from './stop-matcher.js';
import { countGuesses, type GuessCounts } from './guess-counts.js';
import { statisticsOf, type NotSpeculated } from './request-record.js';
import type { AllowedSpeculation } from './speculation-mode.js';
import { tiledOf } from './tiled-prompt.js';
import type { EngineRequest, FinishReason, RequestEvent, TokenLogprob } from './types.js';

/** What has ended a text: a token where it is no stop text. */
type Stopped = Pick<StopMatch, 'trimBytes'> & Partial<StopMatch>;

/** [model] the tokens that end its texts, which only requests with `minTokens` ask for. */
const endTokens = new WeakMap<EngineModel, readonly number[]>();

/** Tokens with which a request's text may not go on before its least length. */
function endingsOf(
  { stopTokens = [], ignoreEndOfGeneration }: EngineRequest,
  model: EngineModel,
): readonly number[] {
  let ends = endTokens.get(model);
  if (ends === undefined) {
    const all = Array.from({ length: model.decoder.vocabularySize }, (_, id) => id);
    ends = all.filter((id) => model.isEndOfGeneration(asToken(id)));
    endTokens.set(model, ends);
  }
  return ignoreEndOfGeneration ? stopTokens : [...ends, ...stopTokens];
}

export class RequestState {
  /** Only its label changes. */
  request: EngineRequest;
  readonly speculation: AllowedSpeculation;
  readonly sampler: TokenSampler;
  readonly grammar: Grammar | undefined;
  /** `tokens[0, known)` is the text; has room for `limit` once started. */
  tokens: Int32Array;
  /** Where its prompt is tiled. */
  readonly tiled: Int32Array;
  readonly limit: number;
  known: number;
  /** Its place in the KV cache while it runs. */
  slot: Slot | undefined;
  /** The draft model that guesses for it, for the record. */
  draft: DraftId | undefined;

  readonly #model: EngineModel;
  readonly #stops: StopMatcher | undefined;
  /** Of the text, prompt included: where it is no longer, nothing but its limit ends it. */
  readonly #leastLength: number;
  readonly #arrivedMs: number;
  #startedMs: number | undefined;
  #firstTokenMs = 0;
  #lastTokenMs = 0;
  #finish: FinishReason | undefined;
  #stopMatch: Stopped | undefined;

  /** Its reader does not keep up: nothing is computed for it. */
  paused = false;
  cachedTokens = 0;
  /** Tokens of the prompt whose log-probabilities have been reported. */
  #scored = 0;
  preemptions = 0;
  #decodeSteps = 0;
  readonly #guesses: GuessCounts = {};
  readonly #refusedAt: number[] = [];
  readonly #acceptanceHistogram: number[] = [];
  /** Steps that looked for guesses and verified none, and what the best of them promised. */
  #passedOver = 0;
  #bestGain: number | undefined;

  /** @throws ForetokenError `invalid_request`, `context_length_exceeded`. */
  constructor(
    request: EngineRequest,
    model: EngineModel,
    grammars: GrammarPool,
    nowMs: number,
    speculation: AllowedSpeculation,
  ) {
    const capacity = model.decoder.sequenceCapacity;
    const length = request.prompt.length;
    if (length === 0)
      throw new ForetokenError('invalid_request', 'The prompt is empty.', { param: 'prompt' });
    if (length >= capacity) {
      throw new ForetokenError(
        'context_length_exceeded',
        `The prompt has ${length} tokens; a request may hold ${capacity} including its answer. Shorten the prompt.`,
        { param: 'prompt' },
      );
    }
    if (request.maxTokens < 0) {
      throw new ForetokenError(
        'invalid_request',
        `A request is to write ${request.maxTokens} tokens at most; that must be at least 0.`,
        { param: 'maxTokens' },
      );
    }
    this.request = request;
    this.speculation = speculation;
    this.#model = model;
    this.#arrivedMs = nowMs;
    this.limit = Math.min(capacity, length + request.maxTokens);
    this.tokens = request.prompt;
    this.tiled = tiledOf(request.prompt, model);
    this.known = length;
    const minTokens = request.minTokens ?? 0;
    this.#leastLength = length + minTokens;
    this.sampler = new TokenSampler(
      request.prompt,
      request.sampling,
      minTokens > 0 ? { tokens: endingsOf(request, model), before: this.#leastLength } : undefined,
    );
    this.#stops = request.stop.length > 0 ? new StopMatcher(request.stop) : undefined;
    this.grammar = request.grammar === undefined ? undefined : grammars.matcher(request.grammar);
  }

  get id(): number {
    return this.request.id;
  }

  get client(): string {
    return this.request.client ?? '';
  }

  get group(): number {
    return this.request.group ?? this.id;
  }

  get computed(): number {
    return this.slot?.length ?? 0;
  }

  /** Known tokens that are not in the KV cache; 1 while decoding, more during prefill. */
  get pending(): number {
    return this.known - this.computed;
  }

  get outputTokens(): number {
    return this.known - this.request.prompt.length;
  }

  /** Log-probabilities of its prompt are still to be reported. */
  get scoring(): boolean {
    return this.request.promptLogprobs === true && this.#scored < this.request.prompt.length - 1;
  }

  /** Nothing was asked for beyond its prompt, and that is computed. */
  get complete(): boolean {
    return this.known === this.limit && this.pending === 1;
  }

  get finished(): boolean {
    return this.#finish !== undefined;
  }

  /** Takes a place in the KV cache. A waiting request holds no more memory than its prompt. */
  start(pool: KvPool, nowMs: number): void {
    if (this.tokens.length < this.limit) {
      const tokens = new Int32Array(this.limit);
      tokens.set(this.tokens);
      this.tokens = tokens;
    }
    const slot = pool.acquire(this, this.known, this.scoring);
    this.slot = slot;
    if (this.#startedMs !== undefined) return;
    this.#startedMs = nowMs;
    this.cachedTokens = slot.length;
  }

  /**
   * Samples from the rows of its verified tokens and commits what stands: from the root of the proposal on, the
   * target's own token at each node, for as long as that token was guessed there.
   * @param firstRow row of the logits that follow the last known token; that of node n is `firstRow + 1 + n`.
   * @returns the news for the client, and the nodes of the proposal that stand, from the root on
   */
  commit(firstRow: number, proposal: Proposal, nowMs: number): { event: RequestEvent; path: number[] } {
    const { topLogprobs } = this.request;
    const tokens: number[] = [];
    const logprobs: TokenLogprob[] = [];
    const path: number[] = [];
    let node: number | undefined = ROOT;
    while (node !== undefined && !this.finished) {
      const logits = this.#model.decoder.logits(firstRow + 1 + node);
      const token = this.#choose(logits);
      if (token < 0 || this.grammar?.fault !== undefined) {
        // What was guessed right before still counts; the next step comes here again.
        if (tokens.length > 0) break;
        throw this.#nothingMayCome();
      }
      tokens.push(token);
      if (topLogprobs >= 0) logprobs.push(logprobsOf(logits, token, topLogprobs));
      this.#append(token);
      const next = proposal.child(node, token);
      if (next !== undefined) path.push(next);
      else if (proposal.guessesAfter(node)) this.#refusedAt.push(this.outputTokens - 1);
      node = next;
    }
    // What nobody guessed may be right by chance, at the end of a path.
    const accepted = path.filter((node) => proposal.sources[node] !== 'padding').length;
    if (this.outputTokens === tokens.length) this.#firstTokenMs = nowMs;
    this.#lastTokenMs = nowMs;
    this.#count(proposal, path, accepted);
    const event = {
      id: this.id,
      tokens,
      accepted,
      ...(topLogprobs >= 0 && { logprobs }),
      ...(this.#finish !== undefined && { finish: this.#ending(this.#finish) }),
    };
    return { event, path };
  }

  #choose(logits: Float32Array): number {
    const token = this.sampler.sample(logits, this.known, this.grammar);
    // A grammar that allows nothing but the end is complete, however short the text.
    return token < 0 && this.grammar !== undefined && this.known < this.#leastLength
      ? this.sampler.sampleFreely(logits, this.known, this.grammar)
      : token;
  }

  /**
   * Log-probabilities of the prompt's tokens that follow its first `computed` ones.
   * @param firstRow row of the logits of the first of `count` tokens, the others behind it
   */
  score(firstRow: number, count: number): RequestEvent {
    const promptLogprobs: TokenLogprob[] = [];
    // After a preemption the prompt is computed once more, and not reported once more.
    for (let at = Math.max(this.computed, this.#scored); at < this.computed + count; at++) {
      const next = this.request.prompt[at + 1];
      if (next === undefined) break;
      const logits = this.#model.decoder.logits(firstRow + at - this.computed);
      promptLogprobs.push(logprobsOf(logits, next, Math.max(0, this.request.topLogprobs)));
      this.#scored = at + 1;
    }
    return { id: this.id, tokens: [], accepted: 0, promptLogprobs };
  }

  /** Ends it where nothing was asked for beyond its prompt. */
  endAtPrompt(nowMs: number): RequestEvent {
    this.#finish = 'length';
    this.#firstTokenMs = nowMs;
    this.#lastTokenMs = nowMs;
    return { id: this.id, tokens: [], accepted: 0, finish: this.#ending('length') };
  }

  /** Ends it from outside; the event that says so. */
  end(reason: 'cancelled' | 'error', error?: PlainError): RequestEvent {
    assert(!this.finished, `request ${this.id} ends twice`);
    this.#finish = reason;
    return { id: this.id, tokens: [], accepted: 0, finish: this.#ending(reason, error) };
  }

  #nothingMayCome(): ForetokenError {
    const { grammar } = this;
    if (grammar?.fault !== undefined)
      return new ForetokenError('invalid_grammar', grammar.fault, { param: 'grammar' });
    const banned = this.request.sampling.logitBias.some(([, bias]) => bias === -Infinity);
    if (grammar !== undefined)
      return new ForetokenError(
        'invalid_grammar',
        `No token of this model${banned ? ', with those that its bias bans left out,' : ''} goes on as the grammar ` +
          'wants it here.',
        { param: 'grammar' },
      );
    if (banned)
      return new ForetokenError('invalid_request', 'The logit bias bans every token: none may come next.', {
        param: 'sampling.logitBias',
      });
    return new ForetokenError('decode_failed', "The model's scores of the next token are no numbers.");
  }

  #append(token: number): void {
    assert(this.known < this.limit, `request ${this.id} grows past its limit`);
    this.tokens[this.known++] = token;
    this.sampler.history.push(token);
    const ends = this.#model.isEndOfGeneration(asToken(token));
    if (ends && (!this.request.ignoreEndOfGeneration || this.grammar !== undefined))
      this.#finish = 'finished';
    else {
      this.grammar?.learn(this.known > 1 ? this.tokens[this.known - 2]! : -1, asToken(token));
      this.grammar?.accept(asToken(token));
    }
    const match = this.#stopAt(token);
    if (match !== undefined && this.known > this.#leastLength) {
      this.#finish = 'stopped';
      this.#stopMatch = match;
    }
    if (this.known === this.limit) this.#finish ??= 'length';
  }

  /** The stop text or token that ends the text here, were it long enough. */
  #stopAt(token: number): Stopped | undefined {
    const { stopTokens, includeStop = false } = this.request;
    const bytes = this.#model.tokenBytes(asToken(token));
    const ofText = this.#stops?.push(bytes, includeStop);
    if (stopTokens?.includes(token) !== true) return ofText;
    const trimBytes = includeStop ? (ofText?.trimBytes ?? 0) : Math.max(ofText?.trimBytes ?? 0, bytes.length);
    return { ...ofText, trimBytes };
  }

  /** @param gain what the best guesses promised: goodput over that without less 1; undefined when there were none */
  passedOver(gain: number | undefined): void {
    this.#passedOver += 1;
    if (gain !== undefined) this.#bestGain = Math.max(gain, this.#bestGain ?? gain);
  }

  #count(proposal: Proposal, path: readonly number[], accepted: number): void {
    this.#decodeSteps += 1;
    if (proposal.length > 0) countGuesses(this.#guesses, proposal, path);
    if (proposal.guesses === 0) return;
    while (this.#acceptanceHistogram.length <= accepted) this.#acceptanceHistogram.push(0);
    this.#acceptanceHistogram[accepted]! += 1;
  }

  #ending(reason: FinishReason, error?: PlainError): NonNullable<RequestEvent['finish']> {
    const { mode, proposers } = this.speculation;
    const startedMs = this.#startedMs ?? this.#arrivedMs;
    const began = this.outputTokens > 0 || reason === 'length';
    const notSpeculated = this.#whyNotSpeculated();
    return {
      id: this.id,
      label: this.request.label,
      reason,
      ...(error !== undefined && { error }),
      tokens: this.tokens.subarray(0, this.known),
      speculation: { mode, proposers },
      draft: this.draft,
      refusedAt: this.#refusedAt,
      arrivedMs: this.#arrivedMs,
      guesses: this.#guesses,
      notSpeculated,
      bestGain: notSpeculated === 'no proposer pays' ? this.#bestGain : undefined,
      statistics: statisticsOf(
        {
          promptTokens: this.request.prompt.length,
          cachedTokens: this.cachedTokens,
          outputTokens: this.outputTokens,
          queueMs: startedMs - this.#arrivedMs,
          prefillMs: began ? this.#firstTokenMs - startedMs : 0,
          decodeMs: began ? this.#lastTokenMs - this.#firstTokenMs : 0,
          acceptanceHistogram: this.#acceptanceHistogram,
          decodeSteps: this.#decodeSteps,
          preemptions: this.preemptions,
        },
        this.#guesses,
      ),
      stopTrimBytes: this.#stopMatch?.trimBytes ?? 0,
      ...(this.#stopMatch?.stop !== undefined && { stop: this.#stopMatch.stop }),
    };
  }

  #whyNotSpeculated(): NotSpeculated | undefined {
    if (sum(this.#acceptanceHistogram) > 0) return undefined;
    if (this.speculation.never !== undefined) return this.speculation.never;
    if (this.#decodeSteps === 0) return 'it ended before its first token';
    if (this.limit - this.request.prompt.length < 2) return 'no room for guesses';
    if (this.#passedOver === 0) return 'no guesses were looked for, since they did not pay lately';
    return this.#bestGain === undefined ? 'no proposer had a guess' : 'no proposer pays';
  }
}
