/**
 * An engine without a model, for tests of the server: requests are answered by a script, or by the test
 * itself event by event. Text is bytes: token t < 256 is byte t, `END` ends a generation.
 */
import { ForetokenError, type PlainError } from '../base/errors.js';
import type {
  CellCounts,
  DraftStatus,
  EngineHandle,
  EngineInfo,
  EngineRequest,
  EngineStall,
  FinishReason,
  RequestEvent,
  RequestRecord,
  RequestStatistics,
  RequestStream,
  StepReport,
} from '../engine/types.js';
import { guessTotals } from '../engine/guess-counts.js';
import type { PlanRecord } from '../planning/plan-record.js';
import type { CallSyntax } from '../grammar/answer.js';
import { TAGGED_CALLS } from '../llama/tool-syntax.js';
import type { ChatEnding, ChatFallback, ChatMessage, TextCodec } from './codec.js';

/** Without text, as special tokens are. */
export const END = 256;
const VOCABULARY_SIZE = 257;

export class FakeCodec implements TextCodec {
  readonly vocabularySize = VOCABULARY_SIZE;
  readonly beginning = undefined;
  readonly infill = undefined;
  readonly chatFallback: ChatFallback | undefined;
  readonly facts = { chatTemplate: '{{ messages }}', bos: '<s>', eos: '</s>' };
  readonly thinks: boolean;
  /** Of the latest conversation. */
  asked: { readonly extra: Readonly<Record<string, unknown>>; readonly ending: ChatEnding } | undefined;

  constructor(chatFallback?: ChatFallback, thinks = false) {
    this.chatFallback = chatFallback;
    this.thinks = thinks;
  }

  tokenize(text: string): Int32Array {
    return Int32Array.from(Buffer.from(text, 'utf8'));
  }

  tokenBytes(token: number): Uint8Array {
    return token < 256 ? Uint8Array.of(token) : new Uint8Array();
  }

  detokenize(tokens: readonly number[]): string {
    return Buffer.from(tokens.filter((token) => token < 256)).toString('utf8');
  }

  encodeChat(
    messages: readonly ChatMessage[],
    extra: Readonly<Record<string, unknown>>,
    _gone?: AbortSignal,
    ending: ChatEnding = 'before an answer',
  ): Int32Array {
    this.asked = { extra, ending };
    if (extra['refuse'] === true)
      throw new ForetokenError('invalid_request', 'roles must alternate', { param: 'messages' });
    return this.tokenize(messages.map(({ role, content }) => `${role}: ${content}\n`).join(''));
  }

  encodePair(query: string, document: string): Int32Array {
    return this.tokenize(`${query}\n${document}`);
  }

  callSyntax(): CallSyntax {
    return TAGGED_CALLS;
  }
}

export const bytesOf = (text: string): number[] => [...Buffer.from(text, 'utf8')];

/** One request as the engine got it, with the means to answer it. */
export class FakeStream implements RequestStream {
  readonly id: number;
  readonly request: Omit<EngineRequest, 'id'>;
  cancelled = false;
  ended = false;
  /** Events that somebody has taken out. */
  consumed = 0;
  #outputTokens = 0;
  readonly #events: RequestEvent[] = [];
  #wake: (() => void) | undefined;
  readonly #onEnd: (record: RequestRecord) => void;

  constructor(id: number, request: Omit<EngineRequest, 'id'>, onEnd: (record: RequestRecord) => void) {
    this.id = id;
    this.request = request;
    this.#onEnd = onEnd;
  }

  tokens(tokens: readonly number[], more: Partial<RequestEvent> = {}): void {
    this.#outputTokens += tokens.length;
    this.#push({ id: this.id, tokens, accepted: 0, ...more });
  }

  text(text: string): void {
    this.tokens(bytesOf(text));
  }

  finish(
    reason: FinishReason,
    more: {
      readonly tokens?: readonly number[];
      readonly stopTrimBytes?: number;
      readonly stop?: string;
      readonly error?: PlainError;
      readonly statistics?: Partial<RequestStatistics>;
      readonly record?: Partial<RequestRecord>;
      readonly logprobs?: RequestEvent['logprobs'];
    } = {},
  ): void {
    if (this.ended) return;
    this.ended = true;
    const tokens = more.tokens ?? [];
    this.#outputTokens += tokens.length;
    const statistics: RequestStatistics = {
      promptTokens: this.request.prompt.length,
      cachedTokens: 0,
      outputTokens: this.#outputTokens,
      queueMs: 1,
      prefillMs: 2,
      decodeMs: 10,
      drafts: 0,
      draftTokens: 0,
      acceptedTokens: 0,
      acceptanceHistogram: [],
      decodeSteps: this.#outputTokens,
      preemptions: 0,
      ...more.statistics,
    };
    const record: RequestRecord = {
      id: this.id,
      label: this.request.label,
      reason,
      error: more.error,
      tokens: undefined,
      speculation: { mode: 'auto', proposers: ['lookup', 'draft'] },
      draft: this.request.speculation.draft,
      refusedAt: [],
      arrivedMs: 0,
      guesses: {},
      notSpeculated: 'no proposer had a guess',
      bestGain: undefined,
      statistics,
      ...more.record,
    };
    this.#push({
      id: this.id,
      tokens,
      accepted: 0,
      ...(more.logprobs === undefined ? {} : { logprobs: more.logprobs }),
      finish: {
        ...record,
        stopTrimBytes: more.stopTrimBytes ?? 0,
        ...(more.stop === undefined ? {} : { stop: more.stop }),
      },
    });
    this.#onEnd(record);
  }

  cancel(): void {
    if (this.cancelled || this.ended) return;
    this.cancelled = true;
    this.finish('cancelled');
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RequestEvent, void, undefined> {
    try {
      while (true) {
        const event = this.#events.shift();
        if (event === undefined) {
          await new Promise<void>((resolve) => (this.#wake = resolve));
          continue;
        }
        this.consumed += 1;
        yield event;
        if (event.finish !== undefined) return;
      }
    } finally {
      this.cancel();
    }
  }

  #push(event: RequestEvent): void {
    this.#events.push(event);
    this.#wake?.();
    this.#wake = undefined;
  }
}

export class FakeEngine implements EngineHandle {
  readonly info: EngineInfo;
  readonly streams: FakeStream[] = [];
  readonly embedded: Int32Array[] = [];
  draftList: readonly DraftStatus[] = [];
  /** What `plans` gives. */
  planned: readonly PlanRecord[] = [];
  closedWith: { readonly graceMs: number } | undefined;
  /** Requests taken at the same time before `queue_full`. */
  capacity = Infinity;
  /** Answers a request once it is submitted; tests that drive streams themselves leave it out. */
  onSubmit: ((stream: FakeStream) => void) | undefined;
  stall: EngineStall | undefined;
  cells: CellCounts | undefined;
  readonly #listeners: ((report: StepReport) => void)[] = [];
  /** Told by tests. */
  readonly booksListeners: ((problem: string) => void)[] = [];
  /** Whether anybody asked for the tokens of ended requests. */
  wantsTokens = false;
  readonly #recordListeners = new Set<(record: RequestRecord) => void>();
  #closing = false;
  #whenEmpty: (() => void) | undefined;

  constructor(info: Partial<EngineInfo> = {}) {
    this.info = {
      vocabularySize: VOCABULARY_SIZE,
      sequenceCapacity: 512,
      cellCount: 2048,
      parallel: 4,
      threads: 1,
      computing: { gpus: [], gpuLayers: 0, layers: 3 },
      hasDraft: true,
      canSpeculate: true,
      proposers: ['lookup', 'draft'],
      embeddingWidth: 3,
      ranks: false,
      contextTrain: 8192,
      exactness: 'exact',
      exactnessReason: 'nothing is computed',
      notes: [],
      loadMs: 1,
      ...info,
    };
  }

  get inFlight(): number {
    return this.streams.filter((stream) => !stream.ended).length;
  }

  /** The latest request. */
  get last(): FakeStream {
    return this.streams.at(-1)!;
  }

  submit(request: Omit<EngineRequest, 'id'>): RequestStream {
    if (this.#closing) throw new ForetokenError('shutting_down', 'The engine is closing.');
    if (this.inFlight >= this.capacity) throw new ForetokenError('queue_full', 'Too many requests wait.');
    const stream = new FakeStream(this.streams.length + 1, request, (record) => {
      for (const listener of this.#recordListeners) listener(record);
      if (this.inFlight === 0) this.#whenEmpty?.();
    });
    this.streams.push(stream);
    this.onSubmit?.(stream);
    return stream;
  }

  embed(tokens: Int32Array): Promise<Float32Array> {
    this.embedded.push(tokens);
    return Promise.resolve(Float32Array.of(0.6, -0.8, 0));
  }

  plans(): Promise<readonly PlanRecord[]> {
    return Promise.resolve(this.planned);
  }

  loadDraft({ id }: { readonly id: string }): Promise<DraftStatus> {
    const known = this.draftList.find((one) => one.id === id);
    return known === undefined
      ? Promise.reject(new ForetokenError('invalid_gguf', 'This engine has no models.'))
      : Promise.resolve(known);
  }

  unloadDraft(id: string): Promise<void> {
    return this.draftList.some((one) => one.id === id)
      ? Promise.resolve()
      : Promise.reject(new ForetokenError('draft_not_found', `There is no draft ${id}.`));
  }

  drafts(): Promise<readonly DraftStatus[]> {
    return Promise.resolve(this.draftList);
  }

  relabel(): void {
    // Nothing is learned here.
  }

  onStep(listener: (report: StepReport) => void): void {
    this.#listeners.push(listener);
  }

  onBooksMended(listener: (problem: string) => void): void {
    this.booksListeners.push(listener);
  }

  onRequestEnd(listener: (record: RequestRecord) => void, wants = { tokens: false }): () => void {
    this.wantsTokens ||= wants.tokens;
    this.#recordListeners.add(listener);
    return () => this.#recordListeners.delete(listener);
  }

  step(report: Partial<StepReport>): void {
    const totals = guessTotals(report.guesses ?? {});
    const whole: StepReport = {
      stepMs: 0,
      targetMs: 0,
      draftMs: 0,
      batchTokens: 0,
      prefillTokens: 0,
      committedTokens: 0,
      running: 0,
      waiting: 0,
      cellsInUse: 0,
      cellsCached: 0,
      cellsFree: 0,
      preemptions: 0,
      targetDecodes: 1,
      draftDecodes: 0,
      decodingRequests: 0,
      drafts: 0,
      predictedMs: undefined,
      planMs: 0,
      plan: undefined,
      proposerErrors: [],
      guesses: {},
      draftTokens: totals.draftTokens,
      acceptedTokens: totals.acceptedTokens,
      ...report,
    };
    this.cells = { inUse: whole.cellsInUse, cached: whole.cellsCached, free: whole.cellsFree };
    for (const listener of this.#listeners) listener(whole);
  }

  async close({ graceMs }: { readonly graceMs: number }): Promise<void> {
    this.#closing = true;
    this.closedWith = { graceMs };
    if (this.inFlight > 0)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, graceMs);
        this.#whenEmpty = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    for (const stream of this.streams) stream.cancel();
  }
}
