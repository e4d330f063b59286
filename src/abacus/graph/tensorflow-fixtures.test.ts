/**
 * Networks as a real TensorFlow, Keras and TensorFlow.js wrote them (data/tensorflow, made by scripts/tensorflow-fixtures.py and
 * scripts/tfjs-fixture.mjs), beside what those say of parameters, shapes and arithmetic.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readNetwork } from './read.js';
import type { OperatorGraph, OperatorType } from './types.js';

const folder = fileURLToPath(new URL('../../../data/tensorflow/', import.meta.url));
type Shape = (number | null)[];
interface Facts {
  readonly batch: number;
  readonly networks: Readonly<
    Record<
      string,
      {
        /** All numbers, and those that are trained. */
        readonly parameters: number;
        readonly trainable: number;
        /** Outputs of each layer; null is the batch. */
        readonly shapes: Readonly<Record<string, Shape[]>>;
        readonly graph?: {
          readonly flops: Readonly<Record<string, number>>;
          readonly shapes: Readonly<Record<string, Shape>>;
        };
      }
    >
  >;
}
const factsOf = (file: string): Facts => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Facts;
const facts = factsOf('facts.json');
const { batch } = facts;
const graphOf = (file: string): OperatorGraph => readNetwork(path.join(folder, file)).at({ batch });
const PRODUCTS: readonly OperatorType[] = [
  'convolution',
  'depthwise_convolution',
  'grouped_convolution',
  'linear',
  'matmul',
];
const productFlops = (graph: OperatorGraph): number =>
  graph.nodes.reduce((sum, { operator, flops }) => sum + (PRODUCTS.includes(operator) ? flops : 0), 0);

/** Layers that make one node of their name have the shape that their framework says. */
function sameShapes(graph: OperatorGraph, shapes: Readonly<Record<string, Shape[]>>): number {
  let compared = 0;
  for (const node of graph.nodes) {
    const wanted = Object.hasOwn(shapes, node.name) ? shapes[node.name]![0]! : undefined;
    // What was joined has the name of its first part and the shape of its last.
    if (wanted === undefined || node.source.includes('+')) continue;
    compared += 1;
    const own = node.outputs[0]!;
    // What Keras leaves open besides the batch it does not say.
    const known = wanted.map((size, at) => size ?? (at === 0 ? batch : own[at]));
    assert.deepEqual(own, known, `${graph.name} ${node.name}`);
  }
  return compared;
}

describe('networks as TensorFlow and Keras write them', () => {
  for (const [name, own] of Object.entries(facts.networks)) {
    for (const file of [`${name}.keras`, `${name}.json`])
      it(`${file}: parameters and shapes are those of Keras`, () => {
        const graph = graphOf(file);
        assert.deepEqual(graph.notes, { unknownOperators: {}, warnings: [] });
        assert.equal(graph.totals.parameters, own.trainable);
        assert.equal(graph.totals.parameters + graph.totals.buffers, own.parameters);
        assert.ok(sameShapes(graph, own.shapes) > 0.5 * Object.keys(own.shapes).length);
      });

    it(`${name}: the SavedModel has the same parameters and products`, () => {
      const [saved, keras] = [graphOf(name), graphOf(`${name}.json`)];
      assert.deepEqual(saved.notes, { unknownOperators: {}, warnings: [] });
      assert.equal(saved.totals.parameters, own.trainable);
      if (own.graph !== undefined) assert.equal(productFlops(saved), productFlops(keras));
      else assert.ok(Math.abs(flopsWithLoops(saved) / flopsWithLoops(keras) - 1) < 1e-9);
    });

    const { graph: known } = own;
    if (known !== undefined)
      it(`${name}.pb: the frozen graph's arithmetic and shapes are those of TensorFlow`, () => {
        const graph = graphOf(`${name}.pb`);
        assert.deepEqual(graph.notes, { unknownOperators: {}, warnings: [] });
        const flops = (...operators: readonly OperatorType[]): number =>
          graph.nodes.reduce((sum, node) => sum + (operators.includes(node.operator) ? node.flops : 0), 0);
        assert.equal(flops('convolution'), known.flops['Conv2D']);
        assert.equal(flops('linear', 'matmul'), known.flops['MatMul']);
        // Keras has XLA compile grouped convolutions: TensorFlow's profiler does not count those.
        if (known.flops['DepthwiseConv2dNative'] !== undefined)
          assert.equal(flops('depthwise_convolution'), known.flops['DepthwiseConv2dNative']);
        const shapes = Object.fromEntries(Object.entries(known.shapes).map(([key, shape]) => [key, [shape]]));
        assert.ok(sameShapes(graph, shapes) > 10);
        // Means and variances of image channels are constants that a frozen graph does not tell from weights.
        assert.equal(graph.totals.parameters, own.trainable + (name === 'convnext' ? 2 * 3 : 0));
      });
  }
});

/** Recurrent layers are one node in Keras and products of every step in TensorFlow. */
const flopsWithLoops = (graph: OperatorGraph): number =>
  graph.nodes.reduce(
    (sum, { operator, flops }) => sum + ([...PRODUCTS, 'recurrent'].includes(operator) ? flops : 0),
    0,
  );

it('a model of TensorFlow.js has the parameters and shapes that TensorFlow.js says', () => {
  const { networks } = factsOf('tfjs-facts.json');
  for (const [name, own] of Object.entries(networks)) {
    const graph = graphOf(`${name}/model.json`);
    assert.deepEqual(graph.notes, { unknownOperators: {}, warnings: [] });
    assert.equal(graph.totals.parameters, own.trainable);
    assert.equal(graph.totals.parameters + graph.totals.buffers, own.parameters);
    assert.ok(sameShapes(graph, own.shapes) > 5);
  }
});
