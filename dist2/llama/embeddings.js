/**
 * Embeddings of whole texts, in a context of their own beside the one that generates: pooled as the model
 * says, or else the mean over the text's tokens, and of length 1. A model that ranks gives a score instead.
 */
import koffi from 'koffi';
import { ForetokenError } from '../base/errors.js';
import { PoolingType } from './declarations.js';
import { NativeHandle } from './handle.js';
import { NativeBatch } from './native-batch.js';
import { defaultThreads } from './threads.js';
/** Tokens computed at a time where the pooling is ours; bounds memory, and how long others wait for a piece. */
const CHUNK = 32;
export class Embedder {
    /** Numbers of an embedding; 1 of a model that ranks: its score, as it comes. */
    width;
    #model;
    #threads;
    #context;
    #disposed = false;
    /** @param options `threads` is asked before each piece; physical cores when left out */
    constructor(model, options = {}) {
        this.#model = model;
        this.#threads = options.threads ?? defaultThreads;
        this.width = model.ranks ? 1 : model.embeddingWidth;
    }
    /** @throws ForetokenError `invalid_request` for no tokens, `context_length_exceeded` for too many. */
    embed(tokens) {
        const pieces = this.embedInPieces(tokens);
        for (;;) {
            const { done, value } = pieces.next();
            if (done === true)
                return value;
        }
    }
    /**
     * The same, a piece of the text for each `next`; may be given up at any of them. A model with a pooling of its own
     * computes the whole text at once. One text at a time: the next begins when one has ended or been given up.
     */
    *embedInPieces(tokens) {
        if (this.#disposed)
            throw new ForetokenError('disposed', 'The embedder has been disposed of.');
        if (tokens.length === 0)
            throw new ForetokenError('invalid_request', 'An embedding needs at least one token.', {
                param: 'input',
            });
        if (tokens.length > this.#model.contextTrain)
            throw new ForetokenError('context_length_exceeded', `The text has ${tokens.length} tokens; the model takes ${this.#model.contextTrain}.`, { param: 'input' });
        if (this.#context === undefined || this.#context.capacity < tokens.length) {
            this.#context?.dispose();
            this.#context = new EmbeddingContext(this.#model, tokens.length);
        }
        const values = yield* this.#context.embed(tokens, this.#threads);
        // Of several classes the first says how well a document fits.
        return this.#model.ranks ? values.subarray(0, 1) : normalise(values);
    }
    dispose() {
        this.#disposed = true;
        this.#context?.dispose();
        this.#context = undefined;
    }
}
class EmbeddingContext {
    capacity;
    #model;
    #handle;
    #batch;
    #pooled;
    #chunk;
    constructor(model, tokens) {
        const { llama } = model.library;
        // In powers of two, so that it is seldom made anew.
        this.capacity = Math.min(model.contextTrain, Math.max(512, 2 ** Math.ceil(Math.log2(tokens))));
        const make = (chunk) => {
            const context = llama.contextInit(model.pointer, {
                ...llama.contextDefaults(),
                n_ctx: this.capacity,
                n_batch: chunk,
                n_ubatch: chunk,
                n_seq_max: 1,
                embeddings: true,
                no_perf: true,
            });
            if (context === null)
                throw new ForetokenError('out_of_memory', `Cannot make a context of ${this.capacity} tokens for embeddings.`);
            return context;
        };
        this.#model = model;
        let context = make(Math.min(CHUNK, this.capacity));
        this.#pooled = llama.contextPooling(context) !== PoolingType.none;
        this.#chunk = this.#pooled ? this.capacity : Math.min(CHUNK, this.capacity);
        if (this.#pooled && this.#chunk > CHUNK) {
            // The library pools over what it computes at a time, so all of a text must fit into that.
            llama.contextFree(context);
            context = make(this.#chunk);
        }
        this.#batch = new NativeBatch(this.#chunk, 1);
        this.#handle = new NativeHandle('embedding context', context, (pointer) => {
            llama.contextFree(pointer);
        }, model.handle);
    }
    *embed(tokens, threads) {
        const { llama } = this.#model.library;
        const context = this.#handle.pointer;
        const width = this.#model.ranks ? llama.modelClasses(this.#model.pointer) : this.#model.embeddingWidth;
        const memory = llama.contextMemory(context);
        if (memory !== null)
            llama.memoryClear(memory, false);
        const { arrays, call } = this.#batch;
        const sum = new Float64Array(width);
        for (let from = 0; from < tokens.length; from += this.#chunk) {
            if (from > 0)
                yield;
            llama.setThreads(context, threads(), threads());
            const chunk = tokens.subarray(from, from + this.#chunk);
            arrays.tokens.set(chunk);
            for (let i = 0; i < chunk.length; i += 1) {
                arrays.positions[i] = from + i;
                arrays.sequenceCounts[i] = 1;
                arrays.sequenceIds[i] = 0;
                arrays.outputs[i] = 1;
            }
            call.n_tokens = chunk.length;
            const code = llama.decode(context, call);
            if (code !== 0)
                throw new ForetokenError('decode_failed', `The embedding could not be computed (code ${code}).`);
            const rows = this.#pooled ? 1 : chunk.length;
            const at = this.#pooled ? llama.sequenceEmbedding(context, 0) : llama.embeddings(context);
            if (at === null)
                throw new ForetokenError('invalid_request', 'The model does not give embeddings.');
            const values = new Float32Array(koffi.view(at, rows * width * 4));
            for (let i = 0; i < values.length; i += 1)
                sum[i % width] += values[i];
        }
        return Float32Array.from(sum);
    }
    dispose() {
        this.#handle.dispose();
    }
}
/** To length 1; a vector of zeros stays. */
function normalise(vector) {
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    return length === 0 ? vector : vector.map((value) => value / length);
}
//# sourceMappingURL=embeddings.js.map