/** The table of devices, names in any spelling, and descriptions in files. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { ForetokenError } from '../base/errors.js';
import {
  computePrecision,
  describedDevice,
  deviceOf,
  DEVICES,
  findDevice,
  peakOf,
  sustainedShare,
} from './devices.js';

const code =
  (wanted: string) =>
  (thrown: unknown): boolean =>
    thrown instanceof ForetokenError && thrown.code === wanted;
const read = (file: string): string =>
  readFileSync(new URL(`../../data/cost/${file}`, import.meta.url), 'utf8');

describe('known devices', () => {
  it('have ids of their own and figures that belong together', () => {
    assert.equal(new Set(DEVICES.map(({ id }) => id)).size, DEVICES.length);
    for (const { id, name, peak, bandwidth, memoryBytes, multiprocessors } of DEVICES) {
      assert.equal(findDevice(id)?.id, id);
      assert.equal(findDevice(name)?.id, id, name);
      const flopsAByte = peak.fp32 / bandwidth;
      assert.ok(flopsAByte > 8 && flopsAByte < 150, `${id}: ${flopsAByte} FLOP a byte`);
      assert.ok(memoryBytes > 1e9 && memoryBytes < 1e12, id);
      const each = peak.fp32 / multiprocessors / 1e12;
      assert.ok(each > 0.1 && each < 0.75, `${id}: ${each} TFLOP/s a multiprocessor`);
      assert.ok((peak.fp64 ?? 0) <= peak.fp32 && (peak.fp16 ?? Infinity) >= peak.fp32, id);
    }
  });

  it('include every device of the public measurements', () => {
    const names = ['pytorch-gpus.csv', 'tensorflow-gpus.csv'].flatMap((file) => {
      const [head, ...lines] = read(file).trim().split('\n');
      const column = head!.split(',').indexOf('device');
      return lines.map((line) => line.split(',')[column]!);
    });
    for (const name of new Set(names)) assert.ok(findDevice(name), name);
  });

  it('are found in other spellings', () => {
    for (const [spelling, id] of [
      ['RTX 2080 Ti', 'rtx2080ti'],
      ['NVIDIA GeForce RTX 3090', 'rtx3090'],
      ['Tesla V100-SXM2-16GB', 'v100'],
      ['NVIDIA H100 80GB HBM3', 'h100'],
      ['a100-sxm4-40gb', 'a100'],
    ] as const)
      assert.equal(deviceOf(spelling).id, id);
  });

  it('an unknown one is answered with the list and how to describe it', () => {
    assert.throws(
      () => deviceOf('rtx2080tx'),
      (thrown) =>
        code('unknown_device')(thrown) &&
        /Did you mean rtx2080ti\?.*h200.*mine\.json.*bandwidth_gb_s/s.test((thrown as Error).message),
    );
  });
});

describe('precisions', () => {
  it('float32 is TF32 where there is TF32, and float16 on Pascal is as fast as float32', () => {
    assert.equal(computePrecision(deviceOf('a100'), 'fp32'), 'tf32');
    assert.equal(computePrecision(deviceOf('v100'), 'fp32'), 'fp32');
    assert.equal(peakOf(deviceOf('titanxp'), 'fp16'), peakOf(deviceOf('titanxp'), 'fp32'));
    assert.throws(() => computePrecision(deviceOf('v100'), 'bf16'), code('invalid_option'));
    assert.throws(() => computePrecision(deviceOf('v100'), 'tf32'), /V100.*does not compute in tf32/);
  });
});

describe('described devices', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'foretoken-device-'));
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const mine = { name: 'Mine', memory_gb: 10, bandwidth_gb_s: 500, peak_tflops: { fp32: 12, fp16: 24 } };

  it('are read from a file, the rest filled in', () => {
    const file = path.join(folder, 'mine.json');
    writeFileSync(file, JSON.stringify(mine));
    const device = deviceOf(file);
    assert.equal(device.name, 'Mine');
    assert.equal(device.peak.fp32, 12e12);
    assert.equal(device.memoryBytes, 10 * 2 ** 30);
    assert.ok(device.multiprocessors > 1);
  });

  it('mistakes are named', () => {
    for (const [value, words] of [
      [[], /JSON object/],
      [{ ...mine, memory_gb: '10' }, /"memory_gb" must be a number/],
      [{ ...mine, memory_gb: NaN }, /"memory_gb"/],
      [{ ...mine, peak_tflops: { fp16: 3 } }, /must have "fp32"/],
      [{ ...mine, peak_tflops: { fp32: -1 } }, /peak_tflops.fp32/],
      [{ ...mine, peak_tflops: { fp8: 1, fp32: 1 } }, /unknown precision "fp8"/],
      [{ ...mine, cores: 3 }, /unknown field "cores"/],
      [{ ...mine, architecture: 'riva' }, /one of kepler/],
      [{ ...mine, name: '' }, /"name"/],
    ] as const)
      assert.throws(
        () => describedDevice(value, 'x.json'),
        (thrown) => code('invalid_option')(thrown) && words.test((thrown as Error).message),
      );
    const broken = path.join(folder, 'broken.json');
    writeFileSync(broken, '{');
    assert.throws(() => deviceOf(broken), code('invalid_option'));
    writeFileSync(broken, ' '.repeat(100_000));
    assert.throws(() => deviceOf(broken), code('invalid_option'));
    assert.throws(() => deviceOf(path.join(folder, 'absent.json')), code('file_not_found'));
  });
});

describe('the peak of matrix units', () => {
  it('is held as far as power allows: boards of few watts lower their clock', () => {
    for (const id of ['v100', 'a100', 'a100-pcie', 'rtx2080ti', 'rtx3090', 'h100', 'gtx1080ti'])
      assert.equal(sustainedShare(deviceOf(id)), 1, id);
    // A T4 has the chip of an RTX 2080 Super, and 70 watts.
    const t4 = sustainedShare(deviceOf('t4'));
    assert.ok(t4 > 0.4 && t4 < 0.6, `${t4}`);
    const l4 = sustainedShare(deviceOf('l4'));
    assert.ok(l4 > 0.6 && l4 < 0.8, `${l4}`);
  });
});
