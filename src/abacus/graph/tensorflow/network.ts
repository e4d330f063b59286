/**
 * TensorFlow networks: frozen GraphDef and SavedModel (`saved_model.pb`; variables beside it are not read). Functions of the
 * library are walked into where they are called; nodes come in any order and are put into one of execution.
 */
import { buildGraph } from '../build.js';
import { fuse } from '../fusion.js';
import { checkedOptions, imageOf, type CheckedOptions, type ImagePlace } from '../input-size.js';
import { pointwise } from '../operations.js';
import type { ByteSource } from '../proto/byte-source.js';
import { decodeMessage } from '../proto/messages.js';
import { elementsOf, Trace, type Tensor } from '../trace.js';
import type { GraphOptions, Network, OperatorGraph } from '../types.js';
import { ForetokenError } from '../../../base/errors.js';
import { tfOnHost } from './host.js';
import { byName, NAMED_OUTPUTS, partsOf, valuesOf } from './names.js';
import { TfNode } from './node.js';
import { OPERATORS_OF_TF } from './operators.js';
import { GraphDef, isFloating, SavedModel, type FunctionDef, type NodeDef } from './schema.js';

const MOST_DEPTH = 32;
const MOST_STEPS = 300_000;
/** Rounds of one loop; longer sequences than recurrent layers are trained on. */
const MOST_ROUNDS = 1024;
const CALLS = new Set(['PartitionedCall', 'StatefulPartitionedCall']);
const VARIABLES = new Set(['VarHandleOp', 'VariableV2', 'Variable']);
/** Nodes that nobody reads without being results. */
const NO_RESULTS = new Set([
  'Const',
  'NoOp',
  'Placeholder',
  'Assert',
  'SaveV2',
  'RestoreV2',
  'Assign',
  ...VARIABLES,
]);

interface Named {
  /** Tensor names such as `StatefulPartitionedCall:0`. */
  readonly outputs: readonly string[];
}

/** Reads a frozen graph. Throws `invalid_network`. */
export function readGraphDef(source: ByteSource, name: string): Network {
  return new TensorFlowNetwork(name, decodeMessage(source, GraphDef, name), undefined);
}

/** Reads `saved_model.pb`; undefined where the bytes are none. Throws `invalid_network`. */
export function readSavedModel(source: ByteSource, name: string): Network | undefined {
  const model = decodeMessage(source, SavedModel, name);
  const [first] = model.graphs;
  if (first?.graph === undefined || first.graph.nodes.length === 0) return undefined;
  const signature =
    first.signatures.find(({ key }) => key === 'serving_default') ??
    first.signatures.find(
      ({ value }) =>
        (value?.outputs.length ?? 0) > 0 && !value!.outputs.some(({ key }) => key.startsWith('__')),
    );
  const outputs = (signature?.value?.outputs ?? []).flatMap(({ value }) => value?.name ?? []);
  return new TensorFlowNetwork(name, first.graph, outputs.length > 0 ? { outputs } : undefined);
}

class TensorFlowNetwork implements Network {
  readonly format = 'tensorflow';
  readonly metadata = {};
  readonly parameters: number;
  readonly imageSize?: readonly [number, number];
  readonly imageSizeCanChange = true;
  private readonly image: ImagePlace | undefined;
  private readonly fileBatch: number | undefined;

  constructor(
    readonly name: string,
    private readonly graph: GraphDef,
    private readonly signature: Named | undefined,
  ) {
    if (graph.nodes.length === 0)
      throw new ForetokenError('invalid_network', `${name} holds no operators. Export the network again.`);
    const probe = new Walk(new Trace(name), graph, {
      batch: 1,
      phase: 'inference',
      imageSize: undefined,
      sequenceLength: undefined,
    });
    const input = probe.firstPlaceholder(probe.outputNames(signature?.outputs));
    this.image = input === undefined ? undefined : imageOf(input);
    this.fileBatch = input?.[0];
    if (this.image?.size !== undefined) this.imageSize = this.image.size;
    this.parameters = this.at().totals.parameters;
  }

  at(options: GraphOptions = {}): OperatorGraph {
    const checked = checkedOptions(this, options, this.fileBatch, this.image);
    const trace = new Trace(this.name);
    new Walk(trace, this.graph, checked, this.fileBatch).run(this.signature?.outputs);
    fuse(trace);
    const { batch, phase, imageSize } = checked;
    const channels = this.image === undefined ? undefined : trace.inputs[0]?.shape[this.image.channelAxis];
    return buildGraph(trace, {
      name: this.name,
      format: 'tensorflow',
      phase,
      batch,
      imageSize,
      imageChannels: channels,
    });
  }
}

/** Nodes of a graph or function by name, and what they made. */
interface Scope {
  readonly nodes: ReadonlyMap<string, NodeDef>;
  readonly results: Map<string, readonly Tensor[]>;
  /** Arguments of a function. */
  readonly parameters: ReadonlyMap<string, Tensor>;
}

class Walk {
  private readonly functions: ReadonlyMap<string, FunctionDef>;
  private readonly variables = new Map<string, Tensor>();
  private readonly hasVariables: boolean;
  private readonly bodies = new Map<FunctionDef, ReadonlyMap<string, NodeDef>>();
  /** Loops read the same names in each of their rounds. */
  private readonly parts = new Map<string, ReturnType<typeof partsOf>>();
  private steps = 0;
  private depth = 0;

  constructor(
    private readonly trace: Trace,
    private readonly graph: GraphDef,
    private readonly wanted: CheckedOptions,
    private readonly fileBatch?: number,
  ) {
    this.functions = new Map(
      (graph.library?.functions ?? []).map((body) => [body.signature?.name ?? '', body]),
    );
    this.hasVariables = graph.nodes.some(({ op }) => VARIABLES.has(op));
  }

  run(outputs: readonly string[] | undefined): void {
    const scope: Scope = { nodes: byName(this.graph.nodes), results: new Map(), parameters: new Map() };
    for (const tensor of this.evaluate(scope, this.outputNames(outputs)))
      if (tensor.role === 'activation') this.trace.outputs.push(tensor);
  }

  /** What the signature names, else everything that nobody reads. */
  outputNames(named: readonly string[] | undefined): readonly string[] {
    if (named !== undefined) return named;
    const read = new Set(
      this.graph.nodes.flatMap(({ inputs }) => inputs.map((input) => this.partsOf(input).name)),
    );
    return this.graph.nodes
      .filter(({ name, op }) => !read.has(name) && !NO_RESULTS.has(op))
      .map(({ name }) => name);
  }

  /** Dimensions of the first placeholder that the outputs depend on. */
  firstPlaceholder(outputs: readonly string[]): (number | undefined)[] | undefined {
    const nodes = byName(this.graph.nodes);
    const seen = new Set<string>();
    const open = outputs.map((output) => this.partsOf(output).name);
    while (open.length > 0) {
      const name = open.pop()!;
      if (seen.has(name)) continue;
      seen.add(name);
      const def = nodes.get(name);
      if (def === undefined) continue;
      for (const input of def.inputs) open.push(this.partsOf(input).name);
    }
    for (const def of this.graph.nodes) {
      if (def.op !== 'Placeholder' || !seen.has(def.name)) continue;
      const node = new TfNode(this.trace, def, [], 1, false);
      const dims = node.shape('shape') ?? node.noted();
      if (dims !== undefined && dims.length > 0) return dims;
    }
    return undefined;
  }

  /** The named tensors, after everything that they depend on; without recursion, for graphs are deep. */
  private evaluate(scope: Scope, names: readonly string[]): Tensor[] {
    this.depth += 1;
    if (this.depth > MOST_DEPTH) this.trace.fail('functions', `they are called deeper than ${MOST_DEPTH}`);
    const running = new Set<string>();
    const stack = names.map((name) => this.partsOf(name).name).reverse();
    while (stack.length > 0) {
      const name = stack.at(-1)!;
      if (scope.results.has(name) || scope.parameters.has(name)) {
        stack.pop();
        continue;
      }
      const def = scope.nodes.get(name) ?? this.trace.fail(name, 'there is no node of this name');
      const sources = def.inputs.filter((input) => !input.startsWith('^'));
      const missing = sources
        .map((input) => this.partsOf(input).name)
        .filter((input) => !scope.results.has(input) && !scope.parameters.has(input));
      if (missing.length > 0) {
        if (running.has(name))
          this.trace.fail(
            `${def.op} ${name}`,
            'it depends on itself: loops of TensorFlow 1 are not read. Export the model with TensorFlow 2, and freeze it with ' +
              'convert_variables_to_constants_v2(function, lower_control_flow=False), or save it as SavedModel',
          );
        running.add(name);
        for (const source of missing.reverse()) stack.push(source);
        continue;
      }
      this.countSteps(1);
      const inputs = sources.map((input) => this.find(scope, input));
      scope.results.set(
        name,
        this.one(new TfNode(this.trace, def, inputs, this.wanted.batch, this.wanted.phase === 'train')),
      );
    }
    this.depth -= 1;
    return names.map((name) => this.find(scope, name));
  }

  private partsOf(input: string): ReturnType<typeof partsOf> {
    const known = this.parts.get(input) ?? partsOf(input);
    this.parts.set(input, known);
    return known;
  }

  private countSteps(count: number): void {
    this.steps += count;
    if (this.steps > MOST_STEPS) this.trace.fail('nodes', `more than ${MOST_STEPS} are run`);
  }

  private find(scope: Scope, input: string): Tensor {
    const { name, output, index } = this.partsOf(input);
    const parameter = scope.parameters.get(name);
    if (parameter !== undefined) return parameter;
    const results = scope.results.get(name) ?? [];
    // In functions, outputs have names of their own; only batch norm has others than one list of them.
    const place = output !== undefined && index === 0 ? Math.max(0, NAMED_OUTPUTS.indexOf(output)) : index;
    return results[place] ?? results[0] ?? this.trace.fail(name, 'it has no outputs');
  }

  private one(node: TfNode): readonly Tensor[] {
    const { op, name } = node.def;
    const { batch } = this.wanted;
    if (op === 'Const') return [this.constant(node)];
    if (VARIABLES.has(op)) return [this.variable(node)];
    if (op === 'Placeholder') return [this.placeholder(node)];
    if (op === 'NoOp') return [{ name, shape: [], role: 'host', contiguous: true }];
    if (op === 'Shape')
      return [
        {
          name,
          shape: [node.input(0).shape.length],
          role: 'host',
          contiguous: true,
          value: node.input(0).shape,
        },
      ];
    if (op === 'Size')
      return [{ name, shape: [], role: 'host', contiguous: true, value: [elementsOf(node.input(0).shape)] }];
    if (op === 'Rank')
      return [{ name, shape: [], role: 'host', contiguous: true, value: [node.input(0).shape.length] }];
    if (op === 'IdentityN') return node.inputs;
    const host = tfOnHost(node);
    if (host !== undefined) return [{ name, ...host, role: 'host', contiguous: true }];
    if (CALLS.has(op)) return this.call(node, node.function('f'));
    if (op === 'If' || op === 'StatelessIf') return this.branch(node);
    if (op === 'While' || op === 'StatelessWhile') return this.loop(node);
    const handler = OPERATORS_OF_TF.get(op);
    if (handler !== undefined) {
      const outputs = handler(node);
      return Array.isArray(outputs) ? outputs : [outputs];
    }
    this.trace.countUnknown(op === '' ? '(without a type)' : op);
    const like = node.inputs.find(({ role }) => role === 'activation') ?? node.inputs[0];
    const shape = node.noted()?.map((size) => size ?? batch) ?? like?.shape;
    if (shape === undefined)
      return node.fail('it is not known, has no input, and the file does not note its output');
    return [pointwise(this.trace, 'unknown', node.origin, node.inputs, shape)];
  }

  private call(node: TfNode, name: string | undefined, inputs: readonly Tensor[] = node.inputs): Tensor[] {
    const body = this.functions.get(name ?? '') ?? node.fail(`its function ${name ?? ''} is not in the file`);
    const signature = body.signature ?? node.fail('its function has no signature');
    // Loops may call what has no nodes.
    this.countSteps(1 + Math.floor((signature.inputs.length + signature.outputs.length) / 16));
    const parameters = new Map<string, Tensor>();
    signature.inputs.forEach((argument, at) => {
      const tensor = inputs[at];
      if (tensor !== undefined) parameters.set(argument.name, tensor);
    });
    const returns = new Map(body.returns.map(({ key, value }) => [key, value]));
    const wanted = signature.outputs.map(
      (output) => returns.get(output.name) ?? node.fail(`its function does not return ${output.name}`),
    );
    const nodes = this.bodies.get(body) ?? byName(body.nodes);
    this.bodies.set(body, nodes);
    return this.evaluate({ nodes, results: new Map(), parameters }, wanted);
  }

  /** Runs a loop as often as its condition says where that is arithmetic on shapes (recurrent layers), else once. */
  private loop(node: TfNode): Tensor[] {
    let state: Tensor[] = [...node.inputs];
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const [condition] = this.call(node, node.function('cond'), state);
      const goesOn = condition?.value?.[0];
      if (goesOn === 0) return state;
      if (goesOn === undefined) {
        this.trace.warnings.add('Loops are counted once: how often they run depends on the data.');
        return round === 0 ? this.call(node, node.function('body'), state) : state;
      }
      state = this.call(node, node.function('body'), state);
    }
    this.trace.warnings.add(`A loop runs more than ${MOST_ROUNDS} times; it was counted as that many.`);
    return state;
  }

  /** Of two branches the one with more operators, for the data decides. */
  private branch(node: TfNode): Tensor[] {
    this.trace.warnings.add('A branch depends on the data; the larger one was taken for each.');
    const names = [node.function('then_branch'), node.function('else_branch')];
    const sizes = names.map((name) => this.functions.get(name ?? '')?.nodes.length ?? 0);
    return this.call(node, sizes[0]! >= sizes[1]! ? names[0] : names[1], node.inputs.slice(1));
  }

  private constant(node: TfNode): Tensor {
    const tensor = node.tensor('value');
    const shape = (tensor?.shape?.dims ?? []).map(({ size }) => size);
    // Where there are variables, constants are none of the weights.
    const isTrained =
      !this.hasVariables && isFloating(tensor?.dtype ?? 0) && shape.length > 0 && elementsOf(shape) > 1;
    if (isTrained) this.trace.checkShape(`Const ${node.def.name}`, shape);
    return {
      name: node.def.name,
      shape,
      role: isTrained ? 'parameter' : 'constant',
      contiguous: true,
      value: isTrained || tensor === undefined ? undefined : valuesOf(tensor, shape),
    };
  }

  private variable(node: TfNode): Tensor {
    const shape = node.shape('shape') ?? node.fail('the file does not say its shape');
    const name = node.text('shared_name', '') === '' ? node.def.name : node.text('shared_name', '');
    const known = this.variables.get(name);
    if (known !== undefined) return known;
    const isStatistic = /moving_(mean|variance)|moving_avg/.test(name) || !isFloating(node.type('dtype'));
    const tensor: Tensor = {
      name,
      shape: shape.map((size) => size ?? node.fail('its shape is open')),
      role: isStatistic ? 'buffer' : 'parameter',
      contiguous: true,
    };
    this.trace.checkShape(`variable ${name}`, tensor.shape);
    this.variables.set(name, tensor);
    return tensor;
  }

  private placeholder(node: TfNode): Tensor {
    const { batch, imageSize, sequenceLength } = this.wanted;
    const dims = node.shape('shape') ?? node.noted();
    // Flags such as Keras's learning phase are no data.
    if (dims === undefined || dims.length === 0)
      return { name: node.def.name, shape: [], role: 'host', contiguous: true, value: [0] };
    const image = imageOf(dims);
    const shape = dims.map((size, axis) => {
      if (axis === 0 && (size === undefined || size === this.fileBatch)) return batch;
      const side = image?.axes.indexOf(axis) ?? -1;
      if (side >= 0 && imageSize !== undefined) return imageSize[side]!;
      if (size !== undefined) return size;
      if (image !== undefined) return axis === image.channelAxis ? 3 : 224;
      if (sequenceLength === undefined)
        this.trace.warnings.add(
          `Input ${node.def.name} leaves its dimension ${axis} open; it was taken as 128.`,
        );
      return sequenceLength ?? 128;
    });
    this.trace.checkShape(`input ${node.def.name}`, shape);
    const tensor: Tensor = { name: node.def.name, shape, role: 'activation', contiguous: true };
    this.trace.inputs.push(tensor);
    return tensor;
  }
}
