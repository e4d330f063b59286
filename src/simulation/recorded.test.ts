/** Real answers of SmolLM2 and what its task drafts guess along them: what planning makes of a server's traffic. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { randomNumbers, shuffled } from '../base/random.js';
import { sum } from '../base/statistics.js';
import { AUTO, OFF, type Policy } from './policies.js';
import {
  RecordedGuesses,
  recordedGuess,
  recordedToken,
  recordedWorkload,
  type RecordedAnswer,
  type Recording,
} from './recorded.js';
import { NO_NOISE } from './sim-model.js';
import { simulate } from './simulate.js';
import { machineOf } from './study-set.js';

const file = new URL('../../bench/data/smollm2-guesses.json', import.meta.url);
const { drafts, answers } = JSON.parse(readFileSync(file, 'utf8')) as Recording;
const machine = { ...machineOf('smollm2-q8_0', 1), noise: NO_NOISE, mostGuesses: 8 };
const TASKS = [...new Set(answers.map(({ task }) => task))];
const ORDERS = [1, 2, 3];

/** [temperature] milliseconds of decoding. */
function decodeMs(own: readonly RecordedAnswer[], policy: Policy): number[] {
  const draft = drafts.find(({ task }) => task === own[0]!.task)!;
  const recorded = new RecordedGuesses(own, draft);
  const { tasks } = simulate(recordedWorkload(own, 1), { ...machine, recorded }, policy);
  const byKind = tasks.toSorted((a, b) => (a.task < b.task ? -1 : 1));
  return byKind.map(({ requests, latencyMs, ttftMs }) => requests * (latencyMs.mean - ttftMs.mean));
}

it('guesses never cost more than 2 % of a task, greedy and sampled in turn', () => {
  const slow: string[] = [];
  for (const task of TASKS) {
    const own = answers.filter((answer) => answer.task === task);
    const orders = ORDERS.map((seed) => shuffled(own, randomNumbers(seed)));
    const [off, auto] = [OFF, AUTO].map((policy) => orders.map((order) => decodeMs(order, policy)));
    for (const [at, kind] of ['greedy', 'sampled'].entries()) {
      const ratio = sum(off!, (ms) => ms[at]!) / sum(auto!, (ms) => ms[at]!);
      if (!(ratio >= 0.98)) slow.push(`${task}, ${kind}: ${ratio.toFixed(3)}x of no guesses`);
    }
  }
  assert.deepEqual(slow, []);
});

it('writes down what a draft guesses as it was', () => {
  const bytes = (...values: number[]): string => Buffer.from(values).toString('base64');
  const told = [recordedGuess(true, 0.31), recordedGuess(false, 99), recordedGuess(false, 0)];
  const answer = { task: 'one', temperature: 0, prompt: bytes(1, 2, 3, 4, 5), output: bytes(6, 7, 8) };
  const all = [{ ...answer, guesses: { one: bytes(...told) } }];
  const { items } = recordedWorkload(all, 1);
  assert.deepEqual([...items[0]!.text.slice(4)], [5, 6, 7, 8]);
  const guesses = new RecordedGuesses(all, { name: 'one', acceptance: [0.5] });
  assert.deepEqual(guesses.acceptance, [0.5]);
  const at = (position: number) => guesses.guess(items[0]!, position);
  assert.equal(at(5).agrees, true);
  assert.ok(Math.abs(at(5).margin - 0.3) < 1e-9);
  assert.deepEqual([at(6).agrees, at(7).agrees, at(7).margin], [false, false, 0]);
  for (const token of [0, 1, 255, 49_151, 262_143])
    assert.ok(recordedToken(token) >= 1 && recordedToken(token) <= 255);
});
