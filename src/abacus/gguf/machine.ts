/**
 * Machines that a language model can be predicted for: this one, by its profile; other processors, by the profile of one and what
 * data sheets say of both; and cards known by their data sheets, by a roofline (Williams, Waterman, Patterson, "Roofline: an
 * insightful visual performance model", 2009) over the amounts of the same network: arithmetic over peak, bytes over bandwidth,
 * kernels over the time to launch one.
 */
import type { Device } from '../devices.js';
import { OTHER_PROCESSOR, USABLE_OF_MACHINE } from '../processor-model.js';
import type { CostProfile } from './cost-profile.js';
import { pairsOf, type DecodeWork } from './decode-work.js';
import type { ComputeOptions } from './matrix-passes.js';
import type { LanguageModel } from './language-model.js';
import { decodeMs, intervalLogOf, type ProcessorMachine } from './step-time.js';

export interface Machine {
  readonly name: string;
  /** What all of a model must fit into. */
  readonly memoryBytes: number;
  /** Free now; for a device all of it. */
  readonly availableBytes: number;
  /** Logarithm of the factor within which nine in ten times are. */
  readonly intervalLog: number;
  /** Whether the process itself lies in that memory. */
  readonly holdsProcess: boolean;
  decodeMs(model: LanguageModel, work: DecodeWork, options: ComputeOptions): number;
}

export function processorMachine(
  name: string,
  processor: ProcessorMachine,
  memory: { readonly memoryBytes: number; readonly availableBytes: number },
): Machine {
  return {
    name,
    ...memory,
    intervalLog: intervalLogOf(processor),
    holdsProcess: true,
    decodeMs: (model, work, options) => decodeMs(model, work, options, processor),
  };
}

/** FLOP/s in fp32 of one core of the processor of the shipped profile, an EPYC Milan: 32 in each of 3.24e9 cycles a second. */
const PROFILE_CORE_PEAK = 32 * 3.24e9;

/**
 * A processor by its data sheet: the prices of the shipped profile at the pace of its cores, and no faster than its memory brings
 * the weights. No other processor was timed, so the interval is as wide as for networks there.
 * @param profile the shipped one
 * @param threads 0: one a core
 */
export function describedProcessor(device: Device, profile: CostProfile, threads = 0): Machine {
  const cores = device.processor?.cores ?? device.multiprocessors;
  const pace = PROFILE_CORE_PEAK / (device.peak.fp32 / cores);
  const processor: ProcessorMachine = {
    profile,
    threads: threads > 0 ? Math.min(threads, cores) : cores,
    pace: { one: pace, many: pace },
  };
  return {
    ...processorMachine(device.name, processor, {
      memoryBytes: device.memoryBytes,
      availableBytes: USABLE_OF_MACHINE * device.memoryBytes,
    }),
    intervalLog: Math.hypot(profile.intervalLog, OTHER_PROCESSOR),
    decodeMs: (model, work, options) =>
      Math.max(
        decodeMs(model, work, options, processor),
        (1000 * weightBytesRead(model, work)) / device.bandwidth,
      ),
  };
}

/** Bytes of the matrices that a decode goes through, of each once. */
function weightBytesRead(model: LanguageModel, { tokens, outputs }: DecodeWork): number {
  let bytes = 0;
  for (const { bytes: size, layer, experts } of model.matrices) {
    if (layer === -1 && outputs === 0) continue;
    bytes += experts === 1 ? size : size * Math.min(1, (model.expertsUsed * tokens) / experts);
  }
  return bytes;
}

/** Shares of a data sheet's rates that llama.cpp reached with an H200 (docs/gpu.md: 6.34 billion numbers in Q8_0). */
const BANDWIDTH_SHARE = 0.4;
const PEAK_SHARE = 0.17;
/** Up to as many tokens matrices are multiplied as so many vectors, each of which adds this share of the first. */
const VECTOR_TOKENS = 8;
const VECTOR_SHARE = 0.14;
/** Of a graph that is launched at once. */
const KERNEL_SECONDS = 1.5e-6;
const DECODE_SECONDS = 0.2e-3;
const KERNELS_PER_LAYER = 14;
/** No device of this kind has been timed but one. */
const SHEET_INTERVAL = Math.log(1.6);

export function sheetMachine(device: Device): Machine {
  const peak = device.peak.fp16 ?? device.peak.fp32;
  return {
    name: device.name,
    memoryBytes: device.memoryBytes,
    availableBytes: device.memoryBytes,
    intervalLog: SHEET_INTERVAL,
    holdsProcess: false,
    decodeMs(model, work) {
      const { tokens, outputs } = work;
      let flops = 0;
      let bytes = weightBytesRead(model, work);
      for (const { inputs, outputs: rows, layer, experts } of model.matrices) {
        const share = experts === 1 ? 1 : model.expertsUsed;
        flops += 2 * inputs * rows * share * (layer === -1 ? outputs : tokens);
      }
      for (const { heads, kvHeads, keyLength, valueLength, window } of model.attention) {
        flops += 2 * heads * (keyLength + valueLength) * pairsOf(work, window);
        const seen = Math.min(work.cells + tokens, window ?? Infinity) * (work.sequences ?? 1);
        bytes += 2 * kvHeads * (keyLength + valueLength) * seen;
      }
      const reading = bytes / (device.bandwidth * BANDWIDTH_SHARE);
      const moved = tokens > VECTOR_TOKENS ? 4 * reading : reading * (1 + VECTOR_SHARE * (tokens - 1));
      const computing = flops / (peak * PEAK_SHARE);
      const launching = DECODE_SECONDS + model.layers * KERNELS_PER_LAYER * KERNEL_SECONDS;
      return 1000 * (Math.max(moved, computing) + launching);
    },
  };
}
