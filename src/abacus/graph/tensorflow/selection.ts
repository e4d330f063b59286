/** TensorFlow operators that take some of their input: gathering by places, best values, boxes, patches. */
import { pointwise } from '../operations.js';
import { samePadding, windowOutput } from '../spatial.js';
import { elementsOf } from '../trace.js';
import type { TfHandler, TfNode } from './node.js';

export const gatherNd: TfHandler = (node) => {
  const [data, indices] = [node.input(0), node.input(1)];
  const taken = indices.shape.at(-1) ?? 1;
  if (taken > data.shape.length) return node.fail(`it gathers by ${taken} axes`);
  const output = [...indices.shape.slice(0, -1), ...data.shape.slice(taken)];
  return pointwise(node.trace, 'gather', node.origin, [data, indices], output);
};

export const oneHot: TfHandler = (node) => {
  const indices = node.input(0);
  const depth = node.values(1)?.[0] ?? node.fail('its depth is computed from data');
  const axis = node.int('axis', -1);
  const place = axis < 0 ? indices.shape.length : Math.min(axis, indices.shape.length);
  const output = [...indices.shape.slice(0, place), depth, ...indices.shape.slice(place)];
  return pointwise(node.trace, 'gather', node.origin, [indices], output);
};

export const topK: TfHandler = (node) => {
  const data = node.input(0);
  const all = data.shape.at(-1) ?? 1;
  const k = Math.max(1, Math.min(all, node.values(1)?.[0] ?? node.int('k', 1)));
  const output = [...data.shape.slice(0, -1), k];
  const flops = elementsOf(data.shape) * Math.ceil(Math.log2(all + 1));
  return node.trace.emit('reduce', { ...node.origin, inputs: [data], outputs: [output, output], flops });
};

/** Places of what is not zero: at most all of them. */
export const where: TfHandler = (node) => {
  const data = node.input(0);
  node.trace.warnings.add('How many places an operator finds depends on the data; all were counted.');
  const output = [elementsOf(data.shape), Math.max(1, data.shape.length)];
  return pointwise(node.trace, 'gather', node.origin, [data], output);
};

/** Boxes that overlap no better one; as many as it may give. */
export const suppression: TfHandler = (node) => {
  const boxes = node.input(0);
  const all = boxes.shape[0] ?? 1;
  const count = Math.max(1, node.values(2)?.[0] ?? all);
  const outputs = [[count], [count], [1]];
  return node.trace.emit('elementwise', {
    ...node.origin,
    inputs: node.inputs.slice(0, 2),
    outputs,
    flops: 10 * all * Math.min(count, all),
  });
};

export const crop: TfHandler = (node) => {
  const [data, boxes] = [node.input(0), node.input(1)];
  const [height, width] = node.values(3) ?? node.fail('its sizes are computed from data');
  const output = [boxes.shape[0] ?? 1, height ?? 1, width ?? 1, data.shape.at(-1) ?? 1];
  return pointwise(node.trace, 'resize', node.origin, [data, boxes], output);
};

const inner = (node: TfNode, name: string): number[] => [...(node.ints(name)?.slice(1, 3) ?? [1, 1])];

export const patches: TfHandler = (node) => {
  const data = node.input(0);
  const [batch = 1, height = 1, width = 1, channels = 1] = data.shape;
  const [kernel, stride, dilation] = [inner(node, 'ksizes'), inner(node, 'strides'), inner(node, 'rates')];
  const spatial = [height, width];
  const padding =
    node.text('padding', 'VALID') === 'SAME'
      ? samePadding(spatial, kernel, stride, dilation)
      : { padBegin: [0, 0], padEnd: [0, 0] };
  const places = windowOutput(spatial, { kernel, stride, dilation, ...padding });
  const output = [batch, ...places, channels * elementsOf(kernel)];
  return pointwise(node.trace, 'copy', node.origin, [data], output);
};
