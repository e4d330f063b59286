/** Memory of a step: the arithmetic of lifetimes (graph/memory.ts) with what cuDNN and cuBLAS take as workspaces. Nothing is learned. */
import { hasMatrixUnits, type Device } from './devices.js';
import { simulateMemory } from './graph/memory.js';
import type { MemoryEstimate, MemoryOptions, OperatorGraph } from './graph/types.js';
import { blockedWorkspace, layoutWorkspace, searchWorkspace } from './workspaces.js';

/**
 * PyTorch gives cuBLAS this for each thread that computes products, one forward, another backward: 8.1 MiB, from Hopper on 32 MiB
 * (aten/src/ATen/cuda/CUDABlas.cpp). On an H200 nearly all networks with a fully connected layer take that much above the
 * arithmetic, those without one nothing.
 */
const WORKSPACE_BYTES = 8.5e6;
const LARGE_WORKSPACE_BYTES = 33e6;
const LARGE_WORKSPACES: readonly string[] = ['hopper', 'blackwell'];
/** A process on a device holds this before it computes: the driver's context, kernels of the libraries. */
export const CONTEXT_BYTES = 450e6;
/** Of the memory that the data sheet names, a process can allocate this. */
export const USABLE_MEMORY = 0.97;

export interface MemoryPrediction {
  /** Peak bytes of the framework's allocations. */
  readonly bytes: number;
  readonly step: MemoryEstimate;
}

/**
 * @param searching whether cuDNN looks for its fastest algorithms (`cudnn.benchmark`), which tries large workspaces
 * @param device absent: a graphics card before Hopper, without matrix units for the precision
 */
export function predictMemory(
  graph: OperatorGraph,
  options: MemoryOptions,
  searching: boolean,
  device?: Device,
): MemoryPrediction {
  if (device?.processor !== undefined) {
    const step = simulateOnProcessor(graph, options);
    return { bytes: step.peak, step };
  }
  const converts = device !== undefined && hasMatrixUnits(device, options.precision);
  const step = simulateMemory(
    graph,
    { ...options, updatesTogether: options.framework !== 'tensorflow' },
    (node, isFirstStep) =>
      searching
        ? // A search happens in the first step, when there are neither gradients nor states of the optimizer.
          Number(isFirstStep) * searchWorkspace(node)
        : converts
          ? layoutWorkspace(node, options.precision)
          : 0,
  );
  return { bytes: step.peak + libraryBytes(graph, options, device?.architecture), step };
}

/** With what oneDNN copies, and the factors that dropout keeps. */
export function simulateOnProcessor(graph: OperatorGraph, options: MemoryOptions): MemoryEstimate {
  return simulateMemory(graph, { ...options, keepsFactors: true }, (node) =>
    options.framework === 'tensorflow' ? 0 : blockedWorkspace(node, options.precision),
  );
}

function libraryBytes(graph: OperatorGraph, { phase }: MemoryOptions, architecture?: string): number {
  const { linear, matmul, attention } = graph.totals.counts;
  if (linear + matmul + attention === 0) return 0;
  const isLarge = architecture !== undefined && LARGE_WORKSPACES.includes(architecture);
  return (isLarge ? LARGE_WORKSPACE_BYTES : WORKSPACE_BYTES) * (phase === 'train' ? 2 : 1);
}
