/** TensorFlow operators as canonical ones. Semantics: https://www.tensorflow.org/api_docs/python/tf/raw_ops. */
import { broadcasting, pointwise, reduction } from '../operations.js';
import { axisOf, reducedShape } from '../spatial.js';
import type { OperatorType } from '../types.js';
import {
  blocks,
  depthBlocks,
  expandDims,
  gather,
  joined,
  pack,
  pad,
  reshaped,
  resize,
  shaped,
  slice,
  split,
  squeeze,
  stridedSlice,
  tile,
  transpose,
  unpack,
} from './data-movement.js';
import { batchNorm, conv, depthwise, pool, product, transposed } from './layers.js';
import type { TfHandler } from './node.js';

const unary =
  (operator: OperatorType): TfHandler =>
  (node) =>
    pointwise(node.trace, operator, node.origin, node.inputs.length > 0 ? node.inputs : [node.input(0)]);

const nary =
  (operator: OperatorType): TfHandler =>
  (node) =>
    broadcasting(node.trace, operator, node.origin, node.inputs.length > 0 ? node.inputs : [node.input(0)]);

const reduce: TfHandler = (node) => {
  const data = node.input(0);
  const rank = data.shape.length;
  const axes = (node.values(1) ?? data.shape.map((_, at) => at)).map(
    (axis) => axisOf(axis, rank) ?? node.fail('its axes do not fit'),
  );
  const output = reducedShape(data.shape, axes, node.flag('keep_dims') || node.flag('keepdims'));
  const images = node.def.op === 'Mean' && rank === 4 && axes.length === 2 && !axes.includes(0);
  return reduction(node.trace, images ? 'global_pool' : 'reduce', node.origin, data, output);
};

const argument: TfHandler = (node) => {
  const data = node.input(0);
  const axis = axisOf(node.values(1)?.[0] ?? 0, data.shape.length) ?? node.fail('its axis does not fit');
  return reduction(node.trace, 'reduce', node.origin, data, reducedShape(data.shape, [axis], false));
};

const select: TfHandler = (node) =>
  broadcasting(node.trace, 'elementwise', node.origin, node.inputs.slice(-2));

const same: TfHandler = (node) => node.input(0);

const table = (handler: TfHandler, names: string): [string, TfHandler][] =>
  names.split(' ').map((name) => [name, handler]);

export const OPERATORS_OF_TF: ReadonlyMap<string, TfHandler> = new Map([
  ...table(conv, 'Conv2D Conv3D _FusedConv2D'),
  ...table(depthwise, 'DepthwiseConv2dNative _FusedDepthwiseConv2dNative'),
  ...table(transposed, 'Conv2DBackpropInput Conv3DBackpropInputV2'),
  ...table(pool('max_pool'), 'MaxPool MaxPoolV2 MaxPool3D'),
  ...table(pool('average_pool'), 'AvgPool AvgPool3D'),
  ...table(product, 'MatMul BatchMatMul BatchMatMulV2 BatchMatMulV3 _FusedMatMul'),
  ...table(batchNorm, 'FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3'),
  ...table(unary('local_response_norm'), 'LRN'),
  ...table(unary('relu'), 'Relu'),
  ...table(unary('relu6'), 'Relu6'),
  ...table(unary('leaky_relu'), 'LeakyRelu Elu Selu'),
  ...table(unary('sigmoid'), 'Sigmoid'),
  ...table(unary('tanh'), 'Tanh'),
  ...table(unary('softmax'), 'Softmax LogSoftmax'),
  ...table(
    unary('elementwise'),
    'Abs Neg Exp Log Log1p Sqrt Rsqrt Square Reciprocal Inv Floor Ceil Round Sign LogicalNot Erf Sin Cos Softplus ' +
      'Softsign ClipByValue ZerosLike OnesLike L2Loss Cumsum',
  ),
  ...table(nary('add'), 'Add AddV2 Sub AddN BiasAdd BiasAddV1'),
  ...table(nary('multiply'), 'Mul RealDiv Div DivNoNan'),
  ...table(
    nary('elementwise'),
    'Maximum Minimum Pow SquaredDifference FloorDiv FloorMod Mod Equal NotEqual Greater GreaterEqual Less LessEqual ' +
      'LogicalAnd LogicalOr',
  ),
  ...table(select, 'Select SelectV2'),
  ...table(reduce, 'Mean Sum Max Min Prod All Any'),
  ...table(argument, 'ArgMax ArgMin'),
  ...table(reshaped, 'Reshape'),
  ...table(squeeze, 'Squeeze'),
  ...table(expandDims, 'ExpandDims'),
  ...table(transpose, 'Transpose'),
  ...table(
    (node) => joined(node, node.inputs.slice(0, -1), node.values(node.inputs.length - 1)?.[0] ?? -1),
    'ConcatV2',
  ),
  ...table((node) => joined(node, node.inputs.slice(1), node.values(0)?.[0] ?? -1), 'Concat'),
  ...table(pack, 'Pack'),
  ...table(split, 'Split SplitV'),
  ...table(unpack, 'Unpack'),
  ...table(slice, 'Slice'),
  ...table(stridedSlice, 'StridedSlice'),
  ...table(pad, 'Pad PadV2 MirrorPad'),
  ...table(gather, 'Gather GatherV2 ResourceGather'),
  ...table(shaped('copy', 0), 'Fill RandomUniform RandomStandardNormal TruncatedNormal'),
  ...table(shaped('copy', 1), 'BroadcastTo'),
  ...table(tile, 'Tile'),
  ...table(resize, 'ResizeBilinear ResizeNearestNeighbor ResizeBicubic'),
  ...table(blocks(true), 'SpaceToBatchND'),
  ...table(blocks(false), 'BatchToSpaceND'),
  ...table(depthBlocks(true), 'DepthToSpace'),
  ...table(depthBlocks(false), 'SpaceToDepth'),
  ...table(unary('copy'), 'Cast'),
  ...table(
    same,
    'Identity StopGradient PreventGradient Snapshot CheckNumerics EnsureShape PlaceholderWithDefault ReadVariableOp',
  ),
]);
