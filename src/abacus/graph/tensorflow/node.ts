/** One TensorFlow node while shapes are inferred. */
import type { Layout, Origin } from '../operations.js';
import type { Tensor, Trace } from '../trace.js';
import type { AttrValue, NodeDef, TensorProto, TensorShapeProto } from './schema.js';

export class TfNode {
  readonly origin: Origin;
  private readonly attributes: ReadonlyMap<string, AttrValue | undefined>;

  constructor(
    readonly trace: Trace,
    readonly def: NodeDef,
    readonly inputs: readonly Tensor[],
    readonly batch: number,
    readonly training: boolean,
  ) {
    this.origin = { name: def.name, source: def.op };
    this.attributes = new Map(def.attributes.map(({ key, value }) => [key, value]));
  }

  fail(what: string): never {
    return this.trace.fail(`${this.def.op} ${this.def.name}`, what);
  }

  input(at: number): Tensor {
    return this.inputs[at] ?? this.fail(`it lacks its input ${at + 1}`);
  }

  values(at: number): readonly number[] | undefined {
    return this.inputs[at]?.value;
  }

  has(name: string): boolean {
    return this.attributes.has(name);
  }

  int(name: string, otherwise: number): number {
    return this.attributes.get(name)?.int ?? otherwise;
  }

  flag(name: string): boolean {
    return (this.attributes.get(name)?.flag ?? 0) !== 0;
  }

  text(name: string, otherwise: string): string {
    return this.attributes.get(name)?.text ?? otherwise;
  }

  ints(name: string): readonly number[] | undefined {
    return this.attributes.get(name)?.list?.ints;
  }

  type(name: string): number {
    return this.attributes.get(name)?.type ?? 0;
  }

  shape(name: string): (number | undefined)[] | undefined {
    return dimensionsOf(this.attributes.get(name)?.shape);
  }

  tensor(name: string): TensorProto | undefined {
    return this.attributes.get(name)?.tensor;
  }

  function(name: string): string | undefined {
    return this.attributes.get(name)?.function?.name;
  }

  /** Shapes that exporters note for the outputs of a node, if they do. */
  noted(output = 0): (number | undefined)[] | undefined {
    return dimensionsOf(this.attributes.get('_output_shapes')?.list?.shapes[output]);
  }

  get layout(): Layout {
    return this.text('data_format', 'NHWC').startsWith('NC') ? 'channels-first' : 'channels-last';
  }

  /** One number for each spatial dimension of a list over all dimensions (`[1, 2, 2, 1]`). */
  spatial(name: string, rank: number): number[] {
    const list = this.ints(name);
    if (rank < 3) return this.fail(`its input has ${rank} dimensions, and a window needs 3 or more`);
    if (list === undefined || list.length === 0) return new Array<number>(rank - 2).fill(1);
    if (list.length !== rank) return this.fail(`'${name}' has ${list.length} numbers instead of ${rank}`);
    return this.layout === 'channels-first' ? list.slice(2) : list.slice(1, -1);
  }
}

/** Dimensions with undefined where they are open; undefined where even their number is. */
export function dimensionsOf(shape: TensorShapeProto | undefined): (number | undefined)[] | undefined {
  if (shape === undefined || shape.unknownRank !== 0 || shape.dims.length > 16) return undefined;
  return shape.dims.map(({ size }) => (size < 0 ? undefined : size));
}

/** Makes the operations of a node, and gives its outputs. */
export type TfHandler = (node: TfNode) => Tensor | Tensor[];
