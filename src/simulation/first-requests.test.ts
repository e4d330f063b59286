/** The first answers of a server, when nothing is known of its work yet: what is tried there must not cost much. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { AUTO, OFF } from './policies.js';
import { simulate } from './simulate.js';
import { machineOf } from './study-set.js';
import { MIXES } from './tasks.js';
import { makeWorkload } from './workload.js';

it('costs at most 2 % in the first four answers of each task of the demo', () => {
  const machine = machineOf('demo', 1);
  const slow: string[] = [];
  for (const task of MIXES.demo) {
    let offMs = 0;
    let autoMs = 0;
    for (let seed = 1; seed <= 8; seed++) {
      const tasks = [{ ...task, outputTokens: [32, 64] as const }];
      const arrivals = { kind: 'closed', inFlight: 1 } as const;
      const workload = makeWorkload({ requests: 4, arrivals, tasks, shifts: [], seed });
      offMs += 1 / simulate(workload, machine, OFF).tokenGoodput;
      autoMs += 1 / simulate(workload, machine, AUTO).tokenGoodput;
    }
    if (offMs / autoMs < 0.98) slow.push(`${task.name}: ${(offMs / autoMs).toFixed(3)}x of no guesses`);
  }
  assert.deepEqual(slow, []);
});
