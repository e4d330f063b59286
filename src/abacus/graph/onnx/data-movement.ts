/** ONNX operators that move or reshape data: no arithmetic, and often no kernel at all. */
import { concatenate, pointwise, reshape, view } from '../operations.js';
import { axisOf, broadcast, reshapedShape, sliceRange } from '../spatial.js';
import { elementsOf, shapeText, type Tensor } from '../trace.js';
import type { Shape } from '../types.js';
import { unsqueezed } from './host.js';
import type { Handler, NodeContext } from './node-context.js';

const reshaped = (node: NodeContext, output: Shape): Tensor =>
  reshape(node.trace, node.origin, node.input(0), output);

/** Dimensions of 1 come and go without a copy, however the data lies. */
const sameOrder = (node: NodeContext, output: Shape): Tensor => {
  const data = node.input(0);
  if (elementsOf(output) !== elementsOf(data.shape)) node.mismatch(data.shape, output);
  return view(node.trace, 'reshape', node.origin, data, [output], data.contiguous)[0]!;
};

const reshapeTo: Handler = (node) => {
  const data = node.input(0);
  const wanted = node.values(1) ?? (node.inputs[1] === undefined ? node.ints('shape') : undefined);
  if (wanted === undefined) return reshaped(node, node.noted('its shape is computed from data'));
  const copied = node.int('allowzero', 0) === 1;
  const isCopied = (size: number): boolean => size === 0 && !copied;
  const target = wanted.map((size, at) => (isCopied(size) ? (data.shape[at] ?? 0) : size));
  const live = wanted.map((size, at) => isCopied(size) || node.inputs[1]?.live?.[at] === true);
  // What is stored in the file does not know of batches.
  const shape = data.role === 'activation' ? node.rebatched(target, data.shape, live) : target;
  const output = reshapedShape(data.shape, shape);
  if (output === undefined)
    return node.fail(`${shapeText(data.shape)} cannot be reshaped to ${shapeText(target)}${node.hint()}`);
  return reshaped(node, output);
};

const flatten: Handler = (node) => {
  const { shape } = node.input(0);
  const axis = node.axis(1, shape.length);
  return reshaped(node, [elementsOf(shape.slice(0, axis)), elementsOf(shape.slice(axis))]);
};

const axesOf = (node: NodeContext): readonly number[] | undefined => node.ints('axes') ?? node.values(1);

const squeeze: Handler = (node) => {
  const { shape } = node.input(0);
  const axes = axesOf(node)?.map((axis) => axisOf(axis, shape.length));
  return sameOrder(
    node,
    shape.filter((size, at) => (axes === undefined ? size !== 1 : !axes.includes(at))),
  );
};

const unsqueeze: Handler = (node) => {
  const { shape } = node.input(0);
  const axes = axesOf(node) ?? node.fail('its axes are computed from data');
  return sameOrder(node, unsqueezed(shape, axes) ?? node.fail(`its axes ${shapeText(axes)} do not fit`));
};

const transpose: Handler = (node) => {
  const data = node.input(0);
  const rank = data.shape.length;
  const order = node.ints('perm') ?? data.shape.map((_, at) => rank - 1 - at);
  if (order.length !== rank || new Set(order).size !== rank || !order.every((at) => axisOf(at, rank) === at))
    node.fail(`its order ${shapeText(order)} does not fit ${shapeText(data.shape)}`);
  const output = order.map((at) => data.shape[at]!);
  // Dimensions of size 1 may move freely.
  const moved = order.filter((at) => data.shape[at] !== 1);
  const inOrder = moved.every((at, place) => place === 0 || at > moved[place - 1]!);
  return view(node.trace, 'transpose', node.origin, data, [output], data.contiguous && inOrder);
};

const concat: Handler = (node) => {
  const all = node.present();
  let inputs = all.filter(({ shape }) => !shape.includes(0));
  if (inputs.length === 0) inputs = all;
  const first = inputs[0] ?? node.input(0);
  const rank = first.shape.length;
  const axis = axisOf(node.int('axis', 0), rank) ?? node.fail('its axis does not fit');
  const { batch, fileBatch } = node.around;
  // A token that the file repeats for its own batch (ViT's class token) is repeated for the wanted one.
  const largest = inputs.reduce((most, { shape }) => Math.max(most, shape[0] ?? 0), 0);
  if (axis > 0 && fileBatch !== undefined && largest === batch)
    inputs = inputs.map((input) =>
      input.shape[0] === fileBatch && fileBatch !== batch
        ? view(node.trace, 'reshape', node.origin, input, [[batch, ...input.shape.slice(1)]], false)[0]!
        : input,
    );
  const output = [...inputs[0]!.shape];
  for (const { shape } of inputs.slice(1)) {
    if (shape.length !== rank || shape.some((size, at) => at !== axis && size !== output[at]))
      node.mismatch(output, shape);
    output[axis]! += shape[axis]!;
  }
  if (output.includes(0)) return node.empty(output);
  return concatenate(node.trace, node.origin, inputs, output, axis);
};

const split: Handler = (node) => {
  const data = node.input(0);
  const axis = axisOf(node.int('axis', 0), data.shape.length) ?? node.fail('its axis does not fit');
  const size = data.shape[axis]!;
  const count = node.node.outputs.length;
  if (count === 0 || count > 4096) node.fail(`it has ${count} outputs`);
  const step = Math.ceil(size / count);
  const parts =
    node.values(1) ??
    node.ints('split') ??
    Array.from({ length: count }, (_, at) => Math.min(step, size - at * step));
  if (parts.length !== count || parts.reduce((sum, part) => sum + part, 0) !== size)
    node.fail(`${size} cannot be split into ${shapeText(parts)}`);
  const outputs = parts.map((part) => data.shape.map((whole, at) => (at === axis ? part : whole)));
  return view(node.trace, 'split', node.origin, data, outputs, data.contiguous && isOuter(data.shape, axis));
};

const isOuter = (shape: Shape, axis: number): boolean => shape.slice(0, axis).every((size) => size === 1);

const slice: Handler = (node) => {
  const data = node.input(0);
  const starts = node.values(1) ?? node.ints('starts');
  const ends = node.values(2) ?? node.ints('ends');
  if (starts === undefined || ends === undefined || starts.length !== ends.length)
    return view(
      node.trace,
      'slice',
      node.origin,
      data,
      [node.noted('where it begins is computed from data', data.shape)],
      false,
    );
  const axes = node.values(3) ?? node.ints('axes') ?? starts.map((_, at) => at);
  const steps = node.values(4) ?? [];
  const output = [...data.shape];
  let contiguous = data.contiguous;
  axes.forEach((given, at) => {
    const axis = axisOf(given, output.length) ?? node.fail(`its axis ${given} does not fit`);
    const whole = output[axis]!;
    output[axis] = sliceRange(whole, starts[at]!, ends[at]!, steps[at] ?? 1).count;
    if (output[axis] !== whole && !isOuter(data.shape, axis)) contiguous = false;
  });
  if (output.every((size, at) => size === data.shape[at])) return data;
  // Nothing at all, as where a roll by no places is put together: it is left out of what it is joined to.
  if (output.includes(0) && output.every((size) => size >= 0)) return node.empty(output);
  return view(node.trace, 'slice', node.origin, data, [output], contiguous);
};

const pad: Handler = (node) => {
  const data = node.input(0);
  const pads = node.values(1) ?? node.ints('pads') ?? node.ints('paddings');
  const rank = data.shape.length;
  const axes = node.values(3)?.map((axis) => axisOf(axis, rank) ?? 0) ?? data.shape.map((_, at) => at);
  if (pads?.length !== 2 * axes.length)
    return pointwise(
      node.trace,
      'pad',
      node.origin,
      [data],
      node.noted('its padding is computed from data', data.shape),
    );
  const output = [...data.shape];
  axes.forEach((axis, at) => (output[axis]! += pads[at]! + pads[at + axes.length]!));
  if (pads.every((size) => size === 0)) return data;
  return pointwise(node.trace, 'pad', node.origin, [data], output, { padding: pads });
};

const gather: Handler = (node) => {
  const [data, indices] = [node.input(0), node.input(1)];
  const axis = axisOf(node.int('axis', 0), data.shape.length) ?? node.fail('its axis does not fit');
  const output = [...data.shape.slice(0, axis), ...indices.shape, ...data.shape.slice(axis + 1)];
  // One known place of an activation is a view of it.
  if (indices.value?.length === 1 && data.role === 'activation')
    return view(
      node.trace,
      'slice',
      node.origin,
      data,
      [output],
      data.contiguous && isOuter(data.shape, axis),
    );
  const strided = stridedShape(node, data, indices);
  if (strided !== undefined)
    return view(node.trace, 'reshape', node.origin, data, [strided], data.contiguous)[0]!;
  const table = data.root ?? data;
  const operator =
    table.role === 'parameter' && axis === 0 && indices.role === 'activation' ? 'embedding' : 'gather';
  return pointwise(node.trace, operator, node.origin, [data, indices], output, { axis });
};

/**
 * PyTorch 2's exporter writes a view by strides, as of its pooling to 1 x 1, as places in flattened data, one for each number.
 * @returns the shape of the view at the wanted batch; undefined where this is none
 */
function stridedShape(node: NodeContext, data: Tensor, indices: Tensor): Shape | undefined {
  const { batch, fileBatch = batch } = node.around;
  const [first = 0, ...rest] = indices.shape;
  const isView = data.role === 'activation' && indices.role !== 'activation' && data.shape.length === 1;
  if (!isView || rest.length === 0 || first % fileBatch !== 0) return undefined;
  const shape = [(first / fileBatch) * batch, ...rest];
  return elementsOf(shape) === elementsOf(data.shape) ? shape : undefined;
}

const gatherNd: Handler = (node) => {
  const [data, indices] = [node.input(0), node.input(1)];
  const batchDims = node.int('batch_dims', 0);
  const depth = indices.shape.at(-1) ?? 1;
  const output = [...indices.shape.slice(0, -1), ...data.shape.slice(batchDims + depth)];
  return pointwise(node.trace, 'gather', node.origin, [data, indices], output);
};

const expand: Handler = (node) => {
  const data = node.input(0);
  const wanted = node.values(1);
  const output =
    wanted === undefined
      ? node.noted('its shape is computed from data', data.shape)
      : (broadcast(data.shape, expandedBatch(node, data, wanted)) ?? node.mismatch(data.shape, wanted));
  return view(
    node.trace,
    'reshape',
    node.origin,
    data,
    [output],
    elementsOf(output) === elementsOf(data.shape),
  );
};

/** A shape of the file's fixed batch, for the wanted one. */
function expandedBatch(node: NodeContext, data: Tensor, wanted: readonly number[]): readonly number[] {
  const { batch, fileBatch } = node.around;
  if (fileBatch === undefined || fileBatch === 1 || wanted[0] !== fileBatch || wanted.length < 2)
    return wanted;
  return data.shape[0] === 1 || data.shape[0] === batch ? [batch, ...wanted.slice(1)] : wanted;
}

const tile: Handler = (node) => {
  const data = node.input(0);
  const repeats = node.values(1);
  const output =
    repeats === undefined
      ? node.noted('its repeats are computed from data')
      : data.shape.map((size, at) => size * (repeats[at] ?? 1));
  return pointwise(node.trace, 'copy', node.origin, [data], output);
};

const resize: Handler = (node) => {
  const data = node.input(0);
  const scales = node.ints('scales')?.length ? node.attribute('scales')?.floats : undefined;
  // Upsample and Resize up to operator set 10 have scales at 1; later ones a region there, scales at 2, sizes at 3.
  const [factors, sizes] =
    node.inputs.length <= 2 ? [node.values(1) ?? scales, undefined] : [node.values(2), node.values(3)];
  const rank = data.shape.length;
  const axes = node.ints('axes') ?? data.shape.map((_, at) => at);
  const output = [...data.shape];
  if (sizes?.length === axes.length && sizes.length > 0)
    axes.forEach(
      (axis, at) => (output[axisOf(axis, rank) ?? 0] = at === 0 && rank === 4 ? data.shape[0]! : sizes[at]!),
    );
  else if (factors?.length === axes.length && factors.length > 0)
    axes.forEach((axis, at) => {
      const place = axisOf(axis, rank) ?? 0;
      output[place] = Math.floor(data.shape[place]! * factors[at]!);
    });
  else
    return pointwise(
      node.trace,
      'resize',
      node.origin,
      [data],
      node.noted('its sizes are computed from data', data.shape),
    );
  return pointwise(node.trace, 'resize', node.origin, [data], output);
};

const blocks =
  (toSpace: boolean): Handler =>
  (node) => {
    const data = node.input(0);
    const size = node.int('blocksize', 1);
    const [batch = 1, channels = 1, height = 1, width = 1] = data.shape;
    const output = toSpace
      ? [batch, channels / size ** 2, height * size, width * size]
      : [batch, channels * size ** 2, height / size, width / size];
    return pointwise(node.trace, 'copy', node.origin, [data], output);
  };

const oneHot: Handler = (node) => {
  const indices = node.input(0);
  const depth = node.values(1)?.[0];
  const output =
    depth === undefined ? node.noted('its depth is computed from data') : [...indices.shape, depth];
  return pointwise(node.trace, 'gather', node.origin, [indices], output);
};

const likeIndices: Handler = (node) =>
  pointwise(node.trace, 'gather', node.origin, node.present(), node.input(1).shape);
const likeData: Handler = (node) => pointwise(node.trace, 'gather', node.origin, node.present());

const cast: Handler = (node) => {
  const data = node.input(0);
  return data.role === 'activation' ? pointwise(node.trace, 'copy', node.origin, [data]) : data;
};

const topK: Handler = (node) => {
  const data = node.input(0);
  const axis = axisOf(node.int('axis', -1), data.shape.length) ?? node.fail('its axis does not fit');
  const k = node.values(1)?.[0] ?? node.int('k', 1);
  const output = data.shape.map((size, at) => (at === axis ? Math.min(k, size) : size));
  return node.trace.emit('reduce', {
    ...node.origin,
    inputs: [data],
    outputs: [output, output],
    flops: elementsOf(data.shape) * Math.ceil(Math.log2(data.shape[axis]! + 1)),
  });
};

export const DATA_MOVEMENT: Readonly<Record<string, Handler>> = {
  Reshape: reshapeTo,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Slice: slice,
  Pad: pad,
  Gather: gather,
  GatherND: gatherNd,
  GatherElements: likeIndices,
  ScatterND: likeData,
  ScatterElements: likeData,
  Scatter: likeData,
  Expand: expand,
  Tile: tile,
  Resize: resize,
  Upsample: resize,
  DepthToSpace: blocks(true),
  SpaceToDepth: blocks(false),
  OneHot: oneHot,
  TopK: topK,
  Identity: (node) => node.input(0),
  Cast: cast,
  CastLike: cast,
};
