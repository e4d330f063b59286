/** One ONNX node while shapes are inferred: its inputs, attributes and the ways to answer. */
import type { Origin } from '../operations.js';
import { broadcast } from '../spatial.js';
import { elementsOf, shapeText, type Tensor, type Trace } from '../trace.js';
import type { Shape } from '../types.js';
import { valuesOf } from './file.js';
import { scopeOf } from './scopes.js';
import type { HostAttributes } from './host.js';
import type { AttributeProto, GraphProto, NodeProto } from './schema.js';

/** What handlers may ask of the walk through the file. */
export interface Surroundings {
  readonly trace: Trace;
  readonly training: boolean;
  readonly batch: number;
  /** The number that the file fixes its batch to; undefined where it is a name. */
  readonly fileBatch: number | undefined;
  /** True where the image is of another size than the file's. */
  readonly resized: boolean;
  /** The shape that the file notes for a tensor, at the wanted batch; undefined where it notes none. */
  notedShape(name: string): Shape | undefined;
  /** The same at the file's own image size, which may be another. */
  shapeInFile(name: string): Shape | undefined;
}

export class NodeContext implements HostAttributes {
  readonly origin: Origin;
  private readonly attributes: ReadonlyMap<string, AttributeProto>;

  constructor(
    readonly node: NodeProto,
    readonly inputs: readonly (Tensor | undefined)[],
    readonly around: Surroundings,
  ) {
    const name = node.name === '' ? (node.outputs[0] ?? '') : node.name;
    this.origin = { name, source: node.opType, outputNames: node.outputs, scope: scopeOf(node) };
    this.attributes = new Map(node.attributes.map((attribute) => [attribute.name, attribute]));
  }

  get trace(): Trace {
    return this.around.trace;
  }

  fail(what: string): never {
    return this.trace.fail(`${this.node.opType} ${this.origin.name}`, what);
  }

  has(name: string): boolean {
    return this.attributes.has(name);
  }

  int(name: string, otherwise: number): number {
    const attribute = this.attributes.get(name);
    if (attribute?.t !== undefined) return valuesOf(attribute.t)?.[0] ?? otherwise;
    return attribute?.i ?? otherwise;
  }

  float(name: string, otherwise: number): number {
    return this.attributes.get(name)?.f ?? otherwise;
  }

  string(name: string, otherwise: string): string {
    return this.attributes.get(name)?.s ?? otherwise;
  }

  ints(name: string): readonly number[] | undefined {
    return this.attributes.get(name)?.ints;
  }

  graph(name: string): GraphProto | undefined {
    return this.attributes.get(name)?.g;
  }

  attribute(name: string): AttributeProto | undefined {
    return this.attributes.get(name);
  }

  input(at: number): Tensor {
    const tensor = this.inputs[at];
    if (tensor === undefined) this.fail(`it lacks its input ${at + 1}`);
    return tensor;
  }

  /** Inputs from `first` on that are there. */
  present(first = 0): Tensor[] {
    return this.inputs.slice(first).filter((tensor) => tensor !== undefined);
  }

  /** A tensor without any number in it: nothing runs for it. */
  empty(shape: Shape): Tensor {
    return { name: this.node.outputs[0] ?? '', shape, role: 'constant', contiguous: true };
  }

  /** The numbers of an input, where they are known without running the network. */
  values(at: number): readonly number[] | undefined {
    return this.inputs[at]?.value;
  }

  /**
   * The output's shape as the file notes it; else an error that says why it cannot be told.
   * @param otherwise a shape to go on with instead, with a warning
   */
  noted(why: string, otherwise?: Shape): Shape {
    const shape = this.around.notedShape(this.node.outputs[0] ?? '');
    if (shape === undefined && otherwise !== undefined) {
      this.trace.warnings.add('Sizes that are computed from data were taken from what they are computed of.');
      return otherwise;
    }
    if (shape === undefined) this.fail(`${why}, and the file does not note the shape of its output`);
    return shape;
  }

  /** An axis of `shape`, by attribute or default. */
  axis(otherwise: number, rank: number): number {
    const axis = this.int('axis', otherwise);
    const place = axis < 0 ? axis + rank : axis;
    if (place < 0 || place > rank) this.fail(`its axis ${axis} lies outside of ${rank} dimensions`);
    return place;
  }

  /**
   * Where a file's batch is a fixed number, shapes written into it are those of that batch.
   * @param live which of the numbers follow from shapes of data, so that they are those of the wanted batch
   */
  rebatched(wanted: readonly number[], data: Shape, live?: readonly boolean[]): readonly number[] {
    const { fileBatch, batch } = this.around;
    const [first] = wanted;
    if (fileBatch === undefined || fileBatch === batch || first === undefined) return wanted;
    if (live?.[0] === true && wanted.includes(-1)) return wanted;
    // PyTorch's attention puts tokens first: what stands for the batch is then another dimension.
    if (!wanted.includes(-1) && elementsOf(wanted) * batch === elementsOf(data) * fileBatch) {
      const single = wanted.flatMap((size, at) => (size === fileBatch ? [at] : []));
      const differs = wanted.length === data.length ? wanted.findIndex((size, at) => size !== data[at]) : 0;
      const place = single.length === 1 ? single[0]! : differs;
      if (place > 0 && place < wanted.length - 1 && wanted[place]! % fileBatch === 0)
        return wanted.map((size, at) => (at === place ? (size / fileBatch) * batch : size));
      if (first % fileBatch === 0) return [(first / fileBatch) * batch, ...wanted.slice(1)];
    }
    if (first < 1) return wanted;
    if (first % fileBatch !== 0 || (data[0] ?? 0) % batch !== 0) return wanted;
    const scaled = [(first / fileBatch) * batch, ...wanted.slice(1)];
    if (wanted.includes(-1)) return scaled;
    return elementsOf(wanted) === elementsOf(data) ? wanted : scaled;
  }

  /** The inputs, constants that were made for the file's batch (such as ALiBi's slopes for each head) for the wanted one. */
  rebatchedOperands(): Tensor[] {
    const inputs = this.present();
    const { fileBatch, batch } = this.around;
    if (fileBatch === undefined || fileBatch === batch) return inputs;
    if (broadcast(...inputs.map(({ shape }) => shape)) !== undefined) return inputs;
    return inputs.map((input) => {
      const [first = 0, ...rest] = input.shape;
      if (input.role === 'activation' || first % fileBatch !== 0) return input;
      return { ...input, shape: [(first / fileBatch) * batch, ...rest], root: input.root ?? input };
    });
  }

  mismatch(a: Shape, b: Shape): never {
    this.fail(`shapes ${shapeText(a)} and ${shapeText(b)} do not go together${this.hint()}`);
  }

  hint(): string {
    return this.around.resized
      ? '; the network is tied to the image size of its file, leave --image out'
      : '';
  }
}

export type Handler = (node: NodeContext) => Tensor | Tensor[];
