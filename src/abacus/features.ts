/**
 * What a prediction of time is learned from: the structure-independent features of DNNAbacus (arXiv 2205.12095, section 3.2), the
 * device's data sheet, and what the roofline makes of every class of operator. Quantities are logarithms, so
 * that learners see ratios.
 */
import type { Device } from './devices.js';
import { ARCHITECTURES } from './device-table.js';
import type { OperatorGraph } from './graph/types.js';
import { computePrecision, peakOf } from './devices.js';
import type { Roofline } from './roofline.js';
import { KERNEL_CLASSES, type Step } from './work.js';

/** What a column is about: kernels of a Gaussian process take distances in each group. */
export const FEATURE_GROUP_NAMES = ['network', 'size', 'device', 'step'] as const;
export type FeatureGroup = (typeof FEATURE_GROUP_NAMES)[number];

interface Feature {
  readonly name: string;
  readonly group: FeatureGroup;
  readonly of: (graph: OperatorGraph, device: Device, step: Step, base: Roofline) => number;
}

const log = (value: number): number => Math.log(Math.max(value, 1e-12));

const FEATURES: readonly Feature[] = [
  { name: 'seconds', group: 'size', of: (_g, _d, _s, base) => log(base.seconds) },
  { name: 'device seconds', group: 'size', of: (_g, _d, _s, base) => log(base.deviceSeconds) },
  { name: 'host seconds', group: 'size', of: (_g, _d, _s, base) => log(base.hostSeconds) },
  {
    name: 'host / device',
    group: 'size',
    of: (_g, _d, _s, base) => Math.max(-3, Math.min(3, log(base.hostSeconds / base.deviceSeconds))),
  },
  { name: 'kernels', group: 'network', of: (_g, _d, _s, base) => log(base.kernels) },
  { name: 'flops', group: 'size', of: (_g, _d, _s, base) => log(base.flops) },
  { name: 'bytes', group: 'size', of: (_g, _d, _s, base) => log(base.bytes) },
  { name: 'flops / byte', group: 'network', of: (_g, _d, _s, base) => log(base.flops / base.bytes) },
  { name: 'parameters', group: 'network', of: ({ totals }) => log(totals.parameters + 1) },
  {
    name: 'activations an example',
    group: 'network',
    of: ({ totals, batch }) => log(totals.activationElements / batch),
  },
  { name: 'flops an example', group: 'network', of: ({ totals, batch }) => log(totals.flops / batch) },
  { name: 'depth', group: 'network', of: ({ totals }) => log(totals.depth) },
  { name: 'batch', group: 'size', of: ({ batch }) => log(batch) },
  { name: 'input', group: 'size', of: ({ totals, batch }) => log(totals.inputElements / batch) },
  { name: 'occupancy', group: 'size', of: (_g, _d, _s, base) => log(base.occupancy) },
  {
    name: 'share arithmetic',
    group: 'size',
    of: (_g, _d, _s, base) => base.arithmeticSeconds / base.deviceSeconds,
  },
  {
    name: 'share bandwidth',
    group: 'size',
    of: (_g, _d, _s, base) => base.bandwidthSeconds / base.deviceSeconds,
  },
  { name: 'share start', group: 'size', of: (_g, _d, _s, base) => base.startSeconds / base.deviceSeconds },
  { name: 'share copy', group: 'size', of: (_g, _d, _s, base) => base.copySeconds / base.seconds },
  ...KERNEL_CLASSES.map((kind): Feature => ({
    name: `share ${kind}`,
    group: 'network',
    of: (_g, _d, _s, base) => base.byClass[kind] / base.deviceSeconds,
  })),
  ...KERNEL_CLASSES.slice(0, 7).map((kind): Feature => ({
    name: `flops ${kind}`,
    group: 'network',
    of: (_g, _d, _s, base) => base.flopsByClass[kind] / base.flops,
  })),
  { name: 'peak', group: 'device', of: (_g, device, step) => log(peakOf(device, step.precision)) },
  { name: 'peak fp32', group: 'device', of: (_g, device) => log(device.peak.fp32) },
  { name: 'bandwidth', group: 'device', of: (_g, device) => log(device.bandwidth) },
  { name: 'multiprocessors', group: 'device', of: (_g, device) => log(device.multiprocessors) },
  { name: 'cache', group: 'device', of: (_g, device) => log(device.cacheBytes) },
  { name: 'watts', group: 'device', of: (_g, device) => log(device.watts) },
  { name: 'year', group: 'device', of: (_g, device) => device.year },
  { name: 'architecture', group: 'device', of: (_g, device) => ARCHITECTURES.indexOf(device.architecture) },
  {
    name: 'peak / bandwidth',
    group: 'device',
    of: (_g, device, step) => log(peakOf(device, step.precision) / device.bandwidth),
  },
  {
    name: 'peak / fp32',
    group: 'device',
    of: (_g, device, step) => log(peakOf(device, step.precision) / device.peak.fp32),
  },
  { name: 'train', group: 'step', of: (_g, _d, step) => Number(step.phase === 'train') },
  { name: 'fp64', group: 'step', of: (_g, _d, step) => Number(step.precision === 'fp64') },
  {
    name: 'half',
    group: 'step',
    of: (_g, _d, step) => Number(step.precision === 'fp16' || step.precision === 'bf16'),
  },
  {
    name: 'tf32',
    group: 'step',
    of: (_g, device, step) => Number(computePrecision(device, step.precision) === 'tf32'),
  },
  { name: 'tensorflow', group: 'step', of: (_g, _d, step) => Number(step.framework === 'tensorflow') },
];

export const FEATURE_NAMES = FEATURES.map(({ name }) => name);
export const FEATURE_GROUPS = FEATURES.map(({ group }) => group);

export const featuresOf = (graph: OperatorGraph, device: Device, step: Step, base: Roofline): Float64Array =>
  Float64Array.from(FEATURES, ({ of }) => of(graph, device, step, base));
