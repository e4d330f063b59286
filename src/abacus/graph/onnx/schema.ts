/** What is read of an ONNX file: field numbers of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (version IR 10). */
import {
  bytes,
  float,
  floats,
  int,
  ints,
  many,
  message,
  one,
  text,
  texts,
  undecoded,
  type Decoded,
  type MessageType,
  type PartialBytes,
} from '../proto/messages.js';

/** Enough for shapes, axes and scalars; longer constants are weights or tables whose values do not matter. */
const MOST_VALUES = 2048;

export const TensorProto = message('TensorProto', {
  dims: ints(1, 64),
  dataType: int(2),
  floatData: floats(4, MOST_VALUES),
  int32Data: ints(5, MOST_VALUES),
  int64Data: ints(7, MOST_VALUES),
  name: text(8),
  rawData: bytes(9, MOST_VALUES * 8),
});
export type TensorProto = Decoded<typeof TensorProto>;

const SparseTensorProto = message('SparseTensorProto', {
  values: one(1, () => TensorProto),
  dims: ints(3, 64),
});

const Dimension = message('TensorShapeProto.Dimension', { value: int(1), parameter: text(2) });
const TensorShapeProto = message('TensorShapeProto', { dims: many(1, () => Dimension) });
export type TensorShapeProto = Decoded<typeof TensorShapeProto>;
const TypeProtoTensor = message('TypeProto.Tensor', {
  elementType: int(1),
  shape: one(2, () => TensorShapeProto),
});
const TypeProto = message('TypeProto', { tensor: one(1, () => TypeProtoTensor) });
export const StringPair = message('StringStringEntryProto', { key: text(1), value: text(2) });
export const ValueInfoProto = message('ValueInfoProto', {
  name: text(1),
  type: one(2, () => TypeProto),
  metadata: many(4, () => StringPair),
});
export type ValueInfoProto = Decoded<typeof ValueInfoProto>;

// Written as interfaces because graphs and attributes hold each other.
export interface AttributeProto {
  name: string;
  f: number;
  i: number;
  s: string;
  t: TensorProto | undefined;
  g: GraphProto | undefined;
  floats: number[];
  ints: number[];
  type: number;
}
export const AttributeProto: MessageType<AttributeProto> = message('AttributeProto', {
  name: text(1),
  f: float(2),
  i: int(3),
  s: text(4),
  t: one(5, () => TensorProto),
  g: one<GraphProto>(6, () => GraphProto),
  floats: floats(7, MOST_VALUES),
  ints: ints(8, MOST_VALUES),
  type: int(20),
});

export const NodeProto = message('NodeProto', {
  inputs: texts(1),
  outputs: texts(2),
  name: text(3),
  opType: text(4),
  attributes: many(5, () => AttributeProto),
  domain: text(7),
  /** `StringStringEntryProto`s: stack traces mostly, and which rules rewrote the node. */
  metadata: undecoded(9),
});
export type NodeProto = Decoded<typeof NodeProto>;

export interface GraphProto {
  nodes: NodeProto[];
  name: string;
  initializers: TensorProto[];
  sparseInitializers: Decoded<typeof SparseTensorProto>[];
  inputs: ValueInfoProto[];
  outputs: ValueInfoProto[];
  /** `ValueInfoProto`s: most of some files, and needed for few networks. */
  valueInfo: PartialBytes[];
}
export const GraphProto: MessageType<GraphProto> = message('GraphProto', {
  nodes: many(1, () => NodeProto),
  name: text(2),
  initializers: many(5, () => TensorProto),
  inputs: many(11, () => ValueInfoProto),
  outputs: many(12, () => ValueInfoProto),
  valueInfo: undecoded(13),
  sparseInitializers: many(15, () => SparseTensorProto),
});

const OperatorSetId = message('OperatorSetIdProto', { domain: text(1), version: int(2) });
const FunctionProto = message('FunctionProto', {
  name: text(1),
  inputs: texts(4),
  outputs: texts(5),
  attributes: texts(6),
  nodes: many(7, () => NodeProto),
  domain: text(10),
});
export type FunctionProto = Decoded<typeof FunctionProto>;

export const ModelProto = message('ModelProto', {
  irVersion: int(1),
  producerName: text(2),
  producerVersion: text(3),
  graph: one(7, () => GraphProto),
  operatorSets: many(8, () => OperatorSetId),
  metadata: many(14, () => StringPair),
  functions: many(25, () => FunctionProto),
});
export type ModelProto = Decoded<typeof ModelProto>;

/** `TensorProto.DataType`, as far as bytes and roles depend on it. */
export const DATA_TYPES = {
  float: 1,
  uint8: 2,
  int8: 3,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  double: 11,
  bfloat16: 16,
} as const;
const FLOATING: ReadonlySet<number> = new Set([1, 10, 11, 16, 17, 18, 19, 20]);
export const isFloating = (dataType: number): boolean => FLOATING.has(dataType);
