/**
 * What PyTorch's exporters fold away in evaluation mode, and how a file tells: batch norms become part of the layer before them, and
 * tensors that hold the same numbers are written once. A network that is trained, or run by PyTorch, has both.
 */
import { memorySource } from '../proto/byte-source.js';
import { decodeMessage } from '../proto/messages.js';
import type { Shape } from '../types.js';
import { StringPair, type GraphProto, type NodeProto, type TensorProto } from './schema.js';

/** Layers that a batch norm is folded into. */
const BEFORE_NORMS: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Gemm']);
/** The exporter by TorchScript gives what it computes itself a name by its reader. */
const COMPUTED = /^onnx::Conv_\d+$/;
/** The exporter of PyTorch 2 notes the rule, and names a bias that was not there after the weight. */
const RULE = 'pkg.onnxscript.rewriter.rule_name';
const RULES = /FuseBatchNormInto/;
const NEW_BIAS = /_bias$/;

export interface FoldedNorm {
  /** Whether the layer had a bias of its own. */
  readonly hasBias: boolean;
}

/** The batch norm that was folded into a layer; undefined where none was. */
export function foldedNorm({ opType, inputs, metadata }: NodeProto): FoldedNorm | undefined {
  const [, weight = '', bias = ''] = inputs;
  if (!BEFORE_NORMS.has(opType)) return undefined;
  // Whether there was a bias is lost; most convolutions before a batch norm have none.
  if (COMPUTED.test(weight) && COMPUTED.test(bias)) return { hasBias: false };
  for (const { bytes } of metadata) {
    const { key, value } = decodeMessage(memorySource(bytes), StringPair, 'A note of a node');
    if (key === RULE && RULES.test(value)) return { hasBias: bias !== '' && !NEW_BIAS.test(bias) };
  }
  return undefined;
}

/** Channels of a batch norm behind a layer whose weight has this shape. */
export function normChannels({ opType, attributes }: NodeProto, weight: Shape): number {
  const attribute = (name: string): number | undefined => attributes.find((one) => one.name === name)?.i;
  if (opType === 'Conv') return weight[0] ?? 0;
  if (opType === 'ConvTranspose') return (weight[1] ?? 0) * (attribute('group') ?? 1);
  return weight[attribute('transB') === 1 ? 0 : 1] ?? 0;
}

/** A tensor by the name of another that holds the same numbers. */
export interface Repeated {
  readonly name: string;
  readonly of: string;
}

/**
 * Tensors that were written once for several of the same numbers, as all scales of new norms are 1. Weights that a network ties
 * (embeddings and the last layer) look the same; they are matrices under names of another form.
 */
export function repeatedTensors(graph: GraphProto, shapes: ReadonlyMap<string, Shape>): Repeated[] {
  return graph.nodes.flatMap(({ opType, inputs: [of = ''], outputs: [name = ''] }) => {
    const shape = shapes.get(of);
    if (opType !== 'Identity' || shape === undefined) return [];
    const isVector = shape.filter((size) => size > 1).length <= 1;
    const isOwn = isVector || (name.includes('.') && formOf(name) === formOf(of));
    return isOwn ? [{ name, of }] : [];
  });
}

/** A name without its numbers: the same for one layer of each block. */
const formOf = (name: string): string => name.replace(/\d+/g, '#');

/**
 * Matrices that are the table of an embedding turned around, by name, with the name of the table: the exporter by TorchScript writes
 * both where a network ties its last layer to it. The first numbers of both tell.
 */
export function turnedTables({ initializers, nodes }: GraphProto): ReadonlyMap<string, string> {
  const turned = new Map<string, string>();
  const read = new Set(nodes.filter(({ opType }) => opType === 'Gather').map(({ inputs }) => inputs[0]));
  const tables = initializers
    .filter(({ dims, name }) => dims.length === 2 && read.has(name))
    .slice(0, MOST_TABLES);
  for (const matrix of initializers) {
    if (!TURNED.test(matrix.name) || matrix.dims.length !== 2) continue;
    const table = tables.find(
      ({ dims: [rows, columns], dataType }, at) =>
        rows === matrix.dims[1] &&
        columns === matrix.dims[0] &&
        dataType === matrix.dataType &&
        isTurned(matrix, tables[at]!),
    );
    if (table !== undefined) turned.set(matrix.name, table.name);
  }
  return turned;
}
const TURNED = /^onnx::MatMul_\d+$/;
/** Embeddings that are looked at; recommenders have more, but tie none. */
const MOST_TABLES = 64;
const LEAST_SAME_BYTES = 8;

/** Whether the first row of one is the first column of the other, as far as their numbers were kept. */
function isTurned(matrix: TensorProto, table: TensorProto): boolean {
  const [row, column] = [matrix.rawData, table.rawData];
  const size = (row?.length ?? 0) / (matrix.dims[0]! * matrix.dims[1]!);
  if (row === undefined || column === undefined || !Number.isInteger(size) || size < 1) return false;
  const width = table.dims[1]! * size;
  const count = Math.min(matrix.dims[1]!, Math.floor(column.bytes.length / width));
  const same = Array.from({ length: count }, (_, at) => at).every((at) =>
    Array.from({ length: size }, (_, byte) => byte).every(
      (byte) => row.bytes[at * size + byte] === column.bytes[at * width + byte],
    ),
  );
  return same && count * size >= LEAST_SAME_BYTES;
}
