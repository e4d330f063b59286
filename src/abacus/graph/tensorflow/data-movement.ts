/** TensorFlow operators that move or reshape: reshapes, transposes, concatenation, slices, padding, gathering, resizing. */
import { concatenate, pointwise, reshape, view } from '../operations.js';
import { axisOf, isParameter, reshapedShape, sliceRange } from '../spatial.js';
import { elementsOf, shapeText, type Tensor } from '../trace.js';
import type { OperatorType, Shape } from '../types.js';
import type { TfHandler, TfNode } from './node.js';

export const reshaped: TfHandler = (node) => {
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

export const squeeze: TfHandler = (node) => {
  const data = node.input(0);
  const axes = (node.ints('squeeze_dims') ?? node.ints('axis') ?? []).map((axis) =>
    axisOf(axis, data.shape.length),
  );
  const output = data.shape.filter((size, at) => (axes.length === 0 ? size !== 1 : !axes.includes(at)));
  if (elementsOf(output) !== elementsOf(data.shape)) return node.fail('it drops a dimension that is not 1');
  return reshape(node.trace, node.origin, data, output);
};

export const expandDims: TfHandler = (node) => {
  const data = node.input(0);
  const axis = axisOf(node.values(1)?.[0] ?? 0, data.shape.length + 1) ?? node.fail('its axis does not fit');
  return reshape(node.trace, node.origin, data, [...data.shape.slice(0, axis), 1, ...data.shape.slice(axis)]);
};

/** TensorFlow's transpose is a copy. */
export const transpose: TfHandler = (node) => {
  const data = node.input(0);
  const order = node.values(1) ?? data.shape.map((_, at) => data.shape.length - 1 - at);
  const output = order.map((axis) => data.shape[axis] ?? node.fail('its order does not fit'));
  if (output.length !== data.shape.length || new Set(order).size !== order.length)
    return node.fail('its order does not fit');
  return data.role === 'activation'
    ? pointwise(node.trace, 'transpose', node.origin, [data], output)
    : view(node.trace, 'transpose', node.origin, data, [output], false);
};

export function joined(node: TfNode, inputs: readonly Tensor[], given: number): Tensor[] {
  const first = inputs[0]?.shape ?? node.fail('it joins nothing');
  const axis = axisOf(given, first.length) ?? node.fail('its axis does not fit');
  const output = [...first];
  for (const { shape } of inputs.slice(1)) {
    if (shape.length !== first.length || shape.some((size, at) => at !== axis && size !== first[at]))
      node.fail(`${shapeText(first)} and ${shapeText(shape)} cannot be joined on axis ${axis}`);
    output[axis]! += shape[axis]!;
  }
  return concatenate(node.trace, node.origin, inputs, output, axis);
}

export const pack: TfHandler = (node) => {
  const { shape } = node.input(0);
  const axis = axisOf(node.int('axis', 0), shape.length + 1) ?? node.fail('its axis does not fit');
  const output = [...shape.slice(0, axis), node.inputs.length, ...shape.slice(axis)];
  return concatenate(node.trace, node.origin, node.inputs, output, axis);
};

function parts(node: TfNode, data: Tensor, axis: number, sizes: readonly number[], keep: boolean): Tensor[] {
  const outputs = sizes.map((size) =>
    data.shape.flatMap((whole, at) => (at !== axis ? [whole] : keep ? [size] : [])),
  );
  return node.trace.emit('split', { ...node.origin, inputs: [data], outputs, flops: 0 });
}

export const split: TfHandler = (node) => {
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

export const unpack: TfHandler = (node) => {
  const data = node.input(0);
  const axis = axisOf(node.int('axis', 0), data.shape.length) ?? node.fail('its axis does not fit');
  const count = data.shape[axis]!;
  if (count > 4096) return node.fail(`it unpacks ${count} parts`);
  return parts(node, data, axis, new Array<number>(count).fill(1), false);
};

export const slice: TfHandler = (node) => {
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

export const stridedSlice: TfHandler = (node) => {
  const data = node.input(0);
  const { output } = stridedShape(node, data.shape) ?? node.fail('where it begins is computed from data');
  return node.trace.emit('slice', { ...node.origin, inputs: [data], outputs: [output], flops: 0 });
};

export const pad: TfHandler = (node) => {
  const data = node.input(0);
  const pads = node.values(1);
  if (pads?.length !== 2 * data.shape.length) return node.fail('its padding is computed from data');
  const output = data.shape.map((size, at) => size + pads[2 * at]! + pads[2 * at + 1]!);
  return pointwise(node.trace, 'pad', node.origin, [data], output, { padding: pads });
};

export const gather: TfHandler = (node) => {
  const [data, indices] = [node.input(0), node.input(1)];
  const axis = axisOf(node.values(2)?.[0] ?? 0, data.shape.length) ?? node.fail('its axis does not fit');
  const output = [...data.shape.slice(0, axis), ...indices.shape, ...data.shape.slice(axis + 1)];
  const operator = isParameter(data) && axis === 0 ? 'embedding' : 'gather';
  return pointwise(node.trace, operator, node.origin, [data, indices], output);
};

export const shaped =
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

export const tile: TfHandler = (node) => {
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

export const resize: TfHandler = (node) => {
  const data = node.input(0);
  const [batch = 1, , , channels = 1] = data.shape;
  const [height, width] = node.values(1) ?? [];
  if (height === undefined || width === undefined) return node.fail('its sizes are computed from data');
  return pointwise(node.trace, 'resize', node.origin, [data], [batch, height, width, channels]);
};

/** Blocks of a batch and back: how dilated convolutions were written. */
export const blocks =
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

export const depthBlocks =
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
