/**
 * What readers write while they walk through a file: operations over tensors whose shapes are known. `fusion.ts` joins
 * operations that run as one kernel, `build.ts` makes the operator graph of the rest.
 */
import { ForetokenError } from '../../base/errors.js';
import type { OperatorAttributes, OperatorType, Shape } from './types.js';

/**
 * `parameter` is trained, `buffer` is kept but not trained, `constant` is in the file, `host` is shape arithmetic
 * that never reaches the device.
 */
export type TensorRole = 'activation' | 'parameter' | 'buffer' | 'constant' | 'host';

export interface Tensor {
  readonly name: string;
  readonly shape: Shape;
  readonly role: TensorRole;
  /** Elements lie in memory in the order of `shape`; false after a transpose or slice without a copy. */
  readonly contiguous: boolean;
  /** The numbers themselves, row by row: only of small constants and of shape arithmetic. */
  readonly value?: readonly number[] | undefined;
  /** Of shape arithmetic: which of the numbers follow from the shapes of data, and so from batch and input size. */
  readonly live?: readonly boolean[] | undefined;
  /** For a list of tensors: what it holds. */
  readonly items?: readonly Tensor[] | undefined;
  /** For a transposed or reshaped parameter: the parameter. */
  readonly root?: Tensor | undefined;
}

export interface Operation {
  readonly operator: OperatorType;
  readonly name: string;
  readonly source: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly attributes: OperatorAttributes;
  readonly flops: number;
  readonly isView: boolean;
  /** Calls of modules in which it runs, outermost first; empty where the file does not tell. */
  readonly scope?: readonly string[] | undefined;
}

export interface NewOperation {
  readonly name: string;
  readonly source: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Shape[];
  readonly outputNames?: readonly string[] | undefined;
  readonly attributes?: OperatorAttributes;
  readonly flops: number;
  readonly isView?: boolean;
  readonly scope?: readonly string[] | undefined;
  readonly contiguous?: boolean;
}

export const elementsOf = (shape: Shape): number =>
  shape.reduce((product, dimension) => product * dimension, 1);
export const shapeText = (shape: Shape): string => `[${shape.join(', ')}]`;

/** Numbers of elements beyond this are refused: sums over a graph must stay exact. */
const MOST_ELEMENTS = 2 ** 44;
/** Operations of one network; the largest known has 10,000. */
const MOST_OPERATIONS = 500_000;
const MOST_RANK = 16;

export class Trace {
  operations: Operation[] = [];
  /** Data that comes in, in the order of the file. */
  readonly inputs: Tensor[] = [];
  readonly outputs: Tensor[] = [];
  readonly unknown = new Map<string, number>();
  readonly warnings = new Set<string>();

  /** `title` begins error messages: the file's name. */
  constructor(readonly title: string) {}

  fail(where: string, what: string): never {
    throw new ForetokenError('invalid_network', `${this.title}: ${where}: ${what}.`);
  }

  /** Counts an operator that the reader does not know. */
  countUnknown(source: string): void {
    this.unknown.set(source, (this.unknown.get(source) ?? 0) + 1);
  }

  emit(operator: OperatorType, operation: NewOperation): Tensor[] {
    const { name, source, inputs, attributes = {}, flops, isView = false, scope } = operation;
    if (this.operations.length >= MOST_OPERATIONS)
      this.fail(name, `the network has more than ${MOST_OPERATIONS} operators`);
    const where = `${source} ${name}`.trim();
    for (const shape of operation.outputs) this.checkShape(where, shape);
    if (!Number.isFinite(flops)) this.fail(where, 'its arithmetic cannot be counted');
    // A view of a parameter is still that parameter: a linear layer of a transposed weight reads the weight.
    const [first] = inputs;
    const keepsRole = isView && first !== undefined && first.role !== 'activation';
    const outputs = operation.outputs.map((shape, at): Tensor => ({
      name: operation.outputNames?.[at] ?? `${name}:${at}`,
      shape,
      role: keepsRole ? first.role : 'activation',
      contiguous: operation.contiguous ?? true,
      root: keepsRole ? (first.root ?? first) : undefined,
    }));
    if (!keepsRole)
      this.operations.push({ operator, name, source, inputs, outputs, attributes, flops, isView, scope });
    return outputs;
  }

  checkShape(where: string, shape: Shape): void {
    if (shape.length > MOST_RANK) this.fail(where, `its output has ${shape.length} dimensions`);
    if (!shape.every((dimension) => Number.isSafeInteger(dimension) && dimension >= 1))
      this.fail(
        where,
        `its output would be ${shapeText(shape)}; the input is too small or the file contradicts itself`,
      );
    if (elementsOf(shape) > MOST_ELEMENTS)
      this.fail(where, `its output ${shapeText(shape)} is larger than any memory`);
  }
}
