/** Keras layers that only change shapes: borders, sizes, order, joining. */
import { channelsOf, concatenate, imageShape, pointwise, reshape, spatialOf, view } from '../operations.js';
import { axisOf, reshapedShape } from '../spatial.js';
import { elementsOf, shapeText } from '../trace.js';
import type { Call, LayerHandler } from './layer.js';

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

export const bordered =
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

export const upsample =
  (rank: number): LayerHandler =>
  (call) => {
    const { data, layout, config } = call;
    const factors = config.counts('size', rank, 2);
    const spatial = spatialOf(data.shape, layout).map((size, at) => size * (factors[at] ?? 1));
    const output = imageShape(data.shape[0]!, channelsOf(data.shape, layout), spatial, layout);
    return pointwise(call.trace, 'resize', call.origin(), [data], output);
  };

export const resizing: LayerHandler = (call) => {
  const { data, layout, config } = call;
  const spatial = [config.count('height'), config.count('width')];
  const output = imageShape(data.shape[0]!, channelsOf(data.shape, layout), spatial, layout);
  return pointwise(call.trace, 'resize', call.origin(), [data], output);
};

export const flatten: LayerHandler = (call) => {
  const [batch = 1, ...rest] = call.data.shape;
  return reshape(call.trace, call.origin(), call.data, [batch, elementsOf(rest)]);
};

export const reshaped: LayerHandler = (call) => {
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

export const permute: LayerHandler = (call) => {
  const { data, config } = call;
  const order = (config.dimensions('dims') ?? []).map((place) => place ?? 0);
  if (order.length !== data.shape.length - 1 || new Set(order).size !== order.length)
    return call.fail(`its order does not fit ${shapeText(data.shape)}`);
  const output = [0, ...order].map((place) => data.shape[place] ?? call.fail('its order names no dimension'));
  // TensorFlow's transpose is a copy.
  return pointwise(call.trace, 'transpose', call.origin(), [data], output);
};

export const repeat: LayerHandler = (call) => {
  const [batch = 1, width = 1] = call.data.shape;
  return pointwise(call.trace, 'copy', call.origin(), [call.data], [batch, call.config.count('n'), width]);
};

export const concatenated: LayerHandler = (call) => {
  const first = call.data.shape;
  const axis = axisOf(call.config.number('axis', -1), first.length) ?? call.fail('its axis does not fit');
  const output = [...first];
  for (const { shape } of call.inputs.slice(1)) {
    if (shape.length !== first.length || shape.some((size, at) => at !== axis && size !== first[at]))
      call.fail(`${shapeText(first)} and ${shapeText(shape)} cannot be joined on axis ${axis}`);
    output[axis]! += shape[axis]!;
  }
  const { inputs } = call;
  return concatenate(call.trace, call.origin(), inputs, output, axis)[0]!;
};
