/**
 * What learners see of a graph. DNNAbacus (arXiv 2205.12095, section 3.2) describes a network by its structural matrix (how
 * often an operator of one type is followed by one of another) and by features that do not depend on the structure; and, for
 * comparison, by an embedding of the graph. The embedding here hashes Weisfeiler-Lehman subtrees
 * (Shervashidze et al., JMLR 12, 2011; graph2vec, arXiv 1707.05005, counts the same ones) into a fixed number of places.
 */
import { OPERATORS, type OperatorGraph, type OperatorNode, type OperatorType } from './types.js';

/** Numbers with their names, in one order for all graphs. */
export interface NamedFeatures {
  readonly names: readonly string[];
  readonly values: Float64Array;
}

const PLACE = new Map<OperatorType, number>(OPERATORS.map((operator, at) => [operator, at]));

/** Row by row: edges from an operator of the row's type to one of the column's. Views are passed through. */
export function networkStructuralMatrix(graph: OperatorGraph): NamedFeatures {
  const size = OPERATORS.length;
  const values = new Float64Array(size * size);
  for (const [from, to] of kernelEdges(graph)) {
    const place = PLACE.get(graph.nodes[from]!.operator)! * size + PLACE.get(graph.nodes[to]!.operator)!;
    values[place]! += 1;
  }
  return { names: MATRIX_NAMES, values };
}
const MATRIX_NAMES: readonly string[] = OPERATORS.flatMap((from) => OPERATORS.map((to) => `${from}>${to}`));

/** Edges between operators that run something: a view's reader reads what the view looks at. */
function kernelEdges(graph: OperatorGraph): (readonly [number, number])[] {
  const behind: number[] = [];
  const edges: (readonly [number, number])[] = [];
  let next = 0;
  for (const node of graph.nodes) {
    behind[node.index] = node.index;
    for (; next < graph.edges.length && graph.edges[next]!.to === node.index; next++) {
      const from = behind[graph.edges[next]!.from]!;
      if (!node.isView) edges.push([from, node.index]);
      else behind[node.index] = from;
    }
  }
  return edges;
}

/** Counts, arithmetic and output elements by operator. */
export function operatorSums(graph: OperatorGraph): NamedFeatures {
  const size = OPERATORS.length;
  const values = new Float64Array(size * 3);
  for (const node of graph.nodes) {
    if (node.isView) continue;
    const place = PLACE.get(node.operator)!;
    values[place]! += 1;
    values[size + place]! += node.flops;
    values[2 * size + place]! += node.outputElements;
  }
  return { names: SUM_NAMES, values };
}
const SUM_NAMES: readonly string[] = ['count', 'flops', 'elements'].flatMap((what) =>
  OPERATORS.map((operator) => `${what}:${operator}`),
);

/** Features that do not depend on how operators are connected. Sizes as they are; learners take logarithms. */
export function structureIndependentFeatures(graph: OperatorGraph): NamedFeatures {
  const { totals, batch } = graph;
  const [height = 0, width = 0] = graph.imageSize ?? [];
  const kernels = graph.nodes.filter((node) => !node.isView && node.operator !== 'input');
  const products = kernels.filter(({ attributes }) => attributes.gemm !== undefined);
  const convolutions = kernels.filter(({ operator }) => operator.endsWith('convolution'));
  const widest = most(convolutions, ({ attributes }) => attributes.outputChannels ?? 0);
  const flops = sum(products, (node) => node.flops);
  const tensors = sum(kernels, (node) => node.parameterTensors.length);
  const entries: readonly (readonly [string, number])[] = [
    ['batch', batch],
    ['image_height', height],
    ['image_width', width],
    ['image_channels', graph.imageChannels ?? 0],
    ['flops', totals.flops],
    ['product_flops', flops],
    ['parameters', totals.parameters],
    ['parameter_tensors', tensors],
    ['buffers', totals.buffers],
    ['activation_elements', totals.activationElements],
    ['largest_activation', most(kernels, (node) => node.outputElements)],
    ['moved_elements', sum(kernels, (node) => node.inputElements + node.outputElements + node.parameters)],
    ['kernels', totals.kernels],
    ['depth', totals.depth],
    ['edges', graph.edges.length],
    ['branches', totals.kernels - totals.depth],
    ['convolutions', convolutions.length],
    ['widest_convolution', widest],
    [
      'mean_kernel_area',
      mean(convolutions, (node) => (node.attributes.kernel ?? []).reduce((a, b) => a * b, 1)),
    ],
    ['mean_groups', mean(convolutions, (node) => node.attributes.groups ?? 1)],
    ['intensity', totals.flops / Math.max(1, totals.activationElements + totals.parameters)],
    ['unknown', Object.values(graph.notes.unknownOperators).reduce((total, count) => total + count, 0)],
    ['is_training', Number(graph.phase === 'train')],
  ];
  return { names: entries.map(([name]) => name), values: Float64Array.from(entries, ([, value]) => value) };
}

export interface EmbeddingSettings {
  /** Places of the embedding. */
  readonly dimensions?: number;
  /** How far a subtree reaches, in edges. */
  readonly iterations?: number;
}

/**
 * The second representation: each operator's neighbourhood, up to some depth, is a label; labels are counted with signs in hashed
 * places and the vector is brought to length 1. Like networks have like vectors, whatever their size.
 */
export function graphEmbedding(graph: OperatorGraph, settings: EmbeddingSettings = {}): NamedFeatures {
  const { dimensions = 64, iterations = 3 } = settings;
  const values = new Float64Array(dimensions);
  const edges = kernelEdges(graph);
  let labels = graph.nodes.map((node) => (node.isView ? 0 : hash(initialLabel(node))));
  const incoming = graph.nodes.map((): number[] => []);
  for (const [from, to] of edges) incoming[to]!.push(from);
  const count = (): void => {
    graph.nodes.forEach((node, at) => {
      if (node.isView) return;
      const label = labels[at]!;
      values[label % dimensions]! += mixed(label) & 1 ? 1 : -1;
    });
  };
  count();
  for (let iteration = 0; iteration < iterations; iteration++) {
    const before = labels;
    labels = graph.nodes.map((_, at) => {
      // Neighbours in any order make the same label.
      const neighbours = incoming[at]!.map((from) => before[from]!).sort((a, b) => a - b);
      return neighbours.reduce((label, neighbour) => mixed(label ^ mixed(neighbour)), mixed(before[at]!));
    });
    count();
  }
  const length = Math.hypot(...values);
  if (length > 0) for (let at = 0; at < dimensions; at++) values[at]! /= length;
  return { names: Array.from({ length: dimensions }, (_, at) => `embedding:${at}`), values };
}

/** Operator, window, stride, and channels by powers of two. */
function initialLabel({ operator, attributes }: OperatorNode): string {
  const { kernel, stride, outputChannels } = attributes;
  const width = outputChannels === undefined ? '' : Math.round(Math.log2(Math.max(1, outputChannels)));
  return `${operator} ${kernel?.join('x') ?? ''} ${stride?.join('x') ?? ''} ${width}`;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}

/** A well-mixed 32-bit number of another (the finalizer of MurmurHash3). */
function mixed(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

const sum = (nodes: readonly OperatorNode[], of: (node: OperatorNode) => number): number =>
  nodes.reduce((total, node) => total + of(node), 0);
const most = (nodes: readonly OperatorNode[], of: (node: OperatorNode) => number): number =>
  nodes.reduce((largest, node) => Math.max(largest, of(node)), 0);
const mean = (nodes: readonly OperatorNode[], of: (node: OperatorNode) => number): number =>
  nodes.length === 0 ? 0 : sum(nodes, of) / nodes.length;
