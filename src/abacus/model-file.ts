/** The shipped model of costs: one JSON file, versioned; numbers in bulk are float32 in base64. */
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ForetokenError } from '../base/errors.js';
import { FEATURE_NAMES } from './features.js';
import type { ProcessModel } from './learners/gaussian-process.js';
import { MeasuredMachine } from './measured-machine.js';
import type { LearnedProcessor, ProcessorRates } from './processor-model.js';
import { TimeModel } from './time-model.js';

/** By how much expected deviations are multiplied so that 90 % of intervals hold. */
export interface Calibration {
  /** For devices that were learned from, judged on networks left out. */
  readonly knownDevice: number;
  /** For other devices, judged on devices left out. */
  readonly unknownDevice: number;
  /** Of memory with a search of cuDNN: the factor within which 90 % of rows are. */
  readonly memory: number;
}

export interface LearnedCosts {
  readonly time: TimeModel;
  readonly calibration: Calibration;
  /** One processor, from its own measurements. */
  readonly processor: LearnedProcessor;
  /** What it was learned from, in words. */
  readonly provenance: string;
}

/** The model that comes with Foretoken. */
export const SHIPPED_COSTS = fileURLToPath(new URL('../../models/cost-model.json', import.meta.url));

const FORMAT = 'foretoken-cost-model';
const VERSION = 4;
const MOST_BYTES = 64 * 2 ** 20;

const packed = (values: ArrayLike<number>): string =>
  Buffer.from(Float32Array.from(values).buffer).toString('base64');

function unpacked(text: unknown): Float64Array {
  if (typeof text !== 'string') throw new TypeError('numbers are missing');
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length % 4 !== 0) throw new RangeError('numbers are cut off');
  // Copied: a buffer may begin anywhere.
  return Float64Array.from(new Float32Array(new Uint8Array(bytes).buffer));
}

export function costsToJson({ time, calibration, processor, provenance }: LearnedCosts): string {
  const { rates, machine, timeFactor, memoryFactor } = processor;
  return JSON.stringify({
    format: FORMAT,
    version: VERSION,
    provenance,
    features: FEATURE_NAMES,
    anomalies: [...time.anomalies],
    devices: [...time.devices],
    calibration,
    process: processToJson(time.process),
    processor: {
      rates,
      prices: Object.fromEntries(machine.prices),
      process: processToJson(machine.process),
      timeFactor,
      memoryFactor,
    },
  });
}

const processToJson = ({ options, scaling, mean, points, weights }: ProcessModel): StoredProcess => ({
  constant: options.constant,
  noise: options.noise,
  terms: options.terms.map((term) => ({ variance: term.variance, weights: [...Array.from(term.weights)] })),
  means: [...scaling.means],
  deviations: [...scaling.deviations],
  mean,
  rows: points.rows,
  points: packed(points.values),
  weights: packed(weights),
});

/** @throws ForetokenError `file_not_found`, `invalid_option` for a file that is no model of this version */
export function readCosts(file: string): LearnedCosts {
  let text: string;
  try {
    if (statSync(file).size > MOST_BYTES) throw new RangeError(`it is larger than ${MOST_BYTES} bytes`);
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ForetokenError(
      'file_not_found',
      `The model of costs ${file} cannot be read: ${String(cause)}.`,
      { cause },
    );
  }
  try {
    return costsFromJson(JSON.parse(text));
  } catch (cause) {
    throw new ForetokenError(
      'invalid_option',
      `${file} is no model of costs of this version (${FORMAT} ${VERSION}): ${String(cause)}. npm run cost-model makes one.`,
      { cause },
    );
  }
}

interface Stored {
  readonly format: unknown;
  readonly version: unknown;
  readonly provenance: string;
  readonly features: readonly string[];
  readonly anomalies: readonly string[];
  readonly devices: readonly string[];
  readonly calibration: Calibration;
  readonly process: StoredProcess;
  readonly processor: {
    readonly rates: ProcessorRates;
    readonly prices: Readonly<Record<string, number>>;
    readonly process: StoredProcess;
    readonly timeFactor: number;
    readonly memoryFactor: number;
  };
}

interface StoredProcess {
  readonly constant: number;
  readonly noise: number;
  readonly terms: readonly { readonly variance: number; readonly weights: readonly number[] }[];
  readonly means: readonly number[];
  readonly deviations: readonly number[];
  readonly mean: number;
  readonly rows: number;
  readonly points: string;
  readonly weights: string;
}

/** @param columns how many a row has; absent: as many as there are means */
function processFromJson(process: StoredProcess, columns = process.means.length): ProcessModel {
  const points = unpacked(process.points);
  const weights = unpacked(process.weights);
  if (
    points.length !== process.rows * columns ||
    weights.length !== process.rows ||
    [process.means, process.deviations, ...process.terms.map((term) => term.weights)].some(
      (row) => row.length !== columns,
    )
  )
    throw new RangeError('its tables do not fit each other');
  return {
    kind: 'process',
    options: { terms: process.terms, constant: process.constant, noise: process.noise },
    scaling: {
      means: Float64Array.from(process.means),
      deviations: Float64Array.from(process.deviations),
    },
    mean: process.mean,
    points: { rows: process.rows, columns, values: points },
    weights,
  };
}

function costsFromJson(value: unknown): LearnedCosts {
  if (typeof value !== 'object' || value === null) throw new TypeError('it is no object');
  const stored = value as Stored;
  if (stored.format !== FORMAT || stored.version !== VERSION)
    throw new RangeError(`it says ${String(stored.format)} ${String(stored.version)}`);
  if (stored.features.join() !== FEATURE_NAMES.join()) throw new RangeError('its features are others');
  const { processor } = stored;
  return {
    time: new TimeModel(
      processFromJson(stored.process, FEATURE_NAMES.length + 1),
      new Set(stored.anomalies),
      new Set(stored.devices),
    ),
    calibration: stored.calibration,
    processor: {
      rates: processor.rates,
      machine: new MeasuredMachine(
        new Map(Object.entries(processor.prices)),
        processFromJson(processor.process),
      ),
      timeFactor: processor.timeFactor,
      memoryFactor: processor.memoryFactor,
    },
    provenance: stored.provenance,
  };
}
