/**
 * Joins elementary operators into the one kernel that frameworks run for them: layer norm, GELU, SiLU, hard swish, linear
 * layers with bias, padding before pooling. Exports of older ONNX operator sets spell these out. A pattern is
 * joined only where nothing else reads what lies between, so arithmetic and memory stay those of the network.
 */
import { elementFlops } from './operations.js';
import { isParameter } from './spatial.js';
import { elementsOf, type Operation, type Tensor, type Trace } from './trace.js';
import type { OperatorType } from './types.js';

export function fuse(trace: Trace): void {
  const fusion = new Fusion(trace);
  trace.operations = fusion.run();
}

/** The last part of ONNX's and TensorFlow's names for the same thing. */
const isNamed = (operation: Operation | undefined, ...sources: readonly string[]): operation is Operation =>
  operation !== undefined && sources.includes(operation.source);
const scalarOf = (tensor: Tensor | undefined): number | undefined =>
  tensor?.value?.length === 1 ? tensor.value[0] : undefined;
const near = (value: number | undefined, wanted: number): boolean =>
  value !== undefined && Math.abs(value - wanted) < 1e-3 * Math.abs(wanted);

class Fusion {
  private readonly users = new Map<Tensor, Operation[]>();
  private readonly producer = new Map<Tensor, Operation>();
  /** Operations that became part of another, and where the joined one is: at the last of its parts. */
  private readonly gone = new Set<Operation>();
  private readonly joined = new Map<Operation, Operation>();
  private readonly outputs: ReadonlySet<Tensor>;

  constructor(private readonly trace: Trace) {
    this.outputs = new Set(trace.outputs);
    for (const operation of trace.operations) {
      for (const output of operation.outputs) this.producer.set(output, operation);
      for (const input of new Set(operation.inputs)) {
        const list = this.users.get(input);
        if (list === undefined) this.users.set(input, [operation]);
        else list.push(operation);
      }
    }
  }

  run(): Operation[] {
    for (const operation of this.trace.operations) {
      if (this.gone.has(operation)) continue;
      const { source } = operation;
      if (source === 'Sub') this.layerNorm(operation);
      else if (source === 'InstanceNormalization') this.groupNorm(operation);
      else if (source === 'Erf') this.gelu(operation);
      else if (source === 'Erfc') this.geluOfErfc(operation);
      else if (source === 'Rsqrt') this.spelledNorm(operation);
      else if (source === 'Sigmoid') this.gate(operation, 'silu');
      else if (source === 'HardSigmoid') this.gate(operation, 'hard_swish');
      else if (operation.operator === 'relu6') this.hardSwish(operation);
      else if (operation.operator === 'linear') this.bias(operation);
      else if (operation.operator.endsWith('convolution')) this.convolutionBias(operation);
      else if (operation.operator === 'pad') this.paddedPool(operation);
      else if (source === 'Softmax') this.attention(operation);
    }
    return this.trace.operations.flatMap((operation) => {
      if (!this.gone.has(operation)) return [operation];
      const joined = this.joined.get(operation);
      return joined === undefined ? [] : [joined];
    });
  }

  /** The only operation that reads the one output of `operation`; undefined where several do, or the caller does. */
  private next(operation: Operation | undefined): Operation | undefined {
    const output = operation?.outputs[0];
    if (output === undefined || this.outputs.has(output)) return undefined;
    const users = this.users.get(output);
    return users?.length === 1 && !this.gone.has(users[0]!) ? users[0] : undefined;
  }

  private other(operation: Operation, tensor: Tensor): Tensor | undefined {
    return operation.inputs.length === 2 ? operation.inputs.find((input) => input !== tensor) : undefined;
  }

  private join(
    operator: OperatorType,
    parts: readonly Operation[],
    inputs: readonly Tensor[],
    flops?: number,
  ): void {
    const last = parts.at(-1)!;
    const first = parts[0]!;
    for (const part of parts) this.gone.add(part);
    const previous = this.joined.get(first);
    this.joined.set(last, {
      operator,
      name: first.name,
      source: (previous === undefined ? parts : [previous, ...parts.slice(1)])
        .map(({ source }) => source)
        .join('+'),
      inputs,
      outputs: last.outputs,
      attributes: first.attributes,
      flops: flops ?? elementFlops(operator, elementsOf(last.outputs[0]!.shape)),
      isView: false,
      scope: sharedScope(first.scope, last.scope),
    });
  }

  /** Joins the parts of a norm of `x`, and the scale and shift behind them where there are any. */
  private joinWithAffine(norm: 'layer_norm' | 'group_norm', parts: Operation[], x: Tensor): void {
    const inputs = [x];
    for (const source of ['Mul', 'Add'] as const) {
      const last = parts.at(-1)!;
      const affine = this.next(last);
      const parameter = affine === undefined ? undefined : this.other(affine, last.outputs[0]!);
      if (!isNamed(affine, source) || !isParameter(parameter)) break;
      parts.push(affine);
      inputs.push(parameter!);
    }
    this.join(norm, parts, inputs);
  }

  /** mean, x - mean, square, mean, + epsilon, square root, divide, and maybe scale and shift. */
  private layerNorm(subtract: Operation): void {
    const [x, meanTensor] = subtract.inputs;
    const mean = meanTensor === undefined ? undefined : this.producer.get(meanTensor);
    if (x === undefined || !isNamed(mean, 'ReduceMean', 'Mean') || mean.inputs[0] !== x) return;
    if (this.next(mean) !== subtract || this.outputs.has(subtract.outputs[0]!)) return;
    const users = this.users.get(subtract.outputs[0]!) ?? [];
    const square = users.find((user) => isNamed(user, 'Pow', 'Mul', 'Square'));
    const divide = users.find((user) => isNamed(user, 'Div', 'RealDiv'));
    if (users.length !== 2 || square === undefined || divide === undefined) return;
    const variance = this.next(square);
    const epsilon = this.next(variance);
    const root = this.next(epsilon);
    if (!isNamed(variance, 'ReduceMean', 'Mean') || !isNamed(epsilon, 'Add', 'AddV2')) return;
    if (!isNamed(root, 'Sqrt') || this.next(root) !== divide) return;
    this.joinWithAffine('layer_norm', [mean, subtract, square, variance, epsilon, root, divide], x);
  }

  /** Group norm up to operator set 20: groups as channels of an instance norm, then scale and shift of each channel. */
  private groupNorm(norm: Operation): void {
    const before = this.producer.get(norm.inputs[0]!);
    const after = this.next(norm);
    const [x] = before?.inputs ?? [];
    if (!isNamed(before, 'Reshape') || !isNamed(after, 'Reshape') || x === undefined) return;
    if (this.next(before) !== norm || elementsOf(x.shape) !== elementsOf(after.outputs[0]!.shape)) return;
    this.joinWithAffine('group_norm', [before, norm, after], x);
  }

  /**
   * Keras 3 in TensorFlow: with s = gamma rsqrt(variance + epsilon), x s + (beta - mean s). Batch norm where mean and variance are
   * stored, layer norm where they are x's own.
   */
  private spelledNorm(root: Operation): void {
    const plus = this.producer.get(root.inputs[0]!);
    const variance = plus?.inputs.find((input) => input.value === undefined);
    if (!isNamed(plus, 'Add', 'AddV2') || variance === undefined) return;
    const scaled = this.next(root);
    const gamma = scaled === undefined ? undefined : this.other(scaled, root.outputs[0]!);
    const hasScale = isNamed(scaled, 'Mul') && isStored(gamma);
    const factor = hasScale ? scaled : root;
    const products = this.users.get(factor.outputs[0]!) ?? [];
    if (products.length !== 2 || !products.every((product) => isNamed(product, 'Mul'))) return;
    const shift = products.map((product) => this.next(product)).find((user) => isNamed(user, 'Sub'));
    const [beta, inner] = shift?.inputs ?? [];
    const meanProduct = inner === undefined ? undefined : this.producer.get(inner);
    const product = products.find((one) => one !== meanProduct);
    if (shift === undefined || meanProduct === undefined || product === undefined || !isStored(beta)) return;
    const last = this.next(shift);
    const x = this.other(product, factor.outputs[0]!);
    const mean = this.other(meanProduct, factor.outputs[0]!);
    if (
      !isNamed(last, 'Add', 'AddV2') ||
      this.next(product) !== last ||
      x === undefined ||
      mean === undefined
    )
      return;
    const affine = [...(hasScale ? [gamma!] : []), beta!];
    const tail = [plus, root, ...(hasScale ? [scaled] : []), product, meanProduct, shift, last];
    if (isStored(variance) && isStored(mean)) {
      const statistics = [mean, variance].map((one) => ({ ...(one.root ?? one), role: 'buffer' as const }));
      this.join('batch_norm', tail, [x, ...affine, ...statistics]);
      return;
    }
    const [own, squares] = [this.producer.get(mean), this.producer.get(variance)];
    const difference = squares === undefined ? undefined : this.producer.get(squares.inputs[0]!);
    if (!isNamed(own, 'Mean') || own.inputs[0] !== x || !isNamed(squares, 'Mean')) return;
    if (!isNamed(difference, 'SquaredDifference') || !difference.inputs.includes(x)) return;
    const parts = [own, difference, squares, ...tail];
    const within = (part: Operation): boolean =>
      part === last || (this.users.get(part.outputs[0]!) ?? []).every((user) => parts.includes(user));
    if (parts.every(within)) this.join('layer_norm', parts, [x, ...affine]);
  }

  /** 0.5 x erfc(-x / sqrt 2), as TensorFlow computes it. */
  private geluOfErfc(erfc: Operation): void {
    const scale = this.producer.get(erfc.inputs[0]!);
    const negative = scale?.inputs
      .map((input) => this.producer.get(input))
      .find((one) => isNamed(one, 'Neg'));
    const [x] = negative?.inputs ?? [];
    const product = this.next(erfc);
    if (!isNamed(scale, 'Mul') || negative === undefined || x === undefined || !isNamed(product, 'Mul'))
      return;
    if (!near(scalarOf(this.other(scale, negative.outputs[0]!)), Math.SQRT1_2)) return;
    const halfTensor = this.other(product, erfc.outputs[0]!);
    const half = halfTensor === undefined ? undefined : this.producer.get(halfTensor);
    if (!isNamed(half, 'Mul') || !near(scalarOf(this.other(half, x)), 0.5)) return;
    if (this.next(negative) !== scale || this.next(scale) !== erfc || this.next(half) !== product) return;
    this.join('gelu', [half, negative, scale, erfc, product], [x]);
  }

  /** 0.5 x (1 + erf(x / sqrt 2)), with the half at the beginning or at the end. */
  private gelu(erf: Operation): void {
    const scale = this.producer.get(erf.inputs[0]!);
    const x = scale?.inputs.find((input) => input.role === 'activation');
    if (!isNamed(scale, 'Div', 'RealDiv', 'Mul') || x === undefined || this.next(scale) !== erf) return;
    const factor = scalarOf(this.other(scale, x));
    if (!near(factor, scale.source === 'Mul' ? Math.SQRT1_2 : Math.SQRT2)) return;
    const plus = this.next(erf);
    const product = this.next(plus);
    if (!isNamed(plus, 'Add', 'AddV2') || !isNamed(product, 'Mul')) return;
    const factorTensor = this.other(product, plus.outputs[0]!);
    if (factorTensor === x) {
      const half = this.next(product);
      if (!isNamed(half, 'Mul') || !near(scalarOf(this.other(half, product.outputs[0]!)), 0.5)) return;
      this.join('gelu', [scale, erf, plus, product, half], [x]);
      return;
    }
    const half = factorTensor === undefined ? undefined : this.producer.get(factorTensor);
    if (factorTensor !== undefined && isNamed(half, 'Mul') && half.inputs.includes(x)) {
      if (near(scalarOf(this.other(half, x)), 0.5) && this.next(half) === product)
        this.join('gelu', [scale, erf, plus, half, product], [x]);
      return;
    }
    // x (0.5 (1 + erf)): the half between.
    if (near(scalarOf(factorTensor), 0.5)) {
      const last = this.next(product);
      if (isNamed(last, 'Mul') && this.other(last, product.outputs[0]!) === x)
        this.join('gelu', [scale, erf, plus, product, last], [x]);
    }
  }

  /** x sigmoid(x), x hardsigmoid(x). */
  private gate(sigmoid: Operation, operator: 'silu' | 'hard_swish'): void {
    const product = this.next(sigmoid);
    const [x] = sigmoid.inputs;
    if (x === undefined || !isNamed(product, 'Mul')) return;
    if (this.other(product, sigmoid.outputs[0]!) === x) this.join(operator, [sigmoid, product], [x]);
  }

  /** x relu6(x + 3) / 6, or relu6(x + 3) / 6 alone. */
  private hardSwish(clip: Operation): void {
    const add = this.producer.get(clip.inputs[0]!);
    const x = add?.inputs.find((input) => input.role === 'activation');
    if (!isNamed(add, 'Add', 'AddV2') || x === undefined || this.next(add) !== clip) return;
    if (!near(scalarOf(this.other(add, x)), 3)) return;
    const isSixth = (operation: Operation | undefined, tensor: Tensor): boolean =>
      (isNamed(operation, 'Div', 'RealDiv') && near(scalarOf(this.other(operation, tensor)), 6)) ||
      (isNamed(operation, 'Mul') && near(scalarOf(this.other(operation, tensor)), 1 / 6));
    const second = this.next(clip);
    if (second === undefined) return;
    const third = this.next(second);
    if (isSixth(second, clip.outputs[0]!)) {
      if (isNamed(third, 'Mul') && this.other(third, second.outputs[0]!) === x)
        this.join('hard_swish', [add, clip, second, third], [x]);
      else this.join('hard_sigmoid', [add, clip, second], [x]);
    } else if (isNamed(second, 'Mul') && this.other(second, clip.outputs[0]!) === x) {
      if (third !== undefined && isSixth(third, second.outputs[0]!))
        this.join('hard_swish', [add, clip, second, third], [x]);
    }
  }

  /** A trained matrix and then its bias. */
  private bias(product: Operation): void {
    const add = this.next(product);
    const bias = add === undefined ? undefined : this.other(add, product.outputs[0]!);
    if (product.inputs.length !== 2 || !isNamed(add, 'Add', 'AddV2', 'BiasAdd')) return;
    if (!isBias(bias, product.outputs[0]!.shape.at(-1))) return;
    this.join('linear', [product, add], [...product.inputs, bias!], product.flops);
  }

  /** TensorFlow adds the bias of a convolution by another operator. */
  private convolutionBias(product: Operation): void {
    const add = this.next(product);
    const bias = add === undefined ? undefined : this.other(add, product.outputs[0]!);
    if (product.inputs.length !== 2 || !isNamed(add, 'BiasAdd') || !isParameter(bias)) return;
    this.join(product.operator, [product, add], [...product.inputs, bias!], product.flops);
  }

  /**
   * softmax(q k) v with nothing between, which PyTorch from 2.0 runs as one kernel (`scaled_dot_product_attention`, also within
   * `nn.MultiheadAttention`). Scores with a bias of their own, as Swin's, are computed one by one there, too.
   */
  private attention(softmax: Operation): void {
    const scores = this.producer.get(softmax.inputs[0]!);
    const mixed = this.next(softmax);
    if (!isNamed(scores, 'MatMul') || !isNamed(mixed, 'MatMul') || this.next(scores) !== softmax) return;
    const { gemm } = scores.attributes;
    if (gemm === undefined || gemm.batch < 2 || mixed.inputs[0] !== softmax.outputs[0]) return;
    const parts: Operation[] = [];
    const inputs = [...scores.inputs, ...mixed.inputs.slice(1)].map((input) => {
      const [from, before] = this.beforeLayout(input);
      parts.push(...before);
      return from;
    });
    if (inputs.length !== 3 || inputs.some(({ role }) => role !== 'activation')) return;
    this.join('attention', [scores, ...parts, softmax, mixed], inputs, scores.flops + mixed.flops);
  }

  /** What a tensor was before it was scaled and laid out for the heads of attention, and the operations that did so. */
  private beforeLayout(tensor: Tensor): [Tensor, Operation[]] {
    const parts: Operation[] = [];
    let at = tensor;
    for (;;) {
      const operation = this.producer.get(at);
      const input = operation?.inputs.find(({ role }) => role === 'activation');
      const isLayout =
        isNamed(operation, 'Reshape', 'Transpose') ||
        (isNamed(operation, 'Mul', 'Div') && scalarOf(this.other(operation, input!)) !== undefined);
      if (!isLayout || input === undefined || this.users.get(at)?.length !== 1) return [at, parts];
      parts.unshift(operation);
      at = input;
    }
  }

  /** PyTorch pads within its average pooling; its exporter writes two operators. */
  private paddedPool(pad: Operation): void {
    const pool = this.next(pad);
    if (pool?.operator !== 'average_pool') return;
    this.gone.add(pad);
    this.gone.add(pool);
    this.joined.set(pool, {
      ...pool,
      source: `${pad.source}+${pool.source}`,
      inputs: pad.inputs.filter((input) => input.role === 'activation'),
    });
  }
}

/** In the file: trained, or a statistic that is kept. */
const isStored = (tensor: Tensor | undefined): boolean =>
  isParameter(tensor) || (tensor?.root ?? tensor)?.role === 'buffer';

/** A vector of `length`, trained or put together from trained parts (as Swin v2 does). */
function isBias(tensor: Tensor | undefined, length: number | undefined): boolean {
  return (
    tensor !== undefined &&
    tensor.shape.length === 1 &&
    tensor.shape[0] === length &&
    (isParameter(tensor) || tensor.role === 'activation')
  );
}

/** What the scopes of the first and the last of an operation's parts begin with. */
function sharedScope(first: readonly string[] = [], last: readonly string[] = []): readonly string[] {
  const differs = first.findIndex((name, at) => name !== last[at]);
  return differs < 0 ? first : first.slice(0, differs);
}
