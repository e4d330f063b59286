/** Every Keras graph in data/cost, and the notations of Keras 2, Keras 3, TensorFlow.js and .keras archives. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { strToU8, zipSync } from 'fflate';
import { memorySource } from '../proto/byte-source.js';
import { networkOf, readNetwork } from '../read.js';
import { kerasSequence } from '../tiny-sequences.js';
import type { Network } from '../types.js';
import { readKeras } from './network.js';

const folder = fileURLToPath(new URL('../../../../data/cost/networks/keras/', import.meta.url));
const fromBytes = (bytes: Uint8Array): Network => networkOf(memorySource(bytes), 'made');

/** Trained and not, as Keras's documentation gives them (data/cost/README.md). */
const PUBLISHED: Readonly<Record<string, number>> = {
  VGG16: 138_357_544,
  VGG19: 143_667_240,
  MobileNetV2: 3_538_984,
  InceptionV3: 23_851_784,
  InceptionResNetV2: 55_873_736,
};

/** A functional model with a residual connection, by the notation of its inbound nodes. */
function residual(inbound: (...names: string[]) => unknown, input: object): object {
  const layer = (class_name: string, name: string, config: object, ...from: string[]): object => ({
    class_name,
    name,
    config: { name, ...config },
    inbound_nodes: from.length === 0 ? [] : [inbound(...from)],
  });
  return {
    class_name: 'Functional',
    config: {
      name: 'model',
      layers: [
        layer('InputLayer', 'in', input),
        layer(
          'Conv2D',
          'conv',
          { filters: 8, kernel_size: [3, 3], padding: 'same', activation: 'relu' },
          'in',
        ),
        layer('SeparableConv2D', 'separable', { filters: 8, kernel_size: [3, 3], padding: 'same' }, 'conv'),
        layer('Add', 'add', {}, 'conv', 'separable'),
        layer('GlobalAveragePooling2D', 'pool', {}, 'add'),
        layer('Dense', 'dense', { units: 10, activation: 'softmax' }, 'pool'),
      ],
      input_layers: [['in', 0, 0]],
      output_layers: [['dense', 0, 0]],
    },
  };
}
const TRAINED = 3 * 9 * 8 + 8 + (9 * 8 + 64 + 8) + 8 * 10 + 10;
const keras2 = residual((...names) => names.map((name) => [name, 0, 0, {}]), {
  batch_input_shape: [null, 16, 16, 3],
});
const tensor = (name: string): object => ({
  class_name: '__keras_tensor__',
  config: { shape: [null], dtype: 'float32', keras_history: [name, 0, 0] },
});
const keras3 = residual(
  (...names) => ({ args: names.length === 1 ? [tensor(names[0]!)] : [names.map(tensor)], kwargs: {} }),
  { batch_shape: [null, 16, 16, 3] },
);

describe('Keras networks', () => {
  it('reads every file with the published parameters and no unknown layer', () => {
    const files = readdirSync(folder);
    assert.equal(files.length, 71);
    for (const file of files) {
      const network = readNetwork(`${folder}${file}`);
      const [name = '', size] = file.replace('.json', '').split('-');
      const graph = network.at({ batch: 2, phase: 'train' });
      assert.deepEqual(network.imageSize, [Number(size), Number(size)], file);
      assert.deepEqual(graph.notes, { unknownOperators: {}, warnings: [] }, file);
      assert.equal(graph.totals.parameters, network.parameters, file);
      if (size === '224' && PUBLISHED[name] !== undefined)
        assert.equal(graph.totals.parameters + graph.totals.buffers, PUBLISHED[name], file);
    }
  });

  it('counts the multiply-adds of VGG16 as its ONNX graph has them', () => {
    const network = readNetwork(`${folder}VGG16-224.json`);
    const products = network
      .at({ batch: 4 })
      .nodes.reduce((sum, node) => sum + (node.attributes.gemm === undefined ? 0 : node.flops / 2), 0);
    assert.equal((products / 4 / 1e9).toFixed(2), '15.47');
  });

  it('makes the weights of another image size, and says so', () => {
    const network = readNetwork(`${folder}VGG16-32.json`);
    const graph = network.at({ batch: 1, imageSize: 64 });
    assert.ok(graph.totals.parameters > network.parameters);
    assert.match(graph.notes.warnings.join(), /parameters instead of/);
  });

  it('reads the notations of Keras 2, Keras 3, TensorFlow.js and archives alike', () => {
    const forms: Record<string, Uint8Array> = {
      'Keras 2': strToU8(JSON.stringify(keras2)),
      'Keras 3': strToU8(JSON.stringify(keras3)),
      'TensorFlow.js': strToU8(
        JSON.stringify({
          format: 'layers-model',
          modelTopology: { model_config: keras2 },
          weightsManifest: [],
        }),
      ),
      archive: zipSync({ 'metadata.json': strToU8('{}'), 'config.json': strToU8(JSON.stringify(keras3)) }),
    };
    for (const [form, bytes] of Object.entries(forms)) {
      const network = fromBytes(bytes);
      const { totals } = network.at({ batch: 4 });
      assert.equal(network.parameters, TRAINED, form);
      assert.deepEqual(
        [totals.counts.depthwise_convolution, totals.counts.add, totals.kernels],
        [1, 1, 8],
        form,
      );
    }
  });

  it('counts the weights of a layer that is used twice once', () => {
    const dense = { class_name: 'Dense', config: { name: 'dense', units: 4, use_bias: false } };
    const model = {
      class_name: 'Model',
      config: {
        layers: [
          {
            class_name: 'InputLayer',
            config: { name: 'in', batch_input_shape: [null, 4] },
            inbound_nodes: [],
          },
          { ...dense, inbound_nodes: [[['in', 0, 0, {}]], [['dense', 0, 0, {}]]] },
        ],
        output_layers: [['dense', 1, 0]],
      },
    };
    const graph = readKeras(model, 'twice').at({ batch: 3 });
    assert.equal(graph.totals.parameters, 16);
    assert.equal(graph.totals.flops, 2 * 2 * 3 * 16);
  });

  it('reads layers over sequences and functions of keras.ops', () => {
    const graph = readKeras(kerasSequence(), 'sequence').at({ batch: 3 });
    assert.deepEqual(graph.notes, { unknownOperators: {}, warnings: [] });
    const gru = 8 * 24 + 8 * 24 + 2 * 24;
    assert.equal(graph.totals.parameters, 20 * 8 + gru + 4 * (8 * 8 + 8) + (8 * 6 + 6) + 2);
    const shapes = Object.fromEntries(graph.nodes.map((node) => [node.name, node.outputs[0]]));
    assert.deepEqual(
      ['first', 'mean', 'turned', 'dot'].map((name) => shapes[name]),
      [
        [3, 4, 6],
        [3, 6],
        [3, 3, 2],
        [3, 2, 2],
      ],
    );
  });

  it('says what is wrong with a model', () => {
    const model = (layers: unknown): object => ({ class_name: 'Sequential', config: { layers } });
    const input = { class_name: 'InputLayer', config: { batch_input_shape: [null, 8, 8, 3] } };
    const cases: [unknown, RegExp][] = [
      [{ class_name: 'Other' }, /holds no Keras model/],
      [model('none'), /no list of 'layers'/],
      [model([]), /no layers/],
      [model([{ class_name: 'Dense', config: { units: 3 } }]), /does not say the shape/],
      [
        model([input, { class_name: 'Conv2D', config: { filters: -1, kernel_size: 3 } }]),
        /'filters' must be a whole/,
      ],
      [model([input, { class_name: 'Conv2D', config: { filters: 2, kernel_size: [9, 9] } }]), /too small/],
      [model([input, { class_name: 'Reshape', config: { target_shape: [7] } }]), /cannot be reshaped/],
    ];
    for (const [json, message] of cases)
      assert.throws(() => readKeras(json, 'wrong'), { code: 'invalid_network', message });
    const circle = JSON.parse(JSON.stringify(keras2)) as { config: { layers: { inbound_nodes: unknown }[] } };
    circle.config.layers[1]!.inbound_nodes = [[['add', 0, 0, {}]]];
    assert.throws(() => readKeras(circle, 'circle'), { code: 'invalid_network', message: /depends on it/ });
    assert.throws(() => fromBytes(strToU8('{"a":')), { code: 'invalid_network', message: /no JSON/ });
    assert.throws(() => fromBytes(readFileSync(`${folder}VGG11-32.json`).subarray(0, 900)), {
      code: 'invalid_network',
    });
  });

  it('counts layers that it does not know', () => {
    const model = {
      class_name: 'Sequential',
      config: {
        layers: [
          { class_name: 'InputLayer', config: { batch_input_shape: [null, 8] } },
          { class_name: 'MyLayer', config: {} },
          { class_name: 'MyLayer', config: {} },
        ],
      },
    };
    assert.deepEqual(readKeras(model, 'own').at().notes.unknownOperators, { MyLayer: 2 });
  });
});
