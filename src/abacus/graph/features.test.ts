/** Features of graphs: what the structural matrix counts, and what the embedding tells apart. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  graphEmbedding,
  networkStructuralMatrix,
  operatorSums,
  structureIndependentFeatures,
  type NamedFeatures,
} from './features.js';
import { readNetwork } from './read.js';
import type { OperatorGraph } from './types.js';

const folder = fileURLToPath(new URL('../../../data/cost/networks/torchvision/', import.meta.url));
const graphOf = (name: string, batch = 2): OperatorGraph =>
  readNetwork(`${folder}${name}.onnx`).at({ batch });
const get = ({ names, values }: NamedFeatures, name: string): number | undefined =>
  values[names.indexOf(name)];
const cosine = (a: NamedFeatures, b: NamedFeatures): number =>
  a.values.reduce((sum, value, at) => sum + value * b.values[at]!, 0);

describe('features of graphs', () => {
  it('count edges between types of operators, through views', () => {
    const matrix = networkStructuralMatrix(graphOf('vgg16'));
    assert.equal(get(matrix, 'convolution>relu'), 13);
    assert.equal(get(matrix, 'relu>convolution'), 8);
    assert.equal(get(matrix, 'max_pool>convolution'), 4);
    assert.equal(get(matrix, 'average_pool>linear'), 1);
    assert.equal(get(matrix, 'input>convolution'), 1);
    assert.equal(get(matrix, 'average_pool>reshape'), 0);
  });

  it('sum arithmetic by operator to that of the graph', () => {
    const graph = graphOf('resnet50');
    const sums = operatorSums(graph);
    const flops = sums.values.reduce(
      (sum, value, at) => (sums.names[at]!.startsWith('flops:') ? sum + value : sum),
      0,
    );
    assert.equal(flops, graph.totals.flops);
    const features = structureIndependentFeatures(graph);
    assert.equal(get(features, 'parameters'), 25_557_032);
    assert.equal(get(features, 'batch'), 2);
    assert.equal(get(features, 'convolutions'), 53);
    assert.equal(get(features, 'image_channels'), 3);
    assert.ok(features.values.every(Number.isFinite));
  });

  it('have the same names for every graph', () => {
    const [one, other] = [graphOf('alexnet'), graphOf('swin_t')];
    for (const features of [
      networkStructuralMatrix,
      operatorSums,
      structureIndependentFeatures,
      graphEmbedding,
    ]) {
      assert.deepEqual(features(one).names, features(other).names);
      assert.equal(features(one).values.length, features(one).names.length);
    }
  });

  it('embed networks of one family nearer to each other than to others', () => {
    const embedding = (name: string): NamedFeatures => graphEmbedding(graphOf(name), { dimensions: 256 });
    const [vgg16, vgg19, resnet50, resnet101, vit] = [
      'vgg16',
      'vgg19',
      'resnet50',
      'resnet101',
      'vit_b_16',
    ].map(embedding);
    assert.ok(cosine(vgg16!, vgg19!) > cosine(vgg16!, resnet50!) + 0.2);
    assert.ok(cosine(resnet50!, resnet101!) > cosine(resnet50!, vit!) + 0.2);
    assert.ok(Math.abs(cosine(vit!, vit!) - 1) < 1e-9);
  });
});
