/**
 * What the exporter of PyTorch 2 (`torch.onnx.export(dynamo=True)`) notes about stored tensors: which are parameters, which buffers,
 * and from what it computed others. It also writes tensors of the same numbers once, as all biases of a new network
 * are, without a trace: who reads them tells how many there were.
 */
import { memorySource } from '../proto/byte-source.js';
import { decodeMessage } from '../proto/messages.js';
import type { Tensor, TensorRole } from '../trace.js';
import type { GraphProto, NodeProto, TensorProto } from './schema.js';
import { ValueInfoProto } from './schema.js';

const KIND = 'pkg.torch.export.graph_signature.InputSpec.kind';
const FOLDED_FROM = 'pkg.onnxscript.optimizer.folded_from';
/** A path of modules, as parameters and buffers are named. */
const PATH = /'([^']*\.[^']*)'/g;

/** Whether the file is of that exporter, which writes notes beside each node. */
export const isOfPyTorch2 = (graph: GraphProto): boolean =>
  graph.nodes.some(({ metadata }) => metadata.length > 0);

/** What a file notes about its stored tensors, by name. */
export interface NotedTensors {
  readonly roles: ReadonlyMap<string, TensorRole>;
  /** The one parameter that a tensor was computed from. */
  readonly sources: ReadonlyMap<string, string>;
}

/** `isBuffer` knows names of buffers. */
export function notedTensors(graph: GraphProto, isBuffer: (name: string) => boolean): NotedTensors {
  const roles = new Map<string, TensorRole>();
  const sources = new Map<string, string>();
  if (!isOfPyTorch2(graph)) return { roles, sources };
  const stored = new Set(graph.initializers.map(({ name }) => name));
  for (const { bytes } of graph.valueInfo) {
    const { name, metadata } = decodeMessage(memorySource(bytes), ValueInfoProto, 'A noted shape');
    if (!stored.has(name)) continue;
    for (const { key, value } of metadata)
      if (key === KIND) roles.set(name, value === 'PARAMETER' ? 'parameter' : 'buffer');
      else if (key === FOLDED_FROM) {
        const paths = [...value.matchAll(PATH)].map(([, path]) => path!);
        const trained = paths.filter((path) => !isBuffer(path));
        roles.set(name, trained.length > 0 ? 'parameter' : 'constant');
        if (trained.length === 1) sources.set(name, trained[0]!);
      }
  }
  return { roles, sources };
}

/** Dimensions larger than 1. */
const extent = ({ dims }: { readonly dims: readonly number[] }): number =>
  dims.filter((size) => size > 1).length;

/** Whether all numbers that were kept are the same, as those of tables that begin as zeros. */
function isUniform({ rawData }: TensorProto): boolean {
  const numbers = rawData?.bytes ?? new Uint8Array();
  return numbers.length >= 8 && numbers.every((byte, at) => byte === numbers[at % 4]);
}

/**
 * A tensor of its own for each of several readers, by node and by name. Readers that follow the same matrix are calls of one module,
 * such as the head that RetinaNet runs over every level, and share their tensor.
 */
export function ownTensors(
  graph: GraphProto,
  stored: ReadonlyMap<string, Tensor>,
  isStatistic: (node: NodeProto, input: number) => boolean,
): ReadonlyMap<NodeProto, ReadonlyMap<number, Tensor>> {
  const own = new Map<NodeProto, Map<number, Tensor>>();
  if (!isOfPyTorch2(graph)) return own;
  const readers = new Map<string, number>();
  for (const { inputs } of graph.nodes)
    for (const name of inputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  const several = new Set(
    graph.initializers
      .filter((tensor) => (readers.get(tensor.name) ?? 0) > 1 && (extent(tensor) <= 1 || isUniform(tensor)))
      .map(({ name }) => name),
  );
  if (several.size === 0) return own;
  const matrices = new Set(graph.initializers.filter((tensor) => extent(tensor) > 1).map(({ name }) => name));
  /** By tensor: place of the last node before it that reads a matrix, and that matrix. */
  const before = new Map<string, readonly [number, string]>();
  const known = new Map<string, Tensor>();
  graph.nodes.forEach((node, place) => {
    let last: readonly [number, string] = [-1, ''];
    for (const name of node.inputs) {
      const found = before.get(name);
      if (found !== undefined && found[0] > last[0]) last = found;
    }
    const matrix = node.inputs.find((name) => matrices.has(name) && !several.has(name));
    if (matrix !== undefined) last = [place, matrix];
    for (const name of node.outputs) before.set(name, last);
    node.inputs.forEach((name, input) => {
      const tensor = several.has(name) ? stored.get(name) : undefined;
      if (tensor === undefined || (tensor.role !== 'parameter' && tensor.role !== 'buffer')) return;
      const key = [name, last[1], node.opType, input].join('\n');
      const role: TensorRole = isStatistic(node, input) ? 'buffer' : 'parameter';
      const found = known.get(key) ?? { ...tensor, role };
      known.set(key, found);
      const of = own.get(node) ?? new Map<number, Tensor>();
      own.set(node, of.set(input, found));
    });
  });
  return own;
}
