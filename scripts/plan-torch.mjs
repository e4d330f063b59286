/**
 * Writes a plan for `foretoken profile torch --plan`: classic networks with shapes whose training steps take times spread evenly over
 * their logarithm by the predictor's roofline, so that neither the host's pace alone nor the device's is measured.
 *   node scripts/plan-torch.mjs h100 plan.csv
 * Every round visits all networks, in any order, with two shapes each; a shape is one precision, batch and image size, measured in
 * training with three optimizers and in inference. From the second round on a visit measures two rows of earlier rounds again. A run that is
 * cut off has so seen all networks about equally often. Seeded.
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const { deviceOf } = await import(path.join(root, 'dist/abacus/devices.js'));
const { readNetwork } = await import(path.join(root, 'dist/abacus/graph/read.js'));
const { simulateMemory } = await import(path.join(root, 'dist/abacus/graph/memory.js'));
const { rooflineOf } = await import(path.join(root, 'dist/abacus/roofline.js'));
const { pick, randomNumbers, shuffled } = await import(path.join(root, 'dist/base/random.js'));

/** The paper's kind (arXiv 2205.12095, table 1), as scripts/profile_torch.py takes by itself, and some of their families beyond. */
const NETWORKS = (
  'alexnet vgg11 vgg13 vgg16 vgg19 vgg16_bn resnet18 resnet34 resnet50 resnet101 resnet152 resnext50_32x4d ' +
  'wide_resnet50_2 densenet121 densenet161 densenet169 densenet201 googlenet inception_v3 mobilenet_v2 mobilenet_v3_small ' +
  'mobilenet_v3_large shufflenet_v2_x0_5 shufflenet_v2_x1_0 squeezenet1_0 squeezenet1_1 mnasnet0_5 mnasnet1_0 efficientnet_b0 ' +
  'resnext101_32x8d wide_resnet101_2 mnasnet1_3 shufflenet_v2_x2_0 efficientnet_b2 efficientnet_v2_s regnet_x_400mf ' +
  'regnet_x_3_2gf regnet_y_800mf regnet_y_8gf convnext_tiny vit_b_16 swin_t'
).split(' ');
const FIXED_SIZE = new Set(['vit_b_16', 'swin_t']);
const SMALLEST = { inception_v3: 96, alexnet: 64 };
const SIZES = [32, 48, 64, 96, 128, 160, 192, 224, 256, 288];
const BATCHES = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512];
const OPTIMIZERS = ['sgd', 'momentum', 'adam', 'adamw', 'rmsprop'];
const PRECISIONS = [
  ['float32', 'fp32', 0.6],
  ['bfloat16', 'bf16', 0.2],
  ['float16', 'fp16', 0.2],
];
const ROUNDS = 6;
const SHAPES = 2;
const REPEATS = 2;
/** Seconds of training steps that are aimed at, and what no step may take. */
const [SHORTEST, LONGEST, MOST] = [1e-3, 50e-3, 80e-3];
const MOST_OF_MEMORY = 0.6;

const [, , deviceName = 'h100', out = 'plan.csv', seed = '1'] = process.argv;
const device = deviceOf(deviceName);
const random = randomNumbers(Number(seed));

const networks = new Map(
  NETWORKS.map((name) => {
    const any = path.join(root, 'data/cost/networks/torchvision-any-size', `${name}.onnx`);
    return [
      name,
      readNetwork(existsSync(any) ? any : path.join(root, 'data/cost/networks/torchvision', `${name}.onnx`)),
    ];
  }),
);

function precisionOf() {
  let rest = random();
  return PRECISIONS.find(([, , share]) => (rest -= share) < 0) ?? PRECISIONS[0];
}

const step = (precision) => ({
  ...{ phase: 'train', optimizer: 'adam', framework: 'pytorch', copiesBatch: false },
  precision,
});
/** Time and memory are all but straight lines over the batch: two points give them. */
const LINE = [4, 64];
const lines = new Map();
function lineOf(name, size, precision) {
  const key = `${name} ${size} ${precision}`;
  if (!lines.has(key)) {
    const points = LINE.map((batch) => {
      const graph = networks.get(name).at({ batch, imageSize: size, phase: 'train' });
      const { deviceSeconds } = rooflineOf(graph, device, step(precision));
      return { seconds: deviceSeconds, bytes: simulateMemory(graph, step(precision)).peak };
    });
    lines.set(key, (batch, what) => {
      const [low, high] = points.map((point) => point[what]);
      return low + ((high - low) * (batch - LINE[0])) / (LINE[1] - LINE[0]);
    });
  }
  return lines.get(key);
}

/** A shape that the network was not given yet; undefined where none is found. */
function shapeOf(name, taken) {
  for (let tries = 0; tries < 50; tries++) {
    const size = FIXED_SIZE.has(name)
      ? 224
      : pick(
          random,
          SIZES.filter((one) => one >= (SMALLEST[name] ?? 32)),
        );
    const [precision, asked] = precisionOf();
    const at = lineOf(name, size, asked);
    const aim = SHORTEST * (LONGEST / SHORTEST) ** random();
    const off = (batch) => Math.abs(Math.log(Math.max(at(batch, 'seconds'), 1e-5) / aim));
    // Batch norm wants more than one value of a channel.
    const batches = BATCHES.filter(
      (batch) =>
        (batch > 1 || size >= 64) &&
        at(batch, 'seconds') < MOST &&
        at(batch, 'bytes') < MOST_OF_MEMORY * device.memoryBytes,
    );
    if (batches.length === 0) continue;
    const batch = batches.reduce((best, one) => (off(one) < off(best) ? one : best));
    const key = `${precision} ${batch} ${size}`;
    if (taken.has(key)) continue;
    taken.add(key);
    return { precision, batch, size };
  }
  return undefined;
}

const rows = ['network,precision,phase,optimizer,batch,image_size,repeat'];
const taken = new Map(NETWORKS.map((name) => [name, new Set()]));
const measured = new Map(NETWORKS.map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++)
  for (const name of shuffled(NETWORKS, random)) {
    const again = shuffled(measured.get(name), random).slice(0, REPEATS);
    measured.set(
      name,
      measured.get(name).filter((row) => !again.includes(row)),
    );
    for (const row of again) rows.push(`${row},1`);
    for (let at = 0; at < SHAPES; at++) {
      const shape = shapeOf(name, taken.get(name));
      if (shape === undefined) continue;
      const steps = [
        ...shuffled(OPTIMIZERS, random)
          .slice(0, 3)
          .map((optimizer) => ['train', optimizer]),
        ['inference', 'none'],
      ];
      for (const [phase, optimizer] of steps) {
        const row = [name, shape.precision, phase, optimizer, shape.batch, shape.size].join(',');
        rows.push(`${row},0`);
        measured.get(name).push(row);
      }
    }
  }
writeFileSync(out, `${rows.join('\n')}\n`);
console.log(`${rows.length - 1} rows in ${out}`);
