/**
 * Time and memory of one step of a network on a device, with intervals (DNNAbacus, arXiv 2205.12095, with the physics of
 * roofline.ts and graph/memory.ts as its base). The network has been read, so that a command loads the reader of its format alone.
 */
import { ForetokenError } from '../base/errors.js';
import { computePrecision, hasMatrixUnits, type Device } from './devices.js';
import { graphBetween } from './graph/between-batches.js';
import type { Network, OperatorGraph, OperatorType, Optimizer, Phase, Precision } from './graph/types.js';
import { CONTEXT_BYTES, predictMemory, USABLE_MEMORY, type MemoryPrediction } from './memory-model.js';
import type { LearnedCosts } from './model-file.js';
import { deviceOrThis } from './processor-here.js';
import { PROCESS_BYTES, timeOnProcessor, USABLE_OF_MACHINE } from './processor-model.js';
import type { Framework, Step } from './work.js';

/** What is to be predicted. */
export interface CostQuestion {
  /** A file (ONNX, TensorFlow, Keras), or a network that was read. */
  readonly network: string | Network;
  /** Id or name of a device (`foretoken devices`), `this` for this machine's processor, a JSON file that describes one, or a description. */
  readonly device: string | Device;
  /** Examples in a batch, from 1. Absent: 1. */
  readonly batch?: number;
  /** Height and width of images in pixels. Absent: the file's own. */
  readonly imageSize?: number | readonly [number, number];
  /** Tokens in an example, for networks whose file leaves it open. */
  readonly sequenceLength?: number;
  /** Absent: `inference`. */
  readonly phase?: Phase;
  /** Absent: `sgd` in training. */
  readonly optimizer?: Optimizer;
  /** What a framework is asked for; `fp32` is computed as TF32 by convolutions of devices that have it. Absent: `fp32`. */
  readonly precision?: Precision;
  /** Which runs it. Absent: `tensorflow` for files of Keras and TensorFlow, else `pytorch`. */
  readonly framework?: Framework;
  /** Whether cuDNN looks for its fastest algorithms (`cudnn.benchmark`), which needs large workspaces once. Absent: no. */
  readonly searching?: boolean;
}

/** A prediction for one step: a pass over one batch, in training with gradients and the update. */
export interface CostPrediction {
  /** Median of the time of a step, in milliseconds. */
  readonly timeMs: number;
  /** Holds the time with a probability of 0.9. */
  readonly timeIntervalMs: readonly [number, number];
  /** Most bytes that the framework has allocated at a time. */
  readonly memoryBytes: number;
  readonly memoryIntervalBytes: readonly [number, number];
  /** What the device holds beside it for the process: its context and libraries. */
  readonly contextBytes: number;
  /** Whether all of it fits into the device's memory. */
  readonly fits: boolean;
  /** The largest batch that fits; 0 if not even one example does. */
  readonly largestBatch: number;
  /** Operators that take most of the device's time, largest first, at most ten. */
  readonly costliest: readonly OperatorCost[];
  /** What data sheets alone say, in milliseconds. */
  readonly rooflineMs: number;
  /** Share of the time in which the host, not the device, is what decides: 0 to 1. */
  readonly hostBound: number;
  readonly device: Device;
  readonly graph: OperatorGraph;
  readonly step: Step;
  /** Sentences for people: unknown operators, what is far from everything measured. */
  readonly warnings: readonly string[];
}

export interface OperatorCost {
  readonly name: string;
  readonly operator: OperatorType;
  /** Share of the device's time, 0 to 1. */
  readonly share: number;
}

/** Largest batch that is looked at. */
const MOST_BATCH = 2 ** 20;
/** What is told to the user is a bound of an estimate: half a percent is near enough. */
const NEAR_ENOUGH = 0.005;
const MOST_TRIES = 24;
const COSTLIEST = 10;
/** An interval of a network of which nothing is known is this much wider. */
const UNKNOWN_WIDTH = 3;
/** Expected deviation over that of a row like nothing known, from which on a row is far from all. */
const FAR = 0.8;
/** Nine of ten of an H200's rows are within, where matrix units compute: cuDNN's workspaces are known there. */
const MEMORY_MARGIN = [0.96, 1.07] as const;
/** Elsewhere nothing public measures memory without a search of cuDNN. */
const UNMEASURED_MARGIN = [0.9, 1.25] as const;
const UNMEASURED_BYTES = 100e6;

export class NetworkCosts {
  constructor(private readonly learned: LearnedCosts) {}

  /**
   * Predicts time and memory of a step.
   * @throws ForetokenError `unknown_device`; `invalid_network`; `invalid_option` for a batch below 1 or a precision that the
   * device does not have
   */
  predict(network: Network, question: Omit<CostQuestion, 'network'>): CostPrediction {
    const device = typeof question.device === 'string' ? deviceOrThis(question.device) : question.device;
    const phase = question.phase ?? 'inference';
    const batch = question.batch ?? 1;
    if (!Number.isInteger(batch) || batch < 1 || batch > MOST_BATCH)
      throw new ForetokenError(
        'invalid_option',
        `A batch must be a whole number from 1 to ${MOST_BATCH}; got ${batch}.`,
        { param: 'batch' },
      );
    const framework =
      question.framework ??
      (network.format === 'keras' || network.format === 'tensorflow' ? 'tensorflow' : 'pytorch');
    const step: Step = {
      phase,
      precision: question.precision ?? 'fp32',
      optimizer: phase === 'train' ? (question.optimizer ?? 'sgd') : 'none',
      framework,
      copiesBatch: framework === 'tensorflow',
    };
    computePrecision(device, step.precision);
    const graphOf = (size: number): OperatorGraph =>
      network.at({
        batch: size,
        phase,
        ...(question.imageSize === undefined ? {} : { imageSize: question.imageSize }),
        ...(question.sequenceLength === undefined ? {} : { sequenceLength: question.sequenceLength }),
      });
    const graph = graphOf(batch);
    const searching = question.searching ?? false;
    const onProcessor = device.processor !== undefined;
    const memoryOf = (of: OperatorGraph): MemoryPrediction => predictMemory(of, step, searching, device);
    const unknown = Object.values(graph.notes.unknownOperators).reduce((a, b) => a + b, 0);
    const wider = 1 + (UNKNOWN_WIDTH * unknown) / Math.max(1, graph.totals.kernels);
    const time = this.timeOf(graph, device, step);
    const memory = memoryOf(graph);
    const memoryBytes = memory.bytes;
    const contextBytes = onProcessor ? PROCESS_BYTES : CONTEXT_BYTES;
    const room = device.memoryBytes * (onProcessor ? USABLE_OF_MACHINE : USABLE_MEMORY) - contextBytes;
    const width = Math.exp(time.width * wider);
    return {
      timeMs: 1e3 * time.seconds,
      timeIntervalMs: [(1e3 * time.seconds) / width, 1e3 * time.seconds * width],
      memoryBytes: Math.round(memoryBytes),
      memoryIntervalBytes: onProcessor
        ? within(memoryBytes, this.learned.processor.memoryFactor ** wider)
        : this.memoryInterval(
            memoryBytes,
            searching,
            framework === 'pytorch' && hasMatrixUnits(device, step.precision),
            wider,
          ),
      contextBytes,
      fits: memoryBytes <= room,
      largestBatch: largestBatch(room, graph, memory, graphOf, (of) => memoryOf(of).bytes),
      costliest: costliestOf(graph, time.byNode, time.deviceSeconds),
      rooflineMs: 1e3 * time.baseSeconds,
      hostBound: time.hostBound,
      device,
      graph,
      step,
      warnings: [...graph.notes.warnings, ...unknownWarning(graph.notes.unknownOperators), ...time.warnings],
    };
  }

  private timeOf(graph: OperatorGraph, device: Device, step: Step): TimeAnswer {
    const { time: model, processor, calibration } = this.learned;
    if (device.processor !== undefined) {
      const time = timeOnProcessor(processor, graph, device, step);
      return {
        seconds: time.seconds,
        width: time.width,
        baseSeconds: time.base,
        deviceSeconds: time.base,
        hostBound: time.startSeconds / time.base,
        byNode: time.byNode,
        warnings: [
          ...(time.isMeasured
            ? []
            : [
                `Of processors only ${processor.rates.name} was measured: the time is brought to this one by its data ` +
                  'sheet, and the interval is a guess.',
              ]),
          ...(step.framework === 'pytorch' && step.precision === 'fp32'
            ? []
            : ['On processors only PyTorch in fp32 was measured.']),
        ],
      };
    }
    const time = model.predict(graph, device, step);
    const { base } = time;
    const isFar = time.deviation > FAR * model.priorDeviation;
    return {
      seconds: time.seconds,
      width: time.deviation * (model.knows(device) ? calibration.knownDevice : calibration.unknownDevice),
      baseSeconds: base.seconds,
      deviceSeconds: base.deviceSeconds,
      hostBound: base.hostSeconds ** 2 / (base.hostSeconds ** 2 + base.deviceSeconds ** 2),
      byNode: base.byNode,
      warnings: isFar
        ? [
            'The network, or its size, is unlike all that were measured: the time rests on the data sheet of the ' +
              'device alone, and the interval is wide.',
          ]
        : [],
    };
  }

  private memoryInterval(
    bytes: number,
    searching: boolean,
    isKnown: boolean,
    wider: number,
  ): [number, number] {
    if (searching) return within(bytes, this.learned.calibration.memory ** wider);
    const [below, above] = isKnown ? MEMORY_MARGIN : UNMEASURED_MARGIN;
    const more = isKnown ? 0 : UNMEASURED_BYTES;
    return [Math.round(bytes * below ** wider), Math.round(bytes * above ** wider + more)];
  }
}

interface TimeAnswer {
  readonly seconds: number;
  /** Logarithm of the factor within which 90 % of times are. */
  readonly width: number;
  /** Before anything was learned of networks; of graphics cards by data sheets alone. */
  readonly baseSeconds: number;
  /** What `byNode` is a part of. */
  readonly deviceSeconds: number;
  readonly hostBound: number;
  readonly byNode: Float64Array;
  readonly warnings: readonly string[];
}

const within = (bytes: number, factor: number): [number, number] => [
  Math.round(bytes / factor),
  Math.round(bytes * factor),
];

/**
 * Memory is nearly a straight line over the batch: a first guess from what does not depend on it, others from the line through
 * both. Rounding and workspaces bend it, so what fits and what does not are kept apart until they are as near as that matters.
 * @returns 0 where no batch fits
 */
function largestBatch(
  room: number,
  graph: OperatorGraph,
  { bytes, step }: MemoryPrediction,
  graphOf: (batch: number) => OperatorGraph,
  memoryOf: (graph: OperatorGraph) => number,
): number {
  const { batch } = graph;
  const { parameters, buffers, gradients, optimizer } = step;
  const fixed = parameters + buffers + gradients + optimizer;
  const within = (size: number): number => Math.max(1, Math.min(MOST_BATCH, Math.floor(size)));
  let most = 0;
  let least = MOST_BATCH + 1;
  const learn = (size: number, there: number): void => {
    if (there <= room) most = Math.max(most, size);
    else least = Math.min(least, size);
  };
  learn(batch, bytes);
  let size = within(((room - fixed) * batch) / Math.max(1, bytes - fixed));
  if (size === batch) size = bytes <= room ? within(batch + 1) : within(batch - 1);
  if (size === batch) return most;
  const other = graphOf(size);
  let there = memoryOf(other);
  learn(size, there);
  const slope = Math.max(1, (there - bytes) / (size - batch));
  for (let tries = 0; tries < MOST_TRIES && least - most > 1 + NEAR_ENOUGH * most; tries++) {
    const onLine = size + (room - there) / slope;
    const step = NEAR_ENOUGH * size;
    size = within(there <= room ? Math.max(onLine, size + step + 1) : Math.min(onLine, size - step));
    if (size <= most || size >= least) size = (most + least) >> 1;
    there = memoryOf(graphBetween(graph, other, size) ?? graphOf(size));
    learn(size, there);
  }
  return most;
}

function costliestOf(graph: OperatorGraph, byNode: Float64Array, seconds: number): OperatorCost[] {
  return Array.from(byNode.keys())
    .sort((a, b) => byNode[b]! - byNode[a]!)
    .slice(0, COSTLIEST)
    .filter((node) => byNode[node]! > 0)
    .map((node) => ({
      name: graph.nodes[node]!.name,
      operator: graph.nodes[node]!.operator,
      share: byNode[node]! / seconds,
    }));
}

function unknownWarning(operators: Readonly<Record<string, number>>): string[] {
  const names = Object.entries(operators);
  if (names.length === 0) return [];
  const list = names.map(([name, count]) => `${name} (${count})`).join(', ');
  return [`Unknown operators, taken as elementwise ones: ${list}. The intervals are wider for them.`];
}
