/**
 * Several answers that copy, begun together, with nobody to take the place of those that end: what runs ahead for some
 * must not keep the last of them waiting.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { CurveName } from './curves.js';
import { AUTO, OFF } from './policies.js';
import { simulate } from './simulate.js';
import { machineOf, workOf } from './test-regret.js';

const WORK = [
  { copy: 0.8, copyRun: 16 },
  { copy: 0.9, copyRun: 32 },
];

function overOff(curve: CurveName, inFlight: number, work: (typeof WORK)[number]): number {
  const machine = machineOf(curve, inFlight, { draft: false, proposers: ['lookup'] });
  const sizes = { promptTokens: [48, 64], outputTokens: [48, 49] } as const;
  let [offMs, autoMs] = [0, 0];
  for (let seed = 1; seed <= 12; seed++) {
    const workload = workOf({ ...work, ...sizes }, { inFlight, requests: inFlight, seed });
    offMs += 1 / simulate(workload, machine, OFF).tokenGoodput;
    autoMs += 1 / simulate(workload, machine, AUTO).tokenGoodput;
  }
  return offMs / autoMs;
}

it('auto ends the last of several answers that copy no later than 0.98x of off', () => {
  const slow: string[] = [];
  for (const curve of ['smollm2-q8_0', 'amx', 'demo'] as const)
    for (const inFlight of [8, 16])
      for (const work of WORK) {
        const ratio = overOff(curve, inFlight, work);
        if (ratio < 0.98)
          slow.push(`${curve}, ${inFlight} in flight, runs of ${work.copyRun}: ${ratio.toFixed(3)}x`);
      }
  assert.deepEqual(slow, []);
});

it('and four still gain by copying', () => {
  assert.ok(overOff('smollm2-q8_0', 4, WORK[1]!) > 1.1);
  assert.ok(overOff('amx', 4, WORK[1]!) > 1.2);
});
