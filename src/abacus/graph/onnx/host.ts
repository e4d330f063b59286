/**
 * Shape arithmetic of ONNX: what exporters write to compute shapes (Shape, Gather, Concat, ...) is worked out here on small
 * lists of numbers. It runs on the host and costs nothing on a device.
 * Operator semantics: https://onnx.ai/onnx/operators.
 */
import { axisOf, broadcast, reshapedShape, sliceRange } from '../spatial.js';
import { elementsOf } from '../trace.js';
import type { Shape } from '../types.js';

/** A small tensor with its numbers, row by row. */
export interface HostTensor {
  readonly shape: Shape;
  readonly value: readonly number[];
  /** Which of the numbers follow from shapes of data; absent where none does. */
  readonly live?: readonly boolean[] | undefined;
}

/** Longer results are left to shape inference. */
export const MOST_HOST_VALUES = 8192;

export interface HostAttributes {
  int(name: string, otherwise: number): number;
  ints(name: string): readonly number[] | undefined;
}

const BINARY: ReadonlyMap<string, (a: number, b: number) => number> = new Map(
  Object.entries<(a: number, b: number) => number>({
    Add: (a, b) => a + b,
    Sub: (a, b) => a - b,
    Mul: (a, b) => a * b,
    Pow: (a, b) => a ** b,
    Mod: (a, b) => a - b * Math.floor(a / b),
    Min: Math.min,
    Max: Math.max,
    Equal: (a, b) => Number(a === b),
    Greater: (a, b) => Number(a > b),
    GreaterOrEqual: (a, b) => Number(a >= b),
    Less: (a, b) => Number(a < b),
    LessOrEqual: (a, b) => Number(a <= b),
    And: (a, b) => Number(a !== 0 && b !== 0),
    Or: (a, b) => Number(a !== 0 || b !== 0),
  }),
);
const UNARY: ReadonlyMap<string, (a: number) => number> = new Map(
  Object.entries<(a: number) => number>({
    Neg: (a) => -a,
    Abs: Math.abs,
    Floor: Math.floor,
    Ceil: Math.ceil,
    Round: Math.round,
    Sqrt: Math.sqrt,
    Exp: Math.exp,
    Log: Math.log,
    Reciprocal: (a) => 1 / a,
    Sign: Math.sign,
    Not: (a) => Number(a === 0),
  }),
);

/** Operators that put the numbers of their first input, or of all, in other places. */
const MOVES = new Set(
  'Gather Slice Concat Squeeze Unsqueeze Reshape Flatten Transpose Expand Identity Cast CastLike'.split(' '),
);

/** The output of an operator on known numbers; undefined where this is none of ours or too large. */
export function onHost(
  opType: string,
  inputs: readonly (HostTensor | undefined)[],
  attributes: HostAttributes,
): HostTensor | undefined {
  const result = numbersOf(opType, inputs, attributes);
  if (result === undefined || !inputs.some((input) => input?.live?.includes(true))) return result;
  const flags = inputs.map((input, at): HostTensor | undefined => {
    const isMoved = !MOVES.has(opType) || at === 0 || opType === 'Concat';
    return input && isMoved
      ? { shape: input.shape, value: input.value.map((_, place) => Number(input.live?.[place] === true)) }
      : input;
  });
  const by = MOVES.has(opType)
    ? opType
    : opType.startsWith('Reduce')
      ? 'ReduceMax'
      : BINARY.has(opType) || opType === 'Div'
        ? 'Max'
        : 'Identity';
  const live = numbersOf(by, flags, attributes)?.value;
  return live?.length === result.value.length ? { ...result, live: live.map(Boolean) } : result;
}

/** Data types are not tracked: division of whole numbers rounds down, of others does not. */
function numbersOf(
  opType: string,
  inputs: readonly (HostTensor | undefined)[],
  attributes: HostAttributes,
): HostTensor | undefined {
  const [a, b, c] = inputs;
  if (a === undefined) return undefined;
  const binary = BINARY.get(opType);
  if (binary !== undefined)
    return inputs
      .slice(1)
      .reduce<HostTensor | undefined>(
        (left, right) => (left && right ? combine(left, right, binary) : undefined),
        a,
      );
  const unary = UNARY.get(opType);
  if (unary !== undefined) return { shape: a.shape, value: a.value.map(unary) };
  switch (opType) {
    case 'Div': {
      if (b === undefined) return undefined;
      const whole = [...a.value, ...b.value].every(Number.isInteger);
      return combine(a, b, (x, y) => (whole ? Math.trunc(x / y) : x / y));
    }
    case 'Identity':
    case 'Cast':
    case 'CastLike':
      return opType === 'Cast' && [6, 7].includes(attributes.int('to', 0))
        ? { shape: a.shape, value: a.value.map(Math.trunc) }
        : a;
    case 'Gather':
      return b && gather(a, b, attributes.int('axis', 0));
    case 'Unsqueeze': {
      const axes = attributes.ints('axes') ?? b?.value;
      return axes && { shape: unsqueezed(a.shape, axes) ?? a.shape, value: a.value };
    }
    case 'Squeeze': {
      const axes = (attributes.ints('axes') ?? b?.value)?.map((axis) => axisOf(axis, a.shape.length));
      return {
        shape: a.shape.filter((dimension, at) => (axes === undefined ? dimension !== 1 : !axes.includes(at))),
        value: a.value,
      };
    }
    case 'Reshape': {
      const shape =
        b &&
        reshapedShape(
          a.shape,
          b.value.map((size, at) => (size === 0 ? (a.shape[at] ?? 0) : size)),
        );
      return shape && { shape, value: a.value };
    }
    case 'Flatten': {
      const rank = a.shape.length;
      const given = attributes.int('axis', 1);
      const axis = given === rank ? rank : axisOf(given, rank);
      if (axis === undefined) return undefined;
      return {
        shape: [elementsOf(a.shape.slice(0, axis)), elementsOf(a.shape.slice(axis))],
        value: a.value,
      };
    }
    case 'Concat': {
      if (inputs.some((input) => input === undefined || input.shape.length > 1)) return undefined;
      const value = (inputs as HostTensor[]).flatMap((input) => input.value);
      return value.length > MOST_HOST_VALUES ? undefined : { shape: [value.length], value };
    }
    case 'Transpose': {
      const rank = a.shape.length;
      const order = attributes.ints('perm') ?? a.shape.map((_, at) => rank - 1 - at);
      if (order.length !== rank || !order.every((at) => axisOf(at, rank) === at)) return undefined;
      const strides = stridesOf(a.shape);
      return picked(
        a,
        order.map((at) => ({ start: 0, step: strides[at]!, count: a.shape[at]! })),
      );
    }
    case 'Slice':
      return slice(a, b, c, inputs[3], inputs[4], attributes);
    case 'ReduceProd':
    case 'ReduceSum':
    case 'ReduceMax':
    case 'ReduceMin': {
      if (a.shape.length > 1) return undefined;
      const by = {
        ReduceProd: (left: number, right: number): number => left * right,
        ReduceSum: (left: number, right: number): number => left + right,
        ReduceMax: Math.max,
        ReduceMin: Math.min,
      };
      const [first = opType === 'ReduceProd' ? 1 : 0, ...rest] = a.value;
      const combined = by[opType];
      const value = rest.reduce((left, right) => combined(left, right), first);
      return { shape: attributes.int('keepdims', 1) === 1 ? [1] : [], value: [value] };
    }
    case 'ConstantOfShape': {
      const count = elementsOf(a.value);
      if (!(count <= MOST_HOST_VALUES)) return undefined;
      return { shape: a.value, value: new Array<number>(count).fill(attributes.int('value', 0)) };
    }
    case 'Range': {
      if (b === undefined || c === undefined) return undefined;
      const [start = 0, limit = 0, step = 1] = [a.value[0], b.value[0], c.value[0]];
      const count = Math.max(0, Math.ceil((limit - start) / step));
      if (!(count <= MOST_HOST_VALUES)) return undefined;
      return { shape: [count], value: Array.from({ length: count }, (_, at) => start + at * step) };
    }
    case 'Expand':
    case 'Where': {
      const parts = opType === 'Expand' ? [a, b && filled(b.value)] : [a, b, c];
      if (parts.some((part) => part === undefined)) return undefined;
      const shape = broadcast(...(parts as HostTensor[]).map((part) => part.shape));
      if (shape === undefined || !(elementsOf(shape) <= MOST_HOST_VALUES)) return undefined;
      const [x, y, z] = (parts as HostTensor[]).map((part) => spread(part, shape));
      return {
        shape,
        value: opType === 'Expand' ? x! : x!.map((yes, at) => (yes === 0 ? z![at]! : y![at]!)),
      };
    }
    default:
      return undefined;
  }
}

export function unsqueezed(shape: Shape, axes: readonly number[]): number[] | undefined {
  const rank = shape.length + axes.length;
  const places = axes.map((axis) => axisOf(axis, rank));
  if (rank > 64 || new Set(places).size !== axes.length || places.includes(undefined)) return undefined;
  const rest = [...shape];
  return Array.from({ length: rank }, (_, at) => (places.includes(at) ? 1 : rest.shift()!));
}

/** A tensor of ones of a shape, for its shape only. */
function filled(shape: readonly number[]): HostTensor | undefined {
  const count = elementsOf(shape);
  return count <= MOST_HOST_VALUES && count >= 0
    ? { shape, value: new Array<number>(count).fill(1) }
    : undefined;
}

function combine(a: HostTensor, b: HostTensor, by: (a: number, b: number) => number): HostTensor | undefined {
  const shape = broadcast(a.shape, b.shape);
  if (shape === undefined || !(elementsOf(shape) <= MOST_HOST_VALUES)) return undefined;
  const right = spread(b, shape);
  return { shape, value: spread(a, shape).map((left, at) => by(left, right[at]!)) };
}

/** The numbers of `tensor` repeated to `shape`. */
function spread(tensor: HostTensor, shape: Shape): number[] {
  const rank = shape.length;
  const offset = rank - tensor.shape.length;
  return Array.from({ length: elementsOf(shape) }, (_, flat) => {
    let rest = flat;
    let place = 0;
    let stride = 1;
    for (let at = rank - 1; at >= 0; at--) {
      const index = rest % shape[at]!;
      rest = Math.floor(rest / shape[at]!);
      const own = at >= offset ? tensor.shape[at - offset]! : 1;
      if (own > 1) place += index * stride;
      stride *= own;
    }
    return tensor.value[place]!;
  });
}

function gather(data: HostTensor, indices: HostTensor, axis: number): HostTensor | undefined {
  if (data.shape.length !== 1 || axisOf(axis, 1) !== 0) return undefined;
  const value = indices.value.map((index) => data.value[index < 0 ? index + data.value.length : index]);
  return value.includes(undefined) ? undefined : { shape: indices.shape, value: value as number[] };
}

function slice(
  data: HostTensor,
  starts: HostTensor | undefined,
  ends: HostTensor | undefined,
  axes: HostTensor | undefined,
  steps: HostTensor | undefined,
  attributes: HostAttributes,
): HostTensor | undefined {
  const from = starts?.value ?? attributes.ints('starts');
  const to = ends?.value ?? attributes.ints('ends');
  const along = axes?.value ?? attributes.ints('axes') ?? [0];
  const rank = data.shape.length;
  if (from === undefined || to?.length !== from.length) return undefined;
  const strides = stridesOf(data.shape);
  const ranges = data.shape.map((count, at) => ({ start: 0, step: strides[at]!, count }));
  for (let at = 0; at < from.length; at++) {
    const axis = axisOf(along[at] ?? at, rank);
    if (axis === undefined) return undefined;
    const { start, step, count } = sliceRange(data.shape[axis]!, from[at]!, to[at]!, steps?.value[at] ?? 1);
    ranges[axis] = { start: start * strides[axis]!, step: step * strides[axis]!, count };
  }
  return picked(data, ranges);
}

/** How far apart neighbours along each axis lie. */
const stridesOf = (shape: Shape): number[] => shape.map((_, at) => elementsOf(shape.slice(at + 1)));

/** The numbers that ranges over places choose, one range an axis of the result. */
function picked(
  { value }: HostTensor,
  ranges: readonly { readonly start: number; readonly step: number; readonly count: number }[],
): HostTensor {
  const places = ranges.reduce<number[]>(
    (before, { start, step, count }) =>
      before.flatMap((place) => Array.from({ length: count }, (_, at) => place + start + at * step)),
    [0],
  );
  return { shape: ranges.map(({ count }) => count), value: places.map((place) => value[place]!) };
}
