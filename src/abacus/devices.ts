/**
 * Devices that costs are predicted for: those known by their data sheets (device-table.ts), and those that users
 * describe in a JSON file. What a device can do in a precision is what programs reach there: see `computes`.
 */
import { readFileSync, statSync } from 'node:fs';
import { ForetokenError } from '../base/errors.js';
import { nearest } from '../base/nearest.js';
import { ARCHITECTURES, SHEETS, type Architecture } from './device-table.js';
import type { Precision } from './graph/types.js';

/** A device as its data sheet describes it. Rates in FLOP/s (a multiply-add is 2), sizes in bytes. */
export interface Device {
  /** Short name for the command line, such as `rtx2080ti`. */
  readonly id: string;
  /** The maker's name, as drivers report it. */
  readonly name: string;
  readonly architecture: Architecture;
  /** When it was first sold; hosts and libraries of that time go with it. */
  readonly year: number;
  readonly multiprocessors: number;
  readonly memoryBytes: number;
  /** Bytes a second between the device and its memory. */
  readonly bandwidth: number;
  /** Second-level cache. */
  readonly cacheBytes: number;
  readonly watts: number;
  /** Dense peak arithmetic by precision. Absent: it cannot compute in that precision at all. */
  readonly peak: Readonly<Partial<Record<Precision, number>>> & { readonly fp32: number };
  /** Of processors: what runs the network is not a card beside the host but the host itself. */
  readonly processor?: {
    readonly cores: number;
    /** Cycles a second of a core at work. */ readonly clock: number;
  };
  /** Time from asking for a kernel to its end when it has nothing to do, in seconds, where it was measured. */
  readonly launchSeconds?: number;
}

const GB = 1e9;
const TERA = 1e12;
/** Memory is sold in powers of 1000 and comes in powers of 1024. */
const GIB = 2 ** 30;
const MIB = 2 ** 20;

export const DEVICES: readonly Device[] = SHEETS.map(
  ([
    id,
    name,
    architecture,
    year,
    multiprocessors,
    memory,
    bandwidth,
    cache,
    watts,
    fp64,
    fp32,
    tf32,
    fp16,
    bf16,
  ]) => ({
    id,
    name,
    architecture,
    year,
    multiprocessors,
    memoryBytes: memory * GIB,
    bandwidth: bandwidth * GB,
    cacheBytes: cache * MIB,
    watts,
    peak: {
      fp64: fp64 * TERA,
      fp32: fp32 * TERA,
      ...(tf32 === 0 ? {} : { tf32: tf32 * TERA }),
      fp16: fp16 * TERA,
      ...(bf16 === 0 ? {} : { bf16: bf16 * TERA }),
    },
  }),
);

const squeeze = (name: string): string =>
  name
    .toLowerCase()
    .replace(/nvidia|geforce|tesla|amd|radeon/g, '')
    .replace(/[^a-z0-9]/g, '');

const BY_NAME = new Map<string, Device>([
  ...DEVICES.map((device) => [squeeze(device.name), device] as const),
  ...DEVICES.map((device) => [squeeze(device.id), device] as const),
  ...(
    [
      ['v100sxm2', 'v100'],
      ['v10016gb', 'v100'],
      ['a10040gb', 'a100'],
      ['a100sxm', 'a100'],
      ['a100sxm4', 'a100'],
      ['h100sxm', 'h100'],
      ['h100sxm5', 'h100'],
      ['h100hbm3', 'h100'],
      ['h10080gbhbm3', 'h100'],
      ['h10080gb', 'h100'],
      ['h200sxm', 'h200'],
      ['p10016gb', 'p100'],
      ['gtx1060', 'gtx1060'],
      ['titanxpascal', 'titanx'],
    ] as const
  ).map(([name, id]) => [name, DEVICES.find((device) => device.id === id)!] as const),
]);

/** The device of that id or name, in any spelling; undefined where none is known. */
export const findDevice = (name: string): Device | undefined => BY_NAME.get(squeeze(name));

/**
 * The device that `--device` means: an id or name, or a JSON file that describes one.
 * @throws ForetokenError `unknown_device` or, for a description with mistakes, `invalid_option`
 */
export function deviceOf(nameOrFile: string): Device {
  const known = findDevice(nameOrFile);
  if (known !== undefined) return known;
  if (/\.json$/i.test(nameOrFile)) return readDevice(nameOrFile);
  const near = nearest(
    nameOrFile,
    DEVICES.map(({ id }) => id),
  );
  throw new ForetokenError(
    'unknown_device',
    `No device "${nameOrFile}" is known.${near === undefined ? '' : ` Did you mean ${near}?`} Known: ` +
      `${DEVICES.map(({ id }) => id).join(', ')}. This machine's processor is "this". Any other can be ` +
      'described by its data sheet in a JSON file: --device mine.json with {"name", "memory_gb", "bandwidth_gb_s", "peak_tflops": {"fp32": ...}} (docs/predict.md).',
    { param: 'device' },
  );
}

/** Far more than any description needs. */
const MOST_BYTES = 64 * 1024;

/** @throws ForetokenError `file_not_found`, `invalid_option` */
export function readDevice(file: string): Device {
  let text: string;
  try {
    if (statSync(file).size > MOST_BYTES)
      throw wrong(file, `is larger than ${MOST_BYTES} bytes, which no description is`);
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof ForetokenError) throw cause;
    throw new ForetokenError('file_not_found', `The device's description ${file} cannot be read.`, {
      param: 'device',
      cause,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw wrong(file, `is no JSON: ${String(cause)}`);
  }
  return describedDevice(value, file);
}

const FIELDS = [
  'id',
  'name',
  'architecture',
  'year',
  'multiprocessors',
  'memory_gb',
  'bandwidth_gb_s',
  'cache_mb',
  'watts',
  'peak_tflops',
  'launch_us',
  'kind',
];
/** Of processors besides. */
const PROCESSOR_FIELDS = ['cores', 'clock_ghz', 'simd_bits', 'fma_units'];
const PRECISIONS: readonly Precision[] = ['fp64', 'fp32', 'tf32', 'fp16', 'bf16'];

/**
 * A device from its description: `name`, `memory_gb`, `bandwidth_gb_s` and `peak_tflops.fp32` are needed; the rest is
 * filled with what is usual for such a device. Of a processor (`kind` is `processor`) `cores`, `clock_ghz` and `simd_bits` stand for
 * the peak.
 * @param from the file or field that `value` comes from, for messages
 * @throws ForetokenError `invalid_option`
 */
export function describedDevice(value: unknown, from: string): Device {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(from, 'must be a JSON object');
  const fields = value as Record<string, unknown>;
  const kind = fields['kind'] ?? 'gpu';
  if (kind !== 'gpu' && kind !== 'processor') throw wrong(from, '"kind" must be "gpu" or "processor"');
  const known = kind === 'gpu' ? FIELDS : [...FIELDS, ...PROCESSOR_FIELDS];
  const odd = Object.keys(fields).find((field) => !known.includes(field));
  if (odd !== undefined) throw wrong(from, `has an unknown field "${odd}"; known: ${known.join(', ')}`);
  const { name } = fields;
  if (typeof name !== 'string' || name === '' || name.length > 200)
    throw wrong(from, '"name" must be a text of 1 to 200 characters');
  const number = (field: string, least: number, most: number, usual?: number): number => {
    const given = fields[field];
    if (given === undefined && usual !== undefined) return usual;
    if (typeof given !== 'number' || !(given >= least && given <= most))
      throw wrong(from, `"${field}" must be a number from ${least} to ${most}`);
    return given;
  };
  const processor =
    kind === 'processor'
      ? { cores: number('cores', 1, 1e4), clock: number('clock_ghz', 0.1, 20) * 1e9 }
      : undefined;
  const rates: unknown = fields['peak_tflops'] ?? (processor === undefined ? undefined : {});
  if (typeof rates !== 'object' || rates === null || Array.isArray(rates))
    throw wrong(from, '"peak_tflops" must be an object with at least "fp32"');
  const peak: Partial<Record<Precision, number>> = {};
  for (const [precision, rate] of Object.entries(rates)) {
    if (!PRECISIONS.includes(precision as Precision))
      throw wrong(
        from,
        `"peak_tflops" has an unknown precision "${precision}"; known: ${PRECISIONS.join(', ')}`,
      );
    if (typeof rate !== 'number' || !(rate >= 1e-4 && rate <= 1e5))
      throw wrong(from, `"peak_tflops.${precision}" must be a number of TFLOP/s from 0.0001 to 100000`);
    peak[precision as Precision] = rate * TERA;
  }
  if (processor !== undefined && peak.fp32 === undefined) {
    // A fused multiply-add is two operations on each of a vector's 32-bit numbers.
    const lanes = number('simd_bits', 32, 4096) / 32;
    peak.fp32 = processor.cores * processor.clock * lanes * 2 * number('fma_units', 1, 64, 2);
  }
  const { fp32 } = peak;
  if (fp32 === undefined) throw wrong(from, '"peak_tflops" must have "fp32"');
  // Vectors hold half as many numbers of 64 bits.
  if (processor !== undefined) peak.fp64 ??= fp32 / 2;
  const architecture = fields['architecture'] ?? 'other';
  if (!ARCHITECTURES.includes(architecture as Architecture))
    throw wrong(from, `"architecture" must be one of ${ARCHITECTURES.join(', ')}`);
  // A multiprocessor of these years does some 0.2 to 0.3 TFLOP/s.
  const usualMultiprocessors = Math.max(1, Math.round(fp32 / TERA / 0.25));
  return {
    id: typeof fields['id'] === 'string' ? fields['id'].slice(0, 100) : squeeze(name),
    name,
    architecture: architecture as Architecture,
    year: number('year', 2005, 2100, 2022),
    multiprocessors: number('multiprocessors', 1, 1e5, processor?.cores ?? usualMultiprocessors),
    memoryBytes: number('memory_gb', 0.01, 1e5) * GIB,
    bandwidth: number('bandwidth_gb_s', 0.1, 1e6) * GB,
    cacheBytes: number('cache_mb', 0, 1e5, 6) * MIB,
    watts: number('watts', 1, 1e5, 250),
    peak: { ...peak, fp32 },
    ...(processor === undefined ? {} : { processor }),
    ...(fields['launch_us'] === undefined ? {} : { launchSeconds: number('launch_us', 0.01, 1e5) / 1e6 }),
  };
}

const wrong = (from: string, what: string): ForetokenError =>
  new ForetokenError('invalid_option', `The device's description ${from} ${what}.`, { param: 'device' });

/**
 * The precision in which matrix products are really computed when a framework is asked for one. PyTorch before 1.12, and
 * cuDNN's convolutions in all releases, take TF32 for float32 on devices that have it.
 * @throws ForetokenError `invalid_option` for a precision that the device does not have
 */
export function computePrecision(device: Device, precision: Precision): Precision {
  if (precision === 'fp32' && device.peak.tf32 !== undefined) return 'tf32';
  if (device.peak[precision] === undefined) {
    // Half precision is at least held in memory, and computed as float32.
    if (precision === 'fp16') return 'fp32';
    throw new ForetokenError(
      'invalid_option',
      `${device.name} does not compute in ${precision}; it has ${PRECISIONS.filter((one) => device.peak[one] !== undefined).join(', ')}.`,
      { param: 'precision' },
    );
  }
  return precision;
}

/** Peak FLOP/s of matrix products in a precision asked for. */
export const peakOf = (device: Device, precision: Precision): number =>
  device.peak[computePrecision(device, precision)] ?? device.peak.fp32;

const WITHOUT_MATRIX_UNITS: ReadonlySet<Architecture> = new Set(['kepler', 'maxwell', 'pascal', 'other']);

/** Boards of this many watts hold the clock that their peak is given for. */
const FULL_WATTS = 250;

/**
 * What a board's power leaves of the peak of its matrix units: no more arithmetic for a watt than the best full board of its
 * generation does by its data sheet. A T4 of 70 W (half of its 65 TFLOP/s) and an L4 lower their clock under such a load.
 */
export function sustainedShare({ architecture, watts, peak }: Device): number {
  if (watts >= FULL_WATTS || peak.fp16 === undefined) return 1;
  const best = DEVICES.reduce(
    (most, other) =>
      other.architecture === architecture && other.watts >= FULL_WATTS
        ? Math.max(most, (other.peak.fp16 ?? 0) / other.watts)
        : most,
    0,
  );
  return best === 0 ? 1 : Math.min(1, (best * watts) / peak.fp16);
}

/** Whether matrix units compute what is asked for. A described device of another make has them where it claims to be much faster with them. */
export function hasMatrixUnits(device: Device, asked: Precision): boolean {
  const { architecture, peak } = device;
  const precision = computePrecision(device, asked);
  return (
    precision !== 'fp64' &&
    precision !== 'fp32' &&
    (!WITHOUT_MATRIX_UNITS.has(architecture) || (peak[precision] ?? 0) > 2.5 * peak.fp32)
  );
}
