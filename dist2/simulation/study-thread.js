/** A worker of `study.ts`: takes one job after the other and answers each. */
import { parentPort } from 'node:worker_threads';
import { assert } from '../base/errors.js';
import { parsePolicies } from './policies.js';
import { bestLengthAfter, recoveryOf } from './recovery.js';
import { simulate } from './simulate.js';
import { machineOf, workloadOf } from './study-set.js';
function answer(job) {
    if (job.kind === 'best length')
        return bestLengthAfter(job.change, job.seed);
    if (job.kind === 'recovery')
        return recoveryOf(job.change, job.seed, job.length);
    const workload = workloadOf(job.cell, job.seed);
    const machine = machineOf(job.cell.curve, job.cell.inFlight);
    return parsePolicies(job.policies.join(), 'draft').map((policy) => simulate(workload, machine, policy).tokenGoodput);
}
assert(parentPort !== null, 'simulation/study-thread.js runs as a worker only');
const port = parentPort;
port.on('message', (job) => {
    port.postMessage(answer(job));
});
//# sourceMappingURL=study-thread.js.map