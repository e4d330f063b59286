/** A machine learned from its own measurements: made-up prices are found again for a network never seen, and files are checked. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readNetwork } from './graph/read.js';
import type { Network } from './graph/types.js';
import { MeasuredMachine, stepAmounts, type MeasuredStep } from './measured-machine.js';
import { readTorchProfile } from './torch-profile.js';
import type { Step } from './work.js';

const networks = fileURLToPath(new URL('../../data/cost/networks/torchvision/', import.meta.url));
const networkOf = (name: string): Network => readNetwork(path.join(networks, `${name}.onnx`));
const folder = mkdtempSync(path.join(tmpdir(), 'foretoken-torch-profile-'));
after(() => {
  rmSync(folder, { recursive: true });
});

const inference: Step = {
  ...{ phase: 'inference', precision: 'fp32', optimizer: 'none' },
  ...{ framework: 'pytorch', copiesBatch: false },
};
const training: Step = { ...inference, phase: 'train', optimizer: 'sgd' };

describe('a measured machine', { skip: !existsSync(networks) }, () => {
  /** A machine of 50 GFLOP/s and 8 GB/s that takes 20 us for each operator. */
  const stepsOf = (name: string): MeasuredStep[] => {
    const network = networkOf(name);
    return [inference, training].flatMap((step) =>
      [1, 2, 4, 8, 16].map((batch) => {
        const graph = network.at({ batch, imageSize: 64, phase: step.phase });
        let seconds = 0;
        for (const [kind, amount] of stepAmounts(graph, step))
          seconds +=
            amount *
            (kind.endsWith(' flop')
              ? 1 / 50
              : kind.endsWith('bytes')
                ? 1 / 8
                : kind === 'host calls'
                  ? 0.02
                  : 0);
        return { graph, step, seconds };
      }),
    );
  };

  it('predicts a network that it has not seen', () => {
    const machine = MeasuredMachine.learn(
      ['resnet18', 'mobilenet_v3_small', 'squeezenet1_1', 'googlenet'].flatMap(stepsOf),
    );
    for (const { graph, step, seconds } of stepsOf('resnet34')) {
      const error = Math.abs(machine.predict(graph, step).seconds / seconds - 1);
      assert.ok(error < 0.25, `batch ${graph.batch}, ${step.phase}: ${(100 * error).toFixed(1)} %`);
    }
  });

  it('comes from the file of the collector, repeats together and at one pace', () => {
    const file = path.join(folder, 'profile.csv');
    const head =
      'network,device,precision,phase,optimizer,batch,image_size,repeat,time_ms_min,peak_bytes,outcome,reference_ms';
    const rows = [
      'resnet18,cpu,float32,train,adam,4,64,0,100,5000,ok,2',
      'resnet18,cpu,float32,train,adam,4,64,1,200,,ok,4',
      'resnet18,cpu,float32,inference,none,1,32,0,9,,ok,2',
      'resnet18,cpu,float32,inference,none,64,224,0,,,out_of_memory,',
      'resnet18,cpu,float32,inference,none,2,32,0,,700,ok,',
    ];
    writeFileSync(file, [head, ...rows].join('\n'));
    const [adam, small, memory, ...more] = readTorchProfile(file, networkOf);
    assert.deepEqual(more, []);
    assert.deepEqual(adam!.repeats, [0.1, 0.1]);
    assert.equal(adam!.peakBytes, 5000);
    assert.deepEqual([adam!.graph.batch, adam!.graph.imageSize, adam!.step.optimizer], [4, [64, 64], 'adam']);
    assert.equal(small!.seconds, 0.009);
    assert.deepEqual([memory!.seconds, memory!.peakBytes], [undefined, 700]);
    writeFileSync(file, [head, rows[0]!.replace('adam', 'magic')].join('\n'));
    assert.throws(() => readTorchProfile(file, networkOf), { code: 'invalid_option', message: /Line 2 / });
    assert.throws(() => readTorchProfile(path.join(folder, 'none.csv'), networkOf), {
      code: 'file_not_found',
    });
  });
});
