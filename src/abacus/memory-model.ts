/**
 * Memory of a step: the arithmetic of lifetimes (graph/memory.ts), what cuDNN and cuBLAS take as workspaces, and a learned
 * correction that stays small.
 */
import { learnRidge, ridgeRegressor, type RidgeModel } from './learners/ridge.js';
import { tableOf } from './learners/table.js';
import { simulateMemory } from './graph/memory.js';
import type { MemoryEstimate, MemoryOptions, OperatorGraph } from './graph/types.js';
import { searchWorkspace } from './search-workspace.js';

export interface MemoryRow {
  readonly graph: OperatorGraph;
  readonly options: MemoryOptions;
  readonly peakBytes: number;
}

/** cuBLAS's workspace and the smallest segments of the allocator. */
const LIBRARY_BYTES = 24e6;
/**
 * From Hopper on PyTorch gives cuBLAS 32 MiB for each thread that computes products: one forward, another backward
 * (aten/src/ATen/cuda/CUDABlas.cpp). On an H200 nearly all networks with a fully connected layer take that much above the arithmetic, those
 * without one nothing.
 */
const LARGE_WORKSPACE_BYTES = 33e6;
const LARGE_WORKSPACES: readonly string[] = ['hopper', 'blackwell'];
/** A process on a device holds this before it computes: the driver's context, kernels of the libraries. */
export const CONTEXT_BYTES = 450e6;
/** Of the memory that the data sheet names, a process can allocate this. */
export const USABLE_MEMORY = 0.97;
/** The correction may not go beyond this factor. */
const MOST_CORRECTION = Math.log(1.5);

export interface MemoryBase {
  readonly step: MemoryEstimate;
  readonly workspace: number;
  readonly bytes: number;
}

/**
 * @param searching whether cuDNN looks for its fastest algorithms (`cudnn.benchmark`), which tries large workspaces
 * @param architecture of the device; absent: one before Hopper
 */
export function memoryBase(
  graph: OperatorGraph,
  options: MemoryOptions,
  searching: boolean,
  architecture?: string,
): MemoryBase {
  const step = simulateMemory(graph, options);
  const workspace = searching ? searchWorkspace(graph) : 0;
  // A search happens in the forward and in the backward pass, when most of what is kept is still held.
  return { step, workspace, bytes: step.peak + workspace + libraryBytes(graph, options, architecture) };
}

function libraryBytes(graph: OperatorGraph, { phase }: MemoryOptions, architecture?: string): number {
  if (architecture === undefined || !LARGE_WORKSPACES.includes(architecture)) return LIBRARY_BYTES;
  const { linear, matmul, attention } = graph.totals.counts;
  return linear + matmul + attention > 0 ? LARGE_WORKSPACE_BYTES * (phase === 'train' ? 2 : 1) : 0;
}

export const memoryColumns = (
  graph: OperatorGraph,
  { phase }: MemoryOptions,
  { step, workspace, bytes }: MemoryBase,
): Float64Array =>
  Float64Array.from([
    Math.log(step.savedActivations / bytes + 0.01),
    workspace / bytes,
    step.parameters / bytes,
    Math.log(graph.batch),
    graph.totals.counts.max_pool / graph.totals.kernels,
    graph.totals.counts.concat / graph.totals.kernels,
    Math.log(graph.totals.kernels),
    Number(phase === 'train'),
  ]);

/** Of rows that are looked at again for every network that is left out. */
const searched = new WeakMap<MemoryRow, MemoryBase>();
function searchedBase(row: MemoryRow): MemoryBase {
  const known = searched.get(row) ?? memoryBase(row.graph, row.options, true);
  searched.set(row, known);
  return known;
}

export function learnMemory(rows: readonly MemoryRow[], penalty = 3): RidgeModel {
  const bases = rows.map(searchedBase);
  return learnRidge(
    tableOf(rows.map(({ graph, options }, at) => memoryColumns(graph, options, bases[at]!))),
    rows.map(({ peakBytes }, at) => Math.log(peakBytes / bases[at]!.bytes)),
    penalty,
  );
}

export interface MemoryPrediction {
  readonly bytes: number;
  readonly base: MemoryBase;
}

/** Peak bytes of the framework's allocations. */
export function predictMemory(
  model: RidgeModel,
  graph: OperatorGraph,
  options: MemoryOptions,
  searching: boolean,
  architecture?: string,
): MemoryPrediction {
  const base = memoryBase(graph, options, searching, architecture);
  // What was measured is with a search only; without one there is the arithmetic alone.
  const correction = searching ? ridgeRegressor(model).predict(memoryColumns(graph, options, base)) : 0;
  const bounded = Math.max(-MOST_CORRECTION, Math.min(MOST_CORRECTION, correction));
  return { bytes: base.bytes * Math.exp(bounded), base };
}
