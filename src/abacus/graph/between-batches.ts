/**
 * A graph for one more batch from those for two others: every dimension is a straight line over the batch, so the
 * file need not be walked through again. For sizes and memory; arithmetic stays that of the first graph.
 */
import { elementsOf } from './trace.js';
import type { OperatorGraph, Shape } from './types.js';

/** Undefined where the two graphs are not alike, or a dimension would be no whole number. */
export function graphBetween(a: OperatorGraph, b: OperatorGraph, batch: number): OperatorGraph | undefined {
  if (a.nodes.length !== b.nodes.length || a.edges.length !== b.edges.length || a.batch === b.batch)
    return undefined;
  const distance = batch - a.batch;
  const apart = b.batch - a.batch;
  const odd = { found: false };
  const shapeOf = (one: Shape, other: Shape | undefined): Shape => {
    if (one.length !== other?.length) odd.found = true;
    return one.map((size, axis) => {
      const step = (other?.[axis] ?? size) - size;
      if (step === 0) return size;
      // Multiplied first: a share of two batches is seldom a number that floats have.
      const there = size + (step * distance) / apart;
      if (!Number.isSafeInteger(there) || there < 1) odd.found = true;
      return there;
    });
  };
  const nodes = a.nodes.map((node, at) => {
    const other = b.nodes[at]!;
    if (node.operator !== other.operator || node.outputs.length !== other.outputs.length) odd.found = true;
    const outputs = node.outputs.map((shape, output) => shapeOf(shape, other.outputs[output]));
    const inputs = node.inputs.map((shape, input) => shapeOf(shape, other.inputs[input]));
    return {
      ...node,
      inputs,
      outputs,
      inputElements: elementsOfAll(inputs),
      outputElements: elementsOfAll(outputs),
    };
  });
  return odd.found ? undefined : { ...a, batch, nodes };
}

const elementsOfAll = (shapes: readonly Shape[]): number =>
  shapes.reduce((sum, shape) => sum + elementsOf(shape), 0);
