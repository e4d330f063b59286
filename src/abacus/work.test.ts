/** The kernels of recurrent layers: their steps come one after another. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deviceOf } from './devices.js';
import { intAttribute, onnxNode, onnxOf } from './graph/tiny-networks.js';
import { rooflineOf } from './roofline.js';
import { workOf, type Step } from './work.js';

const [WIDTH, HIDDEN, GATES] = [32, 64, 4];
const lstm = onnxOf(
  [onnxNode('LSTM', ['x', 'w', 'r', 'b'], ['y'], [intAttribute('hidden_size', HIDDEN)])],
  ['steps', 'batch', WIDTH],
  { w: [1, GATES * HIDDEN, WIDTH], r: [1, GATES * HIDDEN, HIDDEN], b: [1, 2 * GATES * HIDDEN] },
);
const step = (phase: Step['phase']): Step => ({
  phase,
  precision: 'fp32',
  optimizer: phase === 'train' ? 'sgd' : 'none',
  framework: 'pytorch',
  copiesBatch: false,
});

describe('recurrent layers', () => {
  // The first dimension, which stands for the batch elsewhere, is that of the steps here: sixteen of them, and eight examples.
  const graph = lstm.at({ batch: 16, sequenceLength: 8 });
  const node = graph.nodes.find(({ operator }) => operator === 'recurrent')!;

  it('compute as much as their matrices say, forward once and backward twice', () => {
    const products = 2 * 16 * 8 * GATES * HIDDEN * (WIDTH + HIDDEN);
    assert.equal(node.flops, products);
    for (const [phase, times] of [
      ['inference', 1],
      ['train', 3],
    ] as const) {
      const flops = workOf(graph, step(phase))
        .kernels.filter((kernel) => kernel.node === node.index)
        .reduce((sum, kernel) => sum + kernel.flops, 0);
      assert.ok(Math.abs(flops / (times * products) - 1) < 1e-9, `${phase}: ${flops}`);
    }
  });

  it('take longer for more steps of fewer examples, which is as much arithmetic', () => {
    const device = deviceOf('v100');
    const seconds = (examples: number, steps: number): number => {
      const one = lstm.at({ batch: steps, sequenceLength: examples });
      // For `workOf` the batch is what its graph says.
      return rooflineOf({ ...one, batch: examples }, device, step('inference')).deviceSeconds;
    };
    assert.ok(seconds(8, 256) > 4 * seconds(256, 8));
    assert.ok(seconds(1, 100_000) < 100 * seconds(1, 10_000));
  });
});
