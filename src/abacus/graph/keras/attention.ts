/** Keras layers of attention (keras.io/api/layers/attention_layers), and products of two inputs. */
import { einsum } from '../einsum.js';
import { broadcasting, linear, matmul, pointwise, reduction, reshape } from '../operations.js';
import { axisOf } from '../spatial.js';
import { elementsOf, shapeText, type Tensor } from '../trace.js';
import type { Call, LayerHandler } from './layer.js';

interface Heads {
  readonly queries: number;
  readonly keys: number;
  readonly width: number;
  readonly valueWidth: number;
}

/** Queries, keys and values by linear layers, scores, softmax, weighted sum, output layer. */
function multiHead(call: Call, { queries, keys, width, valueWidth }: Heads): Tensor {
  const { config, trace } = call;
  const query = call.data;
  const value = call.inputs[1] ?? query;
  const key = call.inputs[2] ?? value;
  const outputWidth = query.shape.at(-1) ?? 1;
  const project = (name: string, data: Tensor, size: number): Tensor => {
    const weight = call.weight(`${name}/kernel`, [data.shape.at(-1) ?? 1, size]);
    const bias = config.flag('use_bias', true) ? [call.weight(`${name}/bias`, [size])] : [];
    return linear(trace, call.origin(name), [data, weight, ...bias], size);
  };
  const [q, k, v] = [
    project('query', query, queries * width),
    project('key', key, keys * width),
    project('value', value, keys * valueWidth),
  ];
  const [batch = 1] = query.shape;
  const [m, n] = [elementsOf(query.shape.slice(1, -1)), elementsOf(key.shape.slice(1, -1))];
  const scores = matmul(trace, call.origin('scores'), [q, k], [batch, queries, m, n], {
    batch: batch * queries,
    m,
    n,
    k: width,
  });
  const weights = pointwise(trace, 'softmax', call.origin('softmax'), [scores]);
  const mixedShape = [...query.shape.slice(0, -1), queries * valueWidth];
  const product = { batch: batch * queries, m, n: valueWidth, k: n };
  const mixed = matmul(trace, call.origin('mix'), [weights, v], mixedShape, product);
  return project('output', mixed, outputWidth);
}

export const attention: LayerHandler = (call) => {
  const { config } = call;
  const [heads, width] = [config.count('num_heads'), config.count('key_dim')];
  return multiHead(call, {
    queries: heads,
    keys: heads,
    width,
    valueWidth: config.count('value_dim', width),
  });
};

/** Several query heads read one head of keys and values. */
export const groupedAttention: LayerHandler = (call) => {
  const { config } = call;
  const width = config.count('head_dim');
  const queries = config.count('num_query_heads');
  return multiHead(call, { queries, keys: config.count('num_key_value_heads'), width, valueWidth: width });
};

interface Sequences {
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
  readonly batch: number;
  readonly m: number;
  readonly n: number;
}
function sequencesOf(call: Call): Sequences {
  const query = call.data;
  const value = call.inputs[1] ?? call.fail('it lacks its second input');
  const key = call.inputs[2] ?? value;
  for (const { shape } of [query, key, value])
    if (shape.length !== 3) call.fail(`its input ${shapeText(shape)} is no sequence`);
  const [batch = 1, m = 1] = query.shape;
  return { query, key, value, batch, m, n: key.shape[1] ?? 1 };
}

/** Softmax of scores, and the values by it. */
function mixed(call: Call, scores: Tensor, { value, batch, m, n }: Sequences): Tensor {
  const weights = pointwise(call.trace, 'softmax', call.origin('softmax'), [scores]);
  const width = value.shape[2] ?? 1;
  const gemm = { batch, m, n: width, k: n };
  return matmul(call.trace, call.origin('mix'), [weights, value], [batch, m, width], gemm);
}

export const dotAttention: LayerHandler = (call) => {
  const all = sequencesOf(call);
  const { query, key, batch, m, n } = all;
  const gemm = { batch, m, n, k: query.shape[2] ?? 1 };
  let scores = matmul(call.trace, call.origin('scores'), [query, key], [batch, m, n], gemm);
  if (call.config.flag('use_scale', false))
    scores = broadcasting(call.trace, 'multiply', call.origin('scale'), [scores, call.weight('scale', [])]);
  return mixed(call, scores, all);
};

/** Scores by the sum of a query and a key, through tanh. */
export const additiveAttention: LayerHandler = (call) => {
  const all = sequencesOf(call);
  const { query, key, batch, m, n } = all;
  const width = query.shape[2] ?? 1;
  const inputs = [query, key];
  if (call.config.flag('use_scale', true)) inputs.push(call.weight('scale', [width]));
  const sums = pointwise(call.trace, 'tanh', call.origin('sums'), inputs, [batch, m, n, width]);
  return mixed(call, reduction(call.trace, 'reduce', call.origin('scores'), sums, [batch, m, n]), all);
};

const LETTERS = 'abcdefghijklmnop';

/** The product of two inputs along one axis of each, for each example. */
export const dot: LayerHandler = (call) => {
  const [a, b] = [call.data, call.inputs[1] ?? call.fail('it lacks its second input')];
  const given = call.config.values['axes'];
  const axes: readonly unknown[] = Array.isArray(given) ? given : [given, given];
  const [first, second] = [a, b].map(({ shape }, at) => {
    const axis: unknown = axes[at];
    return axisOf(typeof axis === 'number' ? axis : -1, shape.length) ?? call.fail('its axes do not fit');
  });
  const left = a.shape.map((_, at) => (at === first ? 'y' : at === 0 ? 'z' : LETTERS[at]!));
  const right = b.shape.map((_, at) => (at === second ? 'y' : at === 0 ? 'z' : LETTERS[at]!.toUpperCase()));
  const rest = [...left, ...right.slice(1)].filter((letter) => letter !== 'y');
  const equation = `${left.join('')},${right.join('')}->${rest.join('')}`;
  const product = einsum(call.trace, call.origin(), [a, b], equation) ?? call.fail('its axes do not fit');
  // Keras keeps a dimension of 1 where nothing else is left.
  return rest.length > 1
    ? product
    : reshape(call.trace, call.origin('shape'), product, [...product.shape, 1]);
};
