/**
 * Trains a llama-architecture network on the processor through ggml's own operations: one native call a step,
 * so that the schedule, the progress report and the checkpoints are plain JavaScript. With `stepAsync` the
 * call runs on a thread of libuv's pool and the event loop stays free.
 *
 * AdamW: Loshchilov and Hutter, arXiv 1711.05101.
 */
import koffi from 'koffi';
import { assert, ForetokenError } from '../../base/errors.js';
import { CPU_DEVICE, cpuProcedures } from '../cpu-backend.js';
import type { Pointer } from '../declarations.js';
import { type Library, loadLibrary } from '../library.js';
import { declareGgml, type Ggml, setThreadsPrototype, STATUS_SUCCESS } from './declarations.js';
import {
  type BatchShape,
  buildGraph,
  createTensors,
  graphCapacity,
  headSizeOf,
  type NetworkShape,
  type TrainingGraph,
  weightShapes,
} from './graph.js';

export type { BatchShape, NetworkShape } from './graph.js';
export { headSizeOf, weightShapes } from './graph.js';

/** One step's data. Rows hold whole texts, one after the other; a text sees only itself. */
export interface TrainingBatch {
  /** [rows * tokensPerRow] */
  readonly tokens: Int32Array;
  /** [rows * tokensPerRow]: place in its text; 0 begins a new one. */
  readonly positions: Int32Array;
  /** [outputs]: indices into `tokens` whose next token is trained. */
  readonly outputTokens: Int32Array;
  /** For each output the rows of the head that may come next and their probabilities, which sum to 1. */
  readonly labels: readonly { readonly tokens: ArrayLike<number>; readonly shares: ArrayLike<number> }[];
}

export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}
const ADAM: AdamOptions = { beta1: 0.9, beta2: 0.98, epsilon: 1e-8, weightDecay: 0.01 };

/** All that a training has come to, to go on from later. */
export interface TrainerState {
  /** Steps taken, which the optimizer counts. */
  readonly steps: number;
  /** By name: weights, and their first and second momenta. */
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly m: ReadonlyMap<string, Float32Array>;
  readonly v: ReadonlyMap<string, Float32Array>;
}

export class Trainer {
  readonly #ggml: Ggml;
  readonly #graph: TrainingGraph;
  readonly #backend: Pointer;
  /** Frees what was made, last first. */
  readonly #undo: (() => void)[] = [];
  readonly #momenta: ReadonlyMap<string, readonly [Pointer, Pointer]>;
  readonly #labels: Float32Array;
  /** Places in `#labels` that are not zero. */
  #labelled: number[] = [];
  #steps = 0;
  #busy = false;
  #disposed = false;

  constructor(
    readonly shape: NetworkShape,
    readonly batch: BatchShape,
    weights: ReadonlyMap<string, Float32Array>,
    options: {
      readonly threads: number;
      readonly adam?: Partial<AdamOptions>;
      /** Weight of total variation beside cross entropy, 0 to 1. */
      readonly acceptanceShare?: number;
      readonly library?: Library;
    },
  ) {
    const library = options.library ?? loadLibrary();
    const ggml = (this.#ggml = declareGgml(library.handles.ggml, library.handles.ggmlBase));
    this.#adam = { ...ADAM, ...options.adam };
    try {
      this.#backend = this.#openBackend(library, options.threads);
      // Weights and their momenta, and seven inputs.
      const tensorCount = weightShapes(shape).size * 3 + 8;
      const held = this.#context(tensorCount * ggml.tensorOverhead());
      const tensors = createTensors(ggml, held, shape, batch);
      const buffer = ggml.allocateTensors(held, ggml.cpuBufferType());
      if (buffer === null) throw new ForetokenError('out_of_memory', 'No memory for the weights to train.');
      this.#undo.push(() => {
        ggml.bufferFree(buffer);
      });
      ggml.bufferClear(buffer, 0);
      this.#momenta = tensors.momenta;
      this.#graph = this.#build(tensors, options.acceptanceShare ?? 0);
      this.#labels = this.#floats(this.#graph.labels, headSizeOf(shape) * batch.outputs);
      this.#floats(this.#graph.lossGradient, 1)[0] = 1;
      for (const [name, [fast, slow]] of weightShapes(shape)) {
        const values = weights.get(name);
        assert(values?.length === fast * slow, `weight ${name} of ${fast} x ${slow} to train`);
        this.#floats(this.#graph.weights.get(name)!, values.length).set(values);
      }
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  readonly #adam: AdamOptions;

  get steps(): number {
    return this.#steps;
  }

  /** Computes the loss (nats a token), and where `learningRate` is above 0 also improves the weights. */
  step(batch: TrainingBatch, learningRate: number): number {
    const graph = this.#prepare(batch, learningRate);
    return this.#finish(this.#ggml.compute(this.#backend, graph) as number);
  }

  /** The same; the event loop goes on meanwhile. One step at a time. */
  async stepAsync(batch: TrainingBatch, learningRate: number): Promise<number> {
    const graph = this.#prepare(batch, learningRate);
    this.#busy = true;
    try {
      const status = await new Promise<number>((resolve, reject) => {
        this.#ggml.compute.async(this.#backend, graph, (error: Error | null, result: number) => {
          if (error) reject(error);
          else resolve(result);
        });
      });
      return this.#finish(status);
    } finally {
      this.#busy = false;
    }
  }

  /** A copy of the weights as they are now. */
  weights(): Map<string, Float32Array> {
    assert(!this.#disposed && !this.#busy, 'the weights of a trainer at rest');
    const copies = new Map<string, Float32Array>();
    for (const [name, [fast, slow]] of weightShapes(this.shape))
      copies.set(name, this.#floats(this.#graph.weights.get(name)!, fast * slow).slice());
    return copies;
  }

  state(): TrainerState {
    const momenta = (which: 0 | 1): Map<string, Float32Array> =>
      new Map(
        [...weightShapes(this.shape)].map(([name, [fast, slow]]) => [
          name,
          this.#floats(this.#momenta.get(name)![which], fast * slow).slice(),
        ]),
      );
    return { steps: this.#steps, weights: this.weights(), m: momenta(0), v: momenta(1) };
  }

  /** Goes back, or on, to a state of a trainer of this shape. */
  restore(state: TrainerState): void {
    assert(!this.#disposed && !this.#busy, 'a trainer at rest');
    for (const [name, [fast, slow]] of weightShapes(this.shape)) {
      const [m, v] = this.#momenta.get(name)!;
      for (const [tensor, values] of [
        [this.#graph.weights.get(name)!, state.weights.get(name)],
        [m, state.m.get(name)],
        [v, state.v.get(name)],
      ] as const) {
        assert(values?.length === fast * slow, `state of ${name}, ${fast} x ${slow}`);
        this.#floats(tensor, values.length).set(values);
      }
    }
    this.#steps = state.steps;
  }

  /** After a step: for how many of the first `outputs` outputs the network's first choice is the label's. */
  agreed(outputs = this.batch.outputs): number {
    const head = headSizeOf(this.shape);
    const logits = this.#floats(this.#graph.logits, head * this.batch.outputs);
    let agreed = 0;
    for (let output = 0; output < outputs; output++) {
      const [first, likeliest] = [logits, this.#labels].map((values) => {
        let best = output * head;
        for (let at = best + 1; at < (output + 1) * head; at++) if (values[at]! > values[best]!) best = at;
        return best;
      });
      if (first === likeliest) agreed += 1;
    }
    return agreed;
  }

  dispose(): void {
    assert(!this.#busy, 'a trainer is not freed during a step');
    this.#disposed = true;
    for (const undo of this.#undo.splice(0).reverse()) undo();
  }

  #openBackend(library: Library, threads: number): Pointer {
    const ggml = this.#ggml;
    const backend = ggml.newBackend(CPU_DEVICE, null);
    if (backend === null)
      throw new ForetokenError('library_unavailable', 'ggml has no backend for the processor.');
    this.#undo.push(() => {
      ggml.freeBackend(backend);
    });
    const [setThreads] = cpuProcedures(library, ['ggml_backend_set_n_threads']);
    if (setThreads != null) koffi.call(setThreads, setThreadsPrototype, backend, threads);
    return backend;
  }

  #build(tensors: ReturnType<typeof createTensors>, acceptanceShare: number): TrainingGraph {
    const ggml = this.#ggml;
    const capacity = graphCapacity(this.shape);
    // Two graphs and as many tensors as both have nodes.
    const bytes = 2 * ggml.graphOverhead(capacity, true) + 2 * capacity * ggml.tensorOverhead();
    const context = this.#context(bytes);
    const graph = buildGraph(ggml, context, tensors, this.shape, this.batch, acceptanceShare);
    const allocator = ggml.newAllocator(ggml.cpuBufferType());
    this.#undo.push(() => {
      ggml.freeAllocator(allocator);
    });
    // The longer graph begins with the shorter one, so its memory serves both.
    if (!ggml.allocateGraph(allocator, graph.train))
      throw new ForetokenError('out_of_memory', 'No memory for a training step; take smaller rows.');
    return graph;
  }

  #context(bytes: number): Pointer {
    const context = this.#ggml.init({ mem_size: bytes, mem_buffer: null, no_alloc: true });
    this.#undo.push(() => {
      this.#ggml.free(context);
    });
    return context;
  }

  #view(tensor: Pointer, bytes: number): ArrayBuffer {
    const data = this.#ggml.data(tensor);
    assert(data !== null, 'a tensor without memory');
    return koffi.view(data, bytes);
  }

  #floats(tensor: Pointer, length: number): Float32Array {
    return new Float32Array(this.#view(tensor, length * 4));
  }

  #integers(tensor: Pointer, values: Int32Array): void {
    new Int32Array(this.#view(tensor, values.byteLength)).set(values);
  }

  #prepare(batch: TrainingBatch, learningRate: number): Pointer {
    if (this.#disposed) throw new ForetokenError('disposed', 'This trainer has been disposed of.');
    assert(!this.#busy, 'one training step at a time');
    const { rows, tokensPerRow, outputs } = this.batch;
    assert(
      batch.tokens.length === rows * tokensPerRow &&
        batch.positions.length === batch.tokens.length &&
        batch.outputTokens.length === outputs &&
        batch.labels.length === outputs,
      'a training batch of the shape that was declared',
    );
    this.#integers(this.#graph.tokens, batch.tokens);
    this.#integers(this.#graph.positions, batch.positions);
    this.#integers(this.#graph.outputTokens, batch.outputTokens);
    this.#fillMask(batch.positions);
    this.#fillLabels(batch.labels);
    if (learningRate <= 0) return this.#graph.forward;
    const { beta1, beta2, epsilon, weightDecay } = this.#adam;
    const iteration = ++this.#steps;
    this.#floats(this.#graph.optimizer, 7).set([
      learningRate,
      beta1,
      beta2,
      epsilon,
      weightDecay,
      1 / (1 - beta1 ** iteration),
      1 / (1 - beta2 ** iteration),
    ]);
    return this.#graph.train;
  }

  #finish(status: number): number {
    if (status !== STATUS_SUCCESS)
      throw new ForetokenError('internal_error', `A training step failed with ggml status ${status}.`);
    return this.#floats(this.#graph.loss, 1)[0]!;
  }

  /** A token sees those of its row from its text's beginning to itself. */
  #fillMask(positions: Int32Array): void {
    const { rows, tokensPerRow } = this.batch;
    const mask = this.#floats(this.#graph.mask, rows * tokensPerRow * tokensPerRow);
    mask.fill(-Infinity);
    for (let row = 0; row < rows; row++)
      for (let query = 0; query < tokensPerRow; query++) {
        const start = Math.max(0, query - positions[row * tokensPerRow + query]!);
        const line = (row * tokensPerRow + query) * tokensPerRow;
        mask.fill(0, line + start, line + query + 1);
      }
  }

  #fillLabels(labels: TrainingBatch['labels']): void {
    for (const place of this.#labelled) this.#labels[place] = 0;
    this.#labelled = [];
    labels.forEach(({ tokens, shares }, output) => {
      for (let i = 0; i < tokens.length; i++) {
        const place = output * headSizeOf(this.shape) + tokens[i]!;
        this.#labels[place] = this.#labels[place]! + shares[i]!;
        this.#labelled.push(place);
      }
    });
  }
}
