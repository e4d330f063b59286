/** From a trace to the operator graph: nodes that matter, edges, parameters at their first user, totals. */
import { elementsOf, type Operation, type Tensor, type Trace } from './trace.js';
import {
  OPERATORS,
  type GraphTotals,
  type NetworkFormat,
  type OperatorEdge,
  type OperatorGraph,
  type OperatorNode,
  type OperatorType,
  type Phase,
} from './types.js';

export interface GraphHeading {
  readonly name: string;
  readonly format: NetworkFormat;
  readonly phase: Phase;
  readonly batch: number;
  readonly imageSize?: readonly [number, number] | undefined;
  readonly imageChannels?: number | undefined;
}

export function buildGraph(trace: Trace, heading: GraphHeading): OperatorGraph {
  const operations = needed(trace);
  const nodes: OperatorNode[] = [];
  const edges: OperatorEdge[] = [];
  const producers = new Map<Tensor, { node: number; output: number }>();
  const seen = new Set<Tensor>();
  const add = (operation: Operation): void => {
    const index = nodes.length;
    const inputs: Tensor[] = [];
    const parameterTensors: number[] = [];
    const bufferTensors: number[] = [];
    for (const tensor of operation.inputs) {
      const stored = tensor.root ?? tensor;
      if (stored.role === 'activation') {
        const producer = producers.get(tensor);
        if (producer !== undefined)
          edges.push({
            from: producer.node,
            output: producer.output,
            to: index,
            input: inputs.length,
            elements: elementsOf(tensor.shape),
          });
        inputs.push(tensor);
      } else if (!seen.has(stored)) {
        seen.add(stored);
        if (stored.role === 'parameter') parameterTensors.push(elementsOf(stored.shape));
        else if (stored.role === 'buffer') bufferTensors.push(elementsOf(stored.shape));
      }
    }
    operation.outputs.forEach((tensor, output) => producers.set(tensor, { node: index, output }));
    nodes.push({
      index,
      name: operation.name,
      operator: operation.operator,
      source: operation.source,
      inputs: inputs.map(({ shape }) => shape),
      outputs: operation.outputs.map(({ shape }) => shape),
      inputElements: sum(inputs.map(({ shape }) => elementsOf(shape))),
      outputElements: sum(operation.outputs.map(({ shape }) => elementsOf(shape))),
      parameters: sum(parameterTensors),
      parameterTensors,
      bufferTensors,
      flops: operation.flops,
      isView: operation.isView,
      attributes: operation.attributes,
      ...(operation.scope === undefined ? {} : { scope: operation.scope }),
    });
  };
  for (const tensor of trace.inputs)
    add({
      operator: 'input',
      name: tensor.name,
      source: 'input',
      inputs: [],
      outputs: [tensor],
      attributes: {},
      flops: 0,
      isView: false,
    });
  for (const operation of operations) add(operation);
  const outputs = trace.outputs.flatMap((tensor) => producers.get(tensor) ?? []);
  if (outputs.length === 0) trace.fail('outputs', 'none of them is computed from an input');
  return {
    name: heading.name,
    format: heading.format,
    phase: heading.phase,
    batch: heading.batch,
    ...(heading.imageSize === undefined ? {} : { imageSize: heading.imageSize }),
    ...(heading.imageChannels === undefined ? {} : { imageChannels: heading.imageChannels }),
    nodes,
    edges,
    outputs,
    totals: totalsOf(nodes, edges),
    notes: { unknownOperators: Object.fromEntries(trace.unknown), warnings: [...trace.warnings] },
  };
}

/** The operations that an output depends on. */
function needed(trace: Trace): Operation[] {
  const wanted = new Set<Tensor>(trace.outputs);
  const kept: Operation[] = [];
  for (const operation of [...trace.operations].reverse()) {
    if (!operation.outputs.some((tensor) => wanted.has(tensor))) continue;
    kept.push(operation);
    for (const tensor of operation.inputs) wanted.add(tensor);
  }
  return kept.reverse();
}

/** Sums over nodes, and the longest way. Readers that make nodes themselves (GGUF) use it too. */
export function totalsOf(nodes: readonly OperatorNode[], edges: readonly OperatorEdge[]): GraphTotals {
  const counts = Object.fromEntries(OPERATORS.map((operator) => [operator, 0])) as Record<
    OperatorType,
    number
  >;
  const longest = new Array<number>(nodes.length).fill(0);
  const incoming = new Map<number, number>();
  for (const { from, to } of edges) {
    // Edges come in the order of `to`, so everything before `from` is settled.
    const own = nodes[from]!.isView || nodes[from]!.operator === 'input' ? 0 : 1;
    incoming.set(to, Math.max(incoming.get(to) ?? 0, longest[from]! + own));
    longest[to] = incoming.get(to)!;
  }
  let depth = 0;
  const totals = { flops: 0, parameters: 0, buffers: 0, activationElements: 0, inputElements: 0, kernels: 0 };
  for (const node of nodes) {
    counts[node.operator] += 1;
    totals.flops += node.flops;
    totals.parameters += node.parameters;
    totals.buffers += sum(node.bufferTensors);
    if (node.operator === 'input') totals.inputElements += node.outputElements;
    else if (!node.isView) {
      totals.activationElements += node.outputElements;
      totals.kernels += 1;
    }
    depth = Math.max(depth, longest[node.index]! + (node.isView || node.operator === 'input' ? 0 : 1));
  }
  const used = new Set(edges.map(({ from }) => from));
  const outputElements = sum(
    nodes.filter(({ index }) => !used.has(index)).map((node) => node.outputElements),
  );
  return { ...totals, outputElements, depth, counts };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
