/** Keras layers with a window over images or sequences, and the activations that layers end with (https://keras.io/api/layers). */
import {
  channelsOf,
  convolution,
  imageShape,
  pointwise,
  pooling,
  reduction,
  spatialOf,
} from '../operations.js';
import { samePadding, type Window } from '../spatial.js';
import { shapeText, type Tensor } from '../trace.js';
import type { OperatorType } from '../types.js';
import type { Call, LayerHandler } from './layer.js';

const ACTIVATIONS: ReadonlyMap<string, OperatorType> = new Map(
  Object.entries<OperatorType>({
    relu: 'relu',
    relu6: 'relu6',
    elu: 'leaky_relu',
    selu: 'leaky_relu',
    leaky_relu: 'leaky_relu',
    sigmoid: 'sigmoid',
    hard_sigmoid: 'hard_sigmoid',
    tanh: 'tanh',
    swish: 'silu',
    silu: 'silu',
    hard_swish: 'hard_swish',
    hard_silu: 'hard_swish',
    gelu: 'gelu',
    softmax: 'softmax',
    log_softmax: 'softmax',
    softplus: 'elementwise',
    softsign: 'elementwise',
    exponential: 'elementwise',
    mish: 'elementwise',
    celu: 'leaky_relu',
    threshold: 'leaky_relu',
    hard_tanh: 'hard_sigmoid',
    hard_shrink: 'elementwise',
    soft_shrink: 'elementwise',
    tanh_shrink: 'elementwise',
    log_sigmoid: 'elementwise',
    squareplus: 'elementwise',
    sparse_plus: 'elementwise',
    sparse_sigmoid: 'elementwise',
    sparsemax: 'softmax',
  }),
);

export function activated(call: Call, data: Tensor, name = call.config.text('activation', 'linear')): Tensor {
  if (name === 'linear') return data;
  const plain = name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase();
  const operator = ACTIVATIONS.get(plain) ?? ACTIVATIONS.get(name.toLowerCase());
  if (operator === undefined) call.trace.countUnknown(name);
  const origin = { ...call.origin(name), source: `Activation:${name}` };
  return pointwise(call.trace, operator ?? 'unknown', origin, [data]);
}

function windowOf(call: Call, kernelName: string, stride: number[] | undefined, rank: number): Window {
  const { config } = call;
  const spatial = spatialOf(call.data.shape, call.layout);
  if (spatial.length !== rank)
    call.fail(`its input ${shapeText(call.data.shape)} does not have ${rank + 2} dimensions`);
  const kernel = config.counts(kernelName, rank, kernelName === 'pool_size' ? 2 : undefined);
  const steps = stride ?? (config.has('strides') ? config.counts('strides', rank, 1) : kernel);
  const dilation = config.counts('dilation_rate', rank, 1);
  const zeros = kernel.map(() => 0);
  switch (config.text('padding', 'valid')) {
    case 'same':
      return { kernel, stride: steps, dilation, ...samePadding(spatial, kernel, steps, dilation) };
    case 'causal':
      return {
        kernel,
        stride: steps,
        dilation,
        padEnd: zeros,
        padBegin: kernel.map((size, at) => (size - 1) * dilation[at]!),
      };
    default:
      return { kernel, stride: steps, dilation, padBegin: zeros, padEnd: zeros };
  }
}

export const biased = (call: Call, channels: number): Tensor[] =>
  call.config.flag('use_bias', true) ? [call.weight('bias', [channels])] : [];

export const conv =
  (rank: number, kind: 'plain' | 'depthwise' | 'transposed'): LayerHandler =>
  (call) => {
    const { config, data, layout } = call;
    const window = windowOf(call, 'kernel_size', config.counts('strides', rank, 1), rank);
    const inputChannels = channelsOf(data.shape, layout);
    const groups = kind === 'depthwise' ? inputChannels : config.count('groups', 1);
    const outputChannels =
      kind === 'depthwise' ? inputChannels * config.count('depth_multiplier', 1) : config.count('filters');
    const [input, output] =
      kind === 'transposed' ? [outputChannels, inputChannels] : [inputChannels / groups, outputChannels];
    const name = kind === 'depthwise' ? 'depthwise_kernel' : 'kernel';
    const kernel = call.weight(name, [...window.kernel, input, output]);
    const spatial = spatialOf(data.shape, layout);
    const same = config.text('padding', 'valid') === 'same';
    const transposedOutput =
      kind === 'transposed'
        ? spatial.map((size, at) => {
            const [step, extent] = [window.stride[at]!, (window.kernel[at]! - 1) * window.dilation[at]! + 1];
            return size * step + (same ? 0 : Math.max(extent - step, 0));
          })
        : undefined;
    const inputs = [data, kernel, ...biased(call, outputChannels)];
    const settings = { ...window, groups, outputChannels, layout, transposedOutput };
    return activated(call, convolution(call.trace, call.origin(), inputs, settings));
  };

/** A depthwise convolution and then one of 1x1. */
export const separable =
  (rank: number): LayerHandler =>
  (call) => {
    const { config, data, layout, trace } = call;
    const window = windowOf(call, 'kernel_size', config.counts('strides', rank, 1), rank);
    const channels = channelsOf(data.shape, layout);
    const multiplier = config.count('depth_multiplier', 1);
    const filters = config.count('filters');
    const depthwise = call.weight('depthwise_kernel', [...window.kernel, channels, multiplier]);
    const inner = convolution(trace, call.origin('depthwise'), [data, depthwise], {
      ...window,
      groups: channels,
      outputChannels: channels * multiplier,
      layout,
    });
    const [ones, zeros] = [window.kernel.map(() => 1), window.kernel.map(() => 0)];
    const pointwiseKernel = call.weight('pointwise_kernel', [...ones, channels * multiplier, filters]);
    const outer = convolution(
      trace,
      call.origin('pointwise'),
      [inner, pointwiseKernel, ...biased(call, filters)],
      {
        kernel: ones,
        stride: ones,
        dilation: ones,
        padBegin: zeros,
        padEnd: zeros,
        groups: 1,
        outputChannels: filters,
        layout,
      },
    );
    return activated(call, outer);
  };

export const pool =
  (operator: 'max_pool' | 'average_pool', rank: number): LayerHandler =>
  (call) =>
    pooling(call.trace, operator, call.origin(), call.data, {
      ...windowOf(call, 'pool_size', undefined, rank),
      layout: call.layout,
    });

export const globalPool: LayerHandler = (call) => {
  const { data, layout, config } = call;
  const [batch = 1] = data.shape;
  const channels = channelsOf(data.shape, layout);
  const ones = spatialOf(data.shape, layout).map(() => 1);
  const output = config.flag('keepdims', false)
    ? imageShape(batch, channels, ones, layout)
    : [batch, channels];
  return reduction(call.trace, 'global_pool', call.origin(), data, output);
};

/** Pooling to so many places, whatever the input's size. */
export const adaptivePool =
  (rank: number): LayerHandler =>
  (call) => {
    const { data, layout } = call;
    const sizes = call.config.counts('output_size', rank, undefined);
    const output = imageShape(data.shape[0] ?? 1, channelsOf(data.shape, layout), sizes, layout);
    return reduction(call.trace, 'global_pool', call.origin(), data, output);
  };
