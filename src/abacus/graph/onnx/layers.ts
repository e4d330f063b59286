/** ONNX operators with weights or windows: convolutions, pooling, products, normalisation, recurrent layers. */
import { einsum } from '../einsum.js';
import {
  broadcasting,
  convolution,
  elementFlops,
  linear,
  matmul,
  pointwise,
  pooling,
  reduction,
} from '../operations.js';
import { broadcast, isParameter, samePadding, type Window } from '../spatial.js';
import { elementsOf, type Tensor, type TensorRole } from '../trace.js';
import type { OperatorType, Shape } from '../types.js';
import { foldedNorm, normChannels } from './folded.js';
import type { Handler, NodeContext } from './node-context.js';

const filled = (length: number, value: number): number[] => new Array<number>(length).fill(value);

export function windowOf(node: NodeContext, spatial: Shape, kernel: readonly number[]): Window {
  const rank = spatial.length;
  const stride = listOf(node, 'strides', rank, 1);
  const dilation = listOf(node, 'dilations', rank, 1);
  const auto = node.string('auto_pad', 'NOTSET');
  if (auto === 'SAME_UPPER' || auto === 'SAME_LOWER') {
    const padding = samePadding(spatial, kernel, stride, dilation, auto === 'SAME_LOWER');
    return { kernel, stride, dilation, ...padding };
  }
  const pads = auto === 'VALID' ? filled(2 * rank, 0) : listOf(node, 'pads', 2 * rank, 0);
  return { kernel, stride, dilation, padBegin: pads.slice(0, rank), padEnd: pads.slice(rank) };
}

function listOf(node: NodeContext, name: string, length: number, otherwise: number): number[] {
  const list = node.ints(name);
  if (list === undefined || list.length === 0) return filled(length, otherwise);
  if (list.length !== length) node.fail(`${name} has ${list.length} numbers instead of ${length}`);
  return [...list];
}

/**
 * @param places where the data, the kernel and the bias stand among the inputs
 * @param more further inputs that are read
 */
const convBy =
  (places: readonly [number, number, number], more: readonly number[] = []): Handler =>
  (node) => {
    const [data, weight] = [node.input(places[0]), node.input(places[1])];
    const bias = node.inputs[places[2]];
    const further = more.flatMap((place) => node.inputs[place] ?? []);
    const groups = node.int('group', 1);
    if (weight.shape.length !== data.shape.length || data.shape.length < 3)
      node.mismatch(data.shape, weight.shape);
    const spatial = data.shape.slice(2);
    if (weight.shape[1]! * groups !== data.shape[1]) node.mismatch(data.shape, weight.shape);
    return normalizedAgain(node, bias, (own) =>
      convolution(node.trace, node.origin, [data, weight, ...own, ...further], {
        ...windowOf(node, spatial, weight.shape.slice(2)),
        groups,
        outputChannels: weight.shape[0]!,
        layout: 'channels-first',
      }),
    );
  };
const conv = convBy([0, 1, 2]);

/** A layer, and the batch norm after it that the exporter folded into its weight and bias. */
function normalizedAgain(
  node: NodeContext,
  bias: Tensor | undefined,
  layer: (bias: Tensor[]) => Tensor,
): Tensor {
  const norm = foldedNorm(node.node);
  const own = bias === undefined ? [] : [bias];
  if (norm === undefined) return layer(own);
  node.trace.warnings.add(
    'Batch norms that the exporter had folded into other layers were put back, as PyTorch runs them.',
  );
  const output = layer(norm.hasBias ? own : []);
  const name = `${node.origin.name}/BatchNormalization`;
  const shape = [normChannels(node.node, node.input(1).shape)];
  const stored = (part: string, role: TensorRole): Tensor => ({
    name: `${name}.${part}`,
    shape,
    role,
    contiguous: true,
  });
  const { scope = [] } = node.origin;
  const origin = { name, source: 'BatchNormalization', scope: scope.slice(0, -1) };
  return pointwise(node.trace, 'batch_norm', origin, [
    output,
    stored('weight', 'parameter'),
    stored('bias', 'parameter'),
    stored('running_mean', 'buffer'),
    stored('running_var', 'buffer'),
  ]);
}

const convTranspose: Handler = (node) => {
  const [data, weight] = [node.input(0), node.input(1)];
  const groups = node.int('group', 1);
  if (weight.shape.length !== data.shape.length || weight.shape[0] !== data.shape[1])
    node.mismatch(data.shape, weight.shape);
  const spatial = data.shape.slice(2);
  const window = windowOf(node, spatial, weight.shape.slice(2));
  const extra = listOf(node, 'output_padding', spatial.length, 0);
  const same = node.string('auto_pad', 'NOTSET').startsWith('SAME');
  const given = node.ints('output_shape');
  const transposedOutput = spatial.map((size, at) => {
    if (given?.length) return given[at]!;
    if (same) return size * window.stride[at]!;
    const extent = (window.kernel[at]! - 1) * window.dilation[at]! + 1;
    return window.stride[at]! * (size - 1) + extra[at]! + extent - window.padBegin[at]! - window.padEnd[at]!;
  });
  return normalizedAgain(node, node.inputs[2], (own) =>
    convolution(node.trace, node.origin, [data, weight, ...own], {
      ...window,
      groups,
      outputChannels: weight.shape[1]! * groups,
      layout: 'channels-first',
      transposedOutput,
    }),
  );
};

const pool =
  (operator: 'max_pool' | 'average_pool'): Handler =>
  (node) => {
    const data = node.input(0);
    const spatial = data.shape.slice(2);
    const kernel = listOf(node, 'kernel_shape', spatial.length, 1);
    const adapted = operator === 'average_pool' ? adaptivePool(node, data, kernel) : undefined;
    if (adapted !== undefined) return adapted;
    return pooling(node.trace, operator, node.origin, data, {
      ...windowOf(node, spatial, kernel),
      layout: 'channels-first',
      ceil: node.int('ceil_mode', 0) === 1,
    });
  };

/** PyTorch's adaptive pooling is exported as a pooling of 1x1 where it changes nothing at the file's image size. */
export const isIdentityPool = (node: NodeContext | { node: NodeContext['node'] }): boolean => {
  const lists = node.node.attributes.filter(({ name }) => ['kernel_shape', 'strides'].includes(name));
  return (
    node.node.opType === 'AveragePool' &&
    lists.length > 0 &&
    lists.every(({ ints }) => ints.every((size) => size === 1)) &&
    !node.node.attributes.some(({ name }) => name === 'pads' || name === 'ceil_mode')
  );
};

function adaptivePool(node: NodeContext, data: Tensor, kernel: readonly number[]): Tensor | undefined {
  if (!node.around.resized || !kernel.every((size) => size === 1) || !isIdentityPool(node)) return undefined;
  const inFile = node.around.shapeInFile(node.node.outputs[0] ?? '')?.slice(2);
  if (inFile === undefined) return undefined;
  const output = [...data.shape.slice(0, 2), ...inFile];
  return node.trace.emit('average_pool', {
    ...node.origin,
    inputs: [data],
    outputs: [output],
    flops: Math.max(elementsOf(data.shape), elementsOf(output)),
  })[0]!;
}

const globalPool: Handler = (node) => {
  const data = node.input(0);
  const output = [...data.shape.slice(0, 2), ...filled(Math.max(0, data.shape.length - 2), 1)];
  return reduction(node.trace, 'global_pool', node.origin, data, output);
};

const gemm: Handler = (node) => {
  const [a, b] = [node.input(0), node.input(1)];
  if (a.shape.length !== 2 || b.shape.length !== 2) node.mismatch(a.shape, b.shape);
  const [m, k] = node.int('transA', 0) === 1 ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
  const [rows, n] = node.int('transB', 0) === 1 ? [b.shape[1]!, b.shape[0]!] : [b.shape[0]!, b.shape[1]!];
  if (k !== rows) node.fail(`it takes ${rows} numbers for each example and would get ${k}${node.hint()}`);
  if (isParameter(b) && node.int('transA', 0) !== 1)
    return normalizedAgain(node, node.inputs[2], (own) => linear(node.trace, node.origin, [a, b, ...own], n));
  return matmul(node.trace, node.origin, node.present(), [m, n], { batch: 1, m, n, k });
};

const matMul: Handler = (node) => {
  const [a, b] = [node.input(0), node.input(1)];
  const left = a.shape.length === 1 ? [1, ...a.shape] : a.shape;
  const right = b.shape.length === 1 ? [...b.shape, 1] : b.shape;
  if (left.length === 0 || right.length === 0) node.mismatch(a.shape, b.shape);
  const [m, k, n] = [left.at(-2)!, left.at(-1)!, right.at(-1)!];
  const leading = broadcast(left.slice(0, -2), right.slice(0, -2));
  if (k !== right.at(-2) || leading === undefined) return node.mismatch(a.shape, b.shape);
  if (isParameter(b) && b.shape.length === 2 && a.shape.length > 1)
    return linear(node.trace, node.origin, [a, b], n);
  const output = [...leading, ...(a.shape.length === 1 ? [] : [m]), ...(b.shape.length === 1 ? [] : [n])];
  return matmul(node.trace, node.origin, [a, b], output, { batch: elementsOf(leading), m, n, k });
};

const contraction: Handler = (node) => {
  const equation = node.string('equation', '');
  const inputs = node.present();
  return (
    einsum(node.trace, node.origin, inputs, equation) ??
    pointwise(node.trace, 'unknown', node.origin, inputs, node.noted(`its equation ${equation} is not read`))
  );
};

const normalized =
  (operator: OperatorType): Handler =>
  (node) =>
    pointwise(node.trace, operator, node.origin, node.present());

const recurrent =
  (gates: number): Handler =>
  (node) => {
    const [data, weight] = [node.input(0), node.input(1)];
    const [steps = 1, batch = 1, width = 1] = node.int('layout', 0) === 1 ? swapped(data.shape) : data.shape;
    const directions = weight.shape[0] ?? 1;
    const hidden = Math.floor((weight.shape[1] ?? gates) / gates);
    const k = width + hidden;
    const product = { batch: directions, m: steps * batch, n: gates * hidden, k };
    const state = [directions, batch, hidden];
    const outputs = [[steps, directions, batch, hidden], state, state].slice(
      0,
      Math.max(1, node.node.outputs.length),
    );
    return node.trace.emit('recurrent', {
      ...node.origin,
      inputs: node.present(),
      outputs,
      flops: 2 * product.batch * product.m * product.n * product.k,
      attributes: { gemm: product, inputChannels: width, outputChannels: hidden },
    });
  };
const swapped = ([batch = 1, steps = 1, ...rest]: Shape): number[] => [steps, batch, ...rest];

/** Fused attention of ONNX Runtime and of operator set 23: queries, keys and values as `[batch, ..., tokens, width]`. */
const attention: Handler = (node) => {
  const [query] = [node.input(0)];
  const key = node.inputs[1];
  const weighted = isParameter(key) && key!.shape.length === 2;
  const shape = query.shape;
  const tokens = shape.at(-2) ?? 1;
  const others = weighted || key === undefined ? tokens : (key.shape.at(-2) ?? tokens);
  const width = weighted ? key!.shape[1]! / 3 : (shape.at(-1) ?? 1);
  const batch = elementsOf(shape.slice(0, -2));
  const scores = { batch, m: tokens, n: others, k: width };
  const projections = weighted ? 2 * batch * tokens * (shape.at(-1) ?? 1) * key!.shape[1]! : 0;
  return node.trace.emit('attention', {
    ...node.origin,
    inputs: node.present(),
    outputs: [[...shape.slice(0, -1), width]],
    flops:
      projections + 4 * batch * tokens * others * width + elementFlops('softmax', batch * tokens * others),
    attributes: { gemm: scores },
  });
};

const residualNorm =
  (operator: 'layer_norm' | 'rms_norm'): Handler =>
  (node) => {
    // ONNX Runtime's SkipLayerNormalization adds its second input first.
    const sum = broadcasting(node.trace, 'add', node.origin, [node.input(0), node.input(1)]);
    const normed = pointwise(node.trace, operator, node.origin, [sum, ...node.present(2)]);
    // Its second and third output are statistics that nothing reads, its fourth is the sum.
    return [normed, normed, normed, sum];
  };

export const LAYERS: Readonly<Record<string, Handler>> = {
  Conv: conv,
  FusedConv: conv,
  ConvInteger: convBy([0, 1, Infinity]),
  QLinearConv: convBy([0, 3, 8]),
  // Where the window samples, and how much of it counts, are data.
  DeformConv: convBy([0, 1, 3], [2, 4]),
  ConvTranspose: convTranspose,
  MaxPool: pool('max_pool'),
  LpPool: pool('average_pool'),
  AveragePool: pool('average_pool'),
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  GlobalLpPool: globalPool,
  Gemm: gemm,
  FusedGemm: gemm,
  MatMul: matMul,
  FusedMatMul: matMul,
  Einsum: contraction,
  BatchNormalization: normalized('batch_norm'),
  InstanceNormalization: normalized('instance_norm'),
  LayerNormalization: normalized('layer_norm'),
  GroupNormalization: normalized('group_norm'),
  GroupNorm: normalized('group_norm'),
  RMSNormalization: normalized('rms_norm'),
  SimplifiedLayerNormalization: normalized('rms_norm'),
  SkipLayerNormalization: residualNorm('layer_norm'),
  SkipSimplifiedLayerNormalization: residualNorm('rms_norm'),
  LRN: normalized('local_response_norm'),
  LSTM: recurrent(4),
  GRU: recurrent(3),
  RNN: recurrent(1),
  Attention: attention,
  MultiHeadAttention: attention,
  GroupQueryAttention: attention,
  RotaryEmbedding: normalized('rope'),
};
