/**
 * Trains a llama-architecture network on the processor through ggml's own operations: one native call a step,
 * so that the schedule, the progress report and the checkpoints are plain JavaScript. With `stepAsync` the
 * call runs on a thread of libuv's pool and the event loop stays free.
 *
 * AdamW: Loshchilov and Hutter, arXiv 1711.05101.
 */
import koffi from 'koffi';
import { assert, ForetokenError } from '../../base/errors.js';
import { loadLibrary } from '../library.js';
import { CPU_DEVICE, declareGgml, setThreadsPrototype, STATUS_SUCCESS } from './declarations.js';
import { buildGraph, createTensors, graphCapacity, weightShapes, } from './graph.js';
export { weightShapes } from './graph.js';
const ADAM = { beta1: 0.9, beta2: 0.98, epsilon: 1e-8, weightDecay: 0.01 };
export class Trainer {
    shape;
    batch;
    #ggml;
    #graph;
    #backend;
    /** Frees what was made, last first. */
    #undo = [];
    #labels;
    /** Places in `#labels` that are not zero. */
    #labelled = [];
    #steps = 0;
    #busy = false;
    #disposed = false;
    constructor(shape, batch, weights, options) {
        this.shape = shape;
        this.batch = batch;
        const library = options.library ?? loadLibrary();
        const ggml = (this.#ggml = declareGgml(library.handles.ggml, library.handles.ggmlBase));
        this.#adam = { ...ADAM, ...options.adam };
        try {
            this.#backend = this.#openBackend(options.threads);
            // Weights and their momenta, and seven inputs.
            const tensorCount = weightShapes(shape).size * 3 + 8;
            const held = this.#context(tensorCount * ggml.tensorOverhead());
            const tensors = createTensors(ggml, held, shape, batch);
            const buffer = ggml.allocateTensors(held, ggml.cpuBufferType());
            if (buffer === null)
                throw new ForetokenError('out_of_memory', 'No memory for the weights to train.');
            this.#undo.push(() => {
                ggml.bufferFree(buffer);
            });
            ggml.bufferClear(buffer, 0);
            this.#graph = this.#build(tensors);
            this.#labels = this.#floats(this.#graph.labels, shape.vocabularySize * batch.outputs);
            this.#floats(this.#graph.lossGradient, 1)[0] = 1;
            for (const [name, [fast, slow]] of weightShapes(shape)) {
                const values = weights.get(name);
                assert(values?.length === fast * slow, `weight ${name} of ${fast} x ${slow} to train`);
                this.#floats(this.#graph.weights.get(name), values.length).set(values);
            }
        }
        catch (error) {
            this.dispose();
            throw error;
        }
    }
    #adam;
    get steps() {
        return this.#steps;
    }
    /** Computes the loss (nats a token), and where `learningRate` is above 0 also improves the weights. */
    step(batch, learningRate) {
        const graph = this.#prepare(batch, learningRate);
        return this.#finish(this.#ggml.compute(this.#backend, graph));
    }
    /** The same; the event loop goes on meanwhile. One step at a time. */
    async stepAsync(batch, learningRate) {
        const graph = this.#prepare(batch, learningRate);
        this.#busy = true;
        try {
            const status = await new Promise((resolve, reject) => {
                this.#ggml.compute.async(this.#backend, graph, (error, result) => {
                    if (error)
                        reject(error);
                    else
                        resolve(result);
                });
            });
            return this.#finish(status);
        }
        finally {
            this.#busy = false;
        }
    }
    /** A copy of the weights as they are now. */
    weights() {
        assert(!this.#disposed && !this.#busy, 'the weights of a trainer at rest');
        const copies = new Map();
        for (const [name, [fast, slow]] of weightShapes(this.shape))
            copies.set(name, this.#floats(this.#graph.weights.get(name), fast * slow).slice());
        return copies;
    }
    dispose() {
        assert(!this.#busy, 'a trainer is not freed during a step');
        this.#disposed = true;
        for (const undo of this.#undo.splice(0).reverse())
            undo();
    }
    #openBackend(threads) {
        const ggml = this.#ggml;
        const backend = ggml.newBackend(CPU_DEVICE, null);
        if (backend === null)
            throw new ForetokenError('library_unavailable', 'ggml has no backend for the processor.');
        this.#undo.push(() => {
            ggml.freeBackend(backend);
        });
        const registry = ggml.deviceRegistry(ggml.backendDevice(backend));
        const setThreads = ggml.procedure(registry, 'ggml_backend_set_n_threads');
        if (setThreads !== null)
            koffi.call(setThreads, setThreadsPrototype, backend, threads);
        return backend;
    }
    #build(tensors) {
        const ggml = this.#ggml;
        const capacity = graphCapacity(this.shape);
        // Two graphs and as many tensors as both have nodes.
        const bytes = 2 * ggml.graphOverhead(capacity, true) + 2 * capacity * ggml.tensorOverhead();
        const graph = buildGraph(ggml, this.#context(bytes), tensors, this.shape, this.batch);
        const allocator = ggml.newAllocator(ggml.cpuBufferType());
        this.#undo.push(() => {
            ggml.freeAllocator(allocator);
        });
        // The longer graph begins with the shorter one, so its memory serves both.
        if (!ggml.allocateGraph(allocator, graph.train))
            throw new ForetokenError('out_of_memory', 'No memory for a training step; take smaller rows.');
        return graph;
    }
    #context(bytes) {
        const context = this.#ggml.init({ mem_size: bytes, mem_buffer: null, no_alloc: true });
        this.#undo.push(() => {
            this.#ggml.free(context);
        });
        return context;
    }
    #view(tensor, bytes) {
        const data = this.#ggml.data(tensor);
        assert(data !== null, 'a tensor without memory');
        return koffi.view(data, bytes);
    }
    #floats(tensor, length) {
        return new Float32Array(this.#view(tensor, length * 4));
    }
    #integers(tensor, values) {
        new Int32Array(this.#view(tensor, values.byteLength)).set(values);
    }
    #prepare(batch, learningRate) {
        if (this.#disposed)
            throw new ForetokenError('disposed', 'This trainer has been disposed of.');
        assert(!this.#busy, 'one training step at a time');
        const { rows, tokensPerRow, outputs } = this.batch;
        assert(batch.tokens.length === rows * tokensPerRow &&
            batch.positions.length === batch.tokens.length &&
            batch.outputTokens.length === outputs &&
            batch.labels.length === outputs, 'a training batch of the shape that was declared');
        this.#integers(this.#graph.tokens, batch.tokens);
        this.#integers(this.#graph.positions, batch.positions);
        this.#integers(this.#graph.outputTokens, batch.outputTokens);
        this.#fillMask(batch.positions);
        this.#fillLabels(batch.labels);
        if (learningRate <= 0)
            return this.#graph.forward;
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
    #finish(status) {
        if (status !== STATUS_SUCCESS)
            throw new ForetokenError('internal_error', `A training step failed with ggml status ${status}.`);
        return this.#floats(this.#graph.loss, 1)[0];
    }
    /** A token sees those of its row from its text's beginning to itself. */
    #fillMask(positions) {
        const { rows, tokensPerRow } = this.batch;
        const mask = this.#floats(this.#graph.mask, rows * tokensPerRow * tokensPerRow);
        mask.fill(-Infinity);
        for (let row = 0; row < rows; row++)
            for (let query = 0; query < tokensPerRow; query++) {
                const start = Math.max(0, query - positions[row * tokensPerRow + query]);
                const line = (row * tokensPerRow + query) * tokensPerRow;
                mask.fill(0, line + start, line + query + 1);
            }
    }
    #fillLabels(labels) {
        for (const place of this.#labelled)
            this.#labels[place] = 0;
        this.#labelled = [];
        labels.forEach(({ tokens, shares }, output) => {
            for (let i = 0; i < tokens.length; i++) {
                const place = output * this.shape.vocabularySize + tokens[i];
                this.#labels[place] = this.#labels[place] + shares[i];
                this.#labelled.push(place);
            }
        });
    }
}
//# sourceMappingURL=training.js.map