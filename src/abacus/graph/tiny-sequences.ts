/** Small networks over sequences, for tests and for the fuzzer: a loop of TensorFlow 2, and layers and functions of Keras 3. */
import type { Encodable } from './proto/encode.js';
import type { GraphDef, NodeDef } from './tensorflow/schema.js';
import { tfNode } from './tiny-networks.js';

const shape = (...sizes: number[]): { dims: { size: number }[] } => ({
  dims: sizes.map((size) => ({ size })),
});
const numbers = (name: string, list: number[], ...sizes: number[]): Encodable<NodeDef> =>
  tfNode('Const', name, [], { value: { tensor: { dtype: 3, shape: shape(...sizes), intValues: list } } });
const weight = (name: string, ...sizes: number[]): Encodable<NodeDef> =>
  tfNode('Const', name, [], {
    value: { tensor: { dtype: 1, shape: shape(...sizes), content: new Uint8Array(64) } },
  });

/** What a loop carries from round to round. */
const STATE = ['counter', 'limit', 'time', 'out', 'hidden', 'in', 'kernel'];
const named = (names: readonly string[]): { name: string }[] => names.map((name) => ({ name }));

/** A recurrent layer of 2 units over 4 steps of 3 numbers, as TensorFlow 2 writes it, and a contraction of what it gives. */
export function loopGraph(): Encodable<GraphDef> {
  const call = (name: string): { function: { name: string } } => ({ function: { name } });
  return {
    nodes: [
      tfNode('Placeholder', 'x', [], { shape: { shape: shape(-1, 4, 3) } }),
      numbers('order', [1, 0, 2], 3),
      tfNode('Transpose', 'steps', ['x', 'order']),
      numbers('item_shape', [-1, 3], 2),
      tfNode('TensorListFromTensor', 'list', ['steps', 'item_shape']),
      numbers('zero', [0]),
      numbers('lengths', [4], 1),
      numbers('axis', [0], 1),
      tfNode('Max', 'limit', ['lengths', 'axis']),
      tfNode('TensorListReserve', 'reserved', ['item_shape', 'limit']),
      weight('kernel', 3, 2),
      weight('hidden', 1, 2),
      tfNode('While', 'while', ['zero', 'limit', 'zero', 'reserved', 'hidden', 'list', 'kernel'], {
        cond: call('cond'),
        body: call('body'),
      }),
      tfNode('TensorListStack', 'stacked', ['while:3', 'item_shape']),
      weight('out', 2, 5),
      tfNode('Einsum', 'result', ['stacked', 'out'], { equation: { text: 'tbu,uo->bto' } }),
    ],
    library: {
      functions: [
        {
          signature: { name: 'cond', inputs: named(STATE), outputs: named(['goes_on']) },
          nodes: [tfNode('Less', 'Less', ['counter', 'limit'])],
          returns: [{ key: 'goes_on', value: 'Less:z:0' }],
        },
        {
          signature: {
            name: 'body',
            inputs: named(STATE),
            outputs: named(STATE.map((name) => `next_${name}`)),
          },
          nodes: [
            numbers('one', [1]),
            tfNode('AddV2', 'counted', ['counter', 'one:output:0']),
            tfNode('AddV2', 'later', ['time', 'one:output:0']),
            tfNode('TensorListGetItem', 'item', ['in', 'time']),
            tfNode('MatMul', 'product', ['item:item:0', 'kernel']),
            tfNode('AddV2', 'sum', ['product:product:0', 'hidden']),
            tfNode('Tanh', 'tanh', ['sum:z:0']),
            tfNode('TensorListSetItem', 'kept', ['out', 'time', 'tanh:y:0']),
          ],
          returns: [
            { key: 'next_counter', value: 'counted:z:0' },
            { key: 'next_limit', value: 'limit' },
            { key: 'next_time', value: 'later:z:0' },
            { key: 'next_out', value: 'kept:output_handle:0' },
            { key: 'next_hidden', value: 'tanh:y:0' },
            { key: 'next_in', value: 'in' },
            { key: 'next_kernel', value: 'kernel' },
          ],
        },
      ],
    },
  };
}

/** Layers over sequences, attention, and functions of keras.ops, as Keras 3 writes them. */
export function kerasSequence(): unknown {
  const tensor = (name: string): object => ({
    class_name: '__keras_tensor__',
    config: { shape: [null], dtype: 'float32', keras_history: [name, 0, 0] },
  });
  const layer = (class_name: string, name: string, config: object, ...from: string[]): object => ({
    ...{ module: 'keras.layers', class_name, name, config: { name, ...config } },
    inbound_nodes: from.length === 0 ? [] : [{ args: from.map(tensor), kwargs: {} }],
  });
  const operation = (
    class_name: string,
    name: string,
    config: object,
    from: string,
    ...more: unknown[]
  ): object => ({
    ...{ module: 'keras.src.ops.numpy', class_name, name, config: { name, ...config } },
    inbound_nodes: [{ args: [tensor(from), ...more], kwargs: {} }],
  });
  const range = (start: number | null, stop: number | null): object => ({
    class_name: '__slice__',
    config: { start, stop, step: null },
  });
  return {
    class_name: 'Functional',
    config: {
      name: 'sequence',
      layers: [
        layer('InputLayer', 'in', { batch_shape: [null, 6] }),
        layer('Embedding', 'words', { input_dim: 20, output_dim: 8 }, 'in'),
        layer('GRU', 'gru', { units: 8, return_sequences: true }, 'words'),
        layer('MultiHeadAttention', 'attention', { num_heads: 2, key_dim: 4 }, 'gru', 'gru'),
        layer(
          'EinsumDense',
          'dense',
          { equation: '...x,xy->...y', output_shape: 6, bias_axes: 'y' },
          'attention',
        ),
        operation('GetItem', 'first', {}, 'dense', [range(null, null), range(0, 4)]),
        operation('Mean', 'mean', { axis: [1], keepdims: false }, 'first'),
        operation('Reshape', 'shape', { newshape: [-1, 2, 3] }, 'mean'),
        operation('Transpose', 'turned', { axes: [0, 2, 1] }, 'shape'),
        layer('Dot', 'dot', { axes: [2, 1] }, 'shape', 'turned'),
        layer('LayerScale', 'scale', { projection_dim: 2 }, 'dot'),
      ],
      input_layers: [['in', 0, 0]],
      output_layers: [['scale', 0, 0]],
    },
  };
}
