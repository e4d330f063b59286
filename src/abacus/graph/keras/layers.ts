/**
 * Keras layers (versions 2 and 3, and TensorFlow.js) as canonical operations. Weights follow from configuration and input shape,
 * as Keras makes them in `build` (https://keras.io/api/layers).
 */
import { broadcasting, linear, pointwise } from '../operations.js';
import { axisOf } from '../spatial.js';
import type { OperatorType } from '../types.js';
import { additiveAttention, attention, dot, dotAttention, groupedAttention } from './attention.js';
import { activated, adaptivePool, biased, conv, globalPool, pool, separable } from './convolutions.js';
import { einsumDense } from './einsum-dense.js';
import { cells, convolutionalRecurrent, embedding, recurrent } from './sequences.js';
import { bordered, concatenated, flatten, permute, repeat, reshaped, resizing, upsample } from './shapes.js';
import type { LayerHandler } from './layer.js';

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

const merged =
  (operator: OperatorType): LayerHandler =>
  (call) =>
    broadcasting(call.trace, operator, call.origin(), call.inputs.length > 0 ? call.inputs : [call.data]);

/** ConvNeXt's factor for each channel (keras.applications.convnext). */
const layerScale: LayerHandler = (call) => {
  const gamma = call.weight('gamma', [call.config.count('projection_dim')]);
  return broadcasting(call.trace, 'multiply', call.origin(), [call.data, gamma]);
};
/** Drops whole branches of examples, in training only. */
const stochasticDepth: LayerHandler = (call) => {
  const ratio = call.config.number('drop_path_rate', 0.5);
  if (!call.training || ratio === 0) return call.data;
  return pointwise(call.trace, 'dropout', call.origin(), [call.data], call.data.shape, { ratio });
};
/** InceptionResNet's `x + scale * y`. */
const scaledSum: LayerHandler = (call) => {
  const [x, y] = [call.data, call.inputs[1] ?? call.fail('it lacks its second input')];
  const scaled = pointwise(call.trace, 'multiply', call.origin('scale'), [y]);
  return broadcasting(call.trace, 'add', call.origin(), [x, scaled]);
};

const rescaling: LayerHandler = (call) => pointwise(call.trace, 'multiply', call.origin(), [call.data]);

const identity: LayerHandler = (call) => call.data;
/** Augmentation and the like: part of training only, and cheap beside the network. */
const onlyTraining: LayerHandler = (call) =>
  call.training ? pointwise(call.trace, 'elementwise', call.origin(), [call.data]) : call.data;

/** What data gives as numbers: so many for each example. */
const encoding: LayerHandler = (call) =>
  pointwise(
    call.trace,
    'gather',
    call.origin(),
    [call.data],
    [call.data.shape[0] ?? 1, call.config.count('num_tokens')],
  );
const vectorized: LayerHandler = (call) => {
  const length = call.config.count('output_sequence_length', 128);
  return pointwise(call.trace, 'gather', call.origin(), [call.data], [call.data.shape[0] ?? 1, length]);
};

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
  ...byRank('AdaptiveAveragePooling', adaptivePool),
  ...byRank('AdaptiveMaxPooling', adaptivePool),
  ...byRank('ConvLSTM', convolutionalRecurrent),
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
  ['CenterCrop', resizing],
  ['RandomCrop', resizing],
  ...'Flip Rotation Zoom Translation Contrast Brightness ColorDegeneration ColorJitter ElasticTransform Erasing GaussianBlur Grayscale Hue Invert Perspective Posterization Saturation Sharpness Shear'
    .split(' ')
    .map((name): [string, LayerHandler] => [`Random${name}`, onlyTraining]),
  ...'AutoContrast Equalization Solarization AugMix RandAugment MixUp CutMix'
    .split(' ')
    .map((name): [string, LayerHandler] => [name, onlyTraining]),
  ...'Discretization Hashing StringLookup IntegerLookup'
    .split(' ')
    .map((name): [string, LayerHandler] => [name, elementwise('elementwise')]),
  ['CategoryEncoding', encoding],
  ['TextVectorization', vectorized],
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
  ['ReversibleEmbedding', embedding],
  ['EinsumDense', einsumDense],
  ['LSTM', recurrent(4)],
  ['GRU', recurrent(3)],
  ['SimpleRNN', recurrent(1)],
  ['CuDNNLSTM', recurrent(4, 2)],
  ['CuDNNGRU', recurrent(3, 2)],
  ['RNN', cells],
  ['MultiHeadAttention', attention],
  ['GroupedQueryAttention', groupedAttention],
  ['GroupQueryAttention', groupedAttention],
  ['Attention', dotAttention],
  ['AdditiveAttention', additiveAttention],
  ['Dot', dot],
  ['LayerScale', layerScale],
  ['StochasticDepth', stochasticDepth],
  ['CustomScaleLayer', scaledSum],
  ['Identity', identity],
  ['Lambda', lambda],
]);
