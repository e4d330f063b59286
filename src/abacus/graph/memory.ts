/**
 * Memory of a step by liveness: forward pass, backward pass and optimizer are walked through in PyTorch's order, and
 * each tensor is allocated when it is made and freed after its last reader, as xMem does (arXiv 2510.21048). What an operator
 * keeps for its backward pass follows PyTorch's derivatives.yaml. Workspaces of libraries are not in it.
 */
import { CachingAllocator, roundedBytes, type Allocation } from './caching-allocator.js';
import { heldTensors } from './held-tensors.js';
import { elementsOf } from './trace.js';
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

/** Whose update takes the roots of a state: of all tensors at once where they are updated together. */
const TAKES_ROOTS: ReadonlySet<Optimizer> = new Set(['adagrad', 'rmsprop', 'adam', 'adamw']);

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
/** Elementary arithmetic by its name in the file; what is not listed keeps its inputs. */
const KEEPS_BY_SOURCE: ReadonlyMap<string, Keeps> = new Map([
  ...'Exp Sqrt Rsqrt Reciprocal'.split(' ').map((source) => [source, 'output'] as const),
  // Constant or none at all is the derivative of these; what chooses, or was compared, is no number.
  ...'Neg Floor Ceil Round Sign Trilu CumSum Where Equal Greater GreaterOrEqual Less LessOrEqual And Or Xor Not IsNaN IsInf Mod'
    .split(' ')
    .map((source) => [source, 'nothing'] as const),
]);
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

/** Bytes that a library takes while it computes an operator, forward or backward; 0 where it takes none. */
export type WorkspaceOf = (node: OperatorNode, isFirstStep: boolean) => number;

export function simulateMemory(
  graph: OperatorGraph,
  options: MemoryOptions,
  workspaceOf: WorkspaceOf = () => 0,
): MemoryEstimate {
  return new Simulation(graph, options, workspaceOf).run();
}

/** A stretch of memory that several tensors may share. */
interface Storage {
  readonly bytes: number;
  allocation: Allocation;
  /** Readers in the forward pass that have not run, and operators that keep it for their backward pass. */
  holders: number;
  readonly isInput: boolean;
}

/** What a node keeps for its backward pass: tensors of the graph, and what only it has. */
interface Kept {
  readonly storages: Storage[];
  readonly extras: Allocation[];
}

class Simulation {
  private readonly allocator = new CachingAllocator();
  private readonly elementBytes: number;
  /** By place. */
  private storages: Storage[] = [];
  /** By node: which outputs it reads, as places. An output's place is that of its node's first output, and its own number more. */
  private readonly sources: (readonly number[])[];
  /** Nodes that drop whole branches of examples (stochastic depth): dropout of images, before a sum. */
  private readonly dropsBranches = new Set<number>();
  private readonly firstPlace: Int32Array;
  /** By place. */
  private readonly node: Int32Array;
  private readonly bytes: Float64Array;
  private readonly readers: Int32Array;
  /** By node: places that Python lets go of once it has run. */
  private readonly heldUntil = new Map<number, number[]>();
  private readonly gradients: Allocation[] = [];
  private hasState = false;
  private saved = 0;

  constructor(
    private readonly graph: OperatorGraph,
    private readonly options: MemoryOptions,
    private readonly workspaceOf: WorkspaceOf,
  ) {
    this.elementBytes = bytesPerElement(options.precision);
    this.firstPlace = new Int32Array(graph.nodes.length);
    let places = 0;
    for (const { index, outputs } of graph.nodes) {
      this.firstPlace[index] = places;
      places += outputs.length;
    }
    this.node = new Int32Array(places);
    this.bytes = new Float64Array(places);
    this.readers = new Int32Array(places);
    for (const { index, outputs } of graph.nodes)
      outputs.forEach((shape, output) => {
        const place = this.firstPlace[index]! + output;
        this.node[place] = index;
        this.bytes[place] = elementsOf(shape) * this.elementBytes;
      });
    const sources = graph.nodes.map((): number[] => []);
    for (const { from, output, to } of graph.edges) {
      const place = this.firstPlace[from]! + output;
      sources[to]!.push(place);
      const dropped = graph.nodes[from]!;
      if (
        dropped.operator === 'dropout' &&
        graph.nodes[to]!.operator === 'add' &&
        dropped.outputs[0]!.length === 4
      )
        this.dropsBranches.add(from);
      this.readers[place]! += 1;
    }
    this.sources = sources;
    // The caller holds results and the batch.
    const held = new Set(graph.outputs.map(({ node, output }) => this.firstPlace[node]! + output));
    this.node.forEach((index, place) => {
      if (graph.nodes[index]!.operator === 'input') held.add(place);
    });
    for (const place of held) this.readers[place]! += 1;
    if (options.framework === 'tensorflow') return;
    for (const { node, output, until } of heldTensors(graph)) {
      const place = this.firstPlace[node]! + output;
      this.readers[place]! += 1;
      const list = this.heldUntil.get(until);
      if (list === undefined) this.heldUntil.set(until, [place]);
      else list.push(place);
    }
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
    for (let step = 0; step < (isTraining ? STEPS : 1); step++) this.step(isTraining, step === 0);
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
  private isFirstStep = true;

  private step(isTraining: boolean, isFirst: boolean): void {
    const { graph, allocator } = this;
    this.isFirstStep = isFirst;
    // PyTorch frees them from 2.0 on where it set them to zero before.
    for (const gradient of this.gradients.splice(0)) allocator.free(gradient);
    const labels = isTraining ? allocator.allocate(graph.batch * INDEX_BYTES) : undefined;
    const kept = this.forward(isTraining);
    if (isTraining) {
      this.saved = kept.bytes;
      this.backward(kept.byNode);
      this.optimizerStep();
    }
    this.between = allocator.allocated;
    allocator.free(labels);
    for (const storage of this.storages) {
      allocator.free(storage.allocation);
      storage.allocation = undefined;
    }
  }

  private forward(isTraining: boolean): { bytes: number; byNode: Kept[] } {
    const { graph, allocator } = this;
    this.storages = [];
    const byNode: Kept[] = [];
    const held = new Set<Storage>();
    let bytes = 0;
    for (const node of graph.nodes) {
      const inputs = this.sources[node.index]!.map((place) => this.storages[place]!);
      const shared = node.isView ? inputs[0] : undefined;
      const outputs = node.outputs.map((_, output): Storage => {
        const place = this.firstPlace[node.index]! + output;
        const size = this.bytes[place]!;
        const storage: Storage = shared ?? {
          bytes: size,
          allocation: allocator.allocate(size),
          holders: 0,
          isInput: node.operator === 'input',
        };
        storage.holders += this.readers[place]!;
        this.storages.push(storage);
        return storage;
      });
      this.borrow(node);
      const kept: Kept = { storages: [], extras: [] };
      if (isTraining && !node.isView && node.operator !== 'input') {
        for (const storage of this.keptBy(node, inputs, outputs)) {
          storage.holders += 1;
          kept.storages.push(storage);
          if (!storage.isInput && !held.has(storage)) {
            held.add(storage);
            bytes += roundedBytes(storage.bytes);
          }
        }
        for (const size of this.extraBytes(node)) {
          kept.extras.push(allocator.allocate(size));
          bytes += roundedBytes(size);
        }
      } else if (node.operator === 'max_pool') {
        // PyTorch makes the places of the largest anyway.
        allocator.free(allocator.allocate(node.outputElements * INDEX_BYTES));
      }
      byNode.push(kept);
      for (const storage of inputs) this.release(storage);
      for (const place of this.heldUntil.get(node.index) ?? []) this.release(this.storages[place]!);
    }
    return { bytes, byNode };
  }

  private extraBytes(node: OperatorNode): number[] {
    const { elementBytes, options, graph } = this;
    if (node.operator !== 'dropout') return extraBytes(node, elementBytes);
    if (this.dropsBranches.has(node.index)) return [graph.batch * elementBytes];
    return [node.outputElements * (options.keepsFactors === true ? elementBytes : MASK_BYTES)];
  }

  private borrow(node: OperatorNode): void {
    if (node.isView || node.operator === 'input') return;
    this.allocator.free(this.allocator.allocate(this.workspaceOf(node, this.isFirstStep)));
  }

  private keptBy(node: OperatorNode, inputs: readonly Storage[], outputs: readonly Storage[]): Storage[] {
    const bySource = node.operator === 'elementwise' ? KEEPS_BY_SOURCE.get(node.source) : undefined;
    const keeps = bySource ?? KEEPS[node.operator] ?? 'inputs';
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
  private backward(kept: readonly Kept[]): void {
    const { graph, allocator, elementBytes } = this;
    const incoming: Allocation[][] = Array.from(this.node, () => []);
    for (const { node, output } of graph.outputs) {
      const place = this.firstPlace[node]! + output;
      // Log-probabilities of the loss, and the gradient of the result.
      const losses = allocator.allocate(this.bytes[place]!);
      incoming[place] = [allocator.allocate(this.bytes[place]!)];
      allocator.free(losses);
    }
    let at = sum(graph.nodes.map(({ parameterTensors }) => parameterTensors.length));
    for (let index = graph.nodes.length - 1; index >= 0; index--) {
      const node = graph.nodes[index]!;
      at -= node.parameterTensors.length;
      const first = this.firstPlace[node.index]!;
      const gradients =
        node.outputs.length === 1
          ? incoming[first]!
          : incoming.slice(first, first + node.outputs.length).flat();
      const passes = node.isView || PASSES_GRADIENT.has(node.operator);
      let passed = false;
      for (const place of this.sources[node.index]!) {
        if (graph.nodes[this.node[place]!]!.operator === 'input') continue;
        const list = incoming[place]!;
        if (passes) {
          // The same memory goes on; it is freed by whoever made the first of the tensors.
          if (!passed) list.push(...gradients);
          passed = true;
        } else {
          list.push(allocator.allocate(this.bytes[place]!));
          // A second gradient of one tensor is added to the first, and then gone.
          if (list.length > 1) allocator.free(list.pop());
        }
      }
      for (let own = 0; own < node.parameterTensors.length; own++)
        this.gradients[at + own] ??= allocator.allocate(node.parameterTensors[own]! * elementBytes);
      this.borrow(node);
      if (!passed) for (const gradient of gradients) allocator.free(gradient);
      for (const storage of kept[index]!.storages) this.release(storage);
      for (const extra of kept[index]!.extras) allocator.free(extra);
    }
  }

  private optimizerStep(): void {
    const { allocator, elementBytes, options } = this;
    const sizes = this.graph.nodes.flatMap(({ parameterTensors }) => parameterTensors);
    if (!this.hasState)
      for (const size of sizes)
        for (let state = 0; state < OPTIMIZER_STATE[options.optimizer]; state++)
          allocator.allocate(size * elementBytes);
    this.hasState = true;
    if (options.updatesTogether !== true || !TAKES_ROOTS.has(options.optimizer)) return;
    const roots = sizes.map((size) => allocator.allocate(size * elementBytes));
    for (const root of roots) allocator.free(root);
  }
}

/** Small things kept besides tensors of the graph. */
function extraBytes(node: OperatorNode, elementBytes: number): number[] {
  if (node.operator === 'max_pool') return [node.outputElements * INDEX_BYTES];
  if (node.operator === 'recurrent') return [recurrentElements(node) * elementBytes];
  if (!NORMS.has(node.operator)) return [];
  const rows =
    node.operator === 'batch_norm'
      ? (node.parameterTensors[0] ?? 0)
      : node.outputElements / Math.max(1, node.outputs[0]?.at(-1) ?? 1);
  return rows >= 1 ? [rows * elementBytes, rows * elementBytes] : [];
}

/** Gates and state of each step. */
function recurrentElements({ attributes: { gemm, outputChannels = 0 } }: OperatorNode): number {
  return gemm === undefined ? 0 : gemm.batch * gemm.m * (gemm.n + outputChannels);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
