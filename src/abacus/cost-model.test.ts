/** The shipped cost model: it is current, sane where nothing was measured, and refuses what makes no sense. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ForetokenError } from '../base/errors.js';
import { CostModel, type CostQuestion } from './cost-model.js';
import { describedDevice, deviceOf } from './devices.js';
import { readNetwork } from './graph/read.js';
import type { Network, OperatorGraph } from './graph/types.js';
import { costsToJson, readCosts } from './model-file.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const networks = new Map<string, Network>();
const network = (name: string): Network => {
  const file = path.join(root, 'data/cost/networks', `${name}.onnx`);
  const known = networks.get(name) ?? readNetwork(file);
  networks.set(name, known);
  return known;
};
const model = CostModel.load();
const ask = (name: string, more: Partial<CostQuestion> = {}): ReturnType<CostModel['predict']> =>
  model.predict({ network: network(name), device: 'rtx2080ti', batch: 12, ...more });
const code =
  (wanted: string, words = /./) =>
  (thrown: unknown): boolean =>
    thrown instanceof ForetokenError && thrown.code === wanted && words.test(thrown.message);

const NETWORKS = [
  'torchvision/resnet18',
  'torchvision/vgg16',
  'torchvision/mobilenet_v2',
  'torchvision/vit_b_16',
];

describe('predictions', () => {
  it('agree with what was measured', () => {
    const [head, ...lines] = readFileSync(path.join(root, 'data/cost/pytorch-gpus.csv'), 'utf8')
      .trim()
      .split('\n');
    const column = (name: string): number => head!.split(',').indexOf(name);
    let seen = 0;
    let inside = 0;
    for (const line of lines.filter((_, at) => at % 40 === 0)) {
      const fields = line.split(',');
      const precision = { float32: 'fp32', float16: 'fp16', float64: 'fp64' }[fields[column('precision')]!];
      const prediction = ask(`torchvision/${fields[column('network')]!}`, {
        device: fields[column('device')]!,
        phase: fields[column('phase')] as 'train',
        precision: precision as 'fp32',
        optimizer: 'none',
      });
      const measured = Number(fields[column('time_ms_median')]);
      const [least, most] = prediction.timeIntervalMs;
      seen += 1;
      if (measured >= least && measured <= most) inside += 1;
    }
    assert.ok(seen > 20 && inside / seen > 0.7, `${inside} of ${seen}`);
  });

  it('follow a series that keeps to no data sheet as far as it goes', () => {
    const { timeMs, rooflineMs } = ask('torchvision/vgg19', { device: 'titanv', precision: 'fp64' });
    // Measured: 1746 ms, 16 times the roofline.
    assert.ok(timeMs > 1300 && timeMs < 2300, String(timeMs));
    assert.ok(timeMs > 10 * rooflineMs);
  });

  it('grow with the batch, on known and unknown devices', () => {
    for (const name of NETWORKS)
      for (const device of ['rtx2080ti', 'h100', 't4'])
        for (const phase of ['inference', 'train'] as const) {
          const times = [1, 4, 16, 64, 256].map((batch) => ask(name, { device, phase, batch }).timeMs);
          times.forEach((time, at) => {
            // Small networks are bound by the host, and take the same time at small batches.
            assert.ok(
              at === 0 || time > 0.9 * times[at - 1]!,
              `${name} ${device} ${phase}: ${times.map((one) => one.toFixed(1)).join(' ')}`,
            );
          });
          assert.ok(times[4]! > 1.8 * times[3]!, `${name} ${device} ${phase}: ${times.join(' ')}`);
        }
  });

  it('never leave the neighbourhood of what data sheets say', () => {
    const slow = describedDevice(
      { name: 'slow', memory_gb: 1, bandwidth_gb_s: 1, peak_tflops: { fp32: 0.01 } },
      'test',
    );
    for (const device of [deviceOf('b200'), deviceOf('gridk520'), deviceOf('mi300x'), slow])
      for (const name of NETWORKS)
        for (const batch of [1, 1000]) {
          const { timeMs, rooflineMs, timeIntervalMs, memoryBytes, warnings } = ask(name, { device, batch });
          assert.ok(timeMs / rooflineMs > 0.24 && timeMs / rooflineMs < 4.1);
          assert.ok(timeIntervalMs[0] < timeMs && timeMs < timeIntervalMs[1]);
          assert.ok(memoryBytes > 1e6 && Number.isFinite(memoryBytes));
          if (device === slow) assert.ok(warnings.some((text) => /unlike all/.test(text)));
        }
  });

  it('know what fits', () => {
    for (const name of NETWORKS) {
      const { largestBatch } = ask(name, { phase: 'train' });
      assert.ok(largestBatch > 1);
      assert.equal(ask(name, { phase: 'train', batch: largestBatch }).fits, true);
      assert.equal(ask(name, { phase: 'train', batch: Math.ceil(1.2 * largestBatch) }).fits, false);
    }
    assert.ok(
      ask('torchvision/vgg16', { phase: 'train', optimizer: 'adam' }).memoryBytes >
        ask('torchvision/vgg16', { phase: 'train', optimizer: 'sgd' }).memoryBytes,
    );
    assert.ok(
      ask('torchvision/vgg16', { phase: 'train', searching: true }).memoryBytes >
        ask('torchvision/vgg16', { phase: 'train' }).memoryBytes,
    );
  });

  it('name the operators that cost most', () => {
    const { costliest } = ask('torchvision/vgg16');
    assert.ok(costliest.length > 3);
    assert.ok(
      costliest.every(({ share }, at) => share > 0 && (at === 0 || share <= costliest[at - 1]!.share)),
    );
  });

  it('are wider for operators that are not known', () => {
    const known = network('torchvision/resnet18');
    const strange: Network = {
      ...known,
      metadata: known.metadata,
      at: (options): OperatorGraph => {
        const graph = known.at(options);
        return { ...graph, notes: { ...graph.notes, unknownOperators: { Warp: 10 } } };
      },
    };
    const [plain, odd] = [known, strange].map((of) =>
      model.predict({ network: of, device: 'v100', batch: 8 }),
    );
    const width = ([least, most]: readonly [number, number]): number => most / least;
    assert.ok(width(odd!.timeIntervalMs) > 1.1 * width(plain!.timeIntervalMs));
    assert.ok(width(odd!.memoryIntervalBytes) > width(plain!.memoryIntervalBytes));
    assert.ok(odd!.warnings.some((text) => text.includes('Warp (10)')));
  });
});

describe('what is refused', () => {
  it('batches, devices and precisions that there are not', () => {
    for (const batch of [0, -1, 1.5, NaN, 2 ** 40])
      assert.throws(() => ask('torchvision/resnet18', { batch }), code('invalid_option', /batch must be/i));
    assert.throws(
      () => ask('torchvision/resnet18', { device: 'gtx9' }),
      code('unknown_device', /mine\.json/),
    );
    assert.throws(() => ask('torchvision/resnet18', { precision: 'bf16' }), code('invalid_option', /bf16/));
    assert.throws(() => model.predict({ network: 'absent.onnx', device: 'v100' }), code('file_not_found'));
  });
});

describe('the model file', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'foretoken-costs-'));
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const shipped = path.join(root, 'models/cost-model.json');

  it('comes back from JSON as it was', () => {
    const text = readFileSync(shipped, 'utf8');
    assert.equal(costsToJson(readCosts(shipped)), text.trim());
  });

  it('of another version, or damaged, is refused', () => {
    const text = readFileSync(shipped, 'utf8');
    const file = path.join(folder, 'model.json');
    for (const broken of [
      text.slice(0, 1000),
      text.replace('"version":4', '"version":3'),
      text.replace('"points":"', '"points":"AAAA'),
      text.replace('"flops"', '"flips"'),
      '[]',
      'null',
    ]) {
      writeFileSync(file, broken);
      assert.throws(() => CostModel.load(file), code('invalid_option', /cost-model makes one/));
    }
    assert.throws(() => CostModel.load(path.join(folder, 'absent.json')), code('file_not_found'));
  });
});
