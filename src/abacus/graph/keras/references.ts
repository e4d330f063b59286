/** Which outputs of which layers a Keras layer reads, in the notations of Keras 2, Keras 3 and TensorFlow.js. */
import { isObject } from '../../../base/shape.js';
import type { JsonObject } from './config.js';

/** Output `output` of call `call` of the layer of that name. */
export interface Reference {
  readonly layer: string;
  readonly call: number;
  readonly output: number;
}

const MOST_DEPTH = 24;

/** `["name", 0, 0, {...}]`. */
function asReference(value: unknown): Reference | undefined {
  if (!Array.isArray(value)) return undefined;
  const [layer, call, output] = value as unknown[];
  if (typeof layer !== 'string' || !Number.isInteger(call) || !Number.isInteger(output)) return undefined;
  return { layer, call: call as number, output: output as number };
}

/** All references in a value, in their order. */
function collect(value: unknown, into: Reference[], depth = 0): void {
  if (depth > MOST_DEPTH) return;
  const reference = asReference(value);
  if (reference !== undefined) {
    into.push(reference);
    // Keras 2 puts further tensors of a call into the keywords: {"y": ["name", 0, 0]}.
    collect((value as unknown[])[3], into, depth + 1);
  } else if (Array.isArray(value)) for (const item of value) collect(item, into, depth + 1);
  else if (isObject(value)) {
    if (value['class_name'] === '__keras_tensor__' && isObject(value['config']))
      collect(value['config']['keras_history'], into, depth + 1);
    else for (const item of Object.values(value)) collect(item, into, depth + 1);
  }
}

const known = new WeakMap<JsonObject, Reference[][]>();

/** By call, what a layer reads. */
export function callsOf(layer: JsonObject): readonly (readonly Reference[])[] {
  const before = known.get(layer);
  if (before !== undefined) return before;
  const nodes: unknown[] = Array.isArray(layer['inbound_nodes']) ? layer['inbound_nodes'] : [];
  // One call may be there without the list around it.
  const calls = nodes.some((node) => asReference(node) !== undefined) ? [nodes] : nodes;
  const result = calls.map((call) => {
    const references: Reference[] = [];
    collect(call, references);
    return references;
  });
  known.set(layer, result);
  return result;
}

/** What a call was given besides tensors: by name, and by place after them. */
export interface CallArguments {
  readonly places: readonly unknown[];
  readonly names: JsonObject;
}

/** Keras 2 writes keywords as the fourth part of a reference, Keras 3 `args` and `kwargs`. */
export function argumentsOf(layer: JsonObject, call: number): CallArguments {
  const nodes: readonly unknown[] = Array.isArray(layer['inbound_nodes']) ? layer['inbound_nodes'] : [];
  const node = nodes[call];
  if (isObject(node))
    return {
      places: Array.isArray(node['args']) ? node['args'] : [],
      names: isObject(node['kwargs']) ? node['kwargs'] : {},
    };
  const references: readonly unknown[] =
    asReference(node) === undefined && Array.isArray(node) ? node : [node];
  const keywords = references.flatMap((reference): unknown[] =>
    asReference(reference) === undefined ? [] : [(reference as unknown[])[3]],
  );
  return { places: [], names: keywords.find(isObject) ?? {} };
}

/** `input_layers` and `output_layers`: one reference, a list of them, or names with references. */
export function inputRefs(value: unknown): Reference[] {
  const references: Reference[] = [];
  collect(value, references);
  return references;
}
