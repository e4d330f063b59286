/**
 * A context of a model as a `Decoder`. Nothing is copied between JavaScript and the library: the batch is
 * written straight into native memory, and logits are read where the library left them.
 */
import koffi from 'koffi';
import { assert, ForetokenError } from '../base/errors.js';
import { position, sequenceId, token, type Position, type SequenceId } from '../base/types.js';
import { TokenBatch } from '../decoder/batch.js';
import type { DecodeOutcome, Decoder } from '../decoder/decoder.js';
import type { Batch, Llama, Pointer } from './declarations.js';
import { NativeHandle } from './handle.js';
import { makeContext, spareSequences, type ContextOptions } from './make-context.js';
import { releaseFreshPages } from './cache-pages.js';
import { isTiled } from './cache-types.js';
import { CutHeadRows } from './cut-head.js';
import type { LlamaModel } from './model.js';
import { NativeBatch } from './native-batch.js';
import { referenceSwitch, type ReferenceSwitch } from './reference-kernels.js';
import { ThreadGovernor } from './thread-governor.js';
import type { ThreadPool } from './thread-pool.js';
import { threadsFor } from './threads.js';

/** A model that takes longer than this for a token is not made to compute it again. */
const WARM_UP_MS = 500;

/** Return codes of `llama_decode`. */
function outcomeOf(code: number): DecodeOutcome {
  switch (code) {
    case 0:
      return 'done';
    case 1:
      return 'no-slot';
    case 2:
      return 'aborted';
    case -1:
      return 'invalid';
    default:
      return 'failed';
  }
}

/**
 * From 64 tokens on, ggml's attention on the processor works in tiles that add up in another order (ops.cpp,
 * ggml_fa_tile_config::Q) when keys and values are F16; with other types it never does (`invariance.ts`).
 */
const TILE_ROWS = 64;

export class LlamaDecoder implements Decoder {
  readonly vocabularySize: number;
  readonly cellCount: number;
  readonly sequenceCapacity: number;
  readonly maxSequences: number;
  readonly branchSequences: number;
  readonly unified: boolean;
  readonly canTruncate: boolean;
  readonly exactRows: number;
  /** Undefined, too, where whoever loaded it has found that tiles do not keep to it. */
  tile: Decoder['tile'];
  readonly batch: TokenBatch;
  readonly threads: number;
  readonly model: LlamaModel;
  /** The native context, for what is declared elsewhere (state, training). */
  readonly handle: NativeHandle;

  readonly #llama: Llama;
  readonly #memory: Pointer | undefined;
  readonly #call: Batch;
  /** Vectors to compute, where the model's head is cut. */
  readonly #vectors: Float32Array;
  readonly #cutHead: CutHeadRows | undefined;
  /** Logits of a row as the library puts them out. */
  readonly #rowLength: number;
  readonly #pool: ThreadPool | undefined;
  readonly #governor: ThreadGovernor | undefined;
  /** On but for decodes in tiles. */
  readonly #reference: ReferenceSwitch | undefined;
  #threadsInUse: number;
  /** Output rows of the last decode. */
  #outputCount = 0;
  /** Whether the place of the logits has been asked for since the last decode. */
  #located = false;
  #logitsAt: Pointer | null = null;
  #logitsBuffer: ArrayBuffer | undefined;
  #rows: (Float32Array | undefined)[] = [];

  /** @throws ForetokenError `out_of_memory` */
  constructor(model: LlamaModel, options: ContextOptions = {}) {
    const { llama } = model.library;
    this.model = model;
    this.#llama = llama;
    this.unified = options.unified ?? true;
    this.threads =
      options.threads === undefined || options.threads === 0 ? threadsFor(model) : options.threads;
    this.branchSequences = this.unified && model.canTruncate ? (options.branchSequences ?? 0) : 0;
    const context = makeContext(model, options, this);
    const sequences = llama.contextSequences(context);
    this.maxSequences = sequences - spareSequences(this.branchSequences);
    this.cellCount = llama.contextCells(context);
    this.sequenceCapacity = Math.min(llama.contextSequenceCells(context), model.contextTrain);
    this.canTruncate = model.canTruncate;
    this.#rowLength = llama.vocabSize(llama.modelVocab(model.pointer));
    this.#cutHead = model.cutHead && new CutHeadRows(model.cutHead);
    this.vocabularySize = model.cutHead?.vocabularySize ?? this.#rowLength;
    this.#memory = llama.contextMemory(context) ?? undefined;
    if (this.#memory !== undefined && model.computing.gpuLayers === 0)
      releaseFreshPages(model.library, this.#memory);
    const capacity = llama.contextBatch(context);
    // Only with one pool of cells can a token belong to several sequences.
    const sequencesPerToken = this.unified ? sequences : 1;
    const { arrays, call, vectors } = new NativeBatch(capacity, sequencesPerToken, model.cutHead?.width);
    this.#call = call;
    this.#vectors = vectors;
    this.batch = new TokenBatch(capacity, sequencesPerToken, arrays);
    if (options.referenceKernels === true) this.#reference = referenceSwitch(model.library, context);
    this.#reference?.(true);
    const tiles = model.computing.gpuLayers === 0 && isTiled(options.typeK ?? 'F16', options.typeV ?? 'F16');
    const oneKernel = this.#reference !== undefined || !tiles;
    this.exactRows = oneKernel ? capacity : Math.min(capacity, TILE_ROWS - 1);
    const most = Math.min(options.microBatchSize ?? 512, capacity);
    // What cannot be cut into two decodes must fit into one.
    const tiled = this.#reference !== undefined && tiles && model.canTruncate && most >= 2 * TILE_ROWS;
    this.tile = tiled ? { least: TILE_ROWS, most } : undefined;
    this.handle = new NativeHandle(
      'decoder',
      context,
      (pointer) => {
        llama.contextFree(pointer);
      },
      model.handle,
      ...(options.pool === undefined ? [] : [options.pool.handle]),
    );
    this.#threadsInUse = this.threads;
    this.#pool = options.pool;
    this.#pool?.attach(context);
    // With layers on a GPU the cores are not what a decode waits for.
    if (options.adaptThreads === true && this.threads > 1 && model.computing.gpuLayers === 0)
      this.#governor = new ThreadGovernor(this.threads);
  }

  /** Threads of the last decode: all, or one while other processes want the cores. */
  get threadsInUse(): number {
    return this.#threadsInUse;
  }

  /**
   * Computes a token once or twice, which reads the weights into memory and tells what one thread takes.
   * The cache must be empty, and is empty afterwards.
   */
  warmUp(): void {
    const sequence = sequenceId(0);
    this.batch.clear();
    this.batch.add(token(0), position(0), sequence, true);
    this.#useThreads(1);
    for (let i = 0; i < 3; i += 1) {
      const startMs = performance.now();
      if (this.#decode() !== 'done') break;
      const elapsedMs = performance.now() - startMs;
      // The first is slow: memory is touched for the first time.
      if (i > 0) this.#governor?.calibrate(elapsedMs);
      this.truncate(sequence, position(0));
      if (this.#governor === undefined || elapsedMs > WARM_UP_MS) break;
    }
    this.#useThreads(this.threads);
    this.batch.clear();
  }

  decode(tiled = false): DecodeOutcome {
    if (!tiled) return this.#decodeGoverned();
    const { tile, batch } = this;
    assert(
      tile !== undefined && batch.length >= tile.least && batch.length <= tile.most,
      `${batch.length} tokens in tiles`,
    );
    this.#reference?.(false);
    try {
      return this.#decodeGoverned();
    } finally {
      this.#reference?.(true);
    }
  }

  #decodeGoverned(): DecodeOutcome {
    const governor = this.#governor;
    if (governor === undefined) return this.#decode();
    const startMs = performance.now();
    const threads = governor.threads(startMs);
    if (threads !== this.#threadsInUse) this.#useThreads(threads);
    const outcome = this.#decode();
    if (outcome === 'done') governor.record(this.batch.length, startMs, performance.now() - startMs);
    return outcome;
  }

  #useThreads(threads: number): void {
    const context = this.handle.pointer;
    this.#threadsInUse = threads;
    this.#llama.setThreads(context, threads, threads);
    if (threads === 1) this.#pool?.detach(context);
    else this.#pool?.attach(context);
  }

  #decode(): DecodeOutcome {
    const context = this.handle.pointer;
    this.#call.n_tokens = this.batch.length;
    this.#cutHead?.embed(this.batch.arrays.tokens, this.batch.length, this.#vectors);
    this.#outputCount = 0;
    this.#located = false;
    const code = this.#llama.decode(context, this.#call);
    // On a GPU the call returns before the work is done (1.1 of 3.7 ms on an H200, `docs/gpu.md`), and who learns
    // what decodes cost would learn what it costs to ask for them. So it is waited for, also where no logits are
    // wanted: what could run meanwhile is the engine's own work between two pieces of a prompt, some 0.1 ms, and
    // left unwaited for, a piece would be counted as part of the decode after it.
    if (this.model.computing.gpuLayers > 0) this.#llama.synchronize(context);
    if (code === 0) this.#outputCount = this.batch.outputCount;
    return outcomeOf(code);
  }

  logits(row: number): Float32Array {
    if (!this.#located) this.#locate();
    assert(row >= 0 && row < this.#outputCount, `row ${row} of ${this.#outputCount} rows of logits`);
    const logits = (this.#rows[row] ??= new Float32Array(
      this.#logitsBuffer!,
      row * this.#rowLength * 4,
      this.#rowLength,
    ));
    return this.#cutHead?.expand(row, logits) ?? logits;
  }

  /**
   * The library puts rows into the order of the batch when it is asked where they are, and may have moved
   * them to a larger block. A view is kept for as long as the block stays.
   */
  #locate(): void {
    const at = this.#llama.logits(this.handle.pointer);
    const bytes = this.#outputCount * this.#rowLength * 4;
    if (at !== this.#logitsAt || bytes > (this.#logitsBuffer?.byteLength ?? 0)) {
      this.#logitsAt = at;
      this.#logitsBuffer = at === null ? undefined : koffi.view(at, bytes);
      this.#rows = [];
    }
    this.#located = true;
  }

  truncate(sequence: SequenceId, from: Position): void {
    this.#assertSequence(sequence);
    const memory = this.#memoryPointer();
    if (memory === undefined) return;
    if (!this.#llama.memoryRemove(memory, sequence, from, -1))
      throw new ForetokenError(
        'internal_error',
        `The model cannot take back the end of a sequence (sequence ${sequence}, from ${from}).`,
      );
  }

  copyPrefix(source: SequenceId, destination: SequenceId, to: Position): void {
    this.#assertSequence(source);
    this.#assertSequence(destination);
    assert(source !== destination, `a copy of sequence ${source} to itself`);
    assert(this.lengthOf(destination) === 0, `sequence ${destination} is not empty`);
    const memory = this.#memoryPointer();
    if (memory === undefined || to <= 0) return;
    if (this.unified && this.canTruncate) {
      this.share(source, destination, position(0), to);
    } else {
      // Between separate pools the library copies whole sequences only, and ends the process otherwise.
      this.#llama.memoryCopy(memory, source, destination, -1, -1);
      if (to < this.lengthOf(destination)) this.truncate(destination, to);
    }
  }

  share(source: SequenceId, destination: SequenceId, from: Position, to: Position): void {
    this.#assertSequence(source);
    this.#assertSequence(destination);
    assert(this.unified, 'sequences of separate pools cannot share tokens');
    assert(source !== destination, `sequence ${source} shares with itself`);
    // The library would mark a cell twice, and count it twice.
    assert(
      this.lengthOf(destination) === from,
      `sequence ${destination} ends where the share begins, ${from}`,
    );
    const memory = this.#memoryPointer();
    if (memory !== undefined && to > from) this.#llama.memoryCopy(memory, source, destination, from, to);
  }

  /**
   * A sum over cells rounds as they lie, and in the library a token stays where it was computed: behind those
   * beside it in the batch, while tokens to come fill the gap before it. So it is taken out and put back, which
   * finds it the first free cells. On a GPU sums are not the same to the last bit anyway.
   */
  adopt(source: SequenceId, destination: SequenceId, from: Position): void {
    const to = position(this.lengthOf(source));
    if (this.model.computing.gpuLayers > 0) {
      this.share(source, destination, from, to);
      this.truncate(source, from);
      return;
    }
    const context = this.handle.pointer;
    const memory = this.#memoryPointer();
    const transit = this.maxSequences + this.branchSequences;
    assert(memory !== undefined && this.branchSequences > 0, 'the decoder has no branches');
    assert(
      this.lengthOf(destination) === from,
      `sequence ${destination} ends where the other begins, ${from}`,
    );
    this.#llama.memoryCopy(memory, source, transit, from, to);
    const state = new Uint8Array(this.#llama.stateSize(context, transit));
    const written = this.#llama.stateGet(context, state, state.length, transit);
    this.truncate(source, from);
    // Frees the cells, too, and finds others.
    const read = written > 0 ? this.#llama.stateSet(context, state, written, transit) : 0;
    if (read > 0) this.#llama.memoryCopy(memory, transit, destination, from, to);
    this.#llama.memoryRemove(memory, transit, -1, -1);
    if (read === 0) throw new ForetokenError('internal_error', `Sequence ${source} could not be moved.`);
  }

  lengthOf(sequence: SequenceId): number {
    this.#assertSequence(sequence);
    const memory = this.#memoryPointer();
    return memory === undefined ? 0 : this.#llama.memoryLast(memory, sequence) + 1;
  }

  /** Forgets all sequences. */
  clear(): void {
    const memory = this.#memoryPointer();
    if (memory !== undefined) this.#llama.memoryClear(memory, false);
  }

  dispose(): void {
    this.handle.dispose();
  }

  /** Undefined for models without a cache (encoders). */
  #memoryPointer(): Pointer | undefined {
    this.handle.assertUsable();
    return this.#memory;
  }

  #assertSequence(sequence: number): void {
    // A sequence out of range ends the process in the library.
    const count = this.maxSequences + this.branchSequences;
    assert(
      Number.isInteger(sequence) && sequence >= 0 && sequence < count,
      `sequence ${sequence} of ${count}`,
    );
  }
}
