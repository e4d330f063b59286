/** Keras's `EinsumDense`: a linear layer whose kernel and output follow from an equation (keras.io/api/layers/core_layers/einsum_dense). */
import { einsum } from '../einsum.js';
import { broadcasting } from '../operations.js';
import { shapeText } from '../trace.js';
import type { LayerHandler } from './layer.js';
import { activated } from './convolutions.js';

export const einsumDense: LayerHandler = (call) => {
  const { config, data } = call;
  const equation = config.text('equation', '').replace(/\s/g, '');
  const [, source = '', kernel = '', result = ''] =
    /^([A-Za-z.]*),([A-Za-z]*)->([A-Za-z.]*)$/.exec(equation) ??
    call.fail(`its equation ${equation} is not read`);
  const sizes = new Map<string, number>();
  const [before = '', after] = source.split('...');
  const named =
    after === undefined
      ? before.length === data.shape.length
      : before.length + after.length <= data.shape.length;
  if (!named) call.fail(`${source} does not name the dimensions of ${shapeText(data.shape)}`);
  Array.from(before).forEach((letter, at) => sizes.set(letter, data.shape[at]!));
  Array.from(after ?? '').forEach((letter, at) => sizes.set(letter, data.shape.at(at - after!.length)!));
  // The output's shape stands there without the batch, open where the input says it.
  const given = config.values['output_shape'];
  const wanted: readonly unknown[] = Array.isArray(given) ? given : [given];
  const tail = Array.from(result.split('...').at(-1)!);
  tail.forEach((letter, at) => {
    const size = wanted[wanted.length - tail.length + at];
    if (!sizes.has(letter) && typeof size === 'number') sizes.set(letter, size);
  });
  const sizeOf = (letter: string): number =>
    sizes.get(letter) ?? call.fail(`it does not say the size of ${letter}`);
  const weight = call.weight('kernel', Array.from(kernel, sizeOf));
  const product =
    einsum(call.trace, call.origin(), [data, weight], equation) ??
    call.fail(`its equation ${equation} is not read`);
  const axes = config.text('bias_axes', '');
  const start = tail.findIndex((letter) => axes.includes(letter));
  if (axes === '' || start < 0) return activated(call, product);
  const bias = call.weight(
    'bias',
    tail.slice(start).map((letter) => (axes.includes(letter) ? sizeOf(letter) : 1)),
  );
  return activated(call, broadcasting(call.trace, 'add', call.origin('bias'), [product, bias]));
};
