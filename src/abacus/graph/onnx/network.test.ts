/** Every ONNX graph in data/cost: parameters as the file says, multiply-adds as published, any batch and image size. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { memorySource } from '../proto/byte-source.js';
import { networkOf, readNetwork } from '../read.js';
import { onnxBytes, onnxTransformer, onnxWithWeights } from '../tiny-networks.js';
import type { OperatorGraph } from '../types.js';

const folder = fileURLToPath(new URL('../../../../data/cost/networks/', import.meta.url));
const read = (name: string): ReturnType<typeof readNetwork> => readNetwork(`${folder}${name}.onnx`);
const multiplyAdds = ({ nodes, batch }: OperatorGraph): number =>
  nodes.reduce((sum, node) => sum + (node.attributes.gemm === undefined ? 0 : node.flops / 2), 0) / batch;

/** Per image, in units of 1e9: data/cost/README.md, and the weight metadata of torchvision 0.14.1 (`_ops` of later releases). */
const PUBLISHED: Readonly<Record<string, number>> = {
  resnet50: 4.089,
  vgg16: 15.47,
  mobilenet_v2: 0.301,
  densenet121: 2.834,
  vit_b_16: 17.564,
  swin_t: 4.491,
  alexnet: 0.714,
  convnext_tiny: 4.456,
  efficientnet_b0: 0.386,
  regnet_y_8gf: 8.473,
  shufflenet_v2_x1_0: 0.145,
  googlenet: 1.498,
  inception_v3: 5.713,
  resnext50_32x4d: 4.23,
};

describe('ONNX networks', () => {
  const names = ['torchvision', 'cifar'].flatMap((set) =>
    readdirSync(`${folder}${set}`).map((file) => `${set}/${file.replace('.onnx', '')}`),
  );

  it('reads every file with its own number of parameters and no unknown operator', () => {
    assert.equal(names.length, 89);
    for (const name of names) {
      const network = read(name);
      const graph = network.at({ batch: 12, phase: 'train' });
      assert.equal(network.parameters, Number(network.metadata['parameters']), name);
      assert.equal(graph.totals.parameters, network.parameters, name);
      assert.deepEqual(graph.notes, { unknownOperators: {}, warnings: [] }, name);
      assert.ok(
        graph.edges.every(({ from, to }) => from < to),
        name,
      );
    }
  });

  it('counts the published multiply-adds', () => {
    for (const [name, published] of Object.entries(PUBLISHED)) {
      const counted = multiplyAdds(read(`torchvision/${name}`).at({ batch: 3 })) / 1e9;
      assert.ok(Math.abs(counted - published) < 0.001, `${name}: ${counted} instead of ${published}`);
    }
  });

  it('infers the noted shapes, and others for other sizes', () => {
    const network = read('torchvision/resnet50');
    const shapeOf = (graph: OperatorGraph, operator: string): unknown =>
      graph.nodes.filter((node) => node.operator === operator).at(-1)?.outputs[0];
    const graph = network.at({ batch: 5, imageSize: [96, 160] });
    assert.deepEqual(graph.nodes[0]?.outputs, [[5, 3, 96, 160]]);
    assert.deepEqual(shapeOf(graph, 'convolution'), [5, 2048, 3, 5]);
    assert.deepEqual(shapeOf(graph, 'linear'), [5, 1000]);
    assert.deepEqual(shapeOf(network.at(), 'convolution'), [1, 2048, 7, 7]);
    const ratio =
      network.at({ batch: 1, imageSize: 448 }).totals.flops / network.at({ batch: 4 }).totals.flops;
    assert.ok(Math.abs(ratio - 1) < 0.001, `four times the pixels cost ${ratio} times four images`);
  });

  it('pools adaptively where AlexNet and VGG do, and refuses what is tied to its size', () => {
    for (const name of ['alexnet', 'vgg16', 'vgg11_bn']) {
      const network = read(`torchvision/${name}`);
      const graph = network.at({ batch: 2, imageSize: 64 });
      assert.equal(graph.totals.parameters, network.parameters);
      assert.ok(graph.totals.flops < network.at({ batch: 2 }).totals.flops);
    }
    for (const name of ['torchvision/vit_b_16', 'torchvision/swin_t', 'cifar/vgg16', 'cifar/resnet18'])
      assert.throws(() => read(name).at({ batch: 2, imageSize: 96 }), {
        code: 'invalid_option',
        message: /tied to images of/,
      });
  });

  it('joins what PyTorch runs as one kernel', () => {
    const counts = (name: string): OperatorGraph['totals']['counts'] =>
      read(`torchvision/${name}`).at({ batch: 1, phase: 'train' }).totals.counts;
    const vit = counts('vit_b_16');
    assert.deepEqual([vit.layer_norm, vit.gelu, vit.linear, vit.attention], [25, 12, 49, 12]);
    assert.deepEqual([vit.matmul, vit.softmax, vit.multiply], [0, 0, 0]);
    // Scores with a bias of their own are no fused attention.
    const swin = counts('swin_t');
    assert.deepEqual([swin.attention, swin.matmul, swin.softmax], [0, 24, 12]);
    assert.deepEqual([vit.reduce, vit.elementwise], [0, 0]);
    const mobile = counts('mobilenet_v3_small');
    assert.deepEqual([mobile.hard_swish, mobile.hard_sigmoid], [19, 9]);
    const efficient = counts('efficientnet_b0');
    assert.deepEqual([efficient.silu, efficient.sigmoid], [49, 16]);
  });

  it('leaves dropouts out of inference', () => {
    const network = read('torchvision/alexnet');
    assert.equal(network.at({ phase: 'train' }).totals.counts.dropout, 2);
    assert.equal(network.at({ phase: 'inference' }).totals.counts.dropout, 0);
  });

  it('refuses sizes that are none', () => {
    const network = read('torchvision/resnet18');
    for (const batch of [0, -1, 1.5, NaN, 2 ** 40])
      assert.throws(() => network.at({ batch }), { code: 'invalid_option' });
    assert.throws(() => network.at({ imageSize: 0 }), { code: 'invalid_option' });
    assert.throws(() => read('torchvision/inception_v3').at({ imageSize: 8 }), {
      code: 'invalid_network',
      message: /too small/,
    });
  });
});

describe('ONNX files of other kinds', () => {
  it('reads files with weights without their numbers, from disk as from memory', () => {
    const bytes = onnxBytes(onnxWithWeights());
    const network = networkOf(memorySource(bytes), 'made');
    assert.equal(network.parameters, 216 + 8 + 16 + 80 + 10);
    const graph = network.at({ batch: 3, phase: 'train' });
    assert.deepEqual(graph.notes, { unknownOperators: {}, warnings: [] });
    assert.equal(graph.totals.buffers, 16);
    assert.deepEqual(graph.nodes.at(-1)?.outputs, [[3, 10]]);
    assert.equal(graph.totals.counts.silu, 1);
  });

  it('walks over weights of any size with a window of one MiB', () => {
    // 40 MB of weights, then the nodes: more than is ever held.
    const model = onnxWithWeights();
    const large = {
      name: 'fc.weight',
      dims: [10, 1_000_000],
      dataType: 1,
      rawData: new Uint8Array(40_000_000),
    };
    const kept = model.graph!.initializers!.filter(({ name }) => name !== 'fc.weight');
    const bytes = onnxBytes({ ...model, graph: { ...model.graph, initializers: [...kept, large] } });
    let most = 0;
    let total = 0;
    const source = {
      size: bytes.length,
      view: (offset: number, length: number): Uint8Array => {
        most = Math.max(most, length);
        total += length;
        return bytes.subarray(offset, offset + length);
      },
    };
    const network = networkOf(source, 'large');
    assert.equal(network.parameters, 216 + 8 + 16 + 10_000_000 + 10);
    assert.ok(most <= 2 ** 20 && total < 2 ** 20, `${most} bytes at once, ${total} in all`);
    assert.throws(() => network.at(), { code: 'invalid_network', message: /takes 1000000 numbers/ });
  });

  it('walks into functions and branches, and counts what it does not know', () => {
    const network = networkOf(memorySource(onnxBytes(onnxTransformer())), 'made');
    const graph = network.at({ batch: 2, sequenceLength: 7 });
    assert.deepEqual(graph.notes.unknownOperators, { Novel: 1 });
    assert.match(graph.notes.warnings.join(), /branch/);
    assert.deepEqual(graph.nodes.at(-1)?.outputs, [[2, 7, 16]]);
    assert.deepEqual(
      [
        graph.totals.counts.matmul,
        graph.totals.counts.linear,
        graph.totals.counts.tanh,
        graph.totals.counts.add,
      ],
      [2, 3, 1, 1],
    );
    assert.match(network.at({ batch: 2 }).notes.warnings.join(), /leaves its dimension 1 open/);
  });
});
