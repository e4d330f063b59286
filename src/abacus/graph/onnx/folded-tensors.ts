/** What PyTorch's exporters compute from trained tensors and write instead of them, and what they write once for layers that have their own. */
import { elementsOf, type Tensor } from '../trace.js';
import { scopeOf } from './scopes.js';
import type { GraphProto, NodeProto } from './schema.js';

/** Matrices that were laid out anew, by the name that TorchScript's exporter gives them. */
const LAID_OUT = /^onnx::(MatMul|Gemm)_\d+$/;
const ADDED = /^onnx::Add_\d+$/;
const BIAS_TABLE = /relative_position_bias_table$/;

/**
 * Stored tensors that stand for another, by name: those computed from the same parameter, and biases of attention within windows,
 * which were read from a table of how far two places are apart (Swin).
 * @param sources names of the parameter that a tensor was computed from, as far as the file notes it
 */
export function rootsOfFolded(
  stored: ReadonlyMap<string, Tensor>,
  sources: ReadonlyMap<string, string>,
): ReadonlyMap<string, Tensor> {
  const roots = new Map<string, Tensor>();
  const bySource = new Map<string, Tensor>();
  for (const tensor of stored.values()) {
    const { name, role, root } = tensor;
    if (role !== 'parameter' || root !== undefined) continue;
    const source = sources.get(name);
    const table = (source === undefined ? ADDED.test(name) : BIAS_TABLE.test(source))
      ? tableOf(tensor)
      : undefined;
    if (table !== undefined) roots.set(name, table);
    else if (source !== undefined) {
      const one = stored.get(source) ?? bySource.get(source);
      if (one === undefined) bySource.set(source, tensor);
      else if (elementsOf(one.shape) === elementsOf(tensor.shape)) roots.set(name, one);
    }
  }
  return roots;
}

/** Of the biases of a window of w x w places, `[1, heads, w w, w w]`: a table of (2 w - 1) (2 w - 1) distances for each head. */
function tableOf({ name, shape }: Tensor): Tensor | undefined {
  const [places = 0, others] = shape.slice(-2);
  const heads = elementsOf(shape.slice(0, -2));
  const side = Math.sqrt(places);
  if (shape.length < 3 || shape.length > 4 || places !== others || !Number.isInteger(side) || side < 2)
    return undefined;
  return { name: `${name}/table`, shape: [(2 * side - 1) ** 2, heads], role: 'parameter', contiguous: true };
}

/** A matrix of its own for each layer where new layers of the same numbers were written once, by node and input. */
export function ownMatrices(
  graph: GraphProto,
  stored: ReadonlyMap<string, Tensor>,
): Map<NodeProto, Map<number, Tensor>> {
  const own = new Map<NodeProto, Map<number, Tensor>>();
  const readers = new Map<string, { readonly node: NodeProto; readonly input: number }[]>();
  for (const node of graph.nodes)
    node.inputs.forEach((name, input) => {
      if (input !== 1 || !LAID_OUT.test(name)) return;
      const list = readers.get(name) ?? [];
      readers.set(name, list);
      list.push({ node, input });
    });
  for (const [name, list] of readers) {
    const tensor = stored.get(name);
    if (tensor?.role !== 'parameter' || tensor.root !== undefined) continue;
    const bySource = new Map<string, Tensor>();
    for (const { node } of list) bySource.set(layerOf(node), tensor);
    if (bySource.size < 2) continue;
    for (const layer of bySource.keys()) bySource.set(layer, { ...tensor });
    for (const { node, input } of list)
      own.set(node, (own.get(node) ?? new Map<number, Tensor>()).set(input, bySource.get(layerOf(node))!));
  }
  return own;
}

/** The module that a node is of; a second call of one has a number behind its name. */
const layerOf = (node: NodeProto): string =>
  scopeOf(node)
    .map((name) => name.replace(/_\d+$/, ''))
    .join('/');
