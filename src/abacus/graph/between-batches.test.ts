/** Graphs for a further batch from two others are those that the file gives. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { graphBetween } from './between-batches.js';
import { simulateMemory } from './memory.js';
import { readNetwork } from './read.js';
import type { MemoryOptions } from './types.js';

const network = (name: string): ReturnType<typeof readNetwork> =>
  readNetwork(fileURLToPath(new URL(`../../../data/cost/networks/${name}`, import.meta.url)));
const training: MemoryOptions = { phase: 'train', optimizer: 'adam', precision: 'fp32' };

describe('graphs between batches', () => {
  // Swin folds its windows into the batch, so that dimensions grow by multiples.
  for (const name of ['torchvision/resnet18.onnx', 'torchvision/swin_t.onnx', 'keras/InceptionV3-128.json'])
    it(`${name} takes the same memory`, () => {
      const read = network(name);
      const at = (batch: number): ReturnType<typeof read.at> => read.at({ batch, phase: 'train' });
      for (const batch of [1, 7, 64]) {
        const between = graphBetween(at(2), at(16), batch);
        assert.ok(between !== undefined);
        assert.deepEqual(
          between.nodes.map(({ outputs, inputElements }) => [outputs, inputElements]),
          at(batch).nodes.map(({ outputs, inputElements }) => [outputs, inputElements]),
        );
        assert.deepEqual(simulateMemory(between, training), simulateMemory(at(batch), training));
      }
    });

  it('are there for every batch, also where its share of the distance is no number that floats have', () => {
    const read = network('torchvision/resnet18.onnx');
    assert.equal(graphBetween(read.at({ batch: 32 }), read.at({ batch: 3374 }), 3441)?.batch, 3441);
  });

  it('refuses graphs that are not alike', () => {
    const [one, other] = [network('torchvision/resnet18.onnx'), network('torchvision/resnet34.onnx')];
    assert.equal(graphBetween(one.at({ batch: 1 }), other.at({ batch: 2 }), 3), undefined);
    assert.equal(graphBetween(one.at({ batch: 1 }), one.at({ batch: 1 }), 3), undefined);
  });
});
