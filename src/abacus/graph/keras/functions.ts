/**
 * Layers that Keras makes of functions: `x + y`, `tf.nn.relu(x)` (Keras 2: TFOpLambda) and `keras.ops` (Keras 3), known by the
 * last word of the function. Semantics: https://keras.io/api/ops.
 */
import { einsum } from '../einsum.js';
import { broadcasting, concatenate, matmul, pointwise, reduction, reshape, view } from '../operations.js';
import { axisOf, broadcast, reducedShape, reshapedShape, sliceRange } from '../spatial.js';
import { elementsOf, shapeText, type Tensor } from '../trace.js';
import type { OperatorType, Shape } from '../types.js';
import { isObject } from '../../../base/shape.js';
import type { Call, LayerHandler } from './layer.js';

const MOST_PARTS = 4096;

const each =
  (operator: OperatorType): LayerHandler =>
  (call) =>
    call.inputs.length > 1
      ? broadcasting(call.trace, operator, call.origin(), call.inputs)
      : pointwise(call.trace, operator, call.origin(), [call.data]);

/** Axes of a reduction; all but the batch's where none are given would be wrong: all. */
const reduce: LayerHandler = (call) => {
  const { data } = call;
  const rank = data.shape.length;
  const given = call.numbers('axis', 0) ?? data.shape.map((_, at) => at);
  const axes = given.map((axis) => axisOf(axis, rank) ?? call.fail(`its axis ${axis} does not fit`));
  const output = reducedShape(data.shape, axes, call.argument('keepdims') === true);
  const images = call.word === 'mean' && rank === 4 && axes.length === 2 && !axes.includes(0);
  return reduction(call.trace, images ? 'global_pool' : 'reduce', call.origin(), data, output);
};

/** The batch may stand in the file as -1, null, or as the number that the model was made with. */
const reshaped: LayerHandler = (call) => {
  const { data } = call;
  const wanted =
    call.numbers('newshape', 0) ?? call.numbers('shape', 0) ?? call.fail('its shape is computed from data');
  const output =
    reshapedShape(data.shape, wanted) ?? reshapedShape(data.shape, [data.shape[0] ?? 1, ...wanted.slice(1)]);
  if (output === undefined)
    return call.fail(`${shapeText(data.shape)} cannot be reshaped to ${shapeText(wanted)}`);
  return reshape(call.trace, call.origin(), data, output);
};

function ordered(call: Call, order: readonly (number | undefined)[]): Tensor {
  const { shape } = call.data;
  const output = order.map((at) => shape[at ?? -1] ?? call.fail('its order does not fit'));
  if (output.length !== shape.length || new Set(order).size !== order.length)
    call.fail('its order does not fit');
  return pointwise(call.trace, 'transpose', call.origin(), [call.data], output);
}
const transpose: LayerHandler = (call) => {
  const { shape } = call.data;
  const axes = call.numbers('axes', 0) ?? call.numbers('perm', 0);
  return ordered(
    call,
    axes?.map((axis) => axisOf(axis, shape.length)) ?? shape.map((_, at) => shape.length - 1 - at),
  );
};
const swapped: LayerHandler = (call) => {
  const rank = call.data.shape.length;
  const axes = [call.numbers('axis1', 0)?.[0], call.numbers('axis2', 1)?.[0]];
  const [a, b] = axes.map((axis) => axisOf(axis ?? 0, rank) ?? call.fail('its axes do not fit'));
  return ordered(
    call,
    call.data.shape.map((_, at) => (at === a ? b : at === b ? a : at)),
  );
};

const expanded: LayerHandler = (call) => {
  const { shape } = call.data;
  const axis =
    axisOf(call.numbers('axis', 0)?.[0] ?? -1, shape.length + 1) ?? call.fail('its axis does not fit');
  return reshape(call.trace, call.origin(), call.data, [...shape.slice(0, axis), 1, ...shape.slice(axis)]);
};
const squeezed: LayerHandler = (call) => {
  const { shape } = call.data;
  const axes = call.numbers('axis', 0)?.map((axis) => axisOf(axis, shape.length));
  const output = shape.filter((size, at) => (axes === undefined ? size !== 1 : !axes.includes(at)));
  if (elementsOf(output) !== elementsOf(shape)) call.fail('it drops a dimension that is not 1');
  return reshape(call.trace, call.origin(), call.data, output);
};

const product: LayerHandler = (call) => {
  const [a, b] = [call.data, call.inputs[1] ?? call.fail('it lacks its second input')];
  if (a.shape.length < 2 || b.shape.length < 2) return call.fail('it multiplies no matrices');
  const flipped = call.argument('transpose_b') === true;
  const [m, k] = [a.shape.at(-2)!, a.shape.at(-1)!];
  const [rows, n] = flipped ? [b.shape.at(-1)!, b.shape.at(-2)!] : [b.shape.at(-2)!, b.shape.at(-1)!];
  const leading = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (k !== rows || leading === undefined)
    return call.fail(`${shapeText(a.shape)} and ${shapeText(b.shape)} cannot be multiplied`);
  const gemm = { batch: elementsOf(leading), m, n, k };
  return matmul(call.trace, call.origin(), [a, b], [...leading, m, n], gemm);
};
const contraction: LayerHandler = (call) => {
  const equation = call.argument('subscripts', 0) ?? call.argument('equation', 0);
  return (
    einsum(call.trace, call.origin(), call.inputs, typeof equation === 'string' ? equation : '') ??
    call.fail('its equation is not read')
  );
};

const stacked: LayerHandler = (call) => {
  const { shape } = call.data;
  const axis =
    axisOf(call.numbers('axis', 1)?.[0] ?? 0, shape.length + 1) ?? call.fail('its axis does not fit');
  const output = [...shape.slice(0, axis), call.inputs.length, ...shape.slice(axis)];
  return concatenate(call.trace, call.origin(), call.inputs, output, axis);
};
const split: LayerHandler = (call) => {
  const { shape } = call.data;
  const axis = axisOf(call.numbers('axis', 2)?.[0] ?? 0, shape.length) ?? call.fail('its axis does not fit');
  const given =
    call.numbers('indices_or_sections', 1) ??
    call.numbers('num_or_size_splits', 1) ??
    call.fail('its parts are not known');
  const whole = shape[axis]!;
  const [count = 1] = given;
  if (given.length > MOST_PARTS || (given.length === 1 && !(count >= 1 && count <= MOST_PARTS)))
    return call.fail('it makes too many parts');
  // Keras names where to cut, TensorFlow how large the parts are.
  const sizes =
    given.length === 1
      ? new Array<number>(count).fill(whole / count)
      : call.argument('indices_or_sections') === undefined
        ? given
        : [...given, whole].map((end, at) => end - (at === 0 ? 0 : given[at - 1]!));
  const outputs = sizes.map((size) => shape.map((old, at) => (at === axis ? size : old)));
  return call.trace.emit('split', { ...call.origin(), inputs: [call.data], outputs, flops: 0 });
};

interface Range {
  readonly start: number | undefined;
  readonly stop: number | undefined;
  readonly step: number;
}
/** A slice of one axis in the notations of Keras 2 (`{start, stop, step}`) and Keras 3 (the same within `config`). */
function rangeOf(value: unknown): Range | undefined {
  const inner = isObject(value) && isObject(value['config']) ? value['config'] : value;
  if (!isObject(inner) || !('stop' in inner)) return undefined;
  const number = (name: string): number | undefined =>
    typeof inner[name] === 'number' ? inner[name] : undefined;
  return { start: number('start'), stop: number('stop'), step: number('step') ?? 1 };
}
const sliced: LayerHandler = (call) => {
  const given = call.argument('slice_spec', 1) ?? call.argument('key', 1);
  const items = isObject(given) && Array.isArray(given['items']) ? given['items'] : given;
  const key: readonly unknown[] = Array.isArray(items) ? items : [items];
  const { shape } = call.data;
  const output: number[] = [];
  let axis = 0;
  key.forEach((item, at) => {
    if (item === null) return output.push(1);
    const range = rangeOf(item);
    const rest = key.slice(at + 1).filter((other) => other !== null).length;
    if (isObject(item) && range === undefined) {
      while (axis < shape.length - rest) output.push(shape[axis++]!);
      return undefined;
    }
    const whole = shape[axis++] ?? call.fail('it takes from more dimensions than there are');
    if (range === undefined) return undefined;
    const [start, stop] = range.step > 0 ? [0, whole] : [whole - 1, -whole - 1];
    return output.push(sliceRange(whole, range.start ?? start, range.stop ?? stop, range.step).count);
  });
  while (axis < shape.length) output.push(shape[axis++]!);
  return view(call.trace, 'slice', call.origin(), call.data, [output], false)[0]!;
};

const padded: LayerHandler = (call) => {
  const value = call.argument('pad_width', 0) ?? call.argument('paddings', 1);
  if (!Array.isArray(value)) return call.fail('its padding is computed from data');
  const output = call.data.shape.map((size, at) => {
    const pair: unknown = value[at];
    const [begin, end] = Array.isArray(pair) ? (pair as unknown[]) : [0, 0];
    return size + (typeof begin === 'number' ? begin : 0) + (typeof end === 'number' ? end : 0);
  });
  return pointwise(call.trace, 'pad', call.origin(), [call.data], output);
};
const repeated: LayerHandler = (call) => {
  const { shape } = call.data;
  const times =
    call.numbers('repeats', 1) ?? call.numbers('multiples', 1) ?? call.fail('its repeats are not known');
  const axis = call.word === 'repeat' ? axisOf(call.numbers('axis', 2)?.[0] ?? 0, shape.length) : undefined;
  const output: Shape = shape.map((size, at) =>
    axis === undefined ? size * (times[at] ?? 1) : at === axis ? size * (times[0] ?? 1) : size,
  );
  return pointwise(call.trace, 'copy', call.origin(), [call.data], output);
};
const spreadTo: LayerHandler = (call) => {
  const wanted = call.numbers('shape', 0) ?? call.fail('its shape is computed from data');
  const whole = wanted.map((size, at) => (at === 0 && size < 0 ? (call.data.shape[0] ?? 1) : size));
  return pointwise(call.trace, 'copy', call.origin(), [call.data], whole);
};
const spaceFromDepth: LayerHandler = (call) => {
  const size = call.numbers('block_size', 1)?.[0] ?? 1;
  const [batch = 1, height = 1, width = 1, channels = 1] = call.data.shape;
  const output = [batch, height * size, width * size, channels / size ** 2];
  return pointwise(call.trace, 'copy', call.origin(), [call.data], output);
};
const resized: LayerHandler = (call) => {
  const [height = 1, width = 1] = call.numbers('size', 1) ?? call.fail('its size is computed from data');
  const [batch = 1, , , channels = 1] = call.data.shape;
  return pointwise(call.trace, 'resize', call.origin(), [call.data], [batch, height, width, channels]);
};

const table = (handler: LayerHandler, names: string): [string, LayerHandler][] =>
  names.split(' ').map((name) => [name, handler]);

/** Functions that keep the shape, which layers of people's own may be named after. */
const POINTWISE: ReadonlyMap<string, LayerHandler> = new Map([
  ...table(each('add'), 'add addv2 addn sub subtract biasadd'),
  ...table(each('multiply'), 'multiply mul divide div truediv realdiv dividenonan'),
  ...table(each('relu'), 'relu'),
  ...table(each('relu6'), 'relu6'),
  ...table(each('leaky_relu'), 'leakyrelu elu selu celu'),
  ...table(each('sigmoid'), 'sigmoid'),
  ...table(each('hard_sigmoid'), 'hardsigmoid'),
  ...table(each('tanh'), 'tanh'),
  ...table(each('gelu'), 'gelu'),
  ...table(each('silu'), 'swish silu'),
  ...table(each('hard_swish'), 'hardswish hardsilu'),
  ...table(each('softmax'), 'softmax logsoftmax'),
  ...table(each('instance_norm'), 'l2normalize normalize'),
  ...table(each('rms_norm'), 'rmsnormalization rmsnorm'),
  ...table(each('layer_norm'), 'layernormalization layernorm'),
  ...table(
    each('elementwise'),
    'exp expm1 log log1p log2 sqrt rsqrt square reciprocal abs absolute negative neg sign sin cos tan erf floor ceil round ' +
      'clip clipbyvalue pow power maximum minimum squareddifference floordiv floordivide mod floormod equal notequal greater ' +
      'greaterequal less lessequal logicaland logicalor logicalnot where select softplus softsign logsigmoid hardtanh mish ' +
      'cumsum cumprod flip roll tril triu zeroslike oneslike isnan',
  ),
  ...table(each('copy'), 'cast'),
  ...table((call) => call.data, 'identity stopgradient copy converttotensor'),
]);

const SHAPING: ReadonlyMap<string, LayerHandler> = new Map([
  ...table(
    reduce,
    'mean sum max min prod amax amin any all var std variance logsumexp norm argmax argmin countnonzero',
  ),
  ...table(reshaped, 'reshape'),
  ...table((call) => reshape(call.trace, call.origin(), call.data, [elementsOf(call.data.shape)]), 'ravel'),
  ...table(transpose, 'transpose'),
  ...table(swapped, 'swapaxes'),
  ...table(expanded, 'expanddims'),
  ...table(squeezed, 'squeeze'),
  ...table(product, 'matmul batchmatmul linalgmatmul'),
  ...table(contraction, 'einsum'),
  ...table(stacked, 'stack'),
  ...table(split, 'split'),
  ...table(sliced, 'getitem slicingoplambda'),
  ...table(padded, 'pad'),
  ...table(repeated, 'repeat tile'),
  ...table(spreadTo, 'broadcastto'),
  ...table(spaceFromDepth, 'depthtospace'),
  ...table(resized, 'resize'),
]);

/** The handler of a layer made of a function, or of a layer of its name; undefined where it is not known. */
export const functionNamed = (word: string, isFunction: boolean): LayerHandler | undefined =>
  POINTWISE.get(word) ?? (isFunction ? SHAPING.get(word) : undefined);

/** A function that is not known: counted, and taken as one operator that keeps its shape. */
export const unknownFunction: LayerHandler = (call) => {
  call.trace.countUnknown(call.functionName);
  return each('unknown')(call);
};
