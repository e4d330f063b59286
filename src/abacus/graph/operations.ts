/**
 * Makers of canonical operations, used by all readers: they compute output shapes and arithmetic. A multiply-add is two
 * operations; element-wise arithmetic is counted by `ELEMENT_FLOPS`.
 */
import { broadcast, windowOutput, type Window } from './spatial.js';
import { elementsOf, shapeText, type Tensor, type Trace } from './trace.js';
import type { OperatorAttributes, OperatorType, Shape } from './types.js';

/** Who makes an operation: for names and messages. */
export interface Origin {
  readonly name: string;
  readonly source: string;
  readonly outputNames?: readonly string[] | undefined;
  /** Calls of modules in which it runs, outermost first. */
  readonly scope?: readonly string[];
}

/** Rough arithmetic for one output element; an exponential counts as 4. */
const ELEMENT_FLOPS: Partial<Record<OperatorType, number>> = {
  batch_norm: 4,
  layer_norm: 8,
  group_norm: 8,
  instance_norm: 8,
  rms_norm: 6,
  local_response_norm: 12,
  relu: 1,
  relu6: 2,
  leaky_relu: 2,
  sigmoid: 6,
  hard_sigmoid: 4,
  tanh: 8,
  silu: 7,
  hard_swish: 5,
  gelu: 10,
  softmax: 7,
  dropout: 2,
  add: 1,
  multiply: 1,
  elementwise: 2,
  resize: 4,
  rope: 6,
  loss: 8,
  unknown: 1,
};
export const elementFlops = (operator: OperatorType, elements: number): number =>
  (ELEMENT_FLOPS[operator] ?? 0) * elements;

/** An operation whose output has the shape of `output` or of its first input. */
export function pointwise(
  trace: Trace,
  operator: OperatorType,
  origin: Origin,
  inputs: readonly Tensor[],
  output?: Shape,
  attributes: OperatorAttributes = {},
): Tensor {
  const shape =
    output ?? inputs[0]?.shape ?? trace.fail(`${origin.source} ${origin.name}`, 'it has no input');
  const flops = elementFlops(operator, elementsOf(shape));
  return trace.emit(operator, { ...origin, inputs, outputs: [shape], flops, attributes })[0]!;
}

/** An operation of several inputs that are broadcast to one shape. */
export function broadcasting(
  trace: Trace,
  operator: OperatorType,
  origin: Origin,
  inputs: readonly Tensor[],
): Tensor {
  const shape = broadcast(...inputs.map((input) => input.shape));
  if (shape === undefined)
    trace.fail(
      `${origin.source} ${origin.name}`,
      `shapes ${inputs.map((input) => shapeText(input.shape)).join(' and ')} do not go together`,
    );
  return pointwise(trace, operator, origin, inputs, shape);
}

export type Layout = 'channels-first' | 'channels-last';
export const spatialOf = (shape: Shape, layout: Layout): number[] =>
  layout === 'channels-first' ? shape.slice(2) : shape.slice(1, -1);
export const channelsOf = (shape: Shape, layout: Layout): number =>
  (layout === 'channels-first' ? shape[1] : shape.at(-1)) ?? 0;
export const imageShape = (
  batch: number,
  channels: number,
  spatial: readonly number[],
  layout: Layout,
): number[] => (layout === 'channels-first' ? [batch, channels, ...spatial] : [batch, ...spatial, channels]);

export interface ConvolutionSettings extends Window {
  readonly groups: number;
  readonly outputChannels: number;
  readonly layout: Layout;
  /** For transposed convolutions: the output's spatial shape. */
  readonly transposedOutput?: readonly number[] | undefined;
}

/** A convolution over any number of spatial dimensions. `inputs` are the data, the kernel and maybe a bias. */
export function convolution(
  trace: Trace,
  origin: Origin,
  inputs: readonly Tensor[],
  settings: ConvolutionSettings,
): Tensor {
  const { kernel, stride, dilation, padBegin, padEnd, groups, outputChannels, layout } = settings;
  const data = inputs[0]!;
  const where = `${origin.source} ${origin.name}`;
  const inputChannels = channelsOf(data.shape, layout);
  const spatial = spatialOf(data.shape, layout);
  if (
    spatial.length === 0 ||
    [kernel, stride, dilation, padBegin, padEnd].some((list) => list.length !== spatial.length)
  )
    trace.fail(where, `its window does not fit an input of shape ${shapeText(data.shape)}`);
  if (
    [...kernel, ...stride, ...dilation, groups].some((number) => !Number.isSafeInteger(number) || number < 1)
  )
    trace.fail(where, 'kernel, stride, dilation and groups must be whole numbers from 1');
  if (inputChannels % groups !== 0 || outputChannels % groups !== 0)
    trace.fail(where, `${inputChannels} and ${outputChannels} channels do not divide into ${groups} groups`);
  const transposed = settings.transposedOutput;
  const outputSpatial = transposed ?? windowOutput(spatial, settings);
  const output = imageShape(data.shape[0]!, outputChannels, outputSpatial, layout);
  const places =
    data.shape[0]! * (transposed === undefined ? elementsOf(outputSpatial) : elementsOf(spatial));
  const window = elementsOf(kernel);
  const gemm =
    transposed === undefined
      ? { batch: groups, m: places, n: outputChannels / groups, k: (inputChannels / groups) * window }
      : { batch: groups, m: places, n: (outputChannels / groups) * window, k: inputChannels / groups };
  const operator =
    transposed !== undefined
      ? 'transposed_convolution'
      : groups === 1
        ? 'convolution'
        : groups === inputChannels
          ? 'depthwise_convolution'
          : 'grouped_convolution';
  return trace.emit(operator, {
    ...origin,
    inputs,
    outputs: [output],
    flops: 2 * gemm.batch * gemm.m * gemm.n * gemm.k,
    attributes: {
      kernel,
      stride,
      dilation,
      padding: [...padBegin, ...padEnd],
      groups,
      inputChannels,
      outputChannels,
      gemm,
      bias: inputs.length > 2,
    },
  })[0]!;
}

/** Pooling by windows. */
export function pooling(
  trace: Trace,
  operator: 'max_pool' | 'average_pool',
  origin: Origin,
  data: Tensor,
  settings: Window & { readonly layout: Layout; readonly ceil?: boolean },
): Tensor {
  const { kernel, stride, dilation, padBegin, padEnd, layout } = settings;
  const where = `${origin.source} ${origin.name}`;
  const spatial = spatialOf(data.shape, layout);
  const channels = channelsOf(data.shape, layout);
  if (
    spatial.length === 0 ||
    [kernel, stride, dilation, padBegin, padEnd].some((list) => list.length !== spatial.length)
  )
    trace.fail(where, `its window does not fit an input of shape ${shapeText(data.shape)}`);
  if ([...kernel, ...stride, ...dilation].some((number) => !Number.isSafeInteger(number) || number < 1))
    trace.fail(where, 'kernel, stride and dilation must be whole numbers from 1');
  const output = imageShape(data.shape[0]!, channels, windowOutput(spatial, settings, settings.ceil), layout);
  return trace.emit(operator, {
    ...origin,
    inputs: [data],
    outputs: [output],
    flops: elementsOf(output) * elementsOf(kernel),
    attributes: {
      kernel,
      stride,
      padding: [...padBegin, ...padEnd],
      inputChannels: channels,
      outputChannels: channels,
    },
  })[0]!;
}

/** Sums, means or maxima over whole axes; `global_pool` where those are the spatial ones. */
export function reduction(
  trace: Trace,
  operator: 'reduce' | 'global_pool',
  origin: Origin,
  data: Tensor,
  output: Shape,
): Tensor {
  return trace.emit(operator, {
    ...origin,
    inputs: [data],
    outputs: [output],
    flops: elementsOf(data.shape),
  })[0]!;
}

/** `[..., k] x [k, n]` with a trained matrix. `inputs` are the data, the matrix and maybe a bias. */
export function linear(trace: Trace, origin: Origin, inputs: readonly Tensor[], n: number): Tensor {
  const data = inputs[0]!;
  const k = data.shape.at(-1) ?? 1;
  const m = elementsOf(data.shape) / k;
  return trace.emit('linear', {
    ...origin,
    inputs,
    outputs: [[...data.shape.slice(0, -1), n]],
    flops: 2 * m * n * k,
    attributes: { gemm: { batch: 1, m, n, k }, inputChannels: k, outputChannels: n, bias: inputs.length > 2 },
  })[0]!;
}

/** The product of two activations, `[..., m, k] x [..., k, n]`, or any contraction given as such a product. */
export function matmul(
  trace: Trace,
  origin: Origin,
  inputs: readonly Tensor[],
  output: Shape,
  gemm: NonNullable<OperatorAttributes['gemm']>,
): Tensor {
  return trace.emit('matmul', {
    ...origin,
    inputs,
    outputs: [output],
    flops: 2 * gemm.batch * gemm.m * gemm.n * gemm.k,
    attributes: { gemm },
  })[0]!;
}

/** Tensors joined along an axis into one of the shape `output`. */
export const concatenate = (
  trace: Trace,
  origin: Origin,
  inputs: readonly Tensor[],
  output: Shape,
  axis: number,
): Tensor[] => trace.emit('concat', { ...origin, inputs, outputs: [output], flops: 0, attributes: { axis } });

/** Another shape over the same memory. */
export function view(
  trace: Trace,
  operator: 'reshape' | 'transpose' | 'slice' | 'split',
  origin: Origin,
  data: Tensor,
  outputs: readonly Shape[],
  contiguous: boolean,
): Tensor[] {
  return trace.emit(operator, { ...origin, inputs: [data], outputs, flops: 0, isView: true, contiguous });
}

/** A reshape: a view of what lies in order, a copy of what does not. */
export function reshape(trace: Trace, origin: Origin, data: Tensor, output: Shape): Tensor {
  if (data.contiguous || data.role !== 'activation')
    return view(trace, 'reshape', origin, data, [output], true)[0]!;
  return trace.emit('copy', { ...origin, inputs: [data], outputs: [output], flops: 0 })[0]!;
}
