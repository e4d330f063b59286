/**
 * Time of a step from data sheets alone: for every kernel the larger of FLOPs over the peak and bytes over the bandwidth
 * (Williams, Waterman and Patterson, CACM 52, 2009), with what a class of kernels usually reaches of both, and what starting
 * a kernel takes; the host asks for kernels meanwhile, and both together decide. The constants are the same for all
 * devices and networks: they were fitted to the absolute error over all public rows of data/cost (TITAN V in float64 left out), those
 * of an RTX 3090 and a quarter of those of an H200, each series with the root of its number, with a penalty on leaving first
 * guesses, and rounded. One constant a device or family would fit better, and explode on the next one.
 */
import { computePrecision, hasMatrixUnits, sustainedShare, type Device } from './devices.js';
import type { OperatorGraph } from './graph/types.js';
import { KERNEL_CLASSES, workOf, type Kernel, type KernelClass, type Step } from './work.js';

/** What a class of kernels reaches: of the peak arithmetic on vector and on matrix units, and of the bandwidth. */
const REACHED: Readonly<Record<KernelClass, readonly [vector: number, matrix: number, bandwidth: number]>> = {
  conv1x1: [0.88, 0.82, 0.35],
  // Winograd's algorithm computes a 3 x 3 window with 2.25 times fewer multiplications.
  conv3x3: [1.5, 0.41, 0.22],
  convLarge: [0.72, 0.25, 0.29],
  convStem: [0.4, 0.09, 0.29],
  convGrouped: [0.36, 0.053, 0.29],
  convDepthwise: [0.21, 0.02, 0.25],
  gemm: [0.67, 0.76, 0.27],
  attention: [0.6, 0.5, 0.29],
  norm: [0.4, 0.4, 0.52],
  pointwise: [0.4, 0.4, 0.66],
  pool: [0.4, 0.4, 0.43],
  move: [0.4, 0.4, 0.86],
  optimizer: [0.4, 0.4, 0.34],
};
/** No kernel beats its units, but for Winograd's algorithm. */
const MOST_OF_PEAK = 0.95;
const MOST_OF_PEAK_WINOGRAD = 1.8;
const WITHOUT_WINOGRAD = 0.55;
/** Gradients of products have more work side by side; those of depthwise convolutions are slow. */
const BACKWARD = 1.2;
const BACKWARD_DEPTHWISE = 0.5;
/** Of the bandwidth a backward pass reaches less. */
const BACKWARD_BANDWIDTH = 0.87;
/** Channels of a group that a grouped convolution's share of the peak is for; more or fewer change it by a power. */
const GROUP_WIDTH = 8;
const GROUP_POWER = 0.3;
/** Time of a kernel with nothing to do, once the host is ahead, in seconds. */
const KERNEL_SECONDS = 4.25e-6;
/** What a call costs the host in 2018, and what a step costs it besides, in seconds. */
const HOST_CALL_SECONDS = { pytorch: 36.5e-6, tensorflow: 21.7e-6 };
const HOST_STEP_SECONDS = { pytorch: 0.18e-3, tensorflow: 1.2e-3 };
/** Hosts get faster by this a year. Between 2014 and 2024, as nothing is known of later ones. */
const HOST_YEAR = 0.93;
const HOST_TRAINING = 1.42;
/** From pageable memory of the host over PCIe. */
const COPY_BYTES_A_SECOND = 5.1e9;
/** How sharply the slower of device and host decides: the exponent of their power mean. */
const SHARPNESS = 2.2;
/** Libraries fit old generations less well. */
const GENERATION: Readonly<Record<string, number>> = { kepler: 0.33, maxwell: 0.86 };
/**
 * Of what products reach on the matrix units of Ampere and later (what `REACHED` is of), the first ones reach this: training language
 * models keeps 30 % of a V100's peak (Megatron-LM, arXiv 1909.08053) and 44 % of an A100's (arXiv 2104.04473).
 */
const FIRST_MATRIX_UNITS: Readonly<Record<string, number>> = { volta: 0.68, turing: 0.68 };
const FP64_REACHED = 0.79;
const HALF_BANDWIDTH = 1.03;
/** Without matrix units, half precision is converted to and fro. */
const HALF_BANDWIDTH_CONVERTED = 0.5;
const TENSORFLOW_BANDWIDTH = 0.73;
/**
 * How the share of the bandwidth grows with the time that a kernel's bytes take. With one share for all sizes, large batches on
 * recent cards took twice as long as measured.
 */
const STREAM_SECONDS = 1e-4;
const STREAM_POWER = 0.133;
const MOST_OF_BANDWIDTH = 0.95;
/** A stride leaves a window of 3 x 3 without Winograd's algorithm, mostly. */
const STRIDED = 0.64;
/** About half of what is missing in occupancy is won back by smaller tiles. */
const OCCUPANCY_POWER = 0.4;
/** Channels that a tile computes at least. */
const NARROWEST = 32;

export interface Roofline {
  readonly seconds: number;
  /** What the device, and what the host alone would take. */
  readonly deviceSeconds: number;
  readonly hostSeconds: number;
  readonly copySeconds: number;
  readonly hostCalls: number;
  readonly kernels: number;
  readonly flops: number;
  readonly bytes: number;
  /** Device time by operator, in the order of the graph's nodes; parameters' updates are not among them. */
  readonly byNode: Float64Array;
  /** Device time by class of kernel. */
  readonly byClass: Readonly<Record<KernelClass, number>>;
  /** FLOPs by class of kernel. */
  readonly flopsByClass: Readonly<Record<KernelClass, number>>;
  /** Parts of the device time: bound by arithmetic, by bandwidth, by starting kernels. */
  readonly arithmeticSeconds: number;
  readonly bandwidthSeconds: number;
  readonly startSeconds: number;
  /** Mean share of multiprocessors with work, weighted by time of products. */
  readonly occupancy: number;
}

/** Device and precision, as kernels meet them. */
interface Machine {
  readonly multiprocessors: number;
  /** FLOP/s of vector units; of matrix units, 0 where there are none for the precision. */
  readonly vector: number;
  readonly matrix: number;
  readonly bandwidth: number;
  /** What precision and framework leave of the bandwidth that a class of kernels reaches. */
  readonly bandwidthShare: number;
  /** The same for products that are no convolutions. */
  readonly gemmMatrix: number;
  readonly winograd: boolean;
}

function machineOf(device: Device, { precision: asked, framework }: Step): Machine {
  const precision = computePrecision(device, asked);
  const generation = GENERATION[device.architecture] ?? 1;
  const half = precision === 'fp16' || precision === 'bf16';
  const units = hasMatrixUnits(device, asked);
  const matrix = units ? device.peak[precision]! * sustainedShare(device) : 0;
  return {
    multiprocessors: device.multiprocessors,
    vector:
      generation *
      (precision === 'fp64' ? FP64_REACHED * (device.peak.fp64 ?? device.peak.fp32 / 32) : device.peak.fp32),
    matrix,
    // PyTorch computes them in plain float32 unless it is told otherwise; only convolutions take TF32 by themselves.
    gemmMatrix:
      asked === 'fp32' && framework === 'pytorch'
        ? 0
        : matrix * (FIRST_MATRIX_UNITS[device.architecture] ?? 1),
    bandwidth: device.bandwidth * Math.sqrt(generation),
    bandwidthShare:
      (half ? (units ? HALF_BANDWIDTH : HALF_BANDWIDTH_CONVERTED) : 1) *
      (framework === 'tensorflow' ? TENSORFLOW_BANDWIDTH : 1),
    winograd: precision === 'fp32' || precision === 'tf32' || half,
  };
}

export function rooflineOf(graph: OperatorGraph, device: Device, step: Step): Roofline {
  const work = workOf(graph, step, step.framework === 'pytorch');
  const machine = machineOf(device, step);
  const byNode = new Float64Array(graph.nodes.length);
  const byClass = Object.fromEntries(KERNEL_CLASSES.map((kind) => [kind, 0])) as Record<KernelClass, number>;
  const flopsByClass = { ...byClass };
  let arithmeticSeconds = 0;
  let bandwidthSeconds = 0;
  let flops = 0;
  let bytes = 0;
  let productSeconds = 0;
  let occupied = 0;
  for (const kernel of work.kernels) {
    const occupancy = occupancyOf(kernel, machine);
    const slow = kernel.backward && kernel.kind === 'convDepthwise' ? BACKWARD_DEPTHWISE : 1;
    const arithmetic = kernel.flops / (rateOf(kernel, machine) * occupancy * slow);
    const memory = memorySeconds(kernel, machine) / slow;
    if (arithmetic > memory) arithmeticSeconds += arithmetic;
    else bandwidthSeconds += memory;
    const time = Math.max(arithmetic, memory) + KERNEL_SECONDS;
    if (kernel.node >= 0) byNode[kernel.node]! += time;
    byClass[kernel.kind] += time;
    flopsByClass[kernel.kind] += kernel.flops;
    flops += kernel.flops;
    bytes += kernel.bytes;
    if (kernel.tiles !== Infinity) {
      productSeconds += time;
      occupied += time * occupancy;
    }
  }
  const startSeconds = work.kernels.length * KERNEL_SECONDS;
  const deviceSeconds = arithmeticSeconds + bandwidthSeconds + startSeconds;
  const hostSeconds = work.hostCalls * hostCallSeconds(device, step);
  const copySeconds = work.copiedBytes / COPY_BYTES_A_SECOND;
  return {
    seconds:
      (deviceSeconds ** SHARPNESS + hostSeconds ** SHARPNESS) ** (1 / SHARPNESS) +
      copySeconds +
      HOST_STEP_SECONDS[step.framework],
    deviceSeconds,
    hostSeconds,
    copySeconds,
    hostCalls: work.hostCalls,
    kernels: work.kernels.length,
    flops,
    bytes,
    byNode,
    byClass,
    flopsByClass,
    arithmeticSeconds,
    bandwidthSeconds,
    startSeconds,
    occupancy: productSeconds === 0 ? 1 : occupied / productSeconds,
  };
}

function hostCallSeconds({ year, launchSeconds }: Device, { framework, phase }: Step): number {
  const years = Math.max(2014, Math.min(year, 2024)) - 2018;
  const call = launchSeconds ?? HOST_CALL_SECONDS[framework] * HOST_YEAR ** years;
  return call * (phase === 'train' ? HOST_TRAINING : 1);
}

/**
 * The longer a kernel streams, the more of the bandwidth it reaches: the share of its class after `STREAM_SECONDS` at full
 * bandwidth, and more or less of it by a power of the time.
 */
function memorySeconds({ kind, backward, bytes }: Kernel, { bandwidth, bandwidthShare }: Machine): number {
  const ideal = bytes / bandwidth;
  const reached =
    REACHED[kind][2] * bandwidthShare * (backward && kind !== 'convDepthwise' ? BACKWARD_BANDWIDTH : 1);
  return Math.max(
    ideal / MOST_OF_BANDWIDTH,
    (ideal ** (1 - STREAM_POWER) * STREAM_SECONDS ** STREAM_POWER) / reached,
  );
}

/** Share of the multiprocessors that a product's tiles keep busy; about half of what is missing is won back by smaller tiles. */
function occupancyOf({ tiles }: Kernel, { multiprocessors }: Machine): number {
  if (tiles === Infinity) return 1;
  const waves = tiles / multiprocessors;
  const filled = waves >= 1 ? waves / Math.ceil(waves) : waves;
  return Math.max(0.02, filled ** OCCUPANCY_POWER);
}

/** Wide groups come nearer to what a convolution of all channels reaches. */
function groupedShares(width: number): readonly [number, number] {
  const [vector, matrix] = REACHED.convGrouped;
  const wider = (width / GROUP_WIDTH) ** GROUP_POWER;
  return [Math.min(vector * wider, REACHED.conv1x1[0]), Math.min(matrix * wider, REACHED.conv3x3[1])];
}

function rateOf({ kind, backward, tiles, width, strided }: Kernel, machine: Machine): number {
  if (tiles === Infinity) return machine.vector * REACHED[kind][0];
  const [vectorShare, matrixShare] = kind === 'convGrouped' ? groupedShares(width) : REACHED[kind];
  const narrow = kind === 'convDepthwise' ? 1 : Math.max(1, NARROWEST / width);
  const window = kind === 'conv3x3' ? (strided ? STRIDED : machine.winograd ? 1 : WITHOUT_WINOGRAD) : 1;
  const more = backward ? BACKWARD : 1;
  const vector = Math.min(
    vectorShare * window * more,
    kind === 'conv3x3' && machine.winograd ? MOST_OF_PEAK_WINOGRAD : MOST_OF_PEAK,
  );
  const matrix = Math.min(matrixShare * more, MOST_OF_PEAK);
  const units = kind === 'gemm' || kind === 'attention' ? machine.gemmMatrix : machine.matrix;
  return Math.max(machine.vector * vector, units * matrix) / narrow;
}
