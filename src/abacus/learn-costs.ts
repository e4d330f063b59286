/** Learns the shipped model from measured rows, and calibrates its intervals on networks and devices left out. */
import { conformalFactor } from './learners/conformal.js';
import { expectedDeviation } from './learners/expected-deviation.js';
import { leaveGroupsOut, similarities } from './learners/gaussian-process.js';
import { rowOf } from './learners/table.js';
import type { MemoryOptions, OperatorGraph } from './graph/types.js';
import { predictMemory } from './memory-model.js';
import type { Calibration, LearnedCosts } from './model-file.js';
import { learnProcessor, type ProcessorRates, type ProcessorRow } from './processor-model.js';
import {
  boundedResidual,
  processOptions,
  TimeModel,
  timeTable,
  type TimeRow,
  UNKNOWN_DEVICE_TRUST,
} from './time-model.js';

/** Share of intervals that hold. */
export const COVERAGE = 0.9;
/** Rows whose deviation is worked out for the calibration: more change the third digit only. */
const CALIBRATION_ROWS = 700;

/** A measured peak of memory, with a search of cuDNN for its fastest algorithms. */
export interface MemoryRow {
  readonly graph: OperatorGraph;
  readonly options: MemoryOptions;
  readonly peakBytes: number;
}

/** Errors of rows in groups that were left out, and the deviations expected for them. */
export function leftOutErrors(
  rows: readonly TimeRow[],
  groups: readonly string[],
  time: TimeModel,
  predictions: Float64Array,
  trust = 1,
): { readonly errors: number[]; readonly deviations: number[]; readonly picked: number[] } {
  const { table, residual } = timeTable(rows, time.anomalies);
  const every = Math.max(1, Math.ceil(rows.length / CALIBRATION_ROWS));
  const picked = rows.flatMap((_, at) => (at % every === 0 ? [at] : []));
  return {
    picked,
    errors: picked.map(
      (at) => residual[at]! - trust * boundedResidual(predictions[at]!, rows[at]!, time.anomalies),
    ),
    deviations: picked.map((at) =>
      expectedDeviation(
        time.process,
        similarities(time.process, rowOf(table, at)),
        (other) => groups[other] === groups[at],
      ),
    ),
  };
}

/**
 * @param processor rows of one processor and what its data sheet says
 * @param provenance what the rows are, in words, for the file
 */
export function learnCosts(
  rows: readonly TimeRow[],
  memoryRows: readonly MemoryRow[],
  processor: { readonly rows: readonly ProcessorRow[]; readonly rates: ProcessorRates },
  provenance: string,
): LearnedCosts {
  const time = TimeModel.learn(rows);
  const { table, residual } = timeTable(rows, time.anomalies);
  const groupings = [rows.map(({ network }) => network), rows.map(({ device }) => device.id)];
  const left = leaveGroupsOut(table, residual, groupings, processOptions(table));
  const factors = groupings.map((groups, at) => {
    const { errors, deviations } = leftOutErrors(
      rows,
      groups,
      time,
      left[at]!.predictions,
      at === 0 ? 1 : UNKNOWN_DEVICE_TRUST,
    );
    return conformalFactor(errors, deviations, COVERAGE);
  });
  const calibration: Calibration = {
    knownDevice: factors[0]!,
    unknownDevice: factors[1]!,
    memory: memoryFactor(memoryRows),
  };
  return {
    time,
    calibration,
    processor: learnProcessor(processor.rows, processor.rates, COVERAGE),
    provenance,
  };
}

/** The factor within which memory is predicted. */
function memoryFactor(rows: readonly MemoryRow[]): number {
  const errors = rows.map(({ graph, options, peakBytes }) =>
    Math.log(peakBytes / predictMemory(graph, options, true).bytes),
  );
  const same = errors.map(() => 1);
  return Math.exp(conformalFactor(errors, same, COVERAGE));
}
