/**
 * What the kernels of an operator read, write and compute in one step, forward and backward, as frameworks run them eagerly:
 * one kernel or few an operator, every tensor through memory. The roofline (roofline.ts) turns it into time.
 */
import type {
  OperatorGraph,
  OperatorNode,
  OperatorType,
  Optimizer,
  Phase,
  Precision,
} from './graph/types.js';
import { bytesPerElement } from './graph/types.js';

/** How a step is run, as far as its time depends on it. */
export interface Step {
  readonly phase: Phase;
  readonly precision: Precision;
  readonly optimizer: Optimizer;
  readonly framework: Framework;
  /** Whether the step copies its batch from the host's memory to the device. */
  readonly copiesBatch: boolean;
}
export type Framework = 'pytorch' | 'tensorflow';

/** How efficient a kernel is depends on its class. */
export const KERNEL_CLASSES = [
  'conv1x1',
  'conv3x3',
  'convLarge',
  'convStem',
  'convGrouped',
  'convDepthwise',
  'gemm',
  'attention',
  'norm',
  'pointwise',
  'pool',
  'move',
  'optimizer',
] as const;
export type KernelClass = (typeof KERNEL_CLASSES)[number];

/** A kernel: FLOP, bytes through memory, and how many tiles of work it can be cut into. */
export interface Kernel {
  readonly node: number;
  readonly kind: KernelClass;
  readonly backward: boolean;
  readonly flops: number;
  readonly bytes: number;
  /** Tiles of 128 x 64 outputs that can be computed side by side; Infinity for kernels without tiles. */
  readonly tiles: number;
  /** Output channels of a product: fewer than a tile is wide leave part of it empty. */
  readonly width: number;
  readonly strided: boolean;
}

export interface Work {
  readonly kernels: readonly Kernel[];
  /** Calls that the host makes: operators forward, gradients, updates of parameters. */
  readonly hostCalls: number;
  readonly copiedBytes: number;
}

/** By operator; `convolution` is told apart by its window. All others are pointwise. */
const CLASSES: ReadonlyMap<OperatorType, KernelClass | 'convolution'> = new Map([
  ['convolution', 'convolution'],
  ['transposed_convolution', 'convolution'],
  ['depthwise_convolution', 'convDepthwise'],
  ['grouped_convolution', 'convGrouped'],
  ['linear', 'gemm'],
  ['matmul', 'gemm'],
  ['recurrent', 'gemm'],
  ['mixture_of_experts', 'gemm'],
  ['attention', 'attention'],
  ['batch_norm', 'norm'],
  ['layer_norm', 'norm'],
  ['group_norm', 'norm'],
  ['instance_norm', 'norm'],
  ['rms_norm', 'norm'],
  ['local_response_norm', 'norm'],
  ['max_pool', 'pool'],
  ['average_pool', 'pool'],
  ['global_pool', 'pool'],
  ['reduce', 'pool'],
  ['concat', 'move'],
  ['split', 'move'],
  ['slice', 'move'],
  ['pad', 'move'],
  ['transpose', 'move'],
  ['copy', 'move'],
  ['gather', 'move'],
  ['resize', 'move'],
  ['embedding', 'move'],
] as const);
/** Whose gradient is the incoming one, so that no kernel runs. */
const PASS_GRADIENT: readonly OperatorType[] = ['add', 'reshape', 'split', 'slice'];
/** Kernels an update of one parameter tensor takes when run one after another, and passes over the tensor in them. */
const UPDATES: Readonly<Record<Optimizer, readonly [kernels: number, passes: number]>> = {
  none: [0, 0],
  sgd: [1, 3],
  momentum: [3, 8],
  adagrad: [4, 10],
  rmsprop: [5, 11],
  adam: [8, 16],
  adamw: [9, 18],
};

/** Products of the backward pass over those of the forward pass. */
const BACKWARD_ATTENTION = 2.5;

/** Steps of a recurrent layer are told apart up to this many; longer sequences are cut into as many pieces. */
const MOST_STEPS = 1024;

const UNTILED = { backward: true, tiles: Infinity, width: Infinity, strided: false } as const;

const tilesOf = (m: number, n: number, batch: number): number =>
  batch * Math.ceil(m / 128) * Math.ceil(n / 64);

export function kernelClass({ operator, attributes }: OperatorNode): KernelClass {
  const kind = CLASSES.get(operator) ?? 'pointwise';
  if (kind !== 'convolution') return kind;
  if ((attributes.inputChannels ?? 64) <= 4) return 'convStem';
  const window = (attributes.kernel ?? [1]).reduce((a, b) => a * b, 1);
  return window === 1 ? 'conv1x1' : window === 9 ? 'conv3x3' : 'convLarge';
}

/**
 * PyTorch from 2.0 updates all tensors together on graphics cards: a kernel takes at most this many tensors and numbers
 * (ATen/native/cuda/MultiTensorApply.cuh), and the host so much of a call for each tensor.
 */
const TOGETHER = { tensors: 110, elements: 320 * 65_536, call: 0.05 };

/** @param together whether parameters are updated together, not one after another */
export function workOf(graph: OperatorGraph, step: Step, together = false): Work {
  const size = bytesPerElement(step.precision);
  const training = step.phase === 'train';
  const kernels: Kernel[] = [];
  let hostCalls = 0;
  const users = new Int32Array(graph.nodes.length);
  for (const { from } of graph.edges) users[from]! += 1;
  /** Whether a gradient is asked for: not for the batch itself. */
  const fromInput = new Uint8Array(graph.nodes.length).fill(1);
  for (const { from, to } of graph.edges) {
    const source = graph.nodes[from]!;
    if (source.operator !== 'input' && !(source.isView && fromInput[from] === 1)) fromInput[to] = 0;
  }
  const parameterTensors = graph.nodes.flatMap(({ parameterTensors: tensors }) => tensors);
  for (const node of graph.nodes) {
    if (node.operator === 'input' || node.operator === 'loss') continue;
    if (node.isView) {
      // The host still makes the view, and its gradient.
      hostCalls += training ? 1 : 0.5;
      continue;
    }
    const kind = kernelClass(node);
    const { inputElements: read, outputElements: written, parameters, flops } = node;
    const gemm = node.attributes.gemm;
    const isProduct = kind.startsWith('conv') || kind === 'gemm' || kind === 'attention';
    const tiles = isProduct && gemm !== undefined ? tilesOf(gemm.m, gemm.n, gemm.batch) : Infinity;
    const width = gemm?.n ?? Infinity;
    const strided = (node.attributes.stride?.[0] ?? 1) > 1;
    const add = (backward: boolean, flop: number, elements: number, own = tiles, as = kind): void => {
      const bytes = elements * size;
      kernels.push({ node: node.index, kind: as, backward, flops: flop, bytes, tiles: own, width, strided });
    };
    hostCalls += training ? 2 : 1;
    if (node.operator === 'recurrent' && gemm !== undefined && node.inputs[0]?.length === 3) {
      // What comes in is multiplied for all steps at once; the state, step after step, with its matrix read anew.
      const steps = Math.max(1, Math.min(MOST_STEPS, Math.round(gemm.m / graph.batch)));
      const rows = gemm.m / steps;
      const state = Math.min(gemm.k, node.attributes.outputChannels ?? gemm.k);
      const share = state / gemm.k;
      const own = tilesOf(rows, gemm.n, gemm.batch);
      const perStep = gemm.batch * (gemm.n * state + rows * (gemm.n + state));
      for (const backward of training ? [false, true] : [false]) {
        const times = backward ? 2 : 1;
        add(backward, times * flops * (1 - share), times * (read + written + parameters * (1 - share)));
        for (let step = 0; step < steps; step++)
          add(backward, (times * flops * share) / steps, times * perStep, own);
      }
      continue;
    }
    if (isProduct) {
      add(false, flops, read + written + parameters);
      if (!training) continue;
      if (fromInput[node.index] === 0) {
        const backward = gemm && tilesOf(gemm.m, gemm.k, gemm.batch);
        // Fused attention computes its scores anew: five products for the two of the forward pass.
        const times = kind === 'attention' ? BACKWARD_ATTENTION : 1;
        add(true, times * flops, read + written + parameters, backward);
        // The other factor of a product of two activations has a gradient, too.
        if (node.operator === 'matmul' && node.inputs.length > 1 && parameters === 0)
          add(true, flops, read + written, gemm && tilesOf(gemm.k, gemm.n, gemm.batch));
      }
      // Sums over all examples: split along them where there are few outputs.
      if (parameters > 0)
        add(
          true,
          flops,
          read + written + parameters,
          gemm && tilesOf(gemm.k, gemm.n, gemm.batch) * Math.max(1, Math.ceil(gemm.m / 1024)),
        );
      continue;
    }
    if (kind === 'norm') {
      // With stored statistics it is one factor and one shift. Own ones are a pass more, and the gradient needs two passes over input
      // and incoming gradient.
      if (!training && node.operator === 'batch_norm') add(false, flops, read + written, tiles, 'pointwise');
      else add(false, flops, 2 * read + written);
      if (training) add(true, 2 * flops, 2 * (read + written) + read);
      continue;
    }
    add(false, flops, read + written);
    if (training && !PASS_GRADIENT.includes(node.operator))
      add(true, flops, kind === 'pointwise' ? read + 2 * written : read + written);
  }
  if (training) {
    graph.nodes.forEach((node) => {
      // Gradients of a value that several operators read are added up.
      const extra = users[node.index]! - 1;
      if (node.operator === 'input' || node.isView || extra < 1) return;
      for (let at = 0; at < extra; at++)
        kernels.push({
          ...UNTILED,
          node: node.index,
          kind: 'pointwise',
          flops: node.outputElements,
          bytes: 3 * size * node.outputElements,
        });
    });
    const [updates, passes] = UPDATES[step.optimizer];
    const update = (elements: number, parts: number): void => {
      for (let at = 0; at < updates * parts; at++)
        kernels.push({
          ...UNTILED,
          node: -1,
          kind: 'optimizer',
          flops: elements / parts,
          bytes: (elements * Math.max(size, 2) * passes) / (updates * parts),
        });
    };
    // Gradients are set to zero first, and added to.
    hostCalls += parameterTensors.length;
    for (const elements of parameterTensors)
      kernels.push({
        ...UNTILED,
        node: -1,
        kind: 'optimizer',
        flops: 0,
        bytes: elements * Math.max(size, 2),
      });
    if (together) {
      const elements = parameterTensors.reduce((total, own) => total + own, 0);
      const tensors = parameterTensors.length;
      const parts = Math.max(
        1,
        Math.ceil(tensors / TOGETHER.tensors),
        Math.ceil(elements / TOGETHER.elements),
      );
      hostCalls += updates * (parts + tensors * TOGETHER.call);
      update(elements, parts);
    } else {
      hostCalls += parameterTensors.length * updates;
      for (const elements of parameterTensors) update(elements, 1);
    }
  }
  return {
    kernels,
    hostCalls,
    copiedBytes: step.copiesBatch ? graph.totals.inputElements * size : 0,
  };
}
