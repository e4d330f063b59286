/**
 * The public measurements of data/cost as rows for the cost predictor: each with the graph of its network, its device and how
 * the step was run. Made from the built program, like everything in scripts/.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = path.join(root, 'data/cost');
const { deviceOf } = await import(path.join(root, 'dist/abacus/devices.js'));
const { readNetwork } = await import(path.join(root, 'dist/abacus/graph/read.js'));

function csv(name) {
  const [head, ...lines] = readFileSync(path.join(folder, name), 'utf8').trim().split('\n');
  const columns = head.split(',');
  return lines.map((line) => {
    const fields = line.split(',');
    return Object.fromEntries(columns.map((column, at) => [column, fields[at]]));
  });
}

const networks = new Map();
function networkOf(file) {
  if (!networks.has(file)) networks.set(file, readNetwork(path.join(folder, 'networks', file)));
  return networks.get(file);
}
const graphs = new Map();
/** The graph of a network's file for a batch; read and made once. */
export function graphOf(file, batch, phase) {
  const key = `${file} ${batch} ${phase}`;
  if (!graphs.has(key)) {
    graphs.set(key, networkOf(file).at({ batch, phase }));
  }
  return graphs.get(key);
}

/** Families for leaving one out; wide networks count with those they are a width of. */
const FAMILIES = [
  'densenet',
  'mnasnet',
  'mobilenet',
  'resnext',
  'resnet',
  'shufflenet',
  'squeezenet',
  'vgg',
  'googlenet',
];
export const familyOf = (network) => FAMILIES.find((family) => network.includes(family)) ?? network;

const PRECISION = { float32: 'fp32', float16: 'fp16', float64: 'fp64' };
const row = (file, network, device, batch, step, seconds, more = {}) => ({
  graph: graphOf(file, batch, step.phase),
  network,
  family: familyOf(network),
  device: deviceOf(device),
  step,
  seconds,
  ...more,
});

const pytorch = (name) =>
  csv(name).map((line) =>
    row(
      `torchvision/${line.network}.onnx`,
      line.network,
      line.device,
      Number(line.batch),
      {
        phase: line.phase,
        precision: PRECISION[line.precision],
        optimizer: 'none',
        framework: 'pytorch',
        copiesBatch: line.includes_h2d_copy === '1',
      },
      Number(line.time_ms_median) / 1e3,
      { series: line.series, spread: Number(line.time_ms_std) / Number(line.time_ms_median) },
    ),
  );
export const pytorchRows = () => pytorch('pytorch-gpus.csv');
/** Further series of the RTX 2080 Ti: how far repeated benchmarks differ. */
export const pytorchRepeats = () => pytorch('pytorch-gpus-repeats.csv');

export const tensorflowRows = () =>
  csv('tensorflow-gpus.csv').map((line) =>
    row(
      `keras/${line.network}-${line.image_size}.json`,
      line.network,
      line.device,
      Number(line.batch),
      { phase: 'train', precision: 'fp32', optimizer: 'sgd', framework: 'tensorflow', copiesBatch: true },
      Number(line.batch_latency_ms_median) / 1e3,
    ),
  );

const { readTorchProfile } = await import(path.join(root, 'dist/abacus/torch-profile.js'));
/** Of our own measurements. The networks whose head changes with the size of images are there with a head for every size. */
const profiled = (name) =>
  readTorchProfile(path.join(folder, name), (network) => {
    const any = path.join(folder, 'networks/torchvision-any-size', `${network}.onnx`);
    return readNetwork(existsSync(any) ? any : path.join(folder, 'networks/torchvision', `${network}.onnx`));
  }).map((row) => ({ ...row, family: familyOf(row.network) }));
export const ownRows = () => profiled('pytorch-epyc-milan.csv');
export const ownGpuRows = () =>
  profiled('pytorch-h200.csv').map((row) => ({ ...row, device: deviceOf('h200') }));

/** Of recent cards, by others, which nothing is learned from: half precision as autocast runs it, large batches. */
export const timmRows = () =>
  csv('timm-gpus.csv').map((line) => {
    const [batch, imageSize] = [Number(line.batch), Number(line.image_size)];
    const step = {
      phase: line.phase,
      precision: 'fp16',
      optimizer: line.optimizer,
      framework: 'pytorch',
      copiesBatch: false,
    };
    const network = networkOf(`torchvision/${line.network}.onnx`);
    return {
      graph: network.at({ batch, imageSize, phase: line.phase }),
      ...{ step, network: line.network, family: familyOf(line.network), series: line.series },
      device: deviceOf(line.device),
      seconds: Number(line.time_ms) / 1e3,
    };
  });

/**
 * Two cores of Zen 3 (16 numbers of 32 bits a cycle, multiplied and added), with clock and bandwidth as
 * src/abacus/processor-here.ts measured them on the machine of the rows on 2026-11-27.
 */
export const OWN_PROCESSOR = {
  name: 'AMD EPYC (Milan), 2 cores',
  peak: 2 * 3.24e9 * 32,
  bandwidth: 15e9,
  clock: 3.24e9,
};

/** The source names no device; a 16 GB V100 fits what was allocated and reached (data/cost/README.md). */
const CIFAR_DEVICE = 'v100';
export const cifarTraining = () =>
  csv('cifar10-gpu.csv').map((line) =>
    row(
      `cifar/${line.network}.onnx`,
      line.network,
      CIFAR_DEVICE,
      Number(line.batch),
      { phase: 'train', precision: 'fp32', optimizer: 'momentum', framework: 'pytorch', copiesBatch: false },
      Number(line.step_ms) / 1e3,
      { peakBytes: Number(line.peak_bytes), allocatedBytes: Number(line.allocated_bytes_median) },
    ),
  );
export const cifarInference = () =>
  csv('cifar10-gpu-inference.csv').map((line) =>
    row(
      `cifar/${line.network}.onnx`,
      line.network,
      CIFAR_DEVICE,
      Number(line.batch),
      { phase: 'inference', precision: 'fp32', optimizer: 'none', framework: 'pytorch', copiesBatch: false },
      // Some cells were disturbed: the fastest pass stands for them.
      Number(line.forward_ms_min) / 1e3,
      { peakBytes: Number(line.peak_bytes), allocatedBytes: Number(line.allocated_bytes_median) },
    ),
  );

/** Cells of TensorFlow's grid that are missing, most likely because memory ran out. */
export const tensorflowAbsent = () =>
  csv('tensorflow-gpus-absent.csv').map((line) => ({
    graph: graphOf(`keras/${line.network}-${line.image_size}.json`, Number(line.batch), 'train'),
    network: line.network,
    device: deviceOf(line.device),
    memoryBytes: Number(line.device_memory_gb) * 2 ** 30,
  }));
