/** How TensorFlow's graphs name tensors, and the numbers of small constants (tensorflow/core/framework: graph.proto, tensor.proto). */
import { elementsOf } from '../trace.js';
import type { NodeDef, TensorProto } from './schema.js';

export const NAMED_OUTPUTS = [
  'y',
  'batch_mean',
  'batch_variance',
  'reserve_space_1',
  'reserve_space_2',
  'reserve_space_3',
];

export const byName = (nodes: readonly NodeDef[]): ReadonlyMap<string, NodeDef> =>
  new Map(nodes.map((node) => [node.name, node]));

/** `name`, `name:1`, `name:output:1` (in functions), `^name` (only an order). */
export function partsOf(input: string): { name: string; output: string | undefined; index: number } {
  const [name = '', second, third] = input.replace(/^\^/, '').split(':');
  if (third !== undefined) return { name, output: second, index: Number(third) || 0 };
  return { name, output: undefined, index: second === undefined ? 0 : Number(second) || 0 };
}

/** The numbers of a small constant; one number fills a shape. */
export function valuesOf(tensor: TensorProto, shape: readonly number[]): number[] | undefined {
  const count = elementsOf(shape);
  // Shapes of damaged files may be negative.
  if (!(count >= 0 && count <= 2048)) return undefined;
  const lists = [
    tensor.intValues,
    tensor.int64Values,
    tensor.floatValues,
    tensor.doubleValues,
    tensor.boolValues,
  ];
  const listed = lists.find((list) => list.length > 0);
  if (listed !== undefined)
    return Array.from({ length: count }, (_, at) => listed[Math.min(at, listed.length - 1)]!);
  const { content, dtype } = tensor;
  if (content === undefined) return new Array<number>(count).fill(0);
  const view = new DataView(content.bytes.buffer, content.bytes.byteOffset, content.bytes.byteLength);
  const read = {
    1: { size: 4, at: (offset: number) => view.getFloat32(offset, true) },
    2: { size: 8, at: (offset: number) => view.getFloat64(offset, true) },
    3: { size: 4, at: (offset: number) => view.getInt32(offset, true) },
    9: { size: 8, at: (offset: number) => Number(view.getBigInt64(offset, true)) },
    10: { size: 1, at: (offset: number) => view.getUint8(offset) },
  }[dtype];
  if (read === undefined || content.bytes.length < count * read.size) return undefined;
  return Array.from({ length: count }, (_, at) => read.at(at * read.size));
}
