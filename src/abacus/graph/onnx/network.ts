/**
 * ONNX networks (https://onnx.ai, up to operator set 23): reads a file and infers all shapes for any batch and input size.
 * Noted shapes (`value_info`) are used only where inference cannot tell and the size is the file's own.
 */
import { buildGraph } from '../build.js';
import { fuse } from '../fusion.js';
import { checkedOptions, imageOf, type ImagePlace } from '../input-size.js';
import { pointwise } from '../operations.js';
import { decodeMessage } from '../proto/messages.js';
import type { ByteSource } from '../proto/byte-source.js';
import { elementsOf, Trace, type Tensor } from '../trace.js';
import type { GraphOptions, Network, OperatorGraph, Shape } from '../types.js';
import { ForetokenError } from '../../../base/errors.js';
import { constantOf, nothingOf } from './constants.js';
import { DATA_MOVEMENT } from './data-movement.js';
import { ELEMENTWISE } from './elementwise.js';
import { OnnxFile, type DataInput, type Dimension } from './file.js';
import { onHost, MOST_HOST_VALUES, type HostTensor } from './host.js';
import { isIdentityPool, LAYERS } from './layers.js';
import { loop } from './loops.js';
import { QUANTISED } from './quantised.js';
import { SELECTION } from './selection.js';
import { LIST_READERS, SEQUENCES } from './sequences.js';
import { NodeContext, type Handler, type Surroundings } from './node-context.js';
import { ModelProto, type FunctionProto, type GraphProto, type NodeProto } from './schema.js';

const HANDLERS = new Map<string, Handler>(
  Object.entries({ ...LAYERS, ...DATA_MOVEMENT, ...ELEMENTWISE, ...SELECTION, ...SEQUENCES, ...QUANTISED }),
);
/** Functions and branches within each other. */
const MOST_DEPTH = 32;
/** Nodes walked over, with those of functions as often as they are called. */
const MOST_STEPS = 300_000;

/** Reads an ONNX model. Throws `invalid_network`. */
export function readOnnx(source: ByteSource, name: string): Network {
  const model = decodeMessage(source, ModelProto, name);
  if (model.graph === undefined || model.graph.nodes.length === 0)
    throw new ForetokenError('invalid_network', `${name} holds no ONNX graph. Export the network again.`);
  return new OnnxNetwork(name, new OnnxFile(model, model.graph));
}

class OnnxNetwork implements Network {
  readonly format = 'onnx';
  readonly parameters: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly imageSize?: readonly [number, number];
  readonly imageSizeCanChange: boolean;
  private readonly image: ImagePlace | undefined;

  constructor(
    readonly name: string,
    private readonly file: OnnxFile,
  ) {
    this.parameters = file.parameters;
    this.metadata = file.metadata;
    const [first] = file.data;
    if (first === undefined)
      throw new ForetokenError('invalid_network', `${name} has no input for data. Export the network again.`);
    this.image = imageOf(
      first.dims.map((dimension) => (typeof dimension === 'number' ? dimension : undefined)),
    );
    if (this.image?.size !== undefined) this.imageSize = this.image.size;
    // Where the exporter says that the size is fixed, pooling that adapts is the exception it could not express.
    this.imageSizeCanChange =
      file.metadata['image_size_can_change'] !== 'no' ||
      file.graph.nodes.some((node) => isIdentityPool({ node }));
  }

  at(options: GraphOptions = {}): OperatorGraph {
    const [first] = this.file.data;
    const firstDim = first!.dims[0];
    const fileBatch = typeof firstDim === 'number' ? firstDim : undefined;
    const { batch, phase, imageSize, sequenceLength } = checkedOptions(this, options, fileBatch, this.image);
    const trace = new Trace(this.name);
    const walk = new Walk(trace, this.file, {
      batch,
      fileBatch,
      training: phase === 'train',
      image: this.image,
      imageSize,
      resized: imageSize !== undefined && !sameSize(imageSize, this.imageSize),
      sequenceLength,
    });
    walk.run();
    fuse(trace);
    const channels = this.image === undefined ? undefined : trace.inputs[0]?.shape[this.image.channelAxis];
    return buildGraph(trace, {
      name: this.name,
      format: 'onnx',
      phase,
      batch,
      imageSize,
      imageChannels: channels,
    });
  }
}

const sameSize = (a: readonly number[], b: readonly number[] | undefined): boolean =>
  b !== undefined && a[0] === b[0] && a[1] === b[1];

interface Wanted {
  readonly batch: number;
  readonly fileBatch: number | undefined;
  readonly training: boolean;
  readonly image: ImagePlace | undefined;
  readonly imageSize: readonly [number, number] | undefined;
  readonly resized: boolean;
  readonly sequenceLength: number | undefined;
}

type Names = Map<string, Tensor>;

/** One pass over the nodes in their order. */
class Walk implements Surroundings {
  readonly batch: number;
  readonly fileBatch: number | undefined;
  readonly training: boolean;
  readonly resized: boolean;
  private readonly symbols = new Map<string, number>();
  private readonly functions: ReadonlyMap<string, FunctionProto>;
  /** Names as seen from the innermost graph or function. */
  private scopes: ReadonlyMap<string, Tensor>[] = [];
  /** What graphs within nodes store. */
  private readonly inner = new Map<GraphProto, ReadonlyMap<string, Tensor>>();
  private steps = 0;
  private depth = 0;

  constructor(
    readonly trace: Trace,
    private readonly file: OnnxFile,
    private readonly wanted: Wanted,
  ) {
    this.batch = wanted.batch;
    this.fileBatch = wanted.fileBatch;
    this.training = wanted.training;
    this.resized = wanted.resized;
    this.functions = new Map(file.model.functions.map((body) => [`${body.domain}:${body.name}`, body]));
  }

  run(): void {
    const names: Names = new Map(this.file.stored);
    this.file.data.forEach((input, at) => {
      const tensor: Tensor = {
        name: input.name,
        shape: this.inputShape(input, at),
        role: 'activation',
        contiguous: true,
      };
      this.trace.checkShape(`input ${input.name}`, tensor.shape);
      names.set(input.name, tensor);
      this.trace.inputs.push(tensor);
    });
    this.scopes = [names];
    this.nodes(this.file.graph.nodes);
    for (const { name } of this.file.graph.outputs) {
      const tensor = names.get(name);
      if (tensor === undefined) this.trace.fail(`output ${name}`, 'no node makes it');
      this.trace.outputs.push(tensor);
    }
  }

  private inputShape(input: DataInput, at: number): number[] {
    const { image } = this.wanted;
    return input.dims.map((dimension, axis) => {
      const size = this.inputDimension(dimension, axis, at === 0 ? image : undefined, input);
      if (typeof dimension !== 'number' && dimension.symbol !== '?') this.symbols.set(dimension.symbol, size);
      return size;
    });
  }

  private inputDimension(
    dimension: Dimension,
    axis: number,
    image: ImagePlace | undefined,
    input: DataInput,
  ): number {
    const { imageSize, batch, fileBatch, sequenceLength } = this.wanted;
    if (axis === 0 && (typeof dimension !== 'number' || dimension === fileBatch)) return batch;
    const side = image?.axes.indexOf(axis) ?? -1;
    if (side >= 0 && imageSize !== undefined) return imageSize[side]!;
    if (typeof dimension === 'number') {
      const isTokens = axis === 1 && !input.floating && sequenceLength !== undefined;
      return isTokens ? sequenceLength : dimension;
    }
    const known = this.symbols.get(dimension.symbol);
    if (known !== undefined) return known * dimension.factor;
    if (image !== undefined && axis === image.channelAxis) return 3;
    const assumed = sequenceLength ?? 128;
    if (sequenceLength === undefined)
      this.trace.warnings.add(
        `Input ${input.name} leaves its dimension ${axis} open; it was taken as ${assumed}.`,
      );
    return assumed;
  }

  notedShape(name: string): Shape | undefined {
    return this.resized ? undefined : this.shapeInFile(name);
  }

  shapeInFile(name: string): Shape | undefined {
    const dims = this.file.notes.get(name);
    const shape = dims?.map((dimension, axis) => {
      if (typeof dimension !== 'number')
        return (this.symbols.get(dimension.symbol) ?? NaN) * dimension.factor;
      return axis === 0 && dimension === this.fileBatch ? this.batch : dimension;
    });
    return shape?.every(Number.isSafeInteger) ? shape : undefined;
  }

  private lookUp(name: string): Tensor | undefined {
    for (let at = this.scopes.length - 1; at >= 0; at--) {
      const tensor = this.scopes[at]!.get(name);
      if (tensor !== undefined) return tensor;
    }
    return undefined;
  }

  private countSteps(count: number): void {
    this.steps += count;
    if (this.steps > MOST_STEPS) this.trace.fail('nodes', `more than ${MOST_STEPS} are run`);
  }

  private nodes(nodes: readonly NodeProto[]): void {
    if (this.depth >= MOST_DEPTH) this.trace.fail('functions', `they are called deeper than ${MOST_DEPTH}`);
    this.depth += 1;
    for (const node of nodes) {
      this.countSteps(1);
      const own = this.file.own.get(node);
      const inputs = node.inputs.map((name, at) => {
        if (name === '') return undefined;
        const tensor = own?.get(at) ?? this.lookUp(name);
        if (tensor === undefined)
          this.trace.fail(
            `${node.opType} ${node.name || (node.outputs[0] ?? '')}`,
            `no earlier node makes its input ${name}`,
          );
        return tensor;
      });
      const outputs = this.one(new NodeContext(node, inputs, this));
      const scope = this.scopes.at(-1) as Names;
      node.outputs.forEach((name, at) => {
        const tensor = outputs[at];
        if (name !== '' && tensor !== undefined) scope.set(name, tensor);
      });
    }
    this.depth -= 1;
  }

  /** The outputs of one node: worked out on the host, by a function of the file, by a handler, or guessed. */
  private one(node: NodeContext): Tensor[] {
    const host = this.host(node);
    if (host !== undefined) return [host];
    const { opType, domain } = node.node;
    const body = this.functions.get(`${domain}:${opType}`);
    if (body !== undefined) return this.call(body, node);
    const [first] = node.inputs;
    if (first?.shape.includes(0) === true && first.items === undefined && opType !== 'Concat')
      return [nothingOf(node, first.shape)];
    const handler = HANDLERS.get(opType);
    const readsList = LIST_READERS.has(opType) && first?.items === undefined;
    if (handler !== undefined && !readsList) {
      const outputs = handler(node);
      return Array.isArray(outputs) ? outputs : [outputs];
    }
    if (opType === 'If') return this.branch(node);
    if (opType === 'Loop') {
      const outputs = this.loop(node);
      if (outputs !== undefined) return outputs;
    }
    return this.unknown(node);
  }

  private host(node: NodeContext): Tensor | undefined {
    const { opType } = node.node;
    const make = ({ shape, value, live }: HostTensor): Tensor => ({
      name: node.node.outputs[0] ?? '',
      shape,
      role: 'host',
      contiguous: true,
      value,
      live,
    });
    if (opType === 'Shape') {
      const { shape, role } = node.input(0);
      const value = shape.slice(node.int('start', 0), node.has('end') ? node.int('end', 0) : undefined);
      return make({ shape: [value.length], value, live: value.map(() => role === 'activation') });
    }
    if (opType === 'Size') return make({ shape: [], value: [elementsOf(node.input(0).shape)] });
    if (opType === 'Constant') return constantOf(node);
    // A tensor that the file writes once for several.
    const own = opType === 'Identity' ? this.lookUp(node.node.outputs[0] ?? '') : undefined;
    if (own !== undefined) return own;
    const known = node.inputs.every(
      (input) => input === undefined || (input.value !== undefined && input.value.length <= MOST_HOST_VALUES),
    );
    if (!known || node.inputs.length === 0) {
      // A tensor filled with one number costs a kernel but has no input; its shape is all that is needed.
      if (opType === 'ConstantOfShape') {
        const shape = node.values(0) ?? node.noted('its shape is computed from data');
        return { name: node.node.outputs[0] ?? '', shape, role: 'constant', contiguous: true };
      }
      return undefined;
    }
    const result = onHost(opType, node.inputs as readonly (HostTensor | undefined)[], node);
    if (result !== undefined) return make(result);
    if (opType === 'ConstantOfShape' || opType === 'Expand')
      return {
        name: node.node.outputs[0] ?? '',
        shape: [...node.input(opType === 'Expand' ? 1 : 0).value!],
        role: 'constant',
        contiguous: true,
      };
    return undefined;
  }

  private call(body: FunctionProto, node: NodeContext): Tensor[] {
    const names: Names = new Map();
    body.inputs.forEach((name, at) => {
      const tensor = node.inputs[at];
      if (tensor !== undefined) names.set(name, tensor);
    });
    // A function sees its own names only.
    const outer = this.scopes;
    this.scopes = [names];
    this.nodes(body.nodes);
    this.scopes = outer;
    return body.outputs.map((name) => names.get(name) ?? node.fail(`its function does not make ${name}`));
  }

  /** Undefined where its rounds cannot be followed: it counts as one operator then. */
  private loop(node: NodeContext): Tensor[] | undefined {
    const { scopes, depth } = this;
    const before = this.trace.operations.length;
    const outside = [...scopes];
    try {
      return loop(node, (body, inputs) => this.inline(body, node, inputs));
    } catch (error) {
      if (!(error instanceof ForetokenError) || this.steps > MOST_STEPS) throw error;
      this.trace.operations.length = before;
      this.scopes = outside;
      this.depth = depth;
      return undefined;
    }
  }

  /** A branch that is known is walked; of two that may be taken, the larger. */
  private branch(node: NodeContext): Tensor[] {
    const [yes, no] = [node.graph('then_branch'), node.graph('else_branch')];
    if (yes === undefined || no === undefined) node.fail('it lacks a branch');
    const condition = node.values(0)?.[0];
    if (condition === undefined)
      this.trace.warnings.add('A branch depends on the data; the larger one was taken for each.');
    const larger = yes.nodes.length >= no.nodes.length ? yes : no;
    return this.inline(condition === undefined ? larger : condition === 0 ? no : yes, node);
  }

  /** The outputs of a graph within a node. */
  private inline(graph: GraphProto, node: NodeContext, inputs: readonly Tensor[] = []): Tensor[] {
    const stored = this.inner.get(graph) ?? new OnnxFile(this.file.model, graph).stored;
    this.inner.set(graph, stored);
    // Loops may call what has no nodes.
    this.countSteps(Math.floor((graph.inputs.length + graph.outputs.length) / 16));
    const names: Names = new Map();
    graph.inputs.forEach(({ name }, at) => {
      if (inputs[at] !== undefined) names.set(name, inputs[at]);
    });
    this.scopes.push(stored, names);
    this.nodes(graph.nodes);
    const outputs = graph.outputs.map(
      ({ name }) => this.lookUp(name) ?? node.fail(`its branch does not make ${name}`),
    );
    this.scopes.splice(-2);
    return outputs;
  }

  /** An operator that is not known: its output is what the file notes, else like its first input. */
  private unknown(node: NodeContext): Tensor[] {
    const { opType, outputs } = node.node;
    const loops = opType === 'Loop' || opType === 'Scan';
    if (loops)
      this.trace.warnings.add('Loops are counted as one operator: how often they run depends on the data.');
    else this.trace.countUnknown(opType === '' ? '(without a type)' : opType);
    if (outputs.length > 1024) node.fail(`it has ${outputs.length} outputs`);
    // A body reads tensors around it by their names, too.
    const read = (node.graph('body')?.nodes ?? []).flatMap((inner) => inner.inputs);
    const around = [...new Set(read)].flatMap((name) => this.lookUp(name) ?? []);
    const inputs = [...node.present(), ...around.filter(({ role }) => role === 'activation')];
    return outputs.map((name, at) => {
      // What a loop carries goes in behind how often it runs and whether it goes on.
      const carried = opType === 'Loop' ? node.inputs[at + 2] : undefined;
      const like = carried ?? inputs.find(({ role }) => role === 'activation') ?? inputs[0];
      const shape = this.notedShape(name) ?? like?.shape.map((size) => Math.max(1, size)) ?? [];
      return pointwise(
        this.trace,
        loops ? 'control_flow' : 'unknown',
        { ...node.origin, outputNames: [outputs[at]!] },
        inputs,
        shape,
      );
    });
  }
}
