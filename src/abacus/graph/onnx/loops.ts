/** Loops of ONNX: as often as the file says, where it does. Its sums over bags of an embedding are one operator, as they are in PyTorch. */
import { concatenate, pointwise } from '../operations.js';
import { isParameter } from '../spatial.js';
import type { Tensor } from '../trace.js';
import type { NodeContext } from './node-context.js';
import type { GraphProto } from './schema.js';

/** Rounds of one loop; longer sequences than recurrent layers are trained on. */
const MOST_ROUNDS = 1024;

/**
 * @param inline runs the body on a round's number, its condition and what the loop carries
 * @returns undefined where it is not known how often the body runs
 */
export function loop(
  node: NodeContext,
  inline: (body: GraphProto, inputs: readonly Tensor[]) => Tensor[],
): Tensor[] | undefined {
  const body = node.graph('body') ?? node.fail('it lacks its body');
  const count = node.values(0)?.[0];
  if (count === undefined || !(count >= 1) || !Number.isInteger(count)) return undefined;
  let carried = node.inputs.slice(2).map((tensor) => tensor ?? node.fail('what it carries is missing'));
  const host = (name: string, value: number): Tensor => ({
    name,
    shape: [],
    role: 'host',
    contiguous: true,
    value: [value],
  });
  const round = (at: number): Tensor[] =>
    inline(body, [host('round', at), host('condition', 1), ...carried]).slice(1);
  if (carried.length === 0) return [...bags(node, body, count, () => round(0))];
  const scans: Tensor[][] = [];
  const rounds = Math.min(count, MOST_ROUNDS);
  if (rounds < count)
    node.trace.warnings.add(`A loop runs ${count} times; it was counted as ${MOST_ROUNDS} times.`);
  for (let at = 0; at < rounds; at++) {
    const results = round(at);
    results.slice(carried.length).forEach((tensor, scan) => (scans[scan] ??= []).push(tensor));
    carried = results.slice(0, carried.length);
  }
  const stacked = scans.map((tensors, at) => stack(node, tensors, rounds, at));
  return [...carried, ...stacked];
}

const stack = (node: NodeContext, tensors: readonly Tensor[], count: number, at: number): Tensor =>
  concatenate(
    node.trace,
    { ...node.origin, name: `${node.origin.name}:${at}` },
    tensors,
    [count, ...tensors[0]!.shape],
    0,
  )[0]!;

/** Rounds that know nothing of each other: they are run side by side. */
function bags(node: NodeContext, body: GraphProto, count: number, round: () => Tensor[]): Tensor[] {
  const { trace } = node;
  const before = trace.operations.length;
  const results = round();
  const looked = trace.operations
    .slice(before)
    .find(({ source, inputs }) => source === 'Gather' && isParameter(inputs[0]));
  const isBag = body.nodes.some(({ opType }) => opType.startsWith('Reduce')) && results.length === 1;
  if (looked !== undefined && isBag) {
    const indices = trace.operations.slice(before).flatMap(({ inputs, outputs }) => {
      const made = new Set(outputs);
      return inputs.filter((input) => input.role === 'activation' && !made.has(input));
    });
    trace.operations.length = before;
    const width = looked.inputs[0]!.shape.at(-1) ?? 1;
    const { origin } = node;
    return [
      pointwise(trace, 'embedding', origin, [looked.inputs[0]!, ...indices.slice(0, 1)], [count, width]),
    ];
  }
  return results.map((tensor, at) => stack(node, [tensor], count, at));
}
