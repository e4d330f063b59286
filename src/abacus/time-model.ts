/**
 * The learned part of a time: a Gaussian process over the logarithm of measured time over roofline, so that it says how
 * far a network on a device is off what data sheets promise, and says nothing (a ratio near 1) of what is unlike all it has
 * seen. Base and bounded residual are the form of NeuSight (arXiv 2407.13853, section 4), the features those of DNNAbacus
 * (arXiv 2205.12095, section 3). Intervals are conformal, wider for rows that are unlike the known ones.
 */
import { quantile } from '../base/quantile.js';
import { findDevice, type Device } from './devices.js';
import { FEATURE_GROUP_NAMES, FEATURE_GROUPS, featuresOf, type FeatureGroup } from './features.js';
import type { OperatorGraph } from './graph/types.js';
import { expectedDeviation } from './learners/expected-deviation.js';
import {
  learnProcess,
  processMean,
  similarities,
  type ProcessModel,
  type ProcessOptions,
} from './learners/gaussian-process.js';
import { scalingOf, tableOf, type Table } from './learners/table.js';
import { rooflineOf, type Roofline } from './roofline.js';
import type { Step } from './work.js';

/** A measured step. */
export interface TimeRow {
  readonly graph: OperatorGraph;
  readonly device: Device;
  readonly step: Step;
  readonly seconds: number;
  /** What of the row is left out together when intervals are calibrated. */
  readonly network: string;
}

/** A row as learners see it. */
export interface TimeTable {
  readonly table: Table;
  /** Logarithm of the roofline's seconds. */
  readonly base: Float64Array;
  /** Logarithm of measured seconds over the roofline's. */
  readonly residual: Float64Array;
}

/** One term of the covariance: its variance, and how quickly it falls with the distance in each group of features. */
interface GroupTerm extends Readonly<Record<FeatureGroup, number>> {
  readonly variance: number;
}

/**
 * Tuned on the public PyTorch and TensorFlow rows: the mean relative errors of random rows, networks, families, devices and devices with
 * a tenth of their rows known, each over its goal, by gradient descent over what leaving groups out in closed form gives. The networks
 * were parted into two halves, each tuned by itself and judged on the other, and these are the averages of both. The first
 * term is about one network on one device, the second about a network on all devices, the third about a device, the fourth about
 * networks that are all but equal, in all they run on, and the fifth about a device and how it is used, whatever the network.
 */
const TERMS: readonly GroupTerm[] = [
  { variance: 0.081, network: 1.4, size: 0.76, device: 1.4, step: 0.8 },
  { variance: 0.089, network: 0.57, size: 1.04, device: 0.124, step: 0.91 },
  { variance: 0.08, network: 0.023, size: 0.52, device: 8, step: 0.89 },
  { variance: 0.022, network: 3, size: 0.25, device: 0.09, step: 0.117 },
  { variance: 0.0055, network: 0.065, size: 0.13, device: 10.7, step: 0.98 },
];
const CONSTANT = 0.0164;
const NOISE = 0.00135;
/** Distance between rows of series that keep to data sheets and of those that do not. */
const ANOMALY_DISTANCE = 2;
/** A series of measurements (device and precision) off the roofline by more than this is an anomaly of its own. */
const ANOMALY_FACTOR = 2;
/**
 * What was learned of other devices holds this much of a device that nothing was learned of: the less the better, with devices left
 * out, on all public sets (docs/predict-accuracy.md).
 */
export const UNKNOWN_DEVICE_TRUST = 0.25;
/** The residual is never trusted beyond this factor: nothing known is further off, but series that are anomalies. */
const MOST_RESIDUAL = Math.log(4);

/** The options of the process for a table whose last column marks anomalies. */
export function processOptions(table: Table): ProcessOptions {
  const counts = Object.fromEntries(
    FEATURE_GROUP_NAMES.map((name) => [name, FEATURE_GROUPS.filter((group) => group === name).length]),
  ) as Record<FeatureGroup, number>;
  const { deviations } = scalingOf(table);
  return {
    terms: TERMS.map((term) => ({
      variance: term.variance,
      weights: [
        ...FEATURE_GROUPS.map((group) => term[group] / Math.sqrt(counts[group])),
        ANOMALY_DISTANCE * deviations[FEATURE_GROUPS.length]!,
      ],
    })),
    constant: CONSTANT,
    noise: NOISE,
  };
}

/** Rooflines of rows, which are looked at again for every group that is left out. */
const rooflines = new WeakMap<TimeRow, Roofline>();
export function rowRoofline(row: TimeRow): Roofline {
  const known = rooflines.get(row) ?? rooflineOf(row.graph, row.device, row.step);
  rooflines.set(row, known);
  return known;
}

const seriesOf = (device: Device, step: Step): string => `${device.id} ${step.precision}`;

/** Series of which half the rows are off the roofline by more than `ANOMALY_FACTOR`, such as TITAN V in float64. */
export function anomaliesOf(rows: readonly TimeRow[]): Set<string> {
  const series = new Map<string, number[]>();
  for (const row of rows) {
    const name = seriesOf(row.device, row.step);
    const ratios = series.get(name) ?? [];
    ratios.push(Math.log(row.seconds / rowRoofline(row).seconds));
    series.set(name, ratios);
  }
  return new Set(
    [...series].flatMap(([name, ratios]) =>
      Math.abs(quantile(ratios, 0.5)) > Math.log(ANOMALY_FACTOR) ? [name] : [],
    ),
  );
}

/** The columns that are learned from: the features, and whether the series is an anomaly. */
export const columnsOf = (
  { graph, device, step }: Omit<TimeRow, 'seconds' | 'network'>,
  base: Roofline,
  anomalies: ReadonlySet<string>,
): Float64Array =>
  Float64Array.from([
    ...featuresOf(graph, device, step, base),
    Number(anomalies.has(seriesOf(device, step))),
  ]);

export function timeTable(rows: readonly TimeRow[], anomalies: ReadonlySet<string>): TimeTable {
  const bases = rows.map(rowRoofline);
  return {
    table: tableOf(rows.map((row, index) => columnsOf(row, bases[index]!, anomalies))),
    base: Float64Array.from(bases, ({ seconds }) => Math.log(seconds)),
    residual: Float64Array.from(rows, ({ seconds }, index) => Math.log(seconds / bases[index]!.seconds)),
  };
}

/** Bounds what was learned, but for series that are known to keep to no data sheet. */
export const boundedResidual = (
  residual: number,
  { device, step }: Pick<TimeRow, 'device' | 'step'>,
  anomalies: ReadonlySet<string>,
): number =>
  anomalies.has(seriesOf(device, step))
    ? residual
    : Math.max(-MOST_RESIDUAL, Math.min(MOST_RESIDUAL, residual));

export interface TimePrediction {
  readonly seconds: number;
  /** Expected deviation of the logarithm, before calibration. */
  readonly deviation: number;
  readonly base: Roofline;
  /** Learned factor on the roofline. */
  readonly factor: number;
}

export class TimeModel {
  constructor(
    readonly process: ProcessModel,
    readonly anomalies: ReadonlySet<string>,
    /** Ids of devices that were learned from. */
    readonly devices: ReadonlySet<string>,
  ) {}

  static learn(rows: readonly TimeRow[]): TimeModel {
    const anomalies = anomaliesOf(rows);
    const { table, residual } = timeTable(rows, anomalies);
    return new TimeModel(
      learnProcess(table, residual, processOptions(table)),
      anomalies,
      new Set(rows.map(({ device }) => device.id)),
    );
  }

  predict(graph: OperatorGraph, device: Device, step: Step): TimePrediction {
    const base = rooflineOf(graph, device, step);
    const row = columnsOf({ graph, device, step }, base, this.anomalies);
    const similar = similarities(this.process, row);
    const trust = this.knows(device) ? 1 : UNKNOWN_DEVICE_TRUST;
    const learned = processMean(this.process, similar);
    const residual = trust * boundedResidual(learned, { device, step }, this.anomalies);
    return {
      seconds: base.seconds * Math.exp(residual),
      deviation: expectedDeviation(this.process, similar),
      base,
      factor: Math.exp(residual),
    };
  }

  /** The expected deviation of a row that is like nothing known. */
  get priorDeviation(): number {
    const { constant, noise, terms } = this.process.options;
    return Math.sqrt(constant + noise + terms.reduce((total, { variance }) => total + variance, 0));
  }

  knows(device: Device): boolean {
    return this.devices.has(device.id) && findDevice(device.id)?.name === device.name;
  }
}
