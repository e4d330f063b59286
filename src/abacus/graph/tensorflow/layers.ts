/** TensorFlow operators with weights or windows: convolutions, pooling, products, normalisation. */
import { convolution, linear, matmul, pointwise, pooling, spatialOf } from '../operations.js';
import { broadcast, isParameter, samePadding, type Window } from '../spatial.js';
import { elementsOf, shapeText, type Tensor } from '../trace.js';
import type { Shape } from '../types.js';
import type { TfHandler, TfNode } from './node.js';

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

export const conv: TfHandler = (node) => {
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

export const depthwise: TfHandler = (node) => {
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
export const transposed: TfHandler = (node) => {
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

export const pool =
  (operator: 'max_pool' | 'average_pool'): TfHandler =>
  (node) => {
    const data = node.input(0);
    const kernel = node.spatial('ksize', data.shape.length);
    return pooling(node.trace, operator, node.origin, data, {
      ...windowOf(node, data.shape, kernel),
      layout: node.layout,
    });
  };

export const product: TfHandler = (node) => {
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

export const batchNorm: TfHandler = (node) => {
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
