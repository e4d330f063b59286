/**
 * What is read of TensorFlow's protobuf files: field numbers of tensorflow/core/framework/{graph,node_def,attr_value,tensor,
 * tensor_shape,function,op_def}.proto and tensorflow/core/protobuf/{saved_model,meta_graph}.proto.
 */
import {
  bytes,
  doubles,
  float,
  floats,
  int,
  ints,
  many,
  message,
  one,
  text,
  texts,
  type Decoded,
  type MessageType,
} from '../proto/messages.js';

const MOST_VALUES = 2048;

const Dim = message('TensorShapeProto.Dim', { size: int(1) });
export const TensorShapeProto = message('TensorShapeProto', {
  dims: many(2, () => Dim),
  unknownRank: int(3),
});
export type TensorShapeProto = Decoded<typeof TensorShapeProto>;

export const TensorProto = message('TensorProto', {
  dtype: int(1),
  shape: one(2, () => TensorShapeProto),
  content: bytes(4, MOST_VALUES * 8),
  floatValues: floats(5, MOST_VALUES),
  doubleValues: doubles(6, MOST_VALUES),
  intValues: ints(7, MOST_VALUES),
  int64Values: ints(10, MOST_VALUES),
  boolValues: ints(11, MOST_VALUES),
});
export type TensorProto = Decoded<typeof TensorProto>;

const NameAttrList = message('NameAttrList', { name: text(1) });
const ListValue = message('AttrValue.ListValue', {
  ints: ints(3, MOST_VALUES),
  shapes: many(7, () => TensorShapeProto),
});
const AttrValue = message('AttrValue', {
  list: one(1, () => ListValue),
  text: text(2),
  int: int(3),
  float: float(4),
  flag: int(5),
  type: int(6),
  shape: one(7, () => TensorShapeProto),
  tensor: one(8, () => TensorProto),
  function: one(10, () => NameAttrList),
});
export type AttrValue = Decoded<typeof AttrValue>;
const AttrEntry = message('NodeDef.AttrEntry', { key: text(1), value: one(2, () => AttrValue) });

export const NodeDef = message('NodeDef', {
  name: text(1),
  op: text(2),
  inputs: texts(3),
  attributes: many(5, () => AttrEntry),
});
export type NodeDef = Decoded<typeof NodeDef>;

const ArgDef = message('OpDef.ArgDef', { name: text(1) });
const OpDef = message('OpDef', {
  name: text(1),
  inputs: many(2, () => ArgDef),
  outputs: many(3, () => ArgDef),
});
const TextEntry = message('FunctionDef.RetEntry', { key: text(1), value: text(2) });
export const FunctionDef = message('FunctionDef', {
  signature: one(1, () => OpDef),
  nodes: many(3, () => NodeDef),
  returns: many(4, () => TextEntry),
});
export type FunctionDef = Decoded<typeof FunctionDef>;
const FunctionDefLibrary = message('FunctionDefLibrary', { functions: many(1, () => FunctionDef) });

export const GraphDef = message('GraphDef', {
  nodes: many(1, () => NodeDef),
  library: one(2, () => FunctionDefLibrary),
});
export type GraphDef = Decoded<typeof GraphDef>;

const TensorInfo = message('TensorInfo', { name: text(1), shape: one(3, () => TensorShapeProto) });
const TensorInfoEntry = message('SignatureDef.Entry', { key: text(1), value: one(2, () => TensorInfo) });
const SignatureDef = message('SignatureDef', {
  inputs: many(1, () => TensorInfoEntry),
  outputs: many(2, () => TensorInfoEntry),
});
const SignatureEntry = message('MetaGraphDef.SignatureDefEntry', {
  key: text(1),
  value: one(2, () => SignatureDef),
});
const MetaGraphDef: MessageType<{
  graph: GraphDef | undefined;
  signatures: Decoded<typeof SignatureEntry>[];
}> = message('MetaGraphDef', { graph: one(2, () => GraphDef), signatures: many(5, () => SignatureEntry) });
export const SavedModel = message('SavedModel', {
  version: int(1),
  graphs: many(2, () => MetaGraphDef),
});
export type SavedModel = Decoded<typeof SavedModel>;

/** `DataType` values of floating-point numbers: float, double, half, bfloat16. */
const FLOATING: ReadonlySet<number> = new Set([1, 2, 14, 19]);
/** Variables have reference types in old graphs, 100 higher. */
export const isFloating = (dtype: number): boolean => FLOATING.has(dtype % 100);
