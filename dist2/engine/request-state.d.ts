import { type PlainError } from '../base/errors.js';
import type { Grammar } from '../base/grammar.js';
import type { GrammarPool } from '../constraints/grammar-pool.js';
import type { EngineModel } from '../decoder/decoder.js';
import { TokenSampler } from '../sampling/sampler.js';
import { type Proposal } from '../speculation/proposal.js';
import type { KvPool, Slot } from './kv-pool.js';
import type { AllowedSpeculation } from './speculation-mode.js';
import type { EngineRequest, RequestEvent } from './types.js';
export declare class RequestState {
    #private;
    readonly request: EngineRequest;
    readonly speculation: AllowedSpeculation;
    readonly sampler: TokenSampler;
    readonly grammar: Grammar | undefined;
    /** `tokens[0, known)` is the text; has room for `limit` once started. */
    tokens: Int32Array;
    readonly limit: number;
    known: number;
    /** Its place in the KV cache while it runs. */
    slot: Slot | undefined;
    /** Its reader does not keep up: nothing is computed for it. */
    paused: boolean;
    cachedTokens: number;
    preemptions: number;
    /** @throws ForetokenError `invalid_request`, `context_length_exceeded`. */
    constructor(request: EngineRequest, model: EngineModel, grammars: GrammarPool, nowMs: number, speculation: AllowedSpeculation);
    get id(): number;
    get client(): string;
    get group(): number;
    get computed(): number;
    /** Known tokens that are not in the KV cache; 1 while decoding, more during prefill. */
    get pending(): number;
    get outputTokens(): number;
    /** Log-probabilities of its prompt are still to be reported. */
    get scoring(): boolean;
    /** Nothing was asked for beyond its prompt, and that is computed. */
    get complete(): boolean;
    get finished(): boolean;
    /** Takes a place in the KV cache. A waiting request holds no more memory than its prompt. */
    start(pool: KvPool, nowMs: number): void;
    /**
     * Samples from the rows of its verified tokens and commits what stands: from the root of the proposal on, the
     * target's own token at each node, for as long as that token was guessed there.
     * @param firstRow row of the logits that follow the last known token; that of node n is `firstRow + 1 + n`.
     * @returns the news for the client, and the nodes of the proposal that stand, from the root on
     */
    commit(firstRow: number, proposal: Proposal, nowMs: number): {
        event: RequestEvent;
        path: number[];
    };
    /**
     * Log-probabilities of the prompt's tokens that follow its first `computed` ones.
     * @param firstRow row of the logits of the first of `count` tokens, the others behind it
     */
    score(firstRow: number, count: number): RequestEvent;
    /** Ends it where nothing was asked for beyond its prompt. */
    endAtPrompt(nowMs: number): RequestEvent;
    /** Ends it from outside; the event that says so. */
    end(reason: 'cancelled' | 'error', error?: PlainError): RequestEvent;
    /** @param gain what the best guesses promised: goodput over that without less 1; undefined when there were none */
    passedOver(gain: number | undefined): void;
}
