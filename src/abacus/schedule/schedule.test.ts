/** Jobs onto machines: what is refused, that memory always suffices, and that the solver is never worse than the others. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ForetokenError } from '../../base/errors.js';
import { randomNumbers } from '../../base/random.js';
import { readWorkload, type Workload } from './jobs.js';
import { assertFits, firstFit, genetic, longestFirst, makespanMs, randomAssignment } from './policies.js';
import { networkJobPredictor } from './network-jobs.js';
import { solve } from './solver.js';

const GB = 1e9;
const NETWORKS = fileURLToPath(new URL('../../../data/cost/networks', import.meta.url));

function randomWorkload(seed: number, machines: number, jobs: number): Workload {
  const random = randomNumbers(seed);
  const speeds = Array.from({ length: machines }, () => 0.5 + random());
  return {
    machines: speeds.map((_, at) => ({ name: `m${at}`, memoryBytes: (at === 0 ? 24 : 8) * GB })),
    jobs: Array.from({ length: jobs }, (_, job) => {
      const work = 1000 * Math.exp(3 * random());
      const memory = GB * (1 + 22 * random() ** 2);
      return {
        name: `j${job}`,
        timeMs: speeds.map((speed) => work / speed),
        memoryBytes: speeds.map(() => memory),
      };
    }),
  };
}

describe('assignments', () => {
  it('always fit, and the solver is never worse than the others', async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const workload = randomWorkload(seed, 3, 14);
      const all = [
        randomAssignment(workload, seed),
        firstFit(workload),
        longestFirst(workload),
        genetic(workload, seed),
      ];
      const best = await solve(workload, { seconds: 5 });
      for (const assignment of [...all, best.assignment]) assertFits(workload, assignment);
      const least = Math.min(...all.map((one) => makespanMs(workload, one)));
      assert.ok(makespanMs(workload, best.assignment) <= least * 1.002, `seed ${seed}`);
    }
  });

  it('are the best there is where all can be tried', async () => {
    const workload = randomWorkload(7, 2, 8);
    const fits = workload.jobs.map(({ memoryBytes }) => memoryBytes[1]! <= 8 * GB);
    let best = Infinity;
    for (let code = 0; code < 2 ** 8; code++) {
      const assignment = fits.map((_, job) => (code >> job) & 1);
      if (assignment.every((machine, job) => machine === 0 || fits[job]))
        best = Math.min(best, makespanMs(workload, assignment));
    }
    const found = await solve(workload, { gap: 0 });
    assert.ok(found.optimal);
    assert.ok(Math.abs(makespanMs(workload, found.assignment) / best - 1) < 1e-6);
    assert.ok(makespanMs(workload, genetic(workload)) >= best * (1 - 1e-9));
  });

  it('of a seed are the same again', () => {
    const workload = randomWorkload(3, 3, 20);
    assert.deepEqual(genetic(workload, 5, 20), genetic(workload, 5, 20));
    assert.notDeepEqual(randomAssignment(workload, 1), randomAssignment(workload, 2));
  });
});

describe('a file of jobs', () => {
  const machines = [
    { name: 'a', memory_bytes: 8 * GB },
    { name: 'b', memory_bytes: 24 * GB, device: 'rtx3090' },
  ];
  const read = (value: unknown): Promise<Workload> => readWorkload(JSON.stringify(value), 'jobs.json');

  it('gives figures for all machines or for each', async () => {
    const { jobs } = await read({
      machines,
      jobs: [
        { name: 'x', time_ms: 10, memory_bytes: GB },
        { name: 'y', time_ms: { b: 5 }, memory_bytes: { b: 20 * GB } },
      ],
    });
    assert.deepEqual(jobs[0], { name: 'x', timeMs: [10, 10], memoryBytes: [GB, GB] });
    assert.deepEqual(jobs[1], { name: 'y', timeMs: [Infinity, 5], memoryBytes: [Infinity, 20 * GB] });
  });

  it('that is wrong is refused with what is wrong', async () => {
    const job = { name: 'x', time_ms: 10, memory_bytes: GB };
    for (const [value, words] of [
      [[], /"machines" must be a list/],
      [{ machines: [], jobs: [job] }, /"machines" must be a list/],
      [{ machines, jobs: [] }, /"jobs" must be a list/],
      [{ machines: [{ name: 'a' }], jobs: [job] }, /memory_bytes of machine a/],
      [{ machines: [{ memory_bytes: 1 }], jobs: [job] }, /machine 1 has no name/],
      [{ machines: [machines[0], machines[0]], jobs: [job] }, /two machines are called "a"/],
      [{ machines, jobs: [job, job] }, /two jobs are called "x"/],
      [{ machines, jobs: [{ ...job, time_ms: -1 }] }, /time_ms of job x/],
      [{ machines, jobs: [{ ...job, time_ms: '10' }] }, /time_ms of job x/],
      [{ machines, jobs: [{ ...job, time_ms: { c: 1 } }] }, /unknown field "c"/],
      [{ machines, jobs: [{ ...job, tiem_ms: 1 }] }, /unknown field "tiem_ms"/],
      [{ machines, jobs: [{ name: 'n', network: 'a.onnx' }] }, /names a network/],
    ] as const)
      await assert.rejects(read(value), (error: ForetokenError) => {
        assert.equal(error.code, 'invalid_option', JSON.stringify(value));
        assert.match(error.message, words);
        return true;
      });
    await assert.rejects(readWorkload('{', 'jobs.json'), /it is no JSON/);
  });

  it('with a job that fits nowhere is refused', async () => {
    await assert.rejects(
      read({ machines, jobs: [{ name: 'big', time_ms: 1, memory_bytes: 25 * GB }] }),
      (error: ForetokenError) => error.code === 'out_of_memory' && /big fits no machine/.test(error.message),
    );
  });

  it('may name networks, which are predicted for each machine', async () => {
    const asked: string[] = [];
    const named = machines.map((machine) => ({ device: 'p4', ...machine }));
    const { jobs } = await readWorkload(
      JSON.stringify({ machines: named, jobs: [{ name: 'n', network: 'a.onnx', batch: 8 }] }),
      'jobs.json',
      ({ network, settings }, device) => {
        asked.push(`${network} ${JSON.stringify(settings)} ${device}`);
        return Promise.resolve({ timeMs: 3, memoryBytes: GB });
      },
    );
    assert.deepEqual(asked, ['a.onnx {"batch":8} p4', 'a.onnx {"batch":8} rtx3090']);
    assert.deepEqual(jobs[0]!.timeMs, [3, 3]);
  });
});

describe('jobs that name a network', () => {
  const predict = networkJobPredictor(NETWORKS);
  const asked = (job: object): string =>
    JSON.stringify({
      machines: [
        { name: 'fast', device: 'a100', memory_bytes: 40e9 },
        { name: 'slow', device: 'gtx1080ti', memory_bytes: 11e9 },
      ],
      jobs: [{ name: 'one', network: 'torchvision/resnet50.onnx', batch: 16, ...job }],
    });

  it('take what is predicted for each machine, for all their steps', async () => {
    const of = async (steps: number): Promise<Workload> =>
      readWorkload(asked({ steps }), 'jobs.json', predict);
    const [one, many] = [(await of(1)).jobs[0]!, (await of(1000)).jobs[0]!];
    assert.ok(one.timeMs[0]! < one.timeMs[1]!, `${one.timeMs.join(' and ')} ms`);
    assert.ok(Math.abs(many.timeMs[0]! / one.timeMs[0]! - 1000) < 1e-6);
    assert.ok(one.memoryBytes[1]! > 1e9 && one.memoryBytes[1]! < 11e9);
  });

  it('are refused with the reason where they are wrong', async () => {
    for (const [job, reason] of [
      [{ batch: 0 }, /"batch" must be a whole number/],
      [{ optimizer: 'magic' }, /"optimizer" must be one of/],
      [{ epochs: 3 }, /unknown field "epochs"/],
      [{ network: 'absent.onnx' }, /absent\.onnx/],
    ] as const)
      await assert.rejects(readWorkload(asked(job), 'jobs.json', predict), reason);
  });
});
