/**
 * A small network as TensorFlow.js writes it, and what it says of it: the layers model in data/tensorflow. The package is no
 * dependency of this project:
 *
 *   npm install --prefix /tmp/tfjs @tensorflow/tfjs@4.22.0 && node scripts/tfjs-fixture.mjs /tmp/tfjs data/tensorflow
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [from, folder] = process.argv.slice(2);
const tf = createRequire(path.join(path.resolve(from), 'package.json'))('@tensorflow/tfjs');
const NAME = 'tfjs-residual';

const input = tf.input({ shape: [32, 32, 3] });
let x = tf.layers
  .conv2d({ filters: 8, kernelSize: 3, strides: 2, padding: 'same', useBias: false })
  .apply(input);
x = tf.layers.reLU({ maxValue: 6 }).apply(tf.layers.batchNormalization().apply(x));
const before = x;
x = tf.layers.separableConv2d({ filters: 8, kernelSize: 3, padding: 'same', activation: 'relu' }).apply(x);
x = tf.layers.add().apply([before, x]);
x = tf.layers.maxPooling2d({ poolSize: 2 }).apply(tf.layers.zeroPadding2d({ padding: 1 }).apply(x));
const pooled = tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }).apply(x);
const steps = tf.layers.reshape({ targetShape: [-1, 8] }).apply(x);
const read = tf.layers
  .bidirectional({ layer: tf.layers.lstm({ units: 6 }), mergeMode: 'concat' })
  .apply(steps);
x = tf.layers.dropout({ rate: 0.2 }).apply(tf.layers.concatenate().apply([pooled, read]));
const model = tf.model({
  inputs: input,
  outputs: tf.layers.dense({ units: 10, activation: 'softmax' }).apply(x),
  name: NAME,
});

const count = (weights) => weights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
const facts = {
  tfjs: tf.version_core,
  networks: {
    [NAME]: {
      parameters: model.countParams(),
      trainable: count(model.trainableWeights),
      shapes: Object.fromEntries(model.layers.map((layer) => [layer.name, [layer.outputShape]])),
    },
  },
};
mkdirSync(path.join(folder, NAME), { recursive: true });
await model.save(
  tf.io.withSaveHandler(({ modelTopology, format, generatedBy, weightSpecs }) => {
    // As `save('file://…')` writes it, but for the weights beside it.
    const json = {
      format,
      generatedBy,
      modelTopology,
      weightsManifest: [{ paths: [], weights: weightSpecs }],
    };
    writeFileSync(path.join(folder, NAME, 'model.json'), `${JSON.stringify(json)}\n`);
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
  }),
);
writeFileSync(path.join(folder, 'tfjs-facts.json'), `${JSON.stringify(facts)}\n`);
