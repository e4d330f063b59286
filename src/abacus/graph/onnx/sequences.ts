/** ONNX's lists of tensors (https://onnx.ai/onnx/operators): nothing is computed, and who takes a tensor out has the tensor itself. */
import { concatenate, view } from '../operations.js';
import { axisOf } from '../spatial.js';
import type { Tensor } from '../trace.js';
import type { Handler, NodeContext } from './node-context.js';

/** Longer lists are none of networks. */
const MOST_ITEMS = 4096;

function list(node: NodeContext, items: readonly Tensor[]): Tensor {
  if (items.length > MOST_ITEMS) node.fail(`its list has ${items.length} tensors`);
  return { name: node.node.outputs[0] ?? '', shape: [], role: 'host', contiguous: true, items };
}

const itemsOf = (node: NodeContext, at = 0): readonly Tensor[] =>
  node.input(at).items ?? node.fail('its input is no list of tensors');

/** Where a position, from the end where negative, lies; the last one where it is computed from data. */
function placeIn(node: NodeContext, count: number, position: number | undefined): number {
  const place = position === undefined ? count - 1 : position < 0 ? position + count : position;
  if (!(place >= 0 && place < count)) node.fail(`its list has no place ${position ?? place}`);
  return place;
}

const insert: Handler = (node) => {
  const items = itemsOf(node);
  const position = node.values(2)?.[0] ?? items.length;
  const place = position < 0 ? position + items.length : position;
  return list(node, items.toSpliced(Math.min(place, items.length), 0, node.input(1)));
};

const erase: Handler = (node) => {
  const items = itemsOf(node);
  return list(node, items.toSpliced(placeIn(node, items.length, node.values(1)?.[0] ?? -1), 1));
};

const itemAt: Handler = (node) => {
  const items = itemsOf(node);
  return items[placeIn(node, items.length, node.values(1)?.[0])]!;
};

const length: Handler = (node) => ({
  ...list(node, []),
  items: undefined,
  value: [itemsOf(node).length],
});

const joined: Handler = (node) => {
  const items = itemsOf(node);
  const [first] = items;
  if (first === undefined) return node.fail('its list is empty');
  const isNew = node.int('new_axis', 0) === 1;
  const rank = first.shape.length + Number(isNew);
  const axis = axisOf(node.int('axis', 0), rank) ?? node.fail('its axis does not fit');
  const output = isNew ? first.shape.toSpliced(axis, 0, items.length) : [...first.shape];
  if (!isNew) output[axis] = items.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0);
  return concatenate(node.trace, node.origin, items, output, axis);
};

const split: Handler = (node) => {
  const data = node.input(0);
  const axis = axisOf(node.int('axis', 0), data.shape.length) ?? node.fail('its axis does not fit');
  const whole = data.shape[axis]!;
  const given = node.values(1);
  const isEach = given === undefined || (given.length === 1 && given[0]! >= 1);
  const each = isEach ? (given?.[0] ?? 1) : 1;
  const count = isEach ? Math.ceil(whole / each) : given.length;
  if (!(count <= MOST_ITEMS)) node.fail(`its list has ${count} tensors`);
  const sizes = isEach
    ? Array.from({ length: count }, (_, at) => Math.min(each, whole - at * each))
    : [...given];
  const keeps = given !== undefined || node.int('keepdims', 1) === 1;
  const shapes = sizes.map((size) =>
    keeps ? data.shape.with(axis, size) : data.shape.filter((_, at) => at !== axis),
  );
  return list(node, view(node.trace, 'split', node.origin, data, shapes, false));
};

export const SEQUENCES: Readonly<Record<string, Handler>> = {
  SequenceEmpty: (node) => list(node, []),
  SequenceConstruct: (node) => list(node, node.present()),
  SequenceInsert: insert,
  SequenceErase: erase,
  SequenceAt: itemAt,
  SequenceLength: length,
  ConcatFromSequence: joined,
  SplitToSequence: split,
};
/** Operators whose first input is a list; one that is not known, as of a loop of unknown length, makes them unknown, too. */
export const LIST_READERS: ReadonlySet<string> = new Set(
  'SequenceInsert SequenceErase SequenceAt SequenceLength ConcatFromSequence'.split(' '),
);
