/**
 * Operators on whole numbers: those of ONNX, and those that ONNX Runtime's quantiser writes
 * (https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md). Scales and zeros stand between tensors.
 */
import {
  broadcasting,
  concatenate,
  linear,
  matmul,
  pointwise,
  pooling,
  reduction,
  view,
} from '../operations.js';
import { axisOf, broadcast, isParameter } from '../spatial.js';
import { elementsOf } from '../trace.js';
import type { OperatorType } from '../types.js';
import { windowOf } from './layers.js';
import type { Handler } from './node-context.js';

/** A product whose matrices are inputs 0 and `second`, and whose bias is input `bias`. */
const product =
  (second: number, bias = Infinity): Handler =>
  (node) => {
    const [a, b] = [node.input(0), node.input(second)];
    if (a.shape.length < 2 || b.shape.length < 2) node.mismatch(a.shape, b.shape);
    const [m, k, n] = [a.shape.at(-2)!, a.shape.at(-1)!, b.shape.at(-1)!];
    const leading = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
    if (k !== b.shape.at(-2) || leading === undefined) return node.mismatch(a.shape, b.shape);
    const own = node.inputs[bias];
    if (isParameter(b) && b.shape.length === 2)
      return linear(node.trace, node.origin, own === undefined ? [a, b] : [a, b, own], n);
    const gemm = { batch: elementsOf(leading), m, n, k };
    return matmul(node.trace, node.origin, [a, b], [...leading, m, n], gemm);
  };

const gemm: Handler = (node) => {
  const [a, b] = [node.input(0), node.input(3)];
  const n = node.int('transB', 0) === 1 ? b.shape[0] : b.shape[1];
  if (a.shape.length !== 2 || n === undefined) return node.mismatch(a.shape, b.shape);
  const bias = node.inputs[6];
  return linear(node.trace, node.origin, bias === undefined ? [a, b] : [a, b, bias], n);
};

/** ONNX Runtime's product with a packed matrix, whose sizes are attributes. */
const packedProduct: Handler = (node) => {
  const n = node.int('N', 0);
  if (n < 1) node.fail('it does not say how many columns its matrix has');
  return linear(node.trace, node.origin, [node.input(0), node.input(1)], n);
};

/** Of a stored tensor it is that tensor: what is trained and run holds its numbers. */
const dequantized: Handler = (node) => {
  const data = node.input(0);
  if (data.role !== 'activation')
    return view(node.trace, 'reshape', node.origin, data, [data.shape], true)[0]!;
  return pointwise(node.trace, 'elementwise', node.origin, [data]);
};

const dynamicallyQuantized: Handler = (node) =>
  node.trace.emit('elementwise', {
    ...node.origin,
    inputs: [node.input(0)],
    outputs: [node.input(0).shape, [], []].slice(0, Math.max(1, node.node.outputs.length)),
    flops: 2 * elementsOf(node.input(0).shape),
  });

const unary =
  (operator: OperatorType): Handler =>
  (node) =>
    pointwise(node.trace, operator, node.origin, [node.input(0)]);

const binary =
  (operator: OperatorType): Handler =>
  (node) =>
    broadcasting(node.trace, operator, node.origin, [node.input(0), node.input(3)]);

const concat: Handler = (node) => {
  const inputs = node.inputs.flatMap((input, at) => (at % 3 === 2 && input !== undefined ? [input] : []));
  const [first] = inputs;
  if (first === undefined) return node.fail('it has no input');
  const axis = axisOf(node.int('axis', 0), first.shape.length) ?? node.fail('its axis does not fit');
  const size = inputs.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0);
  return concatenate(node.trace, node.origin, inputs, first.shape.with(axis, size), axis);
};

const averagePool: Handler = (node) => {
  const data = node.input(0);
  const kernel = node.ints('kernel_shape') ?? node.fail('it has no window');
  return pooling(node.trace, 'average_pool', node.origin, data, {
    ...windowOf(node, data.shape.slice(2), kernel),
    layout: 'channels-first',
    ceil: node.int('ceil_mode', 0) === 1,
  });
};

const globalPool: Handler = (node) => {
  const data = node.input(0);
  const output = data.shape.map((size, at) => (at < 2 ? size : 1));
  return reduction(node.trace, 'global_pool', node.origin, data, output);
};

/** Both matrices of the layer are laid out as `[directions, in, 4 * hidden]`. */
const lstm: Handler = (node) => {
  const [data, weight, state] = [node.input(0), node.input(1), node.input(2)];
  const [steps = 1, batch = 1, width = 1] = data.shape;
  const [directions = 1, hidden = 1, gates = 1] = state.shape;
  const product = { batch: directions, m: steps * batch, n: gates, k: width + hidden };
  const last = [directions, batch, hidden];
  return node.trace.emit('recurrent', {
    ...node.origin,
    inputs: [data, weight, state, ...(node.inputs[3] === undefined ? [] : [node.inputs[3]])],
    outputs: [[steps, directions, batch, hidden], last, last].slice(0, Math.max(1, node.node.outputs.length)),
    flops: 2 * product.batch * product.m * product.n * product.k,
    attributes: { gemm: product, inputChannels: width, outputChannels: hidden },
  });
};

export const QUANTISED: Readonly<Record<string, Handler>> = {
  MatMulInteger: product(1),
  MatMulIntegerToFloat: product(1, 6),
  DynamicQuantizeMatMul: product(1, 4),
  QLinearMatMul: product(3),
  QGemm: gemm,
  MatMulNBits: packedProduct,
  QuantizeLinear: unary('elementwise'),
  DequantizeLinear: dequantized,
  DynamicQuantizeLinear: dynamicallyQuantized,
  DynamicQuantizeLSTM: lstm,
  QLinearAdd: binary('add'),
  QLinearMul: binary('multiply'),
  QLinearSigmoid: unary('sigmoid'),
  QLinearLeakyRelu: unary('leaky_relu'),
  QLinearSoftmax: unary('softmax'),
  QLinearConcat: concat,
  QLinearAveragePool: averagePool,
  QLinearGlobalAveragePool: globalPool,
};
