/** Shape arithmetic that all frameworks share: windows, broadcasting, axes. */
import { elementsOf, type Tensor } from './trace.js';
import type { Shape } from './types.js';

/** Windows over spatial dimensions, all fields by dimension. */
export interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly padBegin: readonly number[];
  readonly padEnd: readonly number[];
}

/** How many times a window fits; `ceil` counts a last one that reaches over the end but begins within (PyTorch's rule). */
export function windowOutput(input: Shape, window: Window, ceil = false): number[] {
  return input.map((size, at) => {
    const { kernel, stride, dilation, padBegin, padEnd } = window;
    const extent = (kernel[at]! - 1) * dilation[at]! + 1;
    const free = size + padBegin[at]! + padEnd[at]! - extent;
    if (!ceil) return Math.floor(free / stride[at]!) + 1;
    const count = Math.ceil(free / stride[at]!) + 1;
    return (count - 1) * stride[at]! >= size + padBegin[at]! ? count - 1 : count;
  });
}

/** Padding so that the output has `ceil(input / stride)` places; the odd one at the end, or at the beginning. */
export function samePadding(
  input: Shape,
  kernel: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
  oddAtBegin = false,
): { padBegin: number[]; padEnd: number[] } {
  const totals = input.map((size, at) => {
    const extent = (kernel[at]! - 1) * dilation[at]! + 1;
    return Math.max(0, (Math.ceil(size / stride[at]!) - 1) * stride[at]! + extent - size);
  });
  const small = totals.map((total) => Math.floor(total / 2));
  const large = totals.map((total) => Math.ceil(total / 2));
  return oddAtBegin ? { padBegin: large, padEnd: small } : { padBegin: small, padEnd: large };
}

/** The common shape by NumPy's rules; undefined where there is none. */
export function broadcast(...shapes: readonly Shape[]): number[] | undefined {
  const rank = shapes.reduce((most, shape) => Math.max(most, shape.length), 0);
  const common = new Array<number>(rank).fill(1);
  for (const shape of shapes)
    for (let at = 0; at < shape.length; at++) {
      const place = rank - shape.length + at;
      const dimension = shape[at]!;
      if (dimension === 1) continue;
      if (common[place] !== 1 && common[place] !== dimension) return undefined;
      common[place] = dimension;
    }
  return common;
}

/** An axis counted from the end when negative; undefined where it lies outside. */
export function axisOf(axis: number, rank: number): number | undefined {
  const place = axis < 0 ? axis + rank : axis;
  return Number.isInteger(place) && place >= 0 && place < rank ? place : undefined;
}

export function reducedShape(shape: Shape, axes: readonly number[], keep: boolean): number[] {
  return keep
    ? shape.map((dimension, at) => (axes.includes(at) ? 1 : dimension))
    : shape.filter((_, at) => !axes.includes(at));
}

/** Fills one open (-1) dimension of a reshape; undefined where the numbers of elements do not fit. */
export function reshapedShape(from: Shape, wanted: readonly number[]): number[] | undefined {
  const open = wanted.indexOf(-1);
  const known = wanted.reduce((product, dimension) => (dimension === -1 ? product : product * dimension), 1);
  const elements = elementsOf(from);
  if (open === -1) return known === elements ? [...wanted] : undefined;
  if (known <= 0 || elements % known !== 0 || wanted.indexOf(-1, open + 1) !== -1) return undefined;
  return wanted.map((dimension) => (dimension === -1 ? elements / known : dimension));
}

export const isParameter = (tensor: Tensor | undefined): boolean =>
  (tensor?.root ?? tensor)?.role === 'parameter';

/** Which elements of `size` a slice takes, by NumPy's rules. */
export function sliceRange(
  size: number,
  start: number,
  end: number,
  step: number,
): { start: number; step: number; count: number } {
  const place = (index: number, low: number, high: number): number =>
    Math.min(high, Math.max(low, index < 0 ? index + size : index));
  if (step > 0) {
    const from = place(start, 0, size);
    return { start: from, step, count: Math.max(0, Math.ceil((place(end, 0, size) - from) / step)) };
  }
  const from = place(start, -1, size - 1);
  const to = end < -size ? -1 : place(end, -1, size - 1);
  return { start: from, step, count: step === 0 ? 0 : Math.max(0, Math.ceil((to - from) / step)) };
}
