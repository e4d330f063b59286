/** Keras layers over sequences: embedding, recurrent layers, attention. */
import { linear, matmul, pointwise } from '../operations.js';
import { elementsOf, shapeText, type Tensor } from '../trace.js';
import type { LayerHandler } from './layer.js';

export const embedding: LayerHandler = (call) => {
  const { config, data } = call;
  const [rows, width] = [config.count('input_dim'), config.count('output_dim')];
  const table = call.weight('embeddings', [rows, width]);
  return pointwise(call.trace, 'embedding', call.origin(), [data, table], [...data.shape, width]);
};

export const recurrent =
  (gates: number): LayerHandler =>
  (call) => {
    const { config, data } = call;
    const [batch = 1, steps = 1, width = 1] = data.shape;
    if (data.shape.length !== 3) return call.fail(`its input ${shapeText(data.shape)} is no sequence`);
    const units = config.count('units');
    const inputs = [
      data,
      call.weight('kernel', [width, gates * units]),
      call.weight('recurrent_kernel', [units, gates * units]),
    ];
    const rows = config.flag('reset_after', gates === 3) && gates === 3 ? 2 : 1;
    if (config.flag('use_bias', true)) inputs.push(call.weight('bias', [rows * gates * units]));
    const output = config.flag('return_sequences', false) ? [batch, steps, units] : [batch, units];
    const gemm = { batch: 1, m: batch * steps, n: gates * units, k: width + units };
    return call.trace.emit('recurrent', {
      ...call.origin(),
      inputs,
      outputs: [output],
      flops: 2 * gemm.m * gemm.n * gemm.k,
      attributes: { gemm, inputChannels: width, outputChannels: units },
    })[0]!;
  };

/** Queries, keys and values by linear layers, scores, softmax, weighted sum, output layer. */
export const attention: LayerHandler = (call) => {
  const { config, trace } = call;
  const query = call.data;
  const value = call.inputs[1] ?? query;
  const key = call.inputs[2] ?? value;
  const heads = config.count('num_heads');
  const width = config.count('key_dim');
  const valueWidth = config.count('value_dim', width);
  const outputWidth = query.shape.at(-1) ?? 1;
  const project = (name: string, data: Tensor, size: number): Tensor => {
    const weight = call.weight(`${name}/kernel`, [data.shape.at(-1) ?? 1, size]);
    const bias = config.flag('use_bias', true) ? [call.weight(`${name}/bias`, [size])] : [];
    return linear(trace, call.origin(name), [data, weight, ...bias], size);
  };
  const [q, k, v] = [
    project('query', query, heads * width),
    project('key', key, heads * width),
    project('value', value, heads * valueWidth),
  ];
  const [batch = 1] = query.shape;
  const [m, n] = [elementsOf(query.shape.slice(1, -1)), elementsOf(key.shape.slice(1, -1))];
  const scores = matmul(trace, call.origin('scores'), [q, k], [batch, heads, m, n], {
    batch: batch * heads,
    m,
    n,
    k: width,
  });
  const weights = pointwise(trace, 'softmax', call.origin('softmax'), [scores]);
  const mixedShape = [...query.shape.slice(0, -1), heads * valueWidth];
  const product = { batch: batch * heads, m, n: valueWidth, k: n };
  const mixed = matmul(trace, call.origin('mix'), [weights, v], mixedShape, product);
  return project('output', mixed, outputWidth);
};
