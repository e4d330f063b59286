/** TensorFlow operators as canonical ones. Semantics: https://www.tensorflow.org/api_docs/python/tf/raw_ops. */
import {
  broadcasting,
  convolution,
  linear,
  matmul,
  pointwise,
  pooling,
  reduction,
  reshape,
  spatialOf,
  view,
} from '../operations.js';
import {
  axisOf,
  broadcast,
  isParameter,
  reducedShape,
  reshapedShape,
  samePadding,
  sliceRange,
  type Window,
} from '../spatial.js';
import { elementsOf, shapeText, type Tensor } from '../trace.js';
import type { OperatorType, Shape } from '../types.js';
import type { TfNode } from './node.js';

export type TfHandler = (node: TfNode) => Tensor | Tensor[];

function windowOf(node: TfNode, data: Shape, kernel: readonly number[]): Window {
  const spatial = spatialOf(data, node.layout);
  const stride = node.spatial('strides', data.length);
  const dilation = node.spatial('dilations', data.length);
  const zeros = kernel.map(() => 0);
  switch (node.text('padding', 'VALID')) {
    case 'SAME':
      return { kernel, stride, dilation, ...samePadding(spatial, kernel, stride, dilation) };
    case 'EXPLICIT': {
      const pads = node.ints('explicit_paddings') ?? [];
      const first = node.layout === 'channels-first' ? 2 : 1;
      const at = (axis: number, end: number): number => pads[2 * (first + axis) + end] ?? 0;
      return {
        kernel,
        stride,
        dilation,
        padBegin: kernel.map((_, axis) => at(axis, 0)),
        padEnd: kernel.map((_, axis) => at(axis, 1)),
      };
    }
    default:
      return { kernel, stride, dilation, padBegin: zeros, padEnd: zeros };
  }
}

const conv: TfHandler = (node) => {
  const [data, weight] = [node.input(0), node.input(1)];
  const rank = data.shape.length;
  if (weight.shape.length !== rank || rank < 3)
    return node.fail(`${shapeText(weight.shape)} is no kernel for ${shapeText(data.shape)}`);
  const channels = (node.layout === 'channels-first' ? data.shape[1] : data.shape.at(-1))!;
  const groups = channels / weight.shape[rank - 2]!;
  const window = windowOf(node, data.shape, weight.shape.slice(0, -2));
  const inputs = node.inputs.slice(0, node.def.op.startsWith('_Fused') ? 3 : 2);
  return convolution(node.trace, node.origin, inputs, {
    ...window,
    groups,
    outputChannels: weight.shape.at(-1)!,
    layout: node.layout,
  });
};

const depthwise: TfHandler = (node) => {
  const [data, weight] = [node.input(0), node.input(1)];
  if (weight.shape.length !== 4 || data.shape.length !== 4)
    return node.fail(`${shapeText(weight.shape)} is no kernel for ${shapeText(data.shape)}`);
  const [, , channels = 1, multiplier = 1] = weight.shape;
  return convolution(node.trace, node.origin, node.inputs.slice(0, 2), {
    ...windowOf(node, data.shape, weight.shape.slice(0, 2)),
    groups: channels,
    outputChannels: channels * multiplier,
    layout: node.layout,
  });
};

/** Convolution backwards, which is how TensorFlow writes a transposed one: output shape, kernel, data. */
const transposed: TfHandler = (node) => {
  const [weight, data] = [node.input(1), node.input(2)];
  const wanted = node.values(0);
  const spatial = spatialOf(data.shape, node.layout);
  const window = windowOf(node, data.shape, weight.shape.slice(0, -2));
  const output =
    wanted === undefined
      ? spatial.map((size, at) => size * window.stride[at]!)
      : spatialOf(wanted, node.layout);
  const channels = weight.shape.at(-2) ?? 1;
  return convolution(node.trace, node.origin, [data, weight], {
    ...window,
    groups: 1,
    outputChannels: channels,
    layout: node.layout,
    transposedOutput: output,
  });
};

const pool =
  (operator: 'max_pool' | 'average_pool'): TfHandler =>
  (node) => {
    const data = node.input(0);
    const kernel = node.spatial('ksize', data.shape.length);
    return pooling(node.trace, operator, node.origin, data, {
      ...windowOf(node, data.shape, kernel),
      layout: node.layout,
    });
  };

const product: TfHandler = (node) => {
  const [a, b] = [node.input(0), node.input(1)];
  if (a.shape.length < 2 || b.shape.length < 2) return node.fail('it multiplies no matrices');
  const [left, right] = [
    node.flag('transpose_a') || node.flag('adj_x'),
    node.flag('transpose_b') || node.flag('adj_y'),
  ];
  const [m, k] = left ? [a.shape.at(-1)!, a.shape.at(-2)!] : [a.shape.at(-2)!, a.shape.at(-1)!];
  const [rows, n] = right ? [b.shape.at(-1)!, b.shape.at(-2)!] : [b.shape.at(-2)!, b.shape.at(-1)!];
  const leading = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (k !== rows || leading === undefined)
    return node.fail(`${shapeText(a.shape)} and ${shapeText(b.shape)} cannot be multiplied`);
  if (isParameter(b) && b.shape.length === 2 && !left)
    return linear(node.trace, node.origin, [a, b, ...node.inputs.slice(2)], n);
  return matmul(node.trace, node.origin, [a, b], [...leading, m, n], { batch: elementsOf(leading), m, n, k });
};

const batchNorm: TfHandler = (node) => {
  const data = node.input(0);
  // Running mean and variance are kept, not trained, though a frozen graph holds all alike.
  const inputs = node.inputs.map((input, at) =>
    at >= 3 && isParameter(input)
      ? { ...(input.root ?? input), role: 'buffer' as const, root: undefined }
      : input,
  );
  const output = pointwise(node.trace, 'batch_norm', node.origin, inputs);
  const statistics: Tensor = {
    name: `${node.def.name}:1`,
    shape: node.inputs[1]?.shape ?? [data.shape.at(-1) ?? 1],
    role: 'constant',
    contiguous: true,
  };
  return [output, statistics, statistics, statistics, statistics, statistics];
};

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

const reshaped: TfHandler = (node) => {
  const data = node.input(0);
  const noted = node.noted()?.map((size, at) => size ?? (at === 0 ? node.batch : -1));
  const wanted = node.values(1) ?? noted;
  if (wanted === undefined)
    return node.fail('its shape is computed from data, and the file does not note it');
  // A frozen graph may fix the batch that it was made with.
  const fixed =
    wanted[0] !== undefined &&
    wanted[0] >= 1 &&
    data.shape[0] === node.batch &&
    wanted[0] === 1 &&
    node.batch > 1;
  const output =
    (fixed ? reshapedShape(data.shape, [node.batch, ...wanted.slice(1)]) : undefined) ??
    reshapedShape(data.shape, wanted);
  if (output === undefined)
    return node.fail(`${shapeText(data.shape)} cannot be reshaped to ${shapeText(wanted)}`);
  return reshape(node.trace, node.origin, data, output);
};

const squeeze: TfHandler = (node) => {
  const data = node.input(0);
  const axes = (node.ints('squeeze_dims') ?? node.ints('axis') ?? []).map((axis) =>
    axisOf(axis, data.shape.length),
  );
  const output = data.shape.filter((size, at) => (axes.length === 0 ? size !== 1 : !axes.includes(at)));
  if (elementsOf(output) !== elementsOf(data.shape)) return node.fail('it drops a dimension that is not 1');
  return reshape(node.trace, node.origin, data, output);
};

const expandDims: TfHandler = (node) => {
  const data = node.input(0);
  const axis = axisOf(node.values(1)?.[0] ?? 0, data.shape.length + 1) ?? node.fail('its axis does not fit');
  return reshape(node.trace, node.origin, data, [...data.shape.slice(0, axis), 1, ...data.shape.slice(axis)]);
};

/** TensorFlow's transpose is a copy. */
const transpose: TfHandler = (node) => {
  const data = node.input(0);
  const order = node.values(1) ?? data.shape.map((_, at) => data.shape.length - 1 - at);
  const output = order.map((axis) => data.shape[axis] ?? node.fail('its order does not fit'));
  if (output.length !== data.shape.length || new Set(order).size !== order.length)
    return node.fail('its order does not fit');
  return data.role === 'activation'
    ? pointwise(node.trace, 'transpose', node.origin, [data], output)
    : view(node.trace, 'transpose', node.origin, data, [output], false);
};

function joined(node: TfNode, inputs: readonly Tensor[], given: number): Tensor[] {
  const first = inputs[0]?.shape ?? node.fail('it joins nothing');
  const axis = axisOf(given, first.length) ?? node.fail('its axis does not fit');
  const output = [...first];
  for (const { shape } of inputs.slice(1)) {
    if (shape.length !== first.length || shape.some((size, at) => at !== axis && size !== first[at]))
      node.fail(`${shapeText(first)} and ${shapeText(shape)} cannot be joined on axis ${axis}`);
    output[axis]! += shape[axis]!;
  }
  return node.trace.emit('concat', {
    ...node.origin,
    inputs,
    outputs: [output],
    flops: 0,
    attributes: { axis },
  });
}

const pack: TfHandler = (node) => {
  const { shape } = node.input(0);
  const axis = axisOf(node.int('axis', 0), shape.length + 1) ?? node.fail('its axis does not fit');
  const output = [...shape.slice(0, axis), node.inputs.length, ...shape.slice(axis)];
  return node.trace.emit('concat', {
    ...node.origin,
    inputs: node.inputs,
    outputs: [output],
    flops: 0,
    attributes: { axis },
  });
};

function parts(node: TfNode, data: Tensor, axis: number, sizes: readonly number[], keep: boolean): Tensor[] {
  const outputs = sizes.map((size) =>
    data.shape.flatMap((whole, at) => (at !== axis ? [whole] : keep ? [size] : [])),
  );
  return node.trace.emit('split', { ...node.origin, inputs: [data], outputs, flops: 0 });
}

const split: TfHandler = (node) => {
  const variable = node.def.op === 'SplitV';
  const data = node.input(variable ? 0 : 1);
  const axis =
    axisOf(node.values(variable ? 2 : 0)?.[0] ?? 0, data.shape.length) ?? node.fail('its axis does not fit');
  const count = node.int('num_split', 1);
  if (count < 1 || count > 4096) return node.fail(`it splits into ${count} parts`);
  const sizes =
    (variable ? node.values(1) : undefined) ?? new Array<number>(count).fill(data.shape[axis]! / count);
  return parts(node, data, axis, sizes, true);
};

const unpack: TfHandler = (node) => {
  const data = node.input(0);
  const axis = axisOf(node.int('axis', 0), data.shape.length) ?? node.fail('its axis does not fit');
  const count = data.shape[axis]!;
  if (count > 4096) return node.fail(`it unpacks ${count} parts`);
  return parts(node, data, axis, new Array<number>(count).fill(1), false);
};

const slice: TfHandler = (node) => {
  const data = node.input(0);
  const [begin, size] = [node.values(1), node.values(2)];
  if (begin === undefined || size === undefined) return node.fail('where it begins is computed from data');
  const output = data.shape.map((whole, at) => (size[at] === -1 ? whole - begin[at]! : (size[at] ?? whole)));
  return node.trace.emit('slice', { ...node.origin, inputs: [data], outputs: [output], flops: 0 });
};

/** Slices with masks: bit i of a mask says something of the i-th entry (tf.strided_slice). */
export function stridedShape(
  node: TfNode,
  shape: Shape,
): { output: number[]; starts: number[]; steps: number[] } | undefined {
  const [begin, end, stride] = [node.values(1), node.values(2), node.values(3)];
  if (begin === undefined || end === undefined || stride === undefined) return undefined;
  const bit = (name: string, at: number): boolean => ((node.int(name, 0) >> at) & 1) === 1;
  const output: number[] = [];
  const starts: number[] = [];
  const steps: number[] = [];
  let axis = 0;
  for (let at = 0; at < begin.length; at++) {
    if (bit('new_axis_mask', at)) {
      output.push(1);
      continue;
    }
    if (bit('ellipsis_mask', at)) {
      const rest = begin.length - at - 1;
      while (axis < shape.length - rest) output.push(shape[axis++]!);
      continue;
    }
    const whole = shape[axis++];
    if (whole === undefined) return undefined;
    const step = stride[at] ?? 1;
    const from = bit('begin_mask', at) ? (step > 0 ? 0 : whole - 1) : begin[at]!;
    const to = bit('end_mask', at) ? (step > 0 ? whole : -whole - 1) : end[at]!;
    if (bit('shrink_axis_mask', at)) {
      starts.push(from < 0 ? from + whole : from);
      continue;
    }
    const range = sliceRange(whole, from, to, step);
    starts.push(range.start);
    steps.push(range.step);
    output.push(range.count);
  }
  while (axis < shape.length) output.push(shape[axis++]!);
  return { output, starts, steps };
}

const stridedSlice: TfHandler = (node) => {
  const data = node.input(0);
  const { output } = stridedShape(node, data.shape) ?? node.fail('where it begins is computed from data');
  return node.trace.emit('slice', { ...node.origin, inputs: [data], outputs: [output], flops: 0 });
};

const pad: TfHandler = (node) => {
  const data = node.input(0);
  const pads = node.values(1);
  if (pads?.length !== 2 * data.shape.length) return node.fail('its padding is computed from data');
  const output = data.shape.map((size, at) => size + pads[2 * at]! + pads[2 * at + 1]!);
  return pointwise(node.trace, 'pad', node.origin, [data], output, { padding: pads });
};

const gather: TfHandler = (node) => {
  const [data, indices] = [node.input(0), node.input(1)];
  const axis = axisOf(node.values(2)?.[0] ?? 0, data.shape.length) ?? node.fail('its axis does not fit');
  const output = [...data.shape.slice(0, axis), ...indices.shape, ...data.shape.slice(axis + 1)];
  const operator = isParameter(data) && axis === 0 ? 'embedding' : 'gather';
  return pointwise(node.trace, operator, node.origin, [data, indices], output);
};

const shaped =
  (operator: OperatorType, shapeInput: number): TfHandler =>
  (node) => {
    const wanted = node.values(shapeInput) ?? node.noted()?.map((size) => size ?? node.batch);
    if (wanted === undefined)
      return node.fail('its shape is computed from data, and the file does not note it');
    return pointwise(
      node.trace,
      operator,
      node.origin,
      node.inputs.filter((_, at) => at !== shapeInput),
      wanted,
    );
  };

const tile: TfHandler = (node) => {
  const data = node.input(0);
  const repeats = node.values(1) ?? node.fail('its repeats are computed from data');
  return pointwise(
    node.trace,
    'copy',
    node.origin,
    [data],
    data.shape.map((size, at) => size * (repeats[at] ?? 1)),
  );
};

const resize: TfHandler = (node) => {
  const data = node.input(0);
  const [batch = 1, , , channels = 1] = data.shape;
  const [height, width] = node.values(1) ?? [];
  if (height === undefined || width === undefined) return node.fail('its sizes are computed from data');
  return pointwise(node.trace, 'resize', node.origin, [data], [batch, height, width, channels]);
};

/** Blocks of a batch and back: how dilated convolutions were written. */
const blocks =
  (toBatch: boolean): TfHandler =>
  (node) => {
    const data = node.input(0);
    const [sizes, borders] = [node.values(1), node.values(2)];
    if (sizes === undefined || borders === undefined) return node.fail('its blocks are computed from data');
    const all = elementsOf(sizes);
    const output = data.shape.map((size, at) => {
      if (at === 0) return toBatch ? size * all : size / all;
      const block = sizes[at - 1];
      if (block === undefined) return size;
      const border = (borders[2 * at - 2] ?? 0) + (borders[2 * at - 1] ?? 0);
      return toBatch ? (size + border) / block : size * block - border;
    });
    return pointwise(node.trace, 'copy', node.origin, [data], output);
  };

const depthBlocks =
  (toSpace: boolean): TfHandler =>
  (node) => {
    const data = node.input(0);
    const size = node.int('block_size', 1);
    const [batch = 1, height = 1, width = 1, channels = 1] = data.shape;
    const output = toSpace
      ? [batch, height * size, width * size, channels / size ** 2]
      : [batch, height / size, width / size, channels * size ** 2];
    return pointwise(node.trace, 'copy', node.origin, [data], output);
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
