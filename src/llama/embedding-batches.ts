/**
 * Embeddings of many short texts, several in one decode, on the caller's thread: for clustering, where `Embedder` serves
 * single requests. Pooled as the model says, or else the mean over the text's tokens; of length 1.
 *
 * llama.cpp computes the logits of every token whose embedding is wanted, and of a small model with a large vocabulary
 * that is most of the work (Gemma 3 270M: 168 of 268 million weights a token). So the scheduler's
 * own callback ends each decode behind the last norm. Whether that is right for a model is tried on the first texts.
 */
import koffi from 'koffi';
import { ForetokenError } from '../base/errors.js';
import { PoolingType, type Pointer } from './declarations.js';
import { NativeHandle } from './handle.js';
import type { LlamaModel } from './model.js';
import { NativeBatch } from './native-batch.js';
import { llama_eval_callback } from './structs.js';
import { defaultThreads } from './threads.js';

/** Texts of one decode; more gain nothing where their tokens fill the batch. */
const MOST_SEQUENCES = 16;
/** What llama.cpp calls the hidden state that its head reads, in the graphs of all generating models. */
const LAST_NORM = 'result_norm';
/** Least cosine of a vector with and without the head, to be the same but for rounding. */
const SAME = 0.9999;

export class BatchEmbedder {
  /** Numbers of an embedding. */
  readonly width: number;
  /** Most tokens of a text. */
  readonly mostTokens: number;
  readonly #model: LlamaModel;
  readonly #handle: NativeHandle;
  readonly #batch: NativeBatch;
  readonly #pooled: boolean;
  readonly #threads: number;
  readonly #callback: Pointer;
  /** Undefined until it has been tried. */
  #skipsHead: boolean | undefined;
  #ends = false;

  /**
   * @param options `tokens` of one decode, which a text must fit into; `threads`: physical cores when left out
   * @throws ForetokenError `invalid_option` for a model that ranks, `out_of_memory`
   */
  constructor(model: LlamaModel, options: { readonly tokens: number; readonly threads?: number }) {
    if (model.ranks)
      throw new ForetokenError(
        'invalid_option',
        `${model.path} ranks documents and gives no vectors of texts; name an embedding model, or a generating one.`,
        { param: 'embeddingModel' },
      );
    const { llama } = model.library;
    this.#model = model;
    this.#threads = options.threads ?? defaultThreads();
    this.width = model.embeddingWidth;
    this.mostTokens = Math.min(options.tokens, model.contextTrain);
    // Called only from within decode, on this thread.
    this.#callback = koffi.register(
      (tensor: Pointer, asks: boolean) =>
        asks ? this.#ends && llama.tensorName(tensor) === LAST_NORM : !this.#ends,
      koffi.pointer(llama_eval_callback),
    );
    const context = llama.contextInit(model.pointer, {
      ...llama.contextDefaults(),
      n_ctx: options.tokens,
      n_batch: options.tokens,
      n_ubatch: options.tokens,
      n_seq_max: MOST_SEQUENCES,
      kv_unified: true,
      embeddings: true,
      no_perf: true,
      cb_eval: this.#callback,
    });
    if (context === null) {
      koffi.unregister(this.#callback);
      throw new ForetokenError(
        'out_of_memory',
        `Cannot make a context of ${options.tokens} tokens for embeddings.`,
      );
    }
    this.#pooled = llama.contextPooling(context) !== PoolingType.none;
    if (this.#pooled) this.#skipsHead = false;
    this.#batch = new NativeBatch(options.tokens, 1);
    this.#handle = new NativeHandle(
      'embedding context',
      context,
      (pointer) => {
        llama.contextFree(pointer);
        koffi.unregister(this.#callback);
      },
      model.handle,
    );
  }

  /**
   * The vectors of the texts, in their order; of one without tokens zeros.
   * @param texts each of at most `mostTokens` tokens @param onDone told how many are done
   */
  embed(texts: readonly Int32Array[], onDone?: (done: number) => void): Float32Array[] {
    // Texts of like length share a decode, which keeps the batches full.
    const order = texts.map((_, i) => i).sort((a, b) => texts[a]!.length - texts[b]!.length || a - b);
    const vectors: Float32Array[] = texts.map(() => new Float32Array(this.width));
    const capacity = this.#batch.arrays.tokens.length;
    for (let from = 0; from < order.length;) {
      let to = from;
      for (let tokens = 0; to < order.length && to - from < MOST_SEQUENCES; to += 1) {
        tokens += texts[order[to]!]!.length;
        if (tokens > capacity && to > from) break;
      }
      const group = order.slice(from, to).filter((i) => texts[i]!.length > 0);
      this.#decoded(group.map((i) => texts[i]!)).forEach((vector, at) => {
        vectors[group[at]!] = vector;
      });
      from = to;
      onDone?.(to);
    }
    return vectors;
  }

  dispose(): void {
    this.#handle.dispose();
  }

  #decoded(texts: readonly Int32Array[]): Float32Array[] {
    if (texts.length === 0) return [];
    if (this.#skipsHead !== undefined) return this.#decode(texts, this.#skipsHead);
    const whole = this.#decode(texts, false);
    const ended = this.#decode(texts, true);
    this.#skipsHead = whole.every((vector, i) => cosine(vector, ended[i]!) >= SAME);
    return whole;
  }

  #decode(texts: readonly Int32Array[], ends: boolean): Float32Array[] {
    const { llama } = this.#model.library;
    const context = this.#handle.pointer;
    const memory = llama.contextMemory(context);
    if (memory !== null) llama.memoryClear(memory, false);
    const { arrays, call } = this.#batch;
    let used = 0;
    texts.forEach((tokens, sequence) => {
      arrays.tokens.set(tokens, used);
      for (let i = 0; i < tokens.length; i += 1, used += 1) {
        arrays.positions[used] = i;
        arrays.sequenceCounts[used] = 1;
        arrays.sequenceIds[used] = sequence;
        arrays.outputs[used] = 1;
      }
    });
    call.n_tokens = used;
    llama.setThreads(context, this.#threads, this.#threads);
    this.#ends = ends;
    const code = llama.decode(context, call);
    if (code !== 0)
      throw new ForetokenError('decode_failed', `The embeddings could not be computed (code ${code}).`);
    const { width } = this;
    if (this.#pooled)
      return texts.map((_, sequence) =>
        normalised(this.#copy(llama.sequenceEmbedding(context, sequence), width)),
      );
    const rows = this.#copy(llama.embeddings(context), used * width);
    let row = 0;
    return texts.map((tokens) => {
      const sum = new Float32Array(width);
      for (let i = 0; i < tokens.length; i += 1, row += 1)
        for (let d = 0; d < width; d += 1) sum[d]! += rows[row * width + d]!;
      return normalised(sum);
    });
  }

  #copy(at: Pointer | null, length: number): Float32Array {
    if (at === null)
      throw new ForetokenError('invalid_option', `${this.#model.path} gives no embeddings.`, {
        param: 'embeddingModel',
      });
    return new Float32Array(koffi.view(at, length * 4)).slice();
  }
}

/** To length 1; a vector of zeros stays. */
function normalised(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? vector : vector.map((value) => value / length);
}

const cosine = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);
