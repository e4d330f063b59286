/** Tensors that are in the file, or that nothing is in. */
import type { Tensor } from '../trace.js';
import type { Shape } from '../types.js';
import { valuesOf } from './file.js';
import type { NodeContext } from './node-context.js';

/** What an operator makes of a tensor without any number in it: another. */
export function nothingOf(node: NodeContext, shape: Shape): Tensor {
  if (node.node.opType !== 'Transpose') return node.empty(shape);
  const order = node.ints('perm') ?? shape.map((_, at) => shape.length - 1 - at);
  return node.empty(order.map((at) => shape[at] ?? 1));
}

export function constantOf(node: NodeContext): Tensor {
  const tensor = node.attribute('value')?.t;
  const name = node.node.outputs[0] ?? '';
  if (tensor !== undefined)
    return { name, shape: tensor.dims, role: 'constant', contiguous: true, value: valuesOf(tensor) };
  for (const key of ['value_int', 'value_float', 'value_ints', 'value_floats']) {
    const attribute = node.attribute(key);
    if (attribute === undefined) continue;
    const value = key.endsWith('s')
      ? key === 'value_ints'
        ? attribute.ints
        : attribute.floats
      : [key === 'value_int' ? attribute.i : attribute.f];
    return {
      name,
      shape: key.endsWith('s') ? [value.length] : [],
      role: 'constant',
      contiguous: true,
      value,
    };
  }
  return { name, shape: [], role: 'constant', contiguous: true };
}
