/** Predicted peaks of memory against what PyTorch allocated on an H200 and for CIFAR networks; nothing is learned of either. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { describedDevice, deviceOf } from './devices.js';
import { readNetwork } from './graph/read.js';
import type { Network } from './graph/types.js';
import { predictMemory } from './memory-model.js';
import { readTorchProfile } from './torch-profile.js';

const folder = fileURLToPath(new URL('../../data/cost/', import.meta.url));
const networkOf = (name: string): Network => {
  const any = `${folder}networks/torchvision-any-size/${name}.onnx`;
  return readNetwork(existsSync(any) ? any : `${folder}networks/torchvision/${name}.onnx`);
};
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe('peaks of memory', () => {
  it('are those of an H200, of every optimizer and of inference', () => {
    const rows = readTorchProfile(`${folder}pytorch-h200.csv`, networkOf).filter((_, at) => at % 7 === 0);
    const device = deviceOf('h200');
    const errors = new Map<string, number[]>();
    for (const { graph, step, peakBytes } of rows) {
      if (peakBytes === undefined) continue;
      const error = Math.abs(predictMemory(graph, step, false, device).bytes / peakBytes - 1);
      errors.set(step.optimizer, [...(errors.get(step.optimizer) ?? []), error]);
    }
    assert.ok(errors.size >= 6);
    for (const [optimizer, own] of errors)
      assert.ok(mean(own) < 0.05, `${optimizer}: ${mean(own)} over ${own.length}`);
    const all = mean([...errors.values()].flat());
    assert.ok(all < 0.03, `mean error ${all}`);
  });

  it('are those of a processor in inference, with what oneDNN copies and what Python holds', () => {
    const sheet = {
      ...{ kind: 'processor', name: 'EPYC', memory_gb: 16, cores: 2, clock_ghz: 3.2 },
      ...{ simd_bits: 256, bandwidth_gb_s: 15 },
    };
    const device = describedDevice(sheet, 'a test');
    const errors = readTorchProfile(`${folder}pytorch-epyc-milan.csv`, networkOf).flatMap(
      ({ graph, step, peakBytes }) =>
        peakBytes === undefined || step.phase === 'train'
          ? []
          : [Math.abs(predictMemory(graph, step, false, device).bytes / peakBytes - 1)],
    );
    assert.ok(errors.length > 80);
    assert.ok(mean(errors) < 0.006, `mean error ${mean(errors)}`);
  });

  it('have the workspace of a search in them, at the convolution that needs it', () => {
    const [head = '', ...lines] = readFileSync(`${folder}cifar10-gpu-inference.csv`, 'utf8')
      .trim()
      .split('\n');
    const column = (name: string): number => head.split(',').indexOf(name);
    for (const line of lines) {
      const cells = line.split(',');
      const name = cells[column('network')]!;
      if (!/^(resnet18|resnet34|vgg)/.test(name)) continue;
      const graph = readNetwork(`${folder}networks/cifar/${name}.onnx`).at({
        batch: Number(cells[column('batch')]),
      });
      const step = { phase: 'inference', optimizer: 'none', precision: 'fp32' } as const;
      const ratio = predictMemory(graph, step, true).bytes / Number(cells[column('peak_bytes')]);
      assert.ok(ratio > 0.995 && ratio < 1.01, `${line}: ${ratio}`);
    }
  });

  it('have copies in the layout of matrix units, where there are such', () => {
    const graph = networkOf('vgg13').at({ batch: 16, imageSize: 128 });
    const step = { phase: 'inference', optimizer: 'none', precision: 'fp32' } as const;
    const of = (device: string): number => predictMemory(graph, step, false, deviceOf(device)).bytes;
    // Input and output of the widest convolution: 64 channels of 128 x 128, 16 examples.
    const widest = 2 * 16 * 64 * 128 * 128 * 4;
    assert.ok(Math.abs((of('a100') - of('rtx2080ti')) / widest - 1) < 0.01);
  });
});
