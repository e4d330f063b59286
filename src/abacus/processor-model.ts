/**
 * Time and memory of a step on a processor: what one processor's measured steps teach (measured-machine.ts), brought to another by
 * what data sheets say of both: arithmetic by the peak, memory by the bandwidth, starting operators by the clock.
 */
import { peakOf, type Device } from './devices.js';
import type { OperatorGraph } from './graph/types.js';
import { conformalFactor } from './learners/conformal.js';
import {
  MeasuredMachine,
  type MeasuredPrediction,
  type MeasuredStep,
  type Slowness,
} from './measured-machine.js';
import { simulateOnProcessor } from './memory-model.js';
import type { Step } from './work.js';

/** What data sheets say of the processor that was measured. */
export interface ProcessorRates {
  readonly name: string;
  /** FLOP/s in fp32. */
  readonly peak: number;
  /** Bytes a second. */
  readonly bandwidth: number;
  /** Cycles a second. */
  readonly clock: number;
}

export interface LearnedProcessor {
  readonly rates: ProcessorRates;
  readonly machine: MeasuredMachine;
  /** By how much expected deviations are multiplied so that 90 % of intervals hold, on networks left out. */
  readonly timeFactor: number;
  /** The factor within which the memory of 90 % of rows is: by lifetimes alone, nothing is learned of it. */
  readonly memoryFactor: number;
}

/** A process of PyTorch holds this before it computes. */
export const PROCESS_BYTES = 300e6;
/** Of a machine's memory a process can have this: the rest is the system's. */
export const USABLE_OF_MACHINE = 0.9;
/** Rates within this factor are those of the processor that was measured. */
const SAME = 1.15;
/** On other processors nothing was measured: their times are taken to be within this factor, as those of graphics cards left out are. */
export const OTHER_PROCESSOR = Math.log(2);

export interface ProcessorTime extends MeasuredPrediction {
  /** Logarithm of the factor within which 90 % of times are. */
  readonly width: number;
  readonly isMeasured: boolean;
}

export function timeOnProcessor(
  { rates, machine, timeFactor }: LearnedProcessor,
  graph: OperatorGraph,
  device: Device,
  step: Step,
): ProcessorTime {
  const slowness: Slowness = {
    arithmetic: rates.peak / peakOf(device, step.precision),
    memory: rates.bandwidth / device.bandwidth,
    start: rates.clock / (device.processor?.clock ?? rates.clock),
  };
  const isMeasured = Object.values(slowness).every((factor: number) => factor < SAME && factor > 1 / SAME);
  const time = machine.predict(graph, step, isMeasured ? undefined : slowness);
  const own = timeFactor * time.deviation;
  return { ...time, isMeasured, width: isMeasured ? own : Math.hypot(own, OTHER_PROCESSOR) };
}

export interface ProcessorRow extends Omit<MeasuredStep, 'seconds'> {
  readonly network: string;
  readonly seconds?: number | undefined;
  readonly peakBytes?: number | undefined;
}

/** Learns a processor, and calibrates the intervals on networks left out. */
export function learnProcessor(
  rows: readonly ProcessorRow[],
  rates: ProcessorRates,
  coverage: number,
): LearnedProcessor {
  const timed = rows.flatMap((row) => (row.seconds === undefined ? [] : [{ ...row, seconds: row.seconds }]));
  const errors: number[] = [];
  const deviations: number[] = [];
  for (const network of new Set(rows.map((row) => row.network))) {
    const machine = MeasuredMachine.learn(timed.filter((row) => row.network !== network));
    for (const { graph, step, seconds } of timed.filter((row) => row.network === network)) {
      const predicted = machine.predict(graph, step);
      errors.push(Math.log(seconds / predicted.seconds));
      deviations.push(predicted.deviation);
    }
  }
  const memoryErrors = rows.flatMap(({ graph, step, peakBytes }) =>
    peakBytes === undefined ? [] : [Math.log(peakBytes / simulateOnProcessor(graph, step).peak)],
  );
  const same = memoryErrors.map(() => 1);
  return {
    rates,
    machine: MeasuredMachine.learn(timed),
    timeFactor: conformalFactor(errors, deviations, coverage),
    memoryFactor: Math.exp(conformalFactor(memoryErrors, same, coverage)),
  };
}
