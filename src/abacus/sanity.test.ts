/**
 * What everybody knows of times and memory holds of predictions, over networks, devices, batches, images, precisions, phases and
 * optimizers, most of which nobody measured: more work takes longer, faster devices less long, training more than inference.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Device, deviceOf, DEVICES } from './devices.js';
import { readNetwork } from './graph/read.js';
import type { Network, OperatorGraph, Phase, Precision } from './graph/types.js';
import { readCosts, SHIPPED_COSTS } from './model-file.js';
import { type CostPrediction, NetworkCosts } from './network-costs.js';
import type { Step } from './work.js';

const folder = fileURLToPath(new URL('../../data/cost/networks/torchvision/', import.meta.url));
const learned = readCosts(SHIPPED_COSTS);
const costs = new NetworkCosts(learned);
const networks = new Map<string, Network>();
const networkOf = (name: string): Network => {
  const known = networks.get(name) ?? readNetwork(`${folder}${name}.onnx`);
  networks.set(name, known);
  return known;
};

interface Asked {
  readonly batch: number;
  readonly image?: number;
  readonly phase?: Phase;
  readonly precision?: Precision;
}
const graphs = new Map<string, OperatorGraph>();
function graphOf(name: string, { batch, image = 224, phase = 'inference' }: Asked): OperatorGraph {
  const key = [name, batch, image, phase].join();
  const known = graphs.get(key) ?? networkOf(name).at({ batch, imageSize: image, phase });
  graphs.set(key, known);
  return known;
}
function msOf(name: string, device: Device, asked: Asked, optimizer: Step['optimizer'] = 'sgd'): number {
  const { phase = 'inference', precision = 'fp32' } = asked;
  const step: Step = {
    ...{ phase, precision, framework: 'pytorch', copiesBatch: false },
    optimizer: phase === 'train' ? optimizer : 'none',
  };
  return 1e3 * learned.time.predict(graphOf(name, asked), device, step).seconds;
}
const predicted = (
  name: string,
  device: string,
  asked: Asked,
  optimizer?: Step['optimizer'],
): CostPrediction => costs.predict(networkOf(name), { device, ...asked, ...(optimizer && { optimizer }) });

/** Measured and unmeasured, of all generations. */
const SOME = [
  'k80',
  'gtx1060',
  'p100',
  'titanv',
  'v100',
  't4',
  'rtx2080ti',
  'a100',
  'rtx3070',
  'l4',
  'h100',
  'mi210',
].map(deviceOf);
const PHASES: readonly Phase[] = ['inference', 'train'];
/** Of each family, from small to large. */
const FAMILIES = [
  ['resnet18', 'resnet34', 'resnet50', 'resnet101', 'resnet152'],
  ['vgg11', 'vgg13', 'vgg16', 'vgg19'],
  ['densenet121', 'densenet169', 'densenet201'],
  ['mnasnet0_5', 'mnasnet1_0', 'mnasnet1_3'],
  ['vit_b_32', 'vit_b_16', 'vit_l_16'],
];
const NETWORKS = ['resnet18', 'vgg16', 'mobilenet_v2', 'densenet121', 'vit_b_16'];

/** @param least what each may be at least of the one before: host-bound steps are all alike */
function assertAscending(values: readonly number[], least: number, what: string): void {
  values.forEach((value, at) => {
    assert.ok(Number.isFinite(value) && value > 0, `${what}: ${values.join(' ')}`);
    assert.ok(
      at === 0 || value > least * values[at - 1]!,
      `${what}: ${values.map((one) => one.toPrecision(3)).join(' ')}`,
    );
  });
}

describe('predicted time', () => {
  it('grows within a family of networks', () => {
    for (const family of FAMILIES)
      for (const device of SOME)
        for (const phase of PHASES)
          assertAscending(
            family.map((name) => msOf(name, device, { batch: 16, phase })),
            1,
            `${family.join(' ')} ${device.id} ${phase}`,
          );
  });

  it('grows with the image and the batch', () => {
    for (const name of ['resnet50', 'vgg16', 'mobilenet_v2'])
      for (const device of SOME)
        for (const phase of PHASES) {
          const what = `${name} ${device.id} ${phase}`;
          const images = [64, 128, 224, 320].map((image) => msOf(name, device, { batch: 32, image, phase }));
          assertAscending(images, 0.97, what);
          assert.ok(images[3]! > 1.3 * images[2]!, `${what}: twice the pixels`);
          assertAscending(
            [1, 8, 64, 512].map((batch) => msOf(name, device, { batch, phase })),
            0.95,
            what,
          );
        }
  });

  it('is longer in training, and with more numbers for each weight', () => {
    for (const name of NETWORKS)
      for (const device of SOME)
        for (const precision of ['fp32', 'fp16'] as const)
          for (const batch of [1, 64]) {
            const what = `${name} ${device.id} ${precision} ${batch}`;
            const training = msOf(name, device, { batch, phase: 'train', precision });
            assert.ok(training > 1.7 * msOf(name, device, { batch, precision }), what);
            assertAscending(
              (['none', 'sgd', 'momentum', 'adam'] as const).map((optimizer) =>
                msOf(name, device, { batch, phase: 'train', precision }, optimizer),
              ),
              1,
              what,
            );
          }
  });

  it('is shorter on a device that is newer and better in everything', () => {
    const better = (one: Device, than: Device): boolean =>
      one.year >= than.year &&
      one.processor === undefined &&
      one.bandwidth > 1.3 * than.bandwidth &&
      (['fp32', 'fp16'] as const).every((precision) => one.peak[precision]! > 1.3 * than.peak[precision]!) &&
      (one.peak.tf32 ?? one.peak.fp32) > 1.3 * (than.peak.tf32 ?? than.peak.fp32);
    // Measured ones are as they are: TITAN V had a fast host and TITAN RTX a slow one, which decides for small batches.
    const unmeasured = DEVICES.filter((device) => !learned.time.knows(device)).filter(
      (_, at) => at % 3 === 0,
    );
    let pairs = 0;
    for (const name of ['resnet50', 'vgg16', 'mobilenet_v2'])
      // Small batches wait for the host, of which data sheets of devices say nothing: what is like TITAN RTX has a slow one.
      for (const [asked, most] of [
        [{ batch: 1 }, 1.35],
        [{ batch: 128, phase: 'train' }, 1.02],
      ] as const) {
        const times = new Map(unmeasured.map((device) => [device, msOf(name, device, asked)]));
        for (const [old, slow] of times)
          for (const [other, fast] of times)
            if (better(other, old)) {
              pairs += 1;
              assert.ok(fast < most * slow, `${name} ${other.id} ${fast} ms, ${old.id} ${slow} ms`);
            }
      }
    assert.ok(pairs > 300, `${pairs}`);
    for (const name of NETWORKS)
      for (const [slow, fast] of [
        ['k80', 't4'],
        ['t4', 'v100'],
        ['gtx1080ti', 'rtx2080ti'],
        ['v100', 'a100'],
        ['a100', 'h100'],
        ['rtx3090', 'rtx4090'],
      ] as const)
        assert.ok(
          msOf(name, deviceOf(fast), { batch: 128 }) < msOf(name, deviceOf(slow), { batch: 128 }),
          `${name} ${fast} ${slow}`,
        );
  });

  it('is shorter in half precision where there are units for it, and the same where there are none', () => {
    for (const name of NETWORKS)
      for (const phase of PHASES) {
        const gain = (id: string): number =>
          msOf(name, deviceOf(id), { batch: 128, phase }) /
          msOf(name, deviceOf(id), { batch: 128, phase, precision: 'fp16' });
        for (const id of ['v100', 't4', 'rtx2080ti', 'h100', 'mi210'])
          assert.ok(gain(id) > 1.1, `${name} ${phase} ${id}: ${gain(id)}`);
        for (const id of ['gtx1080ti', 'gtx1060', 'titanxp', 'p40'])
          // MobileNet v2 was measured at 0.55 to 0.66 on a TITAN Xp.
          assert.ok(gain(id) > 0.5 && gain(id) < 1.6, `${name} ${phase} ${id}: ${gain(id)}`);
      }
  });
});

describe('predicted times of optimizers', () => {
  it('hardly differ for small steps, as all tensors are updated together', () => {
    // On an H200 Adam takes 1.1 times as long as plain descent in the middle of 234 measured steps.
    for (const name of ['resnet50', 'densenet121', 'mobilenet_v2']) {
      const ms = (optimizer: Step['optimizer']): number =>
        msOf(name, deviceOf('h200'), { batch: 1, phase: 'train' }, optimizer);
      assert.ok(
        ms('adam') > ms('sgd') && ms('adam') < 1.6 * ms('sgd'),
        `${name}: ${ms('sgd')} ${ms('adam')}`,
      );
    }
  });
});

describe('transformers in half precision', () => {
  const flopsASecond = (device: string, phase: Phase): number => {
    const { graph, timeMs } = predicted('vit_b_16', device, { batch: 64, phase, precision: 'fp16' });
    return (graph.totals.flops * (phase === 'train' ? 3 : 1)) / (timeMs / 1e3);
  };

  it('keep the shares of the peak that others published: 30 % of a V100 in training, 44 % of an A100', () => {
    // Those are of large language models; what is between their layers takes a larger share of a small one.
    assert.ok(flopsASecond('v100', 'train') < 0.4 * 125e12);
    assert.ok(flopsASecond('a100', 'train') < 0.44 * 312e12);
    assert.ok(flopsASecond('v100', 'train') > 0.2 * 125e12);
  });

  it('are held up by the power of a small board', () => {
    assert.ok(flopsASecond('t4', 'inference') < 0.3 * 65e12);
    assert.ok(flopsASecond('t4', 'inference') > 0.15 * 65e12);
  });
});

describe('predicted memory and intervals', () => {
  it('of training are more than of inference, and grow with what an optimizer keeps', () => {
    for (const name of NETWORKS) {
      const bytes = (phase: Phase, optimizer?: Step['optimizer']): number =>
        predicted(name, 'a100', { batch: 16, phase }, optimizer).memoryBytes;
      const parameters = 4 * networkOf(name).parameters;
      const [sgd, momentum, adam] = (['sgd', 'momentum', 'adam'] as const).map((one) => bytes('train', one));
      assert.ok(sgd! > bytes('inference'), name);
      // A copy of the parameters more each, up to the allocator's rounding and what is free at the peak.
      assert.ok(momentum! > sgd! && momentum! - sgd! < 1.2 * parameters, name);
      assert.ok(adam! > momentum! && Math.abs(adam! - momentum! - parameters) < 0.2 * parameters, name);
    }
  });

  it('has the large workspaces of cuBLAS from Hopper on, where there is a product to compute', () => {
    const more = (name: string, phase: Phase): number =>
      predicted(name, 'h200', { batch: 1, phase }).memoryBytes -
      predicted(name, 'a100', { batch: 1, phase }).memoryBytes;
    assert.ok(more('resnet18', 'inference') > 20e6);
    assert.ok(more('resnet18', 'train') > 1.99 * more('resnet18', 'inference'));
    assert.equal(more('squeezenet1_1', 'train'), 0);
  });

  it('the largest batch fits and a larger one does not', () => {
    for (const name of ['resnet50', 'mobilenet_v2'])
      for (const device of ['gtx1060', 'a100'])
        for (const phase of PHASES) {
          const { largestBatch } = predicted(name, device, { batch: 8, phase });
          const fits = (batch: number): boolean => predicted(name, device, { batch, phase }).fits;
          assert.ok(
            fits(largestBatch) && !fits(Math.ceil(1.03 * largestBatch) + 1),
            `${name} ${device} ${phase}`,
          );
          // From wherever it is asked.
          const other = predicted(name, device, { batch: largestBatch, phase }).largestBatch;
          assert.ok(Math.abs(other / largestBatch - 1) < 0.03, `${name} ${device} ${phase}: ${other}`);
        }
  });

  it('intervals hold their point, and are wider for what was not measured', () => {
    const width = ([least, most]: readonly [number, number]): number => most / least;
    for (const name of NETWORKS)
      for (const { id } of SOME) {
        const one = predicted(name, id, { batch: 16, phase: 'train' });
        const { timeMs, timeIntervalMs: time, memoryBytes, memoryIntervalBytes: memory } = one;
        assert.ok(0 < time[0] && time[0] < timeMs && timeMs < time[1], `${name} ${id}`);
        assert.ok(0 < memory[0] && memory[0] < memoryBytes && memoryBytes < memory[1], `${name} ${id}`);
        assert.ok(width(time) < 4, `${name} ${id}: ${time.join(' ')}`);
      }
    for (const name of ['resnet50', 'vgg16'])
      assert.ok(
        width(predicted(name, 'h100', { batch: 12, phase: 'train' }).timeIntervalMs) >
          width(predicted(name, 'rtx2080ti', { batch: 12, phase: 'train' }).timeIntervalMs),
      );
  });
});
