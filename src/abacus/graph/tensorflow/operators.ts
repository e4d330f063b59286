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
import { crop, gatherNd, oneHot, patches, suppression, topK, where } from './selection.js';
import { contraction, cudnnRecurrent, getItem, reserve, setItem, stack } from './sequences.js';

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
  ...table(contraction, 'Einsum'),
  ...table(cudnnRecurrent, 'CudnnRNN CudnnRNNV2 CudnnRNNV3'),
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
    'Abs Neg Exp Expm1 Log Log1p Sqrt Rsqrt Square Reciprocal Inv Floor Ceil Round Rint Sign LogicalNot Erf Erfc Erfinv Ndtri ' +
      'Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Digamma Lgamma Softplus Softsign ClipByValue ZerosLike OnesLike ' +
      'L2Loss Cumsum Cumprod IsNan IsInf IsFinite Invert Reverse ReverseV2 Roll MatrixBandPart MatrixSetDiag MatrixSetDiagV3 ' +
      'FakeQuantWithMinMaxArgs FakeQuantWithMinMaxVars FakeQuantWithMinMaxVarsPerChannel QuantizeAndDequantizeV2 ' +
      'QuantizeAndDequantizeV3 QuantizeAndDequantizeV4 InvertPermutation Bucketize',
  ),
  ...table(nary('add'), 'Add AddV2 Sub AddN BiasAdd BiasAddV1'),
  ...table(nary('multiply'), 'Mul MulNoNan RealDiv Div DivNoNan Xdivy'),
  ...table(
    nary('elementwise'),
    'Maximum Minimum Pow SquaredDifference FloorDiv FloorMod Mod Equal NotEqual Greater GreaterEqual Less LessEqual ' +
      'LogicalAnd LogicalOr ApproximateEqual TruncateDiv TruncateMod Atan2 Xlogy Xlog1py BitwiseAnd BitwiseOr BitwiseXor ' +
      'LeftShift RightShift',
  ),
  ...table(select, 'Select SelectV2'),
  ...table(reduce, 'Mean Sum Max Min Prod All Any EuclideanNorm'),
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
  ...table(gatherNd, 'GatherNd ResourceGatherNd'),
  ...table(shaped('gather', 2), 'ScatterNd'),
  ...table(unary('gather'), 'TensorScatterUpdate TensorScatterAdd TensorScatterMax TensorScatterMin'),
  ...table(oneHot, 'OneHot'),
  ...table(topK, 'TopK TopKV2'),
  ...table(where, 'Where'),
  ...table(
    suppression,
    'NonMaxSuppression NonMaxSuppressionV2 NonMaxSuppressionV3 NonMaxSuppressionV4 NonMaxSuppressionV5',
  ),
  ...table(crop, 'CropAndResize'),
  ...table(patches, 'ExtractImagePatches'),
  ...table(
    shaped('copy', 0),
    'Fill RandomUniform RandomUniformInt RandomStandardNormal TruncatedNormal StatelessRandomUniform StatelessRandomUniformV2 ' +
      'StatelessRandomNormal StatelessRandomNormalV2 StatelessTruncatedNormal StatelessTruncatedNormalV2',
  ),
  ...table(shaped('copy', 1), 'BroadcastTo'),
  ...table(tile, 'Tile'),
  ...table(resize, 'ResizeBilinear ResizeNearestNeighbor ResizeBicubic ResizeArea ScaleAndTranslate'),
  ...table(blocks(true), 'SpaceToBatchND'),
  ...table(blocks(false), 'BatchToSpaceND'),
  ...table(depthBlocks(true), 'DepthToSpace'),
  ...table(depthBlocks(false), 'SpaceToDepth'),
  ...table(unary('copy'), 'Cast'),
  ...table(getItem, 'TensorListGetItem'),
  ...table(setItem, 'TensorListSetItem'),
  ...table(reserve, 'TensorListReserve'),
  ...table(stack, 'TensorListStack'),
  // Of a branch in the notation of TensorFlow 1 the side for a condition that does not hold, which is inference.
  ...table((node) => [node.input(0), node.input(0)], 'Switch RefSwitch'),
  ...table(
    (node) => [node.input(0), { ...node.input(0), shape: [], role: 'host', value: undefined }],
    'Merge RefMerge',
  ),
  ...table(
    same,
    'TensorListFromTensor Identity StopGradient PreventGradient Snapshot CheckNumerics EnsureShape Bitcast LoopCond PlaceholderWithDefault ReadVariableOp',
  ),
]);
