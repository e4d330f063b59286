/**
 * Operators of detection, of quantised networks and others that are seldom used, one a network: shapes as onnx itself infers them
 * (data/onnx, made by scripts/onnx-fixtures.py), arithmetic and parameters worked out by hand.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { memorySource } from '../proto/byte-source.js';
import { networkOf } from '../read.js';
import type { Network, OperatorNode } from '../types.js';

interface Fixtures {
  readonly cases: readonly {
    readonly name: string;
    /** 0: onnx says that it depends on the data. */
    readonly outputs: Readonly<Record<string, readonly number[]>>;
    /** In base64. */
    readonly model: string;
  }[];
}
const { cases } = JSON.parse(
  readFileSync(new URL('../../../../data/onnx/operators.json', import.meta.url), 'utf8'),
) as Fixtures;
const BATCH = 2;
const networks = new Map<string, Network>(
  cases.map(({ name, model }) => [
    name,
    networkOf(memorySource(Buffer.from(model, 'base64')), name, '.onnx'),
  ]),
);
const nodeOf = (name: string): OperatorNode =>
  networks
    .get(name)!
    .at({ batch: BATCH })
    .nodes.filter(({ operator }) => operator !== 'input')
    .at(-1)!;

/** [operations of the forward pass, trained numbers] */
const BY_HAND: Readonly<Record<string, readonly [flops: number, parameters: number]>> = {
  // Four operations make a number between its neighbours.
  RoiAlign: [4 * 7 * 8 * 5 * 3, 0],
  GridSample: [4 * 2 * 8 * 9 * 10, 0],
  Resize: [4 * 2 * 8 * 32 * 18, 0],
  MatMulInteger: [2 * (2 * 6) * 32 * 24, 32 * 24],
  QLinearMatMul: [2 * (2 * 6) * 32 * 24, 32 * 24],
  // Every second place of 16 x 12, six channels, windows of 3 x 3 over eight channels.
  ConvInteger: [2 * (2 * 8 * 6) * 6 * (8 * 9), 6 * 8 * 9],
  QLinearConv: [2 * (2 * 16 * 12) * 6 * (8 * 9), 6 * 8 * 9 + 6],
  DeformConv: [2 * (2 * 16 * 12) * 6 * (8 * 9), 6 * 8 * 9 + 6],
  // Each place of the input is multiplied with the windows of its group: four channels in, three out, 4 x 4.
  ConvTranspose: [2 * (2 * 16 * 12) * 2 * (4 * 3 * 16), 8 * 3 * 16],
  DynamicQuantizeLinear: [2 * 2 * 8 * 16 * 12, 0],
  QuantizeLinear: [2 * 2 * 8 * 16 * 12, 0],
  DequantizeLinear: [2 * 2 * 8 * 16 * 12, 0],
  SoftmaxCrossEntropyLoss: [8 * 2 * 10, 0],
  LossByPlace: [8 * 2 * 10 * 4 * 3, 0],
  // Sorting 100 numbers takes seven halvings.
  TopK: [2 * 100 * 7, 0],
  LpPool: [2 * 8 * 8 * 6 * 9, 0],
  GlobalLpPool: [2 * 8 * 16 * 12, 0],
  Einsum: [2 * 2 * 8 * 16 * 12 * 5, 0],
  GatherND: [0, 0],
  OneHot: [0, 0],
  // Ten boxes of each of three classes and two images, each held against all 100.
  NonMaxSuppression: [10 * (2 * 3 * 10) * 100, 0],
};

describe('ONNX operators', () => {
  it('have the shapes that onnx infers', () => {
    assert.ok(cases.length > 30);
    for (const { name, outputs } of cases) {
      const node = nodeOf(name);
      const wanted = Object.values(outputs);
      assert.equal(node.outputs.length, wanted.length, name);
      wanted.forEach((shape, at) => {
        assert.deepEqual(
          node.outputs[at]!.map((size, axis) => (shape[axis] === 0 ? 0 : size)),
          shape,
          name,
        );
      });
    }
    // Where the data decides, all are counted.
    assert.deepEqual(nodeOf('NonZero').outputs, [[2, 12]]);
    assert.deepEqual(nodeOf('NonMaxSuppression').outputs, [[60, 3]]);
  });

  it('have the arithmetic and the parameters that are worked out by hand', () => {
    for (const [name, [flops, parameters]] of Object.entries(BY_HAND)) {
      const network = networks.get(name)!;
      assert.equal(nodeOf(name).flops, flops, name);
      assert.equal(network.parameters, parameters, name);
      assert.equal(network.at({ batch: BATCH }).totals.parameters, parameters, name);
    }
  });

  it('are all known, and warn only where the data decides', () => {
    for (const [name, network] of networks) {
      const { unknownOperators, warnings } = network.at({ batch: BATCH }).notes;
      assert.deepEqual(unknownOperators, {}, name);
      assert.equal(warnings.length, ['NonZero', 'NonMaxSuppression'].includes(name) ? 1 : 0, name);
    }
  });

  it('grow with the batch and the image', () => {
    for (const name of ['QLinearConv', 'Resize', 'LpPool', 'ConvTranspose', 'DynamicQuantizeLinear']) {
      const network = networks.get(name)!;
      const flops = (batch: number, imageSize: [number, number]): number =>
        network.at({ batch, imageSize }).totals.flops;
      assert.equal(flops(5, [16, 12]), 2.5 * flops(2, [16, 12]), name);
      assert.equal(flops(2, [32, 24]), 4 * flops(2, [16, 12]), name);
    }
  });
});
