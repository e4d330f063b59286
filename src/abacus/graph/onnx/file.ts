/**
 * An ONNX file as it was read: which inputs are data and which are parameters, small constants, noted shapes. Weights are never
 * read, whether they are in the file, beside it, or (as in exports without parameters) nowhere.
 */
import type { Tensor, TensorRole } from '../trace.js';
import { elementsOf, shapeText } from '../trace.js';
import { ForetokenError } from '../../../base/errors.js';
import { halfToFloat } from '../../../gguf/quantization.js';
import { memorySource } from '../proto/byte-source.js';
import { decodeMessage } from '../proto/messages.js';
import type { Shape } from '../types.js';
import { notedTensors, ownTensors } from './exported.js';
import { ownMatrices, rootsOfFolded } from './folded-tensors.js';
import { foldedNorm, normChannels, repeatedTensors, turnedTables } from './folded.js';
import {
  DATA_TYPES,
  isFloating,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  ValueInfoProto,
} from './schema.js';

/** A dimension: a number, or a name with a factor such as `64*batch`. */
export type Dimension = number | { readonly symbol: string; readonly factor: number };

export interface DataInput {
  readonly name: string;
  readonly dims: readonly Dimension[];
  readonly floating: boolean;
}

const places = (names: string, inputs: readonly number[]): [string, readonly number[]][] =>
  names.split(' ').map((name) => [name, inputs]);

/** Operators' inputs, from 0, that hold running statistics. */
const STATISTICS: ReadonlyMap<string, readonly number[]> = new Map([['BatchNormalization', [3, 4]]]);
/** Inputs that hold trained numbers and cannot be data. */
const WEIGHTS: ReadonlyMap<string, readonly number[]> = new Map([
  ['Conv', [1, 2]],
  ['ConvTranspose', [1, 2]],
  ['Gemm', [1, 2]],
  ['BatchNormalization', [1, 2, 3, 4]],
  ['InstanceNormalization', [1, 2]],
  ['LayerNormalization', [1, 2]],
  ['LSTM', [1, 2, 3]],
  ['GRU', [1, 2, 3]],
  ['RNN', [1, 2, 3]],
  ['DeformConv', [1, 3]],
  ['ConvInteger', [1]],
  ['QLinearConv', [3, 8]],
  ['MatMulInteger', [1]],
  ['MatMulIntegerToFloat', [1, 6]],
  ['DynamicQuantizeMatMul', [1, 4]],
  ['DynamicQuantizeLSTM', [1, 2, 3]],
  ['QLinearMatMul', [3]],
  ['QGemm', [3, 6]],
  ['DequantizeLinear', [0]],
]);
/** Inputs that are settings of the operator, whatever their type: scales and sizes, bounds, what is filled in. */
const SETTINGS: ReadonlyMap<string, readonly number[]> = new Map([
  ['Resize', [1, 2, 3]],
  ['Upsample', [1]],
  ['Pad', [1, 2, 3]],
  ['Clip', [1, 2]],
  ['OneHot', [1, 2]],
  ['Range', [0, 1, 2]],
  ['NonMaxSuppression', [2, 3, 4]],
  ['QuantizeLinear', [1, 2]],
  ['DequantizeLinear', [1, 2]],
  ['QLinearConv', [1, 2, 4, 5, 6, 7]],
  ['QLinearMatMul', [1, 2, 4, 5, 6, 7]],
  ['ConvInteger', [2, 3]],
  ['MatMulInteger', [2, 3]],
  ['MatMulIntegerToFloat', [2, 3, 4, 5]],
  ['DynamicQuantizeMatMul', [2, 3]],
  ['DynamicQuantizeLSTM', [8, 9, 10, 11]],
  ['QGemm', [1, 2, 4, 5, 7, 8]],
  ...places('QLinearAdd QLinearMul', [1, 2, 4, 5, 6, 7]),
  ...places('QLinearSigmoid QLinearLeakyRelu QLinearSoftmax', [1, 2, 3, 4]),
  ...places('QLinearAveragePool QLinearGlobalAveragePool', [1, 2, 3, 4]),
]);
/** Names of tensors that PyTorch keeps as buffers, and of constants that its exporter lifts into inputs. */
const BUFFER_NAME =
  /(^|[./])(constant[.\d]*|running_mean|running_var|num_batches_tracked|relative_coords_table|relative_position_index|attn_mask|position_ids|inv_freq|final_logits_bias)$|Constant(_\d+)?_output/;

export function dimensionsOf(info: ValueInfoProto): readonly Dimension[] | undefined {
  return info.type?.tensor?.shape?.dims.map(({ value, parameter }) => {
    if (parameter === '') return value > 0 ? value : { symbol: '?', factor: 1 };
    const [, factor, symbol] = /^(\d+)\s*\*\s*(\w+)$/.exec(parameter) ?? [];
    return symbol === undefined ? { symbol: parameter, factor: 1 } : { symbol, factor: Number(factor) };
  });
}

export class OnnxFile {
  readonly data: readonly DataInput[];
  /** Parameters, buffers and constants by name. */
  readonly stored: ReadonlyMap<string, Tensor>;
  /** Tensors that the file writes once for several readers: by reader and input. */
  readonly own: ReadonlyMap<NodeProto, ReadonlyMap<number, Tensor>>;
  private noted: ReadonlyMap<string, readonly Dimension[]> | undefined;
  /** Trained numbers. */
  readonly parameters: number;
  readonly metadata: Readonly<Record<string, string>>;

  constructor(
    readonly model: ModelProto,
    readonly graph: GraphProto,
  ) {
    const stored = new Map<string, Tensor>();
    const statistics = namesAt(graph, STATISTICS);
    const weights = namesAt(graph, WEIGHTS);
    const settings = namesAt(graph, SETTINGS);
    const noted = notedTensors(graph, (name) => BUFFER_NAME.test(name));
    for (const tensor of graph.initializers)
      stored.set(
        tensor.name,
        withRole(
          storedTensor(tensor, statistics, weights, settings),
          isFloating(tensor.dataType) ? noted.roles.get(tensor.name) : undefined,
        ),
      );
    for (const [name, root] of rootsOfFolded(stored, noted.sources)) {
      stored.set(name, { ...stored.get(name)!, root });
      stored.set(root.name, root);
    }
    for (const [name, of] of turnedTables(graph))
      stored.set(name, { ...stored.get(name)!, root: stored.get(of)! });
    for (const { values, dims } of graph.sparseInitializers)
      if (values !== undefined)
        stored.set(values.name, { name: values.name, shape: dims, role: 'parameter', contiguous: true });
    const data: DataInput[] = [];
    const inputs = graph.inputs.filter(({ name }) => !stored.has(name));
    inputs.forEach((info, at) => {
      const { name } = info;
      const dims = dimensionsOf(info) ?? [];
      const type = info.type?.tensor?.elementType ?? 1;
      const open = dims.some((dimension) => typeof dimension !== 'number');
      const isStored =
        graph.initializers.length === 0 &&
        at > 0 &&
        !open &&
        (weights.has(name) || name.includes('.') || isFloating(type) || dims.length < 2);
      if (!isStored) data.push({ name, dims, floating: isFloating(type) });
      else {
        const role: TensorRole =
          !isFloating(type) || statistics.has(name) || BUFFER_NAME.test(name) ? 'buffer' : 'parameter';
        stored.set(name, { name, shape: dims as Shape, role, contiguous: true });
      }
    });
    const shapes = new Map([...stored].map(([name, { shape }]) => [name, shape]));
    for (const { name, of } of repeatedTensors(graph, shapes)) {
      const tensor = stored.get(of)!;
      if (tensor.role !== 'parameter' && tensor.role !== 'buffer') continue;
      const role = statistics.has(name) || BUFFER_NAME.test(name) ? 'buffer' : 'parameter';
      stored.set(name, { ...tensor, name, role });
    }
    for (const { name, shape } of stored.values())
      if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0) || elementsOf(shape) > 2 ** 44)
        throw new ForetokenError(
          'invalid_network',
          `Parameter ${name} has an impossible shape: ${shapeText(shape)}.`,
        );
    this.data = data;
    this.stored = stored;
    this.own = new Map([
      ...ownMatrices(graph, stored),
      ...ownTensors(graph, stored, ({ opType }, input) => STATISTICS.get(opType)?.includes(input) === true),
    ]);
    this.parameters = this.countParameters();
    this.metadata = Object.fromEntries(model.metadata.map(({ key, value }) => [key, value]));
  }

  private countParameters(): number {
    const own = new Set([...this.own.values()].flatMap((tensors) => [...tensors.values()]));
    const split = new Set([...own].map(({ name }) => name));
    const kept = [...this.stored.values()].filter(({ name, root }) => root === undefined && !split.has(name));
    const stored = [...kept, ...own].reduce(
      (total, { role, shape }) => (role === 'parameter' ? total + elementsOf(shape) : total),
      0,
    );
    // Scales and shifts of batch norms that were folded, less the biases that the folding made.
    return this.graph.nodes.reduce((total, node) => {
      const norm = foldedNorm(node);
      if (norm === undefined) return total;
      const channels = normChannels(node, this.stored.get(node.inputs[1] ?? '')?.shape ?? []);
      const wasMade = !norm.hasBias && (node.inputs[2] ?? '') !== '';
      return total + (wasMade ? 1 : 2) * channels;
    }, stored);
  }

  /** Shapes that the file notes, by the tensor's name. */
  get notes(): ReadonlyMap<string, readonly Dimension[]> {
    if (this.noted !== undefined) return this.noted;
    const notes = new Map<string, readonly Dimension[]>();
    const { valueInfo, outputs } = this.graph;
    const infos = valueInfo.map(({ bytes }) =>
      decodeMessage(memorySource(bytes), ValueInfoProto, 'A noted shape'),
    );
    for (const info of [...infos, ...outputs]) {
      const dims = dimensionsOf(info);
      if (dims !== undefined) notes.set(info.name, dims);
    }
    this.noted = notes;
    return notes;
  }
}

function namesAt(graph: GraphProto, places: ReadonlyMap<string, readonly number[]>): Set<string> {
  const names = new Set<string>();
  for (const { opType, inputs } of graph.nodes)
    for (const at of places.get(opType) ?? []) if (inputs[at] !== undefined) names.add(inputs[at]);
  return names;
}

function storedTensor(
  tensor: TensorProto,
  statistics: ReadonlySet<string>,
  weights: ReadonlySet<string>,
  settings: ReadonlySet<string>,
): Tensor {
  const { name, dims } = tensor;
  const elements = elementsOf(dims);
  const value = valuesOf(tensor);
  const isWeight = weights.has(name) && !statistics.has(name);
  let role: TensorRole = 'parameter';
  const isQuantised = QUANTISED.has(tensor.dataType) && dims.length > 1;
  if (settings.has(name) && !isWeight && value !== undefined) role = 'constant';
  else if (!isFloating(tensor.dataType) && !isWeight && !isQuantised)
    role = value === undefined ? 'buffer' : 'constant';
  else if (statistics.has(name) || BUFFER_NAME.test(name)) role = 'buffer';
  else if (elements <= 1 && !isWeight && !name.includes('.')) role = 'constant';
  return { name, shape: dims, role, contiguous: true, value: role === 'constant' ? value : undefined };
}

/** Bytes and half bytes: tables of embeddings, too, are stored in them. */
const QUANTISED: ReadonlySet<number> = new Set([DATA_TYPES.uint8, DATA_TYPES.int8, 21, 22]);

const withRole = (tensor: Tensor, role: TensorRole | undefined): Tensor =>
  role === undefined || tensor.role === 'constant' ? tensor : { ...tensor, role };

/** The numbers of a small tensor; undefined where they are not kept. */
export function valuesOf(tensor: TensorProto): number[] | undefined {
  const count = elementsOf(tensor.dims);
  if (!(count <= 2048)) return undefined;
  const listed = [tensor.floatData, tensor.int32Data, tensor.int64Data].find((list) => list.length > 0);
  if (listed !== undefined) return listed.length === count ? listed : undefined;
  const raw = tensor.rawData;
  if (raw === undefined) return count === 0 ? [] : undefined;
  const view = new DataView(raw.bytes.buffer, raw.bytes.byteOffset, raw.bytes.byteLength);
  const read = READERS[tensor.dataType];
  if (read === undefined || raw.bytes.length < count * read.size) return undefined;
  return Array.from({ length: count }, (_, at) => read.at(view, at * read.size));
}

const READERS: Readonly<Record<number, { size: number; at: (view: DataView, offset: number) => number }>> = {
  1: { size: 4, at: (view, offset) => view.getFloat32(offset, true) },
  2: { size: 1, at: (view, offset) => view.getUint8(offset) },
  3: { size: 1, at: (view, offset) => view.getInt8(offset) },
  5: { size: 2, at: (view, offset) => view.getInt16(offset, true) },
  6: { size: 4, at: (view, offset) => view.getInt32(offset, true) },
  7: { size: 8, at: (view, offset) => Number(view.getBigInt64(offset, true)) },
  9: { size: 1, at: (view, offset) => view.getUint8(offset) },
  10: { size: 2, at: (view, offset) => halfToFloat(view.getUint16(offset, true)) },
  11: { size: 8, at: (view, offset) => view.getFloat64(offset, true) },
};
