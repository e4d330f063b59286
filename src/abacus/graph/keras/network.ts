/**
 * Keras networks: the JSON that `to_json`, a `.keras` archive's `config.json` and TensorFlow.js's `model.json` hold.
 * Sequential and functional models, models within models, layers that are used more than once.
 */
import { buildGraph } from '../build.js';
import { checkedOptions, imageOf, type ImagePlace } from '../input-size.js';
import { broadcasting } from '../operations.js';
import { Trace, type Tensor } from '../trace.js';
import type { GraphOptions, Network, OperatorGraph } from '../types.js';
import { ForetokenError } from '../../../base/errors.js';
import { isObject } from '../../../base/shape.js';
import { Config, type JsonObject } from './config.js';
import { functionNamed, unknownFunction } from './functions.js';
import { Call, Layer } from './layer.js';
import { LAYERS } from './layers.js';
import { argumentsOf, callsOf, inputRefs, type CallArguments, type Reference } from './references.js';

const MOST_DEPTH = 12;
const MOST_LAYERS = 50_000;
const MODELS = new Set(['Model', 'Functional', 'Sequential']);

/** Reads a Keras model's JSON, already parsed. Throws `invalid_network`. */
export function readKeras(json: unknown, name: string): Network {
  const topology = isObject(json) && isObject(json['modelTopology']) ? json['modelTopology'] : json;
  const model =
    isObject(topology) && isObject(topology['model_config']) ? topology['model_config'] : topology;
  if (!isObject(model) || !MODELS.has(String(model['class_name'])))
    throw new ForetokenError(
      'invalid_network',
      `${name} holds no Keras model: its 'class_name' must be one of ${[...MODELS].join(', ')}.`,
    );
  return new KerasNetwork(name, model);
}

class KerasNetwork implements Network {
  readonly format = 'keras';
  readonly parameters: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly imageSize?: readonly [number, number];
  /** Keras makes the weights for the input's size: another size is another network of the same layers. */
  readonly imageSizeCanChange = true;
  private readonly image: ImagePlace | undefined;

  constructor(
    readonly name: string,
    private readonly model: JsonObject,
  ) {
    const texts = Object.entries(model).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    this.metadata = Object.fromEntries(texts);
    const first = new Walk(new Trace(name), { batch: 1, training: false, imageSize: undefined }).firstInput(
      model,
    );
    this.image = first === undefined ? undefined : imageOf(first);
    if (this.image?.size !== undefined) this.imageSize = this.image.size;
    this.parameters = this.at({ batch: 1 }).totals.parameters;
  }

  at(options: GraphOptions = {}): OperatorGraph {
    const checked = checkedOptions(this, options, undefined, this.image);
    const { batch, phase, imageSize } = checked;
    const trace = new Trace(this.name);
    const walk = new Walk(trace, { ...checked, training: phase === 'train' });
    for (const output of walk.model(this.model, undefined, 0)) trace.outputs.push(output);
    const channels = this.image === undefined ? undefined : trace.inputs[0]?.shape[this.image.channelAxis];
    const graph = buildGraph(trace, {
      name: this.name,
      format: 'keras',
      phase,
      batch,
      imageSize,
      imageChannels: channels,
    });
    // In the constructor the number is not known yet.
    const { parameters } = this as { parameters?: number };
    if (parameters === undefined || graph.totals.parameters === parameters) return graph;
    const warning = `At this image size the network has ${graph.totals.parameters} parameters instead of ${parameters}.`;
    return { ...graph, notes: { ...graph.notes, warnings: [...graph.notes.warnings, warning] } };
  }
}

interface Wanted {
  readonly batch: number;
  readonly training: boolean;
  readonly imageSize: readonly [number, number] | undefined;
  readonly sequenceLength?: number | undefined;
}

class Walk {
  private readonly layers = new Map<JsonObject, Layer>();
  private count = 0;

  constructor(
    private readonly trace: Trace,
    private readonly wanted: Wanted,
  ) {}

  /** Dimensions of the network's first input, as the file says. */
  firstInput(model: JsonObject): (number | undefined)[] | undefined {
    const [first] = layersOf(model, this.trace);
    if (first === undefined) return undefined;
    if (MODELS.has(String(first['class_name']))) return this.firstInput(first);
    return inputDimensions(model, first, this.trace);
  }

  /** The outputs of a model; without `inputs`, its own inputs are the network's. */
  model(model: JsonObject, inputs: readonly Tensor[] | undefined, depth: number): Tensor[] {
    if (depth > MOST_DEPTH)
      this.trace.fail('models', `they stand deeper than ${MOST_DEPTH} within each other`);
    const layers = layersOf(model, this.trace);
    return model['class_name'] === 'Sequential'
      ? this.sequential(model, layers, inputs, depth)
      : this.functional(model, layers, inputs, depth);
  }

  private sequential(
    model: JsonObject,
    layers: readonly JsonObject[],
    inputs: readonly Tensor[] | undefined,
    depth: number,
  ): Tensor[] {
    let current = inputs;
    for (const layer of layers) {
      if (layer['class_name'] === 'InputLayer') {
        current ??= [this.input(model, layer)];
        continue;
      }
      if (current === undefined && !MODELS.has(String(layer['class_name'])))
        current = [this.input(model, layer)];
      current = this.apply(layer, current, depth);
    }
    return [...(current ?? this.trace.fail('model', 'it has no layers'))];
  }

  private functional(
    model: JsonObject,
    layers: readonly JsonObject[],
    inputs: readonly Tensor[] | undefined,
    depth: number,
  ): Tensor[] {
    const byName = new Map(layers.map((layer) => [nameOf(layer), layer]));
    const config = isObject(model['config']) ? model['config'] : {};
    const entry = inputRefs(config['input_layers']).map(({ layer }) => layer);
    const results = new Map<string, readonly Tensor[]>();
    const running = new Set<string>();
    const find = (reference: Reference): Tensor | undefined =>
      results.get(`${reference.layer}:${reference.call}`)?.[reference.output];
    /** One call of a layer, after the calls that it reads; without recursion, for files may be deep. */
    const run = (start: Reference): void => {
      const stack: Reference[] = [start];
      while (stack.length > 0) {
        const current = stack.at(-1)!;
        const key = `${current.layer}:${current.call}`;
        if (results.has(key)) {
          stack.pop();
          continue;
        }
        const layer =
          byName.get(current.layer) ?? this.trace.fail(current.layer, 'there is no layer of this name');
        if (layer['class_name'] === 'InputLayer') {
          const place = entry.indexOf(current.layer);
          results.set(key, [inputs?.[place] ?? this.input(model, layer)]);
          continue;
        }
        const references =
          callsOf(layer)[current.call] ?? this.trace.fail(current.layer, 'it is never called');
        const missing = references.filter((reference) => find(reference) === undefined);
        if (missing.length === 0) {
          const tensors = references.map((reference) => find(reference)!);
          results.set(key, this.apply(layer, tensors, depth, argumentsOf(layer, current.call)));
          continue;
        }
        if (running.has(key))
          this.trace.fail(current.layer, `its input ${missing[0]!.layer} is missing or depends on it`);
        running.add(key);
        for (const reference of missing.reverse()) stack.push(reference);
      }
    };
    // In the order of the file, which is Keras's order of execution; then whatever outputs still need.
    for (const layer of layers) {
      const calls = layer['class_name'] === 'InputLayer' ? 1 : callsOf(layer).length;
      for (let call = 0; call < calls; call++) run({ layer: nameOf(layer), call, output: 0 });
    }
    return inputRefs(config['output_layers']).map((reference) => {
      run(reference);
      return find(reference) ?? this.trace.fail(reference.layer, 'it does not make this output');
    });
  }

  private input(model: JsonObject, layer: JsonObject): Tensor {
    const dims = inputDimensions(model, layer, this.trace);
    const name = nameOf(layer);
    if (dims === undefined) return this.trace.fail(name, 'the file does not say the shape of its input');
    const { batch, imageSize, sequenceLength } = this.wanted;
    const image = imageOf(dims);
    const shape = dims.map((size, axis) => {
      if (axis === 0) return batch;
      const side = image?.axes.indexOf(axis) ?? -1;
      if (side >= 0 && imageSize !== undefined) return imageSize[side]!;
      if (size !== undefined) return size;
      if (image !== undefined) return axis === image.channelAxis ? 3 : 224;
      if (sequenceLength === undefined)
        this.trace.warnings.add(`Input ${name} leaves its dimension ${axis} open; it was taken as 128.`);
      return sequenceLength ?? 128;
    });
    this.trace.checkShape(`input ${name}`, shape);
    const tensor: Tensor = { name, shape, role: 'activation', contiguous: true };
    this.trace.inputs.push(tensor);
    return tensor;
  }

  private apply(
    layer: JsonObject,
    inputs: readonly Tensor[] | undefined,
    depth: number,
    given?: CallArguments,
  ): Tensor[] {
    this.count += 1;
    if (this.count > MOST_LAYERS) this.trace.fail('layers', `the model calls more than ${MOST_LAYERS}`);
    const className = String(layer['class_name']);
    if (MODELS.has(className)) return this.model(layer, inputs, depth + 1);
    const call = new Call(this.trace, this.layer(layer), inputs ?? [], this.wanted.training, given);
    // Functions of keras.ops may be called as layers are (Reshape, Softmax).
    const isOperation = /\.ops\b/.test(String(layer['module']));
    const handler = isOperation ? undefined : LAYERS.get(className);
    if (handler !== undefined) return listOf(handler(call));
    const inner = layer['config'];
    if (isObject(inner) && isObject(inner['layer']))
      return this.wrapped(className, inner['layer'], call, depth);
    const isFunction = isOperation || /OpLambda$/.test(className);
    return listOf((functionNamed(call.word, isFunction) ?? unknownFunction)(call));
  }

  /** Layers around a layer: for each time step, or in both directions. */
  private wrapped(className: string, inner: JsonObject, call: Call, depth: number): Tensor[] {
    if (depth > MOST_DEPTH)
      this.trace.fail('layers', `they stand deeper than ${MOST_DEPTH} within each other`);
    if (className === 'TimeDistributed') {
      const [batch = 1, steps = 1, ...rest] = call.data.shape;
      const folded: Tensor = { ...call.data, shape: [batch * steps, ...rest] };
      this.trace.operations.push(foldOf(call.data, folded));
      const [output] = this.apply(inner, [folded], depth + 1);
      const restored: Tensor = {
        ...output!,
        name: `${output!.name}:steps`,
        shape: [batch, steps, ...output!.shape.slice(1)],
      };
      this.trace.operations.push(foldOf(output!, restored));
      return [restored];
    }
    const [forward] = this.apply(inner, call.inputs, depth + 1);
    if (className !== 'Bidirectional') return [forward!];
    // The other direction has weights of its own.
    const [backward] = this.apply(
      { ...inner, config: { ...(inner['config'] as JsonObject) } },
      call.inputs,
      depth + 1,
    );
    const mode = call.config.text('merge_mode', 'concat');
    if (mode !== 'concat')
      return [
        broadcasting(this.trace, mode === 'mul' ? 'multiply' : 'add', call.origin(), [forward!, backward!]),
      ];
    const width = forward!.shape.at(-1)! * 2;
    return this.trace.emit('concat', {
      ...call.origin(),
      inputs: [forward!, backward!],
      outputs: [[...forward!.shape.slice(0, -1), width]],
      flops: 0,
    });
  }

  private layer(json: JsonObject): Layer {
    const known = this.layers.get(json);
    if (known !== undefined) return known;
    const name = nameOf(json);
    const values = isObject(json['config']) ? json['config'] : {};
    const config = new Config(values, `${this.trace.title}: ${String(json['class_name'])} ${name}`);
    const layer = new Layer(String(json['class_name']), name, config, values['trainable'] === false);
    this.layers.set(json, layer);
    return layer;
  }
}

const listOf = (tensors: Tensor | Tensor[]): Tensor[] => (Array.isArray(tensors) ? tensors : [tensors]);

const foldOf = (from: Tensor, to: Tensor): Trace['operations'][number] => ({
  operator: 'reshape',
  name: to.name,
  source: 'TimeDistributed',
  inputs: [from],
  outputs: [to],
  attributes: {},
  flops: 0,
  isView: true,
});

function layersOf(model: JsonObject, trace: Trace): JsonObject[] {
  const { config } = model;
  // Keras 1 wrote the layers of a Sequential model as the configuration itself.
  const list = Array.isArray(config) ? config : isObject(config) ? config['layers'] : undefined;
  if (!Array.isArray(list)) return trace.fail('model', "it has no list of 'layers'");
  if (list.length > MOST_LAYERS) return trace.fail('model', `it has ${list.length} layers`);
  return list.map((layer: unknown) => (isObject(layer) ? layer : trace.fail('layers', 'one is no object')));
}

function nameOf(layer: JsonObject): string {
  const inner = isObject(layer['config']) ? layer['config']['name'] : undefined;
  return typeof layer['name'] === 'string'
    ? layer['name']
    : typeof inner === 'string'
      ? inner
      : String(layer['class_name']);
}

function inputDimensions(
  model: JsonObject,
  layer: JsonObject,
  trace: Trace,
): (number | undefined)[] | undefined {
  const own = new Config(
    isObject(layer['config']) ? layer['config'] : {},
    `${trace.title}: ${nameOf(layer)}`,
  );
  const outer = new Config(isObject(model['config']) ? model['config'] : {}, trace.title);
  return (
    own.dimensions('batch_input_shape') ??
    own.dimensions('batch_shape') ??
    outer.dimensions('build_input_shape') ??
    outer.dimensions('batch_input_shape')
  );
}
