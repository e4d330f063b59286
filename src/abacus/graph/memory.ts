/**
 * Memory of a step by liveness: forward pass, backward pass and optimizer are walked through in PyTorch's order, and
 * each tensor is allocated when it is made and freed after its last reader, as xMem does (arXiv 2510.21048). What an operator
 * keeps for its backward pass follows PyTorch's derivatives.yaml. Workspaces of libraries are not in it.
 */
import { CachingAllocator, roundedBytes, type Allocation } from './caching-allocator.js';
import {
  bytesPerElement,
  type MemoryEstimate,
  type MemoryOptions,
  type OperatorGraph,
  type OperatorNode,
  type OperatorType,
  type Optimizer,
} from './types.js';

/** Numbers kept for each trained number. */
const OPTIMIZER_STATE: Readonly<Record<Optimizer, number>> = {
  none: 0,
  sgd: 0,
  momentum: 1,
  adagrad: 1,
  rmsprop: 1,
  adam: 2,
  adamw: 2,
};

type Keeps = 'inputs' | 'output' | 'both' | 'nothing';
/** What stays for the backward pass; operators that are not listed keep their inputs. */
const KEEPS: Partial<Record<OperatorType, Keeps>> = {
  relu: 'output',
  sigmoid: 'output',
  tanh: 'output',
  softmax: 'output',
  local_response_norm: 'both',
  attention: 'both',
  recurrent: 'both',
  rope: 'nothing',
  add: 'nothing',
  concat: 'nothing',
  copy: 'nothing',
  pad: 'nothing',
  resize: 'nothing',
  reduce: 'nothing',
  dropout: 'nothing',
  gather: 'nothing',
  embedding: 'nothing',
  split: 'nothing',
  slice: 'nothing',
  transpose: 'nothing',
  reshape: 'nothing',
};
/** The gradient of the input is that of the output: nothing is made. */
const PASSES_GRADIENT: ReadonlySet<OperatorType> = new Set([
  'add',
  'concat',
  'split',
  'slice',
  'reshape',
  'transpose',
]);
const INDEX_BYTES = 8;
const MASK_BYTES = 1;
const NORMS: ReadonlySet<OperatorType> = new Set([
  'batch_norm',
  'layer_norm',
  'group_norm',
  'instance_norm',
  'rms_norm',
]);

/** Steps after which nothing changes any more: the first makes gradients and optimizer state. */
const STEPS = 2;

export function simulateMemory(graph: OperatorGraph, options: MemoryOptions): MemoryEstimate {
  return new Simulation(graph, options).run();
}

/** A stretch of memory that several tensors may share. */
interface Storage {
  readonly bytes: number;
  allocation: Allocation;
  /** Readers in the forward pass that have not run, and operators that keep it for their backward pass. */
  holders: number;
  readonly isInput: boolean;
}

class Simulation {
  private readonly allocator = new CachingAllocator();
  private readonly elementBytes: number;
  /** By node and output. */
  private storages: Storage[][] = [];
  private readonly sources: (readonly { from: number; output: number }[])[];
  private readonly consumers: number[][];
  private readonly gradients: Allocation[] = [];
  private hasState = false;
  private saved = 0;

  constructor(
    private readonly graph: OperatorGraph,
    private readonly options: MemoryOptions,
  ) {
    this.elementBytes = bytesPerElement(options.precision);
    const sources = graph.nodes.map((): { from: number; output: number }[] => []);
    this.consumers = graph.nodes.map((node) => node.outputs.map(() => 0));
    for (const { from, output, to } of graph.edges) {
      sources[to]!.push({ from, output });
      this.consumers[from]![output]! += 1;
    }
    this.sources = sources;
  }

  run(): MemoryEstimate {
    const { graph, options, allocator, elementBytes } = this;
    const isTraining = options.phase === 'train';
    const parameterSizes = graph.nodes.flatMap(({ parameterTensors }) => parameterTensors);
    const bufferSizes = graph.nodes.flatMap(({ bufferTensors }) =>
      bufferTensors.map((size) => size * elementBytes),
    );
    // PyTorch counts the batches that each batch norm has seen, in a tensor of one number.
    const counted = graph.nodes.filter(
      (node) => node.operator === 'batch_norm' && node.bufferTensors.length > 0,
    );
    if (graph.format === 'onnx') counted.forEach(() => bufferSizes.push(INDEX_BYTES));
    for (const size of parameterSizes) allocator.allocate(size * elementBytes);
    for (const bytes of bufferSizes) allocator.allocate(bytes);
    for (let step = 0; step < (isTraining ? STEPS : 1); step++) this.step(isTraining);
    const tensorBytes = sum(parameterSizes.map((size) => roundedBytes(size * elementBytes)));
    const inputs = graph.nodes.filter(({ operator }) => operator === 'input');
    return {
      parameters: tensorBytes,
      buffers: sum(bufferSizes.map(roundedBytes)),
      gradients: isTraining ? tensorBytes : 0,
      optimizer: isTraining ? tensorBytes * OPTIMIZER_STATE[options.optimizer] : 0,
      inputs: sum(inputs.map((node) => roundedBytes(node.outputElements * elementBytes))),
      savedActivations: this.saved,
      allocated: this.between,
      peak: allocator.peak,
      reserved: allocator.reserved,
    };
  }

  private between = 0;

  private step(isTraining: boolean): void {
    const { graph, allocator } = this;
    const labels = isTraining ? allocator.allocate(graph.batch * INDEX_BYTES) : undefined;
    const kept = this.forward(isTraining);
    if (isTraining) {
      this.saved = kept.bytes;
      this.backward(kept.byNode);
      this.optimizerStep();
    }
    this.between = allocator.allocated;
    allocator.free(labels);
    for (const storage of this.storages.flat()) {
      allocator.free(storage.allocation);
      storage.allocation = undefined;
    }
  }

  private forward(isTraining: boolean): { bytes: number; byNode: (Storage | Allocation)[][] } {
    const { graph, allocator, elementBytes } = this;
    this.storages = [];
    const byNode: (Storage | Allocation)[][] = [];
    const held = new Set<Storage>();
    let bytes = 0;
    const handedBack = new Set(graph.outputs.map(({ node, output }) => `${node}:${output}`));
    for (const node of graph.nodes) {
      const inputs = this.sources[node.index]!.map(({ from, output }) => this.storages[from]![output]!);
      const outputs = node.outputs.map((shape, at): Storage => {
        const shared = node.isView ? inputs[0] : undefined;
        const size = shape.reduce((product, dimension) => product * dimension, elementBytes);
        const storage: Storage = shared ?? {
          bytes: size,
          allocation: allocator.allocate(size),
          holders: 0,
          isInput: node.operator === 'input',
        };
        storage.holders += this.consumers[node.index]![at]!;
        // The caller holds results and the batch.
        if (handedBack.has(`${node.index}:${at}`) || node.operator === 'input') storage.holders += 1;
        return storage;
      });
      this.storages.push(outputs);
      const kept: (Storage | Allocation)[] = [];
      if (isTraining && !node.isView && node.operator !== 'input') {
        for (const storage of this.keptBy(node, inputs, outputs)) {
          storage.holders += 1;
          kept.push(storage);
          if (!storage.isInput && !held.has(storage)) {
            held.add(storage);
            bytes += roundedBytes(storage.bytes);
          }
        }
        for (const size of extraBytes(node, elementBytes)) {
          kept.push(allocator.allocate(size));
          bytes += roundedBytes(size);
        }
      }
      byNode.push(kept);
      for (const storage of inputs) this.release(storage);
    }
    return { bytes, byNode };
  }

  private keptBy(node: OperatorNode, inputs: readonly Storage[], outputs: readonly Storage[]): Storage[] {
    const keeps = KEEPS[node.operator] ?? 'inputs';
    if (keeps === 'nothing') return [];
    // A product with a constant needs nothing of its other factor.
    if (node.operator === 'multiply' && inputs.length < 2 && node.parameters === 0) return [];
    return keeps === 'inputs' ? [...inputs] : keeps === 'output' ? [...outputs] : [...inputs, ...outputs];
  }

  private release(storage: Storage): void {
    storage.holders -= 1;
    if (storage.holders > 0) return;
    this.allocator.free(storage.allocation);
    storage.allocation = undefined;
  }

  /** Gradients of activations live from the backward pass of their first reader to that of their maker. */
  private backward(kept: readonly (Storage | Allocation)[][]): void {
    const { graph, allocator, elementBytes } = this;
    const incoming = new Map<string, Allocation[]>();
    for (const { node, output } of graph.outputs) {
      const size = graph.nodes[node]!.outputs[output]!.reduce(
        (product, dimension) => product * dimension,
        elementBytes,
      );
      // Log-probabilities of the loss, and the gradient of the result.
      const losses = allocator.allocate(size);
      incoming.set(`${node}:${output}`, [allocator.allocate(size)]);
      allocator.free(losses);
    }
    let parameter = 0;
    const parameterCount = sum(graph.nodes.map(({ parameterTensors }) => parameterTensors.length));
    let at = parameterCount;
    for (const node of [...graph.nodes].reverse()) {
      at -= node.parameterTensors.length;
      const gradients = node.outputs.flatMap((_, output) => incoming.get(`${node.index}:${output}`) ?? []);
      const passes = node.isView || PASSES_GRADIENT.has(node.operator);
      let passed = false;
      for (const { from, output } of this.sources[node.index]!) {
        if (graph.nodes[from]!.operator === 'input') continue;
        const key = `${from}:${output}`;
        const list = incoming.get(key) ?? [];
        if (passes) {
          // The same memory goes on; it is freed by whoever made the first of the tensors.
          if (!passed) list.push(...gradients);
          passed = true;
        } else {
          const size = graph.nodes[from]!.outputs[output]!.reduce(
            (product, dimension) => product * dimension,
            elementBytes,
          );
          list.push(allocator.allocate(size));
          // A second gradient of one tensor is added to the first, and then gone.
          if (list.length > 1) allocator.free(list.pop());
        }
        incoming.set(key, list);
      }
      node.parameterTensors.forEach((size, place) => {
        parameter = at + place;
        this.gradients[parameter] ??= allocator.allocate(size * elementBytes);
      });
      if (!passed) for (const gradient of gradients) allocator.free(gradient);
      for (const item of kept[node.index]!)
        if (item !== undefined && 'holders' in item) this.release(item);
        else allocator.free(item);
    }
  }

  private optimizerStep(): void {
    if (this.hasState) return;
    this.hasState = true;
    for (const { parameterTensors } of this.graph.nodes)
      for (const size of parameterTensors)
        for (let state = 0; state < OPTIMIZER_STATE[this.options.optimizer]; state++)
          this.allocator.allocate(size * this.elementBytes);
  }
}

/** Small things kept besides tensors of the graph. */
function extraBytes(node: OperatorNode, elementBytes: number): number[] {
  if (node.operator === 'max_pool') return [node.outputElements * INDEX_BYTES];
  if (node.operator === 'dropout') return [node.outputElements * MASK_BYTES];
  if (!NORMS.has(node.operator)) return [];
  const rows =
    node.operator === 'batch_norm'
      ? (node.parameterTensors[0] ?? 0)
      : node.outputElements / Math.max(1, node.outputs[0]?.at(-1) ?? 1);
  return rows >= 1 ? [rows * elementBytes, rows * elementBytes] : [];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
