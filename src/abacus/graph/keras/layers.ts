/**
 * Keras layers (versions 2 and 3, and TensorFlow.js) as canonical operations. Weights follow from configuration and input shape,
 * as Keras makes them in `build` (https://keras.io/api/layers).
 */
import {
  broadcasting,
  channelsOf,
  convolution,
  imageShape,
  linear,
  matmul,
  pointwise,
  pooling,
  reduction,
  reshape,
  spatialOf,
  view,
} from '../operations.js';
import { axisOf, reshapedShape, samePadding, type Window } from '../spatial.js';
import { elementsOf, shapeText, type Tensor } from '../trace.js';
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
  }),
);

function activated(call: Call, data: Tensor, name = call.config.text('activation', 'linear')): Tensor {
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

const biased = (call: Call, channels: number): Tensor[] =>
  call.config.flag('use_bias', true) ? [call.weight('bias', [channels])] : [];

const conv =
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
const separable =
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

const pool =
  (operator: 'max_pool' | 'average_pool', rank: number): LayerHandler =>
  (call) =>
    pooling(call.trace, operator, call.origin(), call.data, {
      ...windowOf(call, 'pool_size', undefined, rank),
      layout: call.layout,
    });

const globalPool: LayerHandler = (call) => {
  const { data, layout, config } = call;
  const [batch = 1] = data.shape;
  const channels = channelsOf(data.shape, layout);
  const ones = spatialOf(data.shape, layout).map(() => 1);
  const output = config.flag('keepdims', false)
    ? imageShape(batch, channels, ones, layout)
    : [batch, channels];
  return reduction(call.trace, 'global_pool', call.origin(), data, output);
};

const dense: LayerHandler = (call) => {
  const { data, config } = call;
  const units = config.count('units');
  const kernel = call.weight('kernel', [
    data.shape.at(-1) ?? call.fail('its input is a single number'),
    units,
  ]);
  return activated(call, linear(call.trace, call.origin(), [data, kernel, ...biased(call, units)], units));
};

const normalized =
  (operator: OperatorType): LayerHandler =>
  (call) => {
    const { config, data } = call;
    const given = Array.isArray(config.values['axis'])
      ? (config.values['axis'] as unknown[])[0]
      : config.values['axis'];
    const axis =
      axisOf(typeof given === 'number' ? given : -1, data.shape.length) ?? call.fail('its axis does not fit');
    const channels = data.shape[axis]!;
    const inputs = [data];
    if (config.flag('scale', operator !== 'instance_norm')) inputs.push(call.weight('gamma', [channels]));
    if (config.flag('center', operator !== 'instance_norm')) inputs.push(call.weight('beta', [channels]));
    if (operator === 'batch_norm')
      for (const name of ['moving_mean', 'moving_variance'])
        inputs.push(call.weight(name, [channels], 'buffer'));
    return pointwise(call.trace, operator, call.origin(), inputs);
  };

const elementwise =
  (operator: OperatorType): LayerHandler =>
  (call) =>
    pointwise(call.trace, operator, call.origin(), [call.data]);

const relu: LayerHandler = (call) => {
  const operator =
    call.config.values['max_value'] === 6
      ? 'relu6'
      : Number(call.config.values['negative_slope'] ?? 0) > 0
        ? 'leaky_relu'
        : 'relu';
  return pointwise(call.trace, operator, call.origin(), [call.data]);
};

const dropout: LayerHandler = (call) => {
  const ratio = call.config.number('rate', call.config.number('stddev', 0.5));
  if (!call.training || ratio === 0) return call.data;
  return pointwise(call.trace, 'dropout', call.origin(), [call.data], call.data.shape, { ratio });
};

/** Pairs of numbers by spatial dimension; one number, or one for each dimension, for both ends. */
function borders(call: Call, name: string, rank: number): [number, number][] {
  const value: unknown = call.config.values[name] ?? 1;
  const list: unknown[] =
    Array.isArray(value) && !(rank === 1 && typeof value[0] === 'number') ? value : [value];
  return Array.from({ length: rank }, (_, at): [number, number] => {
    const pair = list.length === 1 ? list[0] : list[at];
    const [begin, end]: unknown[] = Array.isArray(pair) ? (pair as unknown[]) : [pair, pair];
    if (!Number.isSafeInteger(begin) || !Number.isSafeInteger(end))
      return call.fail(`'${name}' must be whole numbers`);
    return [begin as number, end as number];
  });
}

const bordered =
  (rank: number, sign: 1 | -1): LayerHandler =>
  (call) => {
    const { data, layout } = call;
    const pairs = borders(call, sign === 1 ? 'padding' : 'cropping', rank);
    const spatial = spatialOf(data.shape, layout).map((size, at) => {
      const [begin = 0, end = 0] = pairs[at] ?? [];
      return size + sign * (begin + end);
    });
    const output = imageShape(data.shape[0]!, channelsOf(data.shape, layout), spatial, layout);
    if (sign === -1) return view(call.trace, 'slice', call.origin(), data, [output], false)[0]!;
    return pointwise(call.trace, 'pad', call.origin(), [data], output, { padding: pairs.flat() });
  };

const upsample =
  (rank: number): LayerHandler =>
  (call) => {
    const { data, layout, config } = call;
    const factors = config.counts('size', rank, 2);
    const spatial = spatialOf(data.shape, layout).map((size, at) => size * (factors[at] ?? 1));
    const output = imageShape(data.shape[0]!, channelsOf(data.shape, layout), spatial, layout);
    return pointwise(call.trace, 'resize', call.origin(), [data], output);
  };

const resizing: LayerHandler = (call) => {
  const { data, layout, config } = call;
  const spatial = [config.count('height'), config.count('width')];
  const output = imageShape(data.shape[0]!, channelsOf(data.shape, layout), spatial, layout);
  return pointwise(call.trace, 'resize', call.origin(), [data], output);
};

const flatten: LayerHandler = (call) => {
  const [batch = 1, ...rest] = call.data.shape;
  return reshape(call.trace, call.origin(), call.data, [batch, elementsOf(rest)]);
};

const reshaped: LayerHandler = (call) => {
  const { data, config } = call;
  const target = config.dimensions('target_shape') ?? call.fail('it has no target_shape');
  const [batch = 1, ...rest] = data.shape;
  const shape = reshapedShape(
    rest,
    target.map((size) => size ?? -1),
  );
  if (shape === undefined)
    return call.fail(
      `${shapeText(rest)} cannot be reshaped to ${shapeText(target.map((size) => size ?? -1))}`,
    );
  return reshape(call.trace, call.origin(), data, [batch, ...shape]);
};

const permute: LayerHandler = (call) => {
  const { data, config } = call;
  const order = (config.dimensions('dims') ?? []).map((place) => place ?? 0);
  if (order.length !== data.shape.length - 1 || new Set(order).size !== order.length)
    return call.fail(`its order does not fit ${shapeText(data.shape)}`);
  const output = [0, ...order].map((place) => data.shape[place] ?? call.fail('its order names no dimension'));
  // TensorFlow's transpose is a copy.
  return pointwise(call.trace, 'transpose', call.origin(), [data], output);
};

const repeat: LayerHandler = (call) => {
  const [batch = 1, width = 1] = call.data.shape;
  return pointwise(call.trace, 'copy', call.origin(), [call.data], [batch, call.config.count('n'), width]);
};

const merged =
  (operator: OperatorType): LayerHandler =>
  (call) =>
    broadcasting(call.trace, operator, call.origin(), call.inputs.length > 0 ? call.inputs : [call.data]);

const concatenated: LayerHandler = (call) => {
  const first = call.data.shape;
  const axis = axisOf(call.config.number('axis', -1), first.length) ?? call.fail('its axis does not fit');
  const output = [...first];
  for (const { shape } of call.inputs.slice(1)) {
    if (shape.length !== first.length || shape.some((size, at) => at !== axis && size !== first[at]))
      call.fail(`${shapeText(first)} and ${shapeText(shape)} cannot be joined on axis ${axis}`);
    output[axis]! += shape[axis]!;
  }
  const { inputs } = call;
  return call.trace.emit('concat', {
    ...call.origin(),
    inputs,
    outputs: [output],
    flops: 0,
    attributes: { axis },
  })[0]!;
};

const embedding: LayerHandler = (call) => {
  const { config, data } = call;
  const [rows, width] = [config.count('input_dim'), config.count('output_dim')];
  const table = call.weight('embeddings', [rows, width]);
  return pointwise(call.trace, 'embedding', call.origin(), [data, table], [...data.shape, width]);
};

const recurrent =
  (gates: number): LayerHandler =>
  (call) => {
    const { config, data } = call;
    const [batch = 1, steps = 1, width = 1] = data.shape;
    if (data.shape.length !== 3) return call.fail(`its input ${shapeText(data.shape)} is no sequence`);
    const units = config.count('units');
    const inputs = [
      data,
      call.weight('kernel', [width, gates * units]),
      call.weight('recurrent_kernel', [units, gates * units]),
    ];
    const rows = config.flag('reset_after', gates === 3) && gates === 3 ? 2 : 1;
    if (config.flag('use_bias', true)) inputs.push(call.weight('bias', [rows * gates * units]));
    const output = config.flag('return_sequences', false) ? [batch, steps, units] : [batch, units];
    const gemm = { batch: 1, m: batch * steps, n: gates * units, k: width + units };
    return call.trace.emit('recurrent', {
      ...call.origin(),
      inputs,
      outputs: [output],
      flops: 2 * gemm.m * gemm.n * gemm.k,
      attributes: { gemm, inputChannels: width, outputChannels: units },
    })[0]!;
  };

const rescaling: LayerHandler = (call) => pointwise(call.trace, 'multiply', call.origin(), [call.data]);

/** Queries, keys and values by linear layers, scores, softmax, weighted sum, output layer. */
const attention: LayerHandler = (call) => {
  const { config, trace } = call;
  const query = call.data;
  const value = call.inputs[1] ?? query;
  const key = call.inputs[2] ?? value;
  const heads = config.count('num_heads');
  const width = config.count('key_dim');
  const valueWidth = config.count('value_dim', width);
  const outputWidth = query.shape.at(-1) ?? 1;
  const project = (name: string, data: Tensor, size: number): Tensor => {
    const weight = call.weight(`${name}/kernel`, [data.shape.at(-1) ?? 1, size]);
    const bias = config.flag('use_bias', true) ? [call.weight(`${name}/bias`, [size])] : [];
    return linear(trace, call.origin(name), [data, weight, ...bias], size);
  };
  const [q, k, v] = [
    project('query', query, heads * width),
    project('key', key, heads * width),
    project('value', value, heads * valueWidth),
  ];
  const [batch = 1] = query.shape;
  const [m, n] = [elementsOf(query.shape.slice(1, -1)), elementsOf(key.shape.slice(1, -1))];
  const scores = matmul(trace, call.origin('scores'), [q, k], [batch, heads, m, n], {
    batch: batch * heads,
    m,
    n,
    k: width,
  });
  const weights = pointwise(trace, 'softmax', call.origin('softmax'), [scores]);
  const mixedShape = [...query.shape.slice(0, -1), heads * valueWidth];
  const product = { batch: batch * heads, m, n: valueWidth, k: n };
  const mixed = matmul(trace, call.origin('mix'), [weights, v], mixedShape, product);
  return project('output', mixed, outputWidth);
};

const identity: LayerHandler = (call) => call.data;
/** Augmentation and the like: part of training only, and cheap beside the network. */
const onlyTraining: LayerHandler = (call) =>
  call.training ? pointwise(call.trace, 'elementwise', call.origin(), [call.data]) : call.data;

const lambda: LayerHandler = (call) => {
  call.trace.warnings.add(
    'Lambda layers hold code; each was taken as one element-wise operator that keeps the shape.',
  );
  return pointwise(call.trace, 'elementwise', call.origin(), [call.data]);
};

const byRank = (name: string, make: (rank: number) => LayerHandler): [string, LayerHandler][] =>
  [1, 2, 3].map((rank) => [`${name}${rank}D`, make(rank)]);

export const LAYERS: ReadonlyMap<string, LayerHandler> = new Map<string, LayerHandler>([
  ...byRank('Conv', (rank) => conv(rank, 'plain')),
  ...byRank('DepthwiseConv', (rank) => conv(rank, 'depthwise')),
  ...[1, 2, 3].map((rank): [string, LayerHandler] => [`Conv${rank}DTranspose`, conv(rank, 'transposed')]),
  ...byRank('SeparableConv', separable),
  ...byRank('MaxPooling', (rank) => pool('max_pool', rank)),
  ...byRank('AveragePooling', (rank) => pool('average_pool', rank)),
  ...byRank('GlobalAveragePooling', () => globalPool),
  ...byRank('GlobalMaxPooling', () => globalPool),
  ...byRank('ZeroPadding', (rank) => bordered(rank, 1)),
  ...byRank('Cropping', (rank) => bordered(rank, -1)),
  ...byRank('UpSampling', upsample),
  ...byRank('SpatialDropout', () => dropout),
  ['Dense', dense],
  ['BatchNormalization', normalized('batch_norm')],
  ['SyncBatchNormalization', normalized('batch_norm')],
  ['LayerNormalization', normalized('layer_norm')],
  ['RMSNormalization', normalized('rms_norm')],
  ['GroupNormalization', normalized('group_norm')],
  ['UnitNormalization', normalized('instance_norm')],
  ['Activation', (call) => activated(call, call.data)],
  ['ReLU', relu],
  ['LeakyReLU', elementwise('leaky_relu')],
  ['ELU', elementwise('leaky_relu')],
  ['ThresholdedReLU', elementwise('leaky_relu')],
  [
    'PReLU',
    (call) => {
      const alpha = call.weight('alpha', call.data.shape.slice(1));
      return pointwise(call.trace, 'leaky_relu', call.origin(), [call.data, alpha]);
    },
  ],
  ['Softmax', elementwise('softmax')],
  ['Dropout', dropout],
  ['AlphaDropout', dropout],
  ['GaussianDropout', dropout],
  ['GaussianNoise', dropout],
  ['ActivityRegularization', identity],
  ['Masking', identity],
  ['Rescaling', rescaling],
  ['Normalization', rescaling],
  ['Resizing', resizing],
  ...['Flip', 'Rotation', 'Zoom', 'Translation', 'Contrast', 'Brightness', 'Crop'].map(
    (name): [string, LayerHandler] => [`Random${name}`, onlyTraining],
  ),
  ['Flatten', flatten],
  ['Reshape', reshaped],
  ['Permute', permute],
  ['RepeatVector', repeat],
  ['Add', merged('add')],
  ['Subtract', merged('add')],
  ['Average', merged('elementwise')],
  ['Maximum', merged('elementwise')],
  ['Minimum', merged('elementwise')],
  ['Multiply', merged('multiply')],
  ['Concatenate', concatenated],
  ['Embedding', embedding],
  ['LSTM', recurrent(4)],
  ['GRU', recurrent(3)],
  ['SimpleRNN', recurrent(1)],
  ['MultiHeadAttention', attention],
  ['Lambda', lambda],
]);
