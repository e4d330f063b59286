/** TensorFlow operators of recurrent layers and attention: contractions, cuDNN's recurrent layers, lists that loops read and write. */
import { einsum } from '../einsum.js';
import { pointwise } from '../operations.js';
import { shapeText, type Tensor } from '../trace.js';
import type { TfHandler } from './node.js';

export const contraction: TfHandler = (node) =>
  einsum(node.trace, node.origin, node.inputs, node.text('equation', '')) ??
  node.fail(`its equation ${node.text('equation', '')} is not read`);

const GATES: Readonly<Record<string, number>> = { lstm: 4, gru: 3, rnn_tanh: 1, rnn_relu: 1 };

/** Steps, examples and width come in, steps, examples and units go out; all weights lie in one tensor. */
export const cudnnRecurrent: TfHandler = (node) => {
  const [data, state] = [node.input(0), node.input(1)];
  const [steps = 1, batch = 1, width = 1] = data.shape;
  if (data.shape.length !== 3) return node.fail(`its input ${shapeText(data.shape)} is no sequence`);
  const units = state.shape.at(-1) ?? 1;
  const directions = node.text('direction', 'unidirectional') === 'bidirectional' ? 2 : 1;
  const layers = Math.max(1, Math.round((state.shape[0] ?? 1) / directions));
  const gates = GATES[node.text('rnn_mode', 'lstm')] ?? 4;
  // Further layers read what the one before wrote.
  const k = (width + (layers - 1) * directions * units) / layers + units;
  const gemm = { batch: directions * layers, m: steps * batch, n: gates * units, k };
  return node.trace.emit('recurrent', {
    ...node.origin,
    inputs: node.inputs.slice(0, 4),
    outputs: [[steps, batch, directions * units], state.shape, state.shape],
    flops: 2 * gemm.batch * gemm.m * gemm.n * gemm.k,
    attributes: { gemm, inputChannels: width, outputChannels: units },
  });
};

/** A list of tensors of one shape is taken as the tensor that they would make together. */
export const getItem: TfHandler = (node) => {
  const list = node.input(0);
  const output = list.shape.slice(1);
  return node.trace.emit('slice', { ...node.origin, inputs: [list], outputs: [output], flops: 0 });
};

/** How many there will be; their shape is known when the first is put in. */
export const reserve: TfHandler = (node): Tensor => {
  const count = node.values(1)?.[0] ?? node.fail('the length of its list is computed from data');
  return { name: node.def.name, shape: [count], role: 'host', contiguous: true };
};

/** The list refers to what is put in, which is not copied. */
export const setItem: TfHandler = (node) => {
  const [list, item] = [node.input(0), node.input(2)];
  return node.trace.emit('reshape', {
    ...node.origin,
    inputs: [item, list],
    outputs: [[list.shape[0] ?? 1, ...item.shape]],
    flops: 0,
    isView: true,
  });
};

export const stack: TfHandler = (node) => pointwise(node.trace, 'concat', node.origin, [node.input(0)]);
