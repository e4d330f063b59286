/** ONNX operators on single elements, reductions over axes, dropout, and those whose output is like their input. */
import { broadcasting, pointwise, reduction } from '../operations.js';
import { axisOf, reducedShape } from '../spatial.js';
import type { OperatorType } from '../types.js';
import type { Handler, NodeContext } from './node-context.js';

const unary =
  (operator: OperatorType): Handler =>
  (node) =>
    pointwise(node.trace, operator, node.origin, node.present());

const nary =
  (operator: OperatorType): Handler =>
  (node) =>
    broadcasting(node.trace, operator, node.origin, node.rebatchedOperands());

const clip: Handler = (node) => {
  const low = node.inputs.length > 1 ? node.values(1)?.[0] : node.float('min', -Infinity);
  const high = node.inputs.length > 2 ? node.values(2)?.[0] : node.float('max', Infinity);
  const operator = low === 0 && high === 6 ? 'relu6' : 'elementwise';
  return pointwise(node.trace, operator, node.origin, [node.input(0)]);
};

/** PyTorch runs no kernel for a dropout of ratio 0, and nobody drops anything in inference. */
const dropout: Handler = (node) => {
  const data = node.input(0);
  const ratio = node.values(1)?.[0] ?? node.float('ratio', 0.5);
  if (ratio === 0 || !node.around.training) return [data];
  return [pointwise(node.trace, 'dropout', node.origin, [data], data.shape, { ratio })];
};

const reduce: Handler = (node) => {
  const data = node.input(0);
  const rank = data.shape.length;
  const given = node.inputs.length > 1 ? node.values(1) : node.ints('axes');
  if (node.inputs.length > 1 && given === undefined)
    return reduction(node.trace, 'reduce', node.origin, data, node.noted('its axes are computed from data'));
  const none = given === undefined || given.length === 0;
  if (none && node.int('noop_with_empty_axes', 0) === 1) return data;
  const axes = none
    ? data.shape.map((_, at) => at)
    : given.map((axis) => axisOf(axis, rank) ?? node.fail(`its axis ${axis} does not fit`));
  const output = reducedShape(data.shape, axes, node.int('keepdims', 1) === 1);
  return reduction(
    node.trace,
    isGlobalPool(node, axes, rank) ? 'global_pool' : 'reduce',
    node.origin,
    data,
    output,
  );
};

/** A mean over height and width of images. */
const isGlobalPool = (node: NodeContext, axes: readonly number[], rank: number): boolean =>
  node.node.opType === 'ReduceMean' &&
  rank === 4 &&
  axes.length === 2 &&
  axes.includes(2) &&
  (axes.includes(3) || axes.includes(1));

const argument: Handler = (node) => {
  const data = node.input(0);
  const axis = axisOf(node.int('axis', 0), data.shape.length) ?? node.fail('its axis does not fit');
  return reduction(
    node.trace,
    'reduce',
    node.origin,
    data,
    reducedShape(data.shape, [axis], node.int('keepdims', 1) === 1),
  );
};

const table = (
  operator: OperatorType,
  make: (operator: OperatorType) => Handler,
  names: string,
): [string, Handler][] => names.split(' ').map((name) => [name, make(operator)]);

export const ELEMENTWISE: Readonly<Record<string, Handler>> = Object.fromEntries([
  ...table('relu', unary, 'Relu'),
  ...table('leaky_relu', unary, 'LeakyRelu PRelu Elu Selu Celu ThresholdedRelu'),
  ...table('sigmoid', unary, 'Sigmoid'),
  ...table('hard_sigmoid', unary, 'HardSigmoid'),
  ...table('tanh', unary, 'Tanh'),
  ...table('hard_swish', unary, 'HardSwish'),
  ...table('silu', unary, 'Swish QuickGelu'),
  ...table('gelu', unary, 'Gelu FastGelu BiasGelu'),
  ...table('softmax', unary, 'Softmax LogSoftmax Hardmax'),
  ...table(
    'elementwise',
    unary,
    'Abs Neg Exp Log Sqrt Reciprocal Floor Ceil Round Sign Not Erf Sin Cos Tan Asin Acos Atan Sinh Cosh Softplus ' +
      'Softsign Mish CumSum Trilu IsNaN IsInf Shrink BitwiseNot LpNormalization MeanVarianceNormalization',
  ),
  ...table('add', nary, 'Add Sub Sum'),
  ...table('multiply', nary, 'Mul Div'),
  ...table(
    'elementwise',
    nary,
    'Pow Mod Min Max Mean Where Equal Greater GreaterOrEqual Less LessOrEqual And Or Xor BitShift BitwiseAnd BitwiseOr',
  ),
  ['Clip', clip] as const,
  ['Dropout', dropout] as const,
  ['ArgMax', argument] as const,
  ['ArgMin', argument] as const,
  ...['Mean', 'Sum', 'Max', 'Min', 'Prod', 'L1', 'L2', 'LogSum', 'LogSumExp', 'SumSquare'].map(
    (name): [string, Handler] => [`Reduce${name}`, reduce],
  ),
]);
