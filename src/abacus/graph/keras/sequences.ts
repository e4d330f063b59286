/** Keras layers over sequences: embedding, recurrent layers and their cells. */
import { pointwise } from '../operations.js';
import { samePadding, windowOutput } from '../spatial.js';
import { elementsOf, shapeText, type Tensor } from '../trace.js';
import { isObject } from '../../../base/shape.js';
import { Config } from './config.js';
import type { Call, LayerHandler } from './layer.js';

export const embedding: LayerHandler = (call) => {
  const { config, data } = call;
  const [rows, width] = [config.count('input_dim'), config.count('output_dim')];
  const table = call.weight('embeddings', [rows, width]);
  return pointwise(call.trace, 'embedding', call.origin(), [data, table], [...data.shape, width]);
};

/** Steps of a cell with so many gates; `biasRows` biases of each, where the layer does not say. */
export const recurrent =
  (gates: number, biasRows?: number): LayerHandler =>
  (call) => {
    const { sequence, states } = stepsOf(call, call.data, gates, call.config, '', biasRows);
    const [batch = 1, , units = 1] = sequence;
    const output = call.config.flag('return_sequences', false) ? sequence : [batch, units];
    return states.emit(call.config.flag('return_state', false) ? [output, ...states.shapes] : [output]);
  };

interface Steps {
  /** What a layer that returns sequences returns. */
  readonly sequence: number[];
  readonly states: {
    readonly shapes: number[][];
    readonly emit: (outputs: readonly (readonly number[])[]) => Tensor[];
  };
}

function stepsOf(
  call: Call,
  data: Tensor,
  gates: number,
  config: Config,
  cell: string,
  biasRows?: number,
): Steps {
  const [batch = 1, steps = 1, width = 1] = data.shape;
  if (data.shape.length !== 3) return call.fail(`its input ${shapeText(data.shape)} is no sequence`);
  const units = config.count('units');
  const inputs = [
    data,
    call.weight(`${cell}kernel`, [width, gates * units]),
    call.weight(`${cell}recurrent_kernel`, [units, gates * units]),
  ];
  const rows = biasRows ?? (gates === 3 && config.flag('reset_after', true) ? 2 : 1);
  if (config.flag('use_bias', true)) inputs.push(call.weight(`${cell}bias`, [rows * gates * units]));
  const gemm = { batch: 1, m: batch * steps, n: gates * units, k: width + units };
  const emit = (outputs: readonly (readonly number[])[]): Tensor[] =>
    call.trace.emit('recurrent', {
      ...call.origin(cell.replace(/\/$/, '')),
      inputs,
      outputs,
      flops: 2 * gemm.m * gemm.n * gemm.k,
      attributes: { gemm, inputChannels: width, outputChannels: units },
    });
  const shapes = new Array<number[]>(gates === 4 ? 2 : 1).fill([batch, units]);
  return { sequence: [batch, steps, units], states: { shapes, emit } };
}

const GATES: ReadonlyMap<string, number> = new Map([
  ['LSTMCell', 4],
  ['GRUCell', 3],
  ['SimpleRNNCell', 1],
]);

/** `RNN`: one cell, or several that each read what the one before gives. */
export const cells: LayerHandler = (call) => {
  const { config, trace } = call;
  const outer = config.object('cell');
  const inner = isObject(outer['config']) ? outer['config']['cells'] : undefined;
  const list: readonly unknown[] = Array.isArray(inner) ? inner : [outer];
  let data = call.data;
  for (const [at, cell] of list.entries()) {
    const gates = isObject(cell) ? GATES.get(String(cell['class_name'])) : undefined;
    if (!isObject(cell) || gates === undefined || !isObject(cell['config'])) {
      trace.countUnknown(isObject(cell) ? String(cell['class_name']) : 'RNN');
      return pointwise(trace, 'unknown', call.origin(), [data]);
    }
    const own = new Config(cell['config'], config.where);
    const { sequence, states } = stepsOf(call, data, gates, own, list.length > 1 ? `${at}/` : '');
    const isLast = at === list.length - 1 && !config.flag('return_sequences', false);
    data = states.emit([isLast ? [sequence[0]!, sequence[2]!] : sequence])[0]!;
  }
  return data;
};

/** Recurrent layers whose products are convolutions, over images of `rank` dimensions. */
export const convolutionalRecurrent =
  (rank: number): LayerHandler =>
  (call) => {
    const { config, data } = call;
    if (data.shape.length !== rank + 3 || call.layout === 'channels-first')
      return call.fail(`its input ${shapeText(data.shape)} is no sequence of images with channels last`);
    const [batch = 1, steps = 1, ...image] = data.shape;
    const [channels, spatial] = [image.at(-1)!, image.slice(0, -1)];
    const filters = config.count('filters');
    const kernel = config.counts('kernel_size', rank, undefined);
    const stride = config.counts('strides', rank, 1);
    const dilation = config.counts('dilation_rate', rank, 1);
    const zeros = kernel.map(() => 0);
    const same = config.text('padding', 'valid') === 'same';
    const padding = same
      ? samePadding(spatial, kernel, stride, dilation)
      : { padBegin: zeros, padEnd: zeros };
    const places = windowOutput(spatial, { kernel, stride, dilation, ...padding });
    const inputs = [
      data,
      call.weight('kernel', [...kernel, channels, 4 * filters]),
      call.weight('recurrent_kernel', [...kernel, filters, 4 * filters]),
    ];
    if (config.flag('use_bias', true)) inputs.push(call.weight('bias', [4 * filters]));
    const m = batch * steps * elementsOf(places);
    const gemm = { batch: 1, m, n: 4 * filters, k: elementsOf(kernel) * (channels + filters) };
    const last = [...places, filters];
    const output = config.flag('return_sequences', false) ? [batch, steps, ...last] : [batch, ...last];
    const state = [batch, ...last];
    return call.trace.emit('recurrent', {
      ...call.origin(),
      inputs,
      outputs: config.flag('return_state', false) ? [output, state, state] : [output],
      flops: 2 * gemm.m * gemm.n * gemm.k,
      attributes: { gemm, inputChannels: channels, outputChannels: filters },
    });
  };
