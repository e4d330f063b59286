/** Processors as devices: their data sheets, what the measured one is predicted to take, and what others are. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CostModel } from './cost-model.js';
import { describedDevice, type Device } from './devices.js';
import { readNetwork } from './graph/read.js';
import { readCosts } from './model-file.js';
import { deviceOrThis } from './processor-here.js';
import { readTorchProfile } from './torch-profile.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const networks = path.join(root, 'data/cost/networks/torchvision');
const resnet = readNetwork(path.join(networks, 'resnet50.onnx'));
const model = CostModel.load();
const { rates } = readCosts(path.join(root, 'models/cost-model.json')).processor;
/** The processor that was measured, and those so many times as fast. */
const processor = (times = 1): Device =>
  describedDevice(
    {
      kind: 'processor',
      name: 'P',
      memory_gb: 16,
      cores: 2,
      clock_ghz: (times * rates.clock) / 1e9,
      simd_bits: 256,
      bandwidth_gb_s: (times * rates.bandwidth) / 1e9,
    },
    'test',
  );

describe('processors', () => {
  it('are described by cores, clock and vectors, or by their peak', () => {
    assert.equal(processor().peak.fp32, rates.peak);
    const described = {
      kind: 'processor',
      name: 'P',
      memory_gb: 8,
      bandwidth_gb_s: 40,
      cores: 4,
      clock_ghz: 3,
    };
    assert.equal(describedDevice({ ...described, simd_bits: 512 }, 'x').peak.fp32, 4 * 3e9 * 64);
    assert.equal(describedDevice({ ...described, peak_tflops: { fp32: 0.5 } }, 'x').peak.fp32, 5e11);
    for (const [value, words] of [
      [described, /"simd_bits" must be a number/],
      [{ ...described, simd_bits: 256, cores: 0 }, /"cores" must be a number from 1/],
      [{ ...described, kind: 'tpu' }, /"kind" must be/],
    ] as const)
      assert.throws(() => describedDevice(value, 'x'), { code: 'invalid_option', message: words });
  });

  it('the measured one takes what was measured', () => {
    const rows = readTorchProfile(path.join(root, 'data/cost/pytorch-epyc-milan.csv'), (name) =>
      readNetwork(path.join(networks, `${name}.onnx`)),
    ).filter(({ network }) => /^resnet|^mobilenet/.test(network));
    let held = 0;
    let seen = 0;
    const of = new Map(
      rows.map(({ network }) => [network, readNetwork(path.join(networks, `${network}.onnx`))]),
    );
    for (const { network, step, batch, imageSize, seconds, peakBytes } of rows.filter(
      (_, at) => at % 4 === 0,
    )) {
      const predicted = model.predict({
        ...{ network: of.get(network)!, device: processor(), batch, imageSize },
        ...{ phase: step.phase, optimizer: step.optimizer },
      });
      for (const [measured, [least, most]] of [
        [seconds === undefined ? undefined : 1e3 * seconds, predicted.timeIntervalMs],
        [peakBytes, predicted.memoryIntervalBytes],
      ] as const) {
        if (measured === undefined) continue;
        seen += 1;
        if (measured >= least && measured <= most) held += 1;
      }
    }
    assert.ok(seen > 30 && held / seen > 0.8, `${held} of ${seen}`);
  });

  it('others are faster as their data sheets are, and less certain', () => {
    const ask = (device: Device): ReturnType<CostModel['predict']> =>
      model.predict({ network: resnet, device, batch: 4, phase: 'train' });
    const [same, twice] = [ask(processor()), ask(processor(2))];
    assert.ok(Math.abs((2 * twice.timeMs) / same.timeMs - 1) < 1e-6);
    const width = ([least, most]: readonly [number, number]): number => most / least;
    assert.ok(width(twice.timeIntervalMs) > width(same.timeIntervalMs));
    assert.deepEqual(same.warnings, []);
    assert.match(twice.warnings.join(), /only .*EPYC.* was measured/);
    assert.equal(twice.memoryBytes, same.memoryBytes);
  });

  it('memory decides what fits', () => {
    const ask = (batch: number): ReturnType<CostModel['predict']> =>
      model.predict({ network: resnet, device: processor(), batch, phase: 'train' });
    const { largestBatch, costliest, hostBound } = ask(1);
    assert.ok(largestBatch > 16 && ask(largestBatch).fits && !ask(Math.ceil(1.2 * largestBatch)).fits);
    assert.ok(costliest.every(({ share }) => share > 0 && share < 0.5));
    assert.ok(hostBound >= 0 && hostBound < 0.5);
  });

  it('the largest batch is the same whichever batch is asked about', () => {
    const all = [1, 2, 100, 3000].map(
      (batch) =>
        model.predict({
          ...{ network: path.join(root, 'data/tensorflow/mobile.keras'), device: processor(), batch },
        }).largestBatch,
    );
    for (const one of all) assert.ok(one > 3000 && Math.abs(one / all[0]! - 1) < 0.012, all.join(', '));
  });

  it('this machine is one', () => {
    const { processor: here, peak, bandwidth, memoryBytes } = deviceOrThis('this');
    assert.ok(here!.cores >= 1 && here!.clock > 2e8 && here!.clock < 2e10);
    assert.ok(peak.fp32 > 1e9 && bandwidth > 1e8 && memoryBytes > 1e8);
  });
});
