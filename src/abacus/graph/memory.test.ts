/** Simulated memory against what PyTorch measured for nine CIFAR networks (data/cost/cifar10-gpu*.csv). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CachingAllocator } from './caching-allocator.js';
import { simulateMemory } from './memory.js';
import { readNetwork } from './read.js';
import type { Network, Phase } from './types.js';

const folder = fileURLToPath(new URL('../../../data/cost/', import.meta.url));
const networks = new Map<string, Network>();
const network = (name: string): Network => {
  const known = networks.get(name) ?? readNetwork(`${folder}networks/${name}.onnx`);
  networks.set(name, known);
  return known;
};
function rowsOf(file: string): Record<string, string>[] {
  const [header = '', ...lines] = readFileSync(`${folder}${file}`, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(header.split(',').map((name, at) => [name, cells[at] ?? '']));
  });
}

/** Mean of the relative errors of the memory in use between steps. */
function meanError(file: string, phase: Phase): number {
  const errors = rowsOf(file).map((row) => {
    const graph = network(`cifar/${row['network']!}`).at({ batch: Number(row['batch']), phase });
    const { allocated } = simulateMemory(graph, { phase, optimizer: 'momentum', precision: 'fp32' });
    return Math.abs(allocated / Number(row['allocated_bytes_median']) - 1);
  });
  assert.ok(errors.length > 30);
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

describe('memory by liveness', () => {
  it('is what PyTorch had in use after a training step, within 1 % on average', () => {
    const error = meanError('cifar10-gpu.csv', 'train');
    assert.ok(error < 0.01, `mean error ${error}`);
  });

  it('is what PyTorch had in use for inference, within 0.1 %', () => {
    const error = meanError('cifar10-gpu-inference.csv', 'inference');
    assert.ok(error < 0.001, `mean error ${error}`);
  });

  it('grows with optimizer, batch and precision as they do', () => {
    const graph = network('torchvision/resnet50').at({ batch: 4, phase: 'train' });
    const of = (
      optimizer: 'sgd' | 'momentum' | 'adam',
      precision: 'fp32' | 'fp16',
    ): ReturnType<typeof simulateMemory> => simulateMemory(graph, { phase: 'train', optimizer, precision });
    const sgd = of('sgd', 'fp32');
    assert.equal(sgd.optimizer, 0);
    assert.equal(of('momentum', 'fp32').optimizer, sgd.parameters);
    assert.equal(of('adam', 'fp32').optimizer, 2 * sgd.parameters);
    assert.ok(Math.abs(of('sgd', 'fp16').savedActivations / sgd.savedActivations - 0.5) < 0.05);
    const larger = simulateMemory(network('torchvision/resnet50').at({ batch: 8, phase: 'train' }), {
      phase: 'train',
      optimizer: 'sgd',
      precision: 'fp32',
    });
    assert.ok(Math.abs(larger.savedActivations / sgd.savedActivations - 2) < 0.01);
    const inference = simulateMemory(network('torchvision/resnet50').at({ batch: 4 }), {
      phase: 'inference',
      optimizer: 'none',
      precision: 'fp32',
    });
    assert.deepEqual([inference.gradients, inference.savedActivations], [0, 0]);
    assert.ok(inference.peak < sgd.peak);
    for (const memory of [sgd, larger, inference])
      assert.ok(memory.allocated <= memory.peak && memory.peak <= memory.reserved);
  });
});

describe('the caching allocator', () => {
  it('gives everything back, and reuses it', () => {
    const allocator = new CachingAllocator();
    const sizes = [100, 512, 5000, 2 ** 20, 2 ** 20 + 1, 7_000_000, 11_000_000, 300, 3_000_000];
    const once = (): void => {
      const pieces = sizes.map((size) => allocator.allocate(size));
      for (const piece of [
        ...pieces.filter((_, at) => at % 2 === 0),
        ...pieces.filter((_, at) => at % 2 === 1),
      ])
        allocator.free(piece);
    };
    once();
    assert.equal(allocator.allocated, 0);
    const { peak, reserved } = allocator;
    assert.ok(peak >= sizes.reduce((sum, size) => sum + size, 0));
    for (let round = 0; round < 5; round++) once();
    assert.deepEqual([allocator.allocated, allocator.reserved], [0, reserved]);
  });

  it('rounds as PyTorch does', () => {
    const allocator = new CachingAllocator();
    allocator.allocate(1);
    assert.deepEqual([allocator.allocated, allocator.reserved], [512, 2 ** 21]);
    // 1.5 MiB come from a segment of 20 MiB that is split; 19.5 MiB of 20 leave too little to split.
    allocator.allocate(1.5 * 2 ** 20);
    assert.equal(allocator.allocated, 512 + 1.5 * 2 ** 20);
    allocator.allocate(19.5 * 2 ** 20);
    assert.equal(allocator.allocated, 512 + 1.5 * 2 ** 20 + 20 * 2 ** 20);
    assert.equal(allocator.allocate(0), undefined);
  });
});
