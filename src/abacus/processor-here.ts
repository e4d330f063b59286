/**
 * This machine's processor as its data sheet would describe it. What systems say of clocks is often wrong (virtual machines, boost),
 * and of bandwidth they say nothing: both are measured, in some 80 ms.
 */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { describedDevice, deviceOf, type Device } from './devices.js';

/** `deviceOf`, and `this` for the processor of this machine. */
export const deviceOrThis = (name: string): Device => (name === 'this' ? processorHere() : deviceOf(name));

export function processorHere(): Device {
  const cores = physicalCores();
  return describedDevice(
    {
      kind: 'processor',
      id: 'this',
      name: `${os.cpus()[0]?.model.trim() ?? 'this processor'}, ${cores} core${cores === 1 ? '' : 's'}`.slice(
        0,
        200,
      ),
      cores,
      clock_ghz: Math.min(20, Math.max(0.1, measuredClock() / 1e9)),
      simd_bits: simdBits(),
      bandwidth_gb_s: Math.max(0.1, measuredBandwidth() / 1e9),
      memory_gb: os.totalmem() / 2 ** 30,
    },
    'of this machine',
  );
}

const cpuinfo = (): string => {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
};

/** Threads of one core share its vector units. */
function physicalCores(): number {
  const text = cpuinfo();
  const [threads, cores] = [/^siblings\s*:\s*(\d+)/m, /^cpu cores\s*:\s*(\d+)/m].map((line) =>
    Number(line.exec(text)?.[1] ?? 1),
  );
  return Math.max(1, Math.round(os.availableParallelism() / Math.max(1, threads! / Math.max(1, cores!))));
}

/** Width of vectors that libraries use. */
function simdBits(): number {
  if (!/^(x64|ia32)$/.test(process.arch)) return 128;
  const text = cpuinfo();
  return text.includes('avx512f') ? 512 : text === '' || text.includes('avx2') ? 256 : 128;
}

const ROUNDS = 60;
/** So few take less than systems leave a program alone for. */
const MULTIPLICATIONS = 2e5;
/** A multiplication of whole numbers takes as long on all processors since 2010, and each waits for the one before. */
const CYCLES_OF_MULTIPLICATION = 3;

/** Cycles a second: the fastest of many short rounds, as what else runs only ever slows one down. */
export function measuredClock(): number {
  let seconds = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    chain = multiplied(chain);
    seconds = Math.min(seconds, (performance.now() - start) / 1e3);
  }
  return (CYCLES_OF_MULTIPLICATION * MULTIPLICATIONS) / seconds;
}
/** Kept, so that the work is not optimised away. */
let chain = 1;
function multiplied(value: number): number {
  let product = value;
  for (let at = 0; at < MULTIPLICATIONS; at++) product = Math.imul(product, 0x2c1b3c6d);
  return product;
}

/** Together larger than what caches hold of them. */
const COPIED_BYTES = 48 * 2 ** 20;
const PIECE_BYTES = 4 * 2 ** 20;

/** Bytes read and written a second by one thread that copies, in the fastest of many pieces. */
export function measuredBandwidth(): number {
  const [from, to] = [Buffer.alloc(COPIED_BYTES, 1), Buffer.alloc(COPIED_BYTES, 2)];
  let seconds = Infinity;
  for (let at = 0; at < COPIED_BYTES; at += PIECE_BYTES) {
    const start = performance.now();
    from.copy(to, at, at, at + PIECE_BYTES);
    seconds = Math.min(seconds, (performance.now() - start) / 1e3);
  }
  return (2 * PIECE_BYTES) / seconds;
}
