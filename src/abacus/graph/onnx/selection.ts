/** ONNX operators of detection and segmentation networks, and of losses (https://onnx.ai/onnx/operators). */
import { pointwise } from '../operations.js';
import { elementsOf, type Tensor } from '../trace.js';
import type { Handler, NodeContext } from './node-context.js';

/** Regions of images, each brought to one size. */
const regions: Handler = (node) => {
  const [data, boxes] = [node.input(0), node.input(1)];
  const [height, width] = node.ints('pooled_shape') ?? [
    node.int('output_height', 1),
    node.int('output_width', 1),
  ];
  const output = [boxes.shape[0] ?? 1, data.shape[1] ?? 1, height ?? 1, width ?? 1];
  return pointwise(node.trace, 'resize', node.origin, [data, boxes], output);
};

const gridSample: Handler = (node) => {
  const [data, grid] = [node.input(0), node.input(1)];
  const output = [...data.shape.slice(0, 2), ...grid.shape.slice(1, -1)];
  return pointwise(node.trace, 'resize', node.origin, [data, grid], output);
};

const COUNTED = 'How many places an operator finds depends on the data; all were counted.';

const nonZero: Handler = (node) => {
  const data = node.input(0);
  node.trace.warnings.add(COUNTED);
  return pointwise(
    node.trace,
    'gather',
    node.origin,
    [data],
    [Math.max(1, data.shape.length), elementsOf(data.shape)],
  );
};

/** Boxes that overlap no better one, of each class. */
const suppression: Handler = (node) => {
  const [boxes, scores] = [node.input(0), node.input(1)];
  const [batch = 1, all = 1] = boxes.shape;
  const each = Math.max(1, Math.min(all, node.values(2)?.[0] ?? all));
  node.trace.warnings.add(COUNTED);
  const count = batch * (scores.shape[1] ?? 1) * each;
  const flops = 10 * count * all;
  return node.trace.emit('elementwise', {
    ...node.origin,
    inputs: [boxes, scores],
    outputs: [[count, 3]],
    flops,
  });
};

const like = (node: NodeContext): Tensor =>
  pointwise(node.trace, 'elementwise', node.origin, [node.input(0)]);

const loss: Handler = (node) => {
  const data = node.input(0);
  const output = node.string('reduction', 'mean') === 'none' ? node.input(1).shape : [];
  return node.trace.emit('loss', {
    ...node.origin,
    inputs: node.present(),
    outputs: [output, data.shape].slice(0, Math.max(1, node.node.outputs.length)),
    flops: 8 * elementsOf(data.shape),
  });
};

export const SELECTION: Readonly<Record<string, Handler>> = {
  RoiAlign: regions,
  MaxRoiPool: regions,
  GridSample: gridSample,
  NonZero: nonZero,
  NonMaxSuppression: suppression,
  SoftmaxCrossEntropyLoss: loss,
  NegativeLogLikelihoodLoss: loss,
  ...Object.fromEntries(
    'EyeLike RandomNormalLike RandomUniformLike Bernoulli ReverseSequence Acosh Asinh Atanh'
      .split(' ')
      .map((name) => [name, like]),
  ),
};
