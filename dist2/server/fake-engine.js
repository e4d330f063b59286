/**
 * An engine without a model, for tests of the server: requests are answered by a script, or by the test
 * itself event by event. Text is bytes: token t < 256 is byte t, `END` ends a generation.
 */
import { ForetokenError } from '../base/errors.js';
import { guessTotals } from '../engine/guess-counts.js';
import { TAGGED_CALLS } from '../llama/tool-syntax.js';
/** Without text, as special tokens are. */
export const END = 256;
const VOCABULARY_SIZE = 257;
export class FakeCodec {
    vocabularySize = VOCABULARY_SIZE;
    beginning = undefined;
    infill = undefined;
    chatFallback;
    facts = { chatTemplate: '{{ messages }}', bos: '<s>', eos: '</s>' };
    thinks;
    /** Of the latest conversation. */
    asked;
    constructor(chatFallback, thinks = false) {
        this.chatFallback = chatFallback;
        this.thinks = thinks;
    }
    tokenize(text) {
        return Int32Array.from(Buffer.from(text, 'utf8'));
    }
    tokenBytes(token) {
        return token < 256 ? Uint8Array.of(token) : new Uint8Array();
    }
    detokenize(tokens) {
        return Buffer.from(tokens.filter((token) => token < 256)).toString('utf8');
    }
    encodeChat(messages, extra, _gone, ending = 'before an answer') {
        this.asked = { extra, ending };
        if (extra['refuse'] === true)
            throw new ForetokenError('invalid_request', 'roles must alternate', { param: 'messages' });
        return this.tokenize(messages.map(({ role, content }) => `${role}: ${content}\n`).join(''));
    }
    encodePair(query, document) {
        return this.tokenize(`${query}\n${document}`);
    }
    callSyntax() {
        return TAGGED_CALLS;
    }
}
export const bytesOf = (text) => [...Buffer.from(text, 'utf8')];
/** One request as the engine got it, with the means to answer it. */
export class FakeStream {
    id;
    request;
    cancelled = false;
    ended = false;
    /** Events that somebody has taken out. */
    consumed = 0;
    #outputTokens = 0;
    #events = [];
    #wake;
    #onEnd;
    constructor(id, request, onEnd) {
        this.id = id;
        this.request = request;
        this.#onEnd = onEnd;
    }
    tokens(tokens, more = {}) {
        this.#outputTokens += tokens.length;
        this.#push({ id: this.id, tokens, accepted: 0, ...more });
    }
    text(text) {
        this.tokens(bytesOf(text));
    }
    finish(reason, more = {}) {
        if (this.ended)
            return;
        this.ended = true;
        const tokens = more.tokens ?? [];
        this.#outputTokens += tokens.length;
        const statistics = {
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
        const record = {
            id: this.id,
            label: this.request.label,
            reason,
            error: more.error,
            tokens: undefined,
            speculation: { mode: 'auto', proposers: ['lookup', 'draft'] },
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
    cancel() {
        if (this.cancelled || this.ended)
            return;
        this.cancelled = true;
        this.finish('cancelled');
    }
    async *[Symbol.asyncIterator]() {
        try {
            while (true) {
                const event = this.#events.shift();
                if (event === undefined) {
                    await new Promise((resolve) => (this.#wake = resolve));
                    continue;
                }
                this.consumed += 1;
                yield event;
                if (event.finish !== undefined)
                    return;
            }
        }
        finally {
            this.cancel();
        }
    }
    #push(event) {
        this.#events.push(event);
        this.#wake?.();
        this.#wake = undefined;
    }
}
export class FakeEngine {
    info;
    streams = [];
    embedded = [];
    /** What `plans` gives. */
    planned = [];
    closedWith;
    /** Requests taken at the same time before `queue_full`. */
    capacity = Infinity;
    /** Answers a request once it is submitted; tests that drive streams themselves leave it out. */
    onSubmit;
    stall;
    cells;
    #listeners = [];
    /** Told by tests. */
    booksListeners = [];
    /** Whether anybody asked for the tokens of ended requests. */
    wantsTokens = false;
    #recordListeners = new Set();
    #closing = false;
    #whenEmpty;
    constructor(info = {}) {
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
    get inFlight() {
        return this.streams.filter((stream) => !stream.ended).length;
    }
    /** The latest request. */
    get last() {
        return this.streams.at(-1);
    }
    submit(request) {
        if (this.#closing)
            throw new ForetokenError('shutting_down', 'The engine is closing.');
        if (this.inFlight >= this.capacity)
            throw new ForetokenError('queue_full', 'Too many requests wait.');
        const stream = new FakeStream(this.streams.length + 1, request, (record) => {
            for (const listener of this.#recordListeners)
                listener(record);
            if (this.inFlight === 0)
                this.#whenEmpty?.();
        });
        this.streams.push(stream);
        this.onSubmit?.(stream);
        return stream;
    }
    embed(tokens) {
        this.embedded.push(tokens);
        return Promise.resolve(Float32Array.of(0.6, -0.8, 0));
    }
    plans() {
        return Promise.resolve(this.planned);
    }
    onStep(listener) {
        this.#listeners.push(listener);
    }
    onBooksMended(listener) {
        this.booksListeners.push(listener);
    }
    onRequestEnd(listener, wants = { tokens: false }) {
        this.wantsTokens ||= wants.tokens;
        this.#recordListeners.add(listener);
        return () => this.#recordListeners.delete(listener);
    }
    step(report) {
        const totals = guessTotals(report.guesses ?? {});
        const whole = {
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
        for (const listener of this.#listeners)
            listener(whole);
    }
    async close({ graceMs }) {
        this.#closing = true;
        this.closedWith = { graceMs };
        if (this.inFlight > 0)
            await new Promise((resolve) => {
                const timer = setTimeout(resolve, graceMs);
                this.#whenEmpty = () => {
                    clearTimeout(timer);
                    resolve();
                };
            });
        for (const stream of this.streams)
            stream.cancel();
    }
}
//# sourceMappingURL=fake-engine.js.map