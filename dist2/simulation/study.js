/**
 * Policies judged over many workloads: what each part of `auto` is worth (ablation), what the controllers of other
 * projects reach, and how soon `auto` recovers from a change. Runs on all cores; the figures do not depend on that.
 */
import os from 'node:os';
import { Worker } from 'node:worker_threads';
import { mean } from '../base/statistics.js';
import { MECHANISMS } from '../planning/mechanisms.js';
import { PEERS } from './policies.js';
import { CHANGES } from './recovery.js';
import { CELLS } from './study-set.js';
/** What could be reached: the best of these on each workload. */
const REFERENCES = ['oracle', 'off', 'fixed:2', 'fixed:5'];
export async function judge(seeds, what, onProgress = () => undefined, cells = CELLS) {
    const peers = what.peers ? PEERS.map(({ name }) => name) : [];
    const mechanisms = what.mechanisms ? MECHANISMS : [];
    const policies = ['auto', ...REFERENCES, ...peers, ...mechanisms.map((name) => `without:${name}`)];
    const jobs = cells.flatMap((cell) => Array.from({ length: seeds }, (_, seed) => ({ kind: 'goodput', cell, seed: seed + 1, policies })));
    const answers = await runAll(jobs, onProgress);
    const goodputs = cells.map((cell, at) => {
        const own = answers.slice(at * seeds, (at + 1) * seeds);
        return {
            cell,
            seeds: own.map((values) => new Map(values.map((value, index) => [policies[index], value]))),
        };
    });
    return {
        judged: ['auto', 'oracle', 'off', ...peers].map((policy) => judgedOf(policy, goodputs)),
        ablated: mechanisms.map((mechanism) => ({
            mechanism,
            change: spreadOf(goodputs, (of) => regretOf(of, `without:${mechanism}`) - regretOf(of, 'auto')),
        })),
    };
}
export async function recoveries(seeds, onProgress = () => undefined, changes = CHANGES) {
    const lengths = await runAll(changes.map((change) => ({ kind: 'best length', change, seed: 1 })), (done) => {
        onProgress(done / 3);
    });
    const jobs = changes.flatMap((change, at) => Array.from({ length: seeds }, (_, seed) => ({
        kind: 'recovery',
        change,
        seed: seed + 1,
        length: lengths[at],
    })));
    const all = await runAll(jobs, (done) => {
        onProgress((1 + 2 * done) / 3);
    });
    return changes.map((change, at) => {
        const own = all.slice(at * seeds, (at + 1) * seeds);
        return {
            change,
            bestLength: lengths[at],
            requests: own.map(({ requests }) => requests),
        };
    });
}
function regretOf(of, policy) {
    return 1 - of.get(policy) / Math.max(...REFERENCES.map((name) => of.get(name)));
}
function judgedOf(policy, goodputs) {
    const regrets = goodputs.map(({ cell, seeds }) => ({
        kind: cell.kind,
        seeds: seeds.map((of) => regretOf(of, policy)),
    }));
    const ofKind = (kind) => regrets.filter((one) => one.kind === kind).flatMap(({ seeds }) => seeds);
    return {
        policy,
        regret: spreadOf(goodputs, (of) => regretOf(of, policy)),
        bySeed: goodputs[0].seeds.map((_, seed) => mean(regrets.map(({ seeds }) => seeds[seed]))),
        byKind: new Map(regrets.map(({ kind }) => [kind, mean(ofKind(kind))])),
    };
}
/** Over the workloads, each the mean of its seeds. */
function spreadOf(goodputs, valueOf) {
    const values = goodputs.map(({ seeds }) => mean(seeds.map(valueOf)));
    const at = (value) => ({
        value,
        where: goodputs[values.indexOf(value)].cell,
    });
    return { mean: mean(values), least: at(Math.min(...values)), most: at(Math.max(...values)) };
}
/** [job] its answer; a worker that fails ends it all. */
async function runAll(jobs, onProgress) {
    const answers = [];
    let next = 0;
    let done = 0;
    const work = async () => {
        const worker = new Worker(new URL('study-thread.js', import.meta.url));
        try {
            while (next < jobs.length) {
                const at = next++;
                answers[at] = await new Promise((resolve, reject) => {
                    worker.removeAllListeners();
                    worker.once('message', resolve).once('error', reject);
                    worker.postMessage(jobs[at]);
                });
                onProgress(++done / jobs.length);
            }
        }
        finally {
            await worker.terminate();
        }
    };
    const workers = Math.min(os.availableParallelism(), jobs.length);
    await Promise.all(Array.from({ length: workers }, work));
    return answers;
}
//# sourceMappingURL=study.js.map