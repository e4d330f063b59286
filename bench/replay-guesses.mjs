/**
 * What `auto` makes of real drafts along real answers, by task, greedy and sampled, in the first answers of a server and
 * later: recorded guesses (`bench/record-guesses.mjs`) under the engine's own step loop with costs of a curve of the
 * simulator or of a file, so the figures are the same on every machine.
 *
 *   node bench/replay-guesses.mjs
 *   node bench/replay-guesses.mjs --order turns --costs bench/data/smollm2-q8_0-amx-costs.json
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CURVES } from '../dist/simulation/curves.js';
import { AUTO, fixedPolicy, OFF } from '../dist/simulation/policies.js';
import { RecordedGuesses, recordedWorkload } from '../dist/simulation/recorded.js';
import { simulate } from '../dist/simulation/simulate.js';
import { NO_NOISE } from '../dist/simulation/sim-model.js';
import { root } from './lib/machine.mjs';
import { fail, readOptions } from './lib/options.mjs';
import { sum, table } from './lib/statistics.mjs';

const options = readOptions('Recorded guesses of drafts, replayed under the planner.', {
  recording: {
    type: 'string',
    default: path.join(root, 'bench/data/smollm2-guesses.json'),
    help: 'file of guesses',
  },
  curve: { type: 'string', default: 'smollm2-q8_0', help: 'costs of the simulator' },
  costs: { type: 'string', help: "JSON of a target's costs, instead of those of the curve" },
  draft: { type: 'string', default: 'specialist', help: 'which of the recorded drafts' },
  proposers: { type: 'words', default: ['lookup', 'suffix', 'draft'], help: 'what may guess' },
  first: { type: 'number', default: 5, help: 'answers of a server that has just started' },
  order: {
    type: 'string',
    default: 'alone',
    help: 'alone: each temperature on a server of its own; turns: in turn; blocks: one after another',
  },
  streams: { type: 'number', default: 1, help: 'answers at a time' },
});
const curve = CURVES[options.curve] ?? fail(`--curve is one of ${Object.keys(CURVES).join(', ')}.`);
const costs = {
  ...curve.costs,
  ...(options.costs && { target: JSON.parse(readFileSync(options.costs, 'utf8')) }),
};
const { drafts, answers } = JSON.parse(readFileSync(options.recording, 'utf8'));
const tasks = [...new Set(answers.map(({ task }) => task))].sort();
const temperatures = [...new Set(answers.map(({ temperature }) => temperature))];
const FIXED = [1, 2, 3, 4, 6];

/**
 * Milliseconds of decoding by temperature: prompts take the same time whoever guesses.
 * @param {any[]} some of one task, in this order @param {any} policy @returns {Map<number, number>}
 */
function decodeMs(some, policy) {
  const draft =
    drafts.find(
      ({ name, task }) => name === options.draft && (task === undefined || task === some[0].task),
    ) ?? fail(`There is no draft ${options.draft}.`);
  const machine = {
    ...{ costs, noise: NO_NOISE, mishaps: [], parallel: options.streams, batchSize: 1024 },
    ...{
      unified: curve.unified,
      draft: true,
      mostGuesses: 8,
      calibrated: true,
      proposers: options.proposers,
    },
    recorded: new RecordedGuesses(some, draft),
  };
  const workload = recordedWorkload(some, options.streams);
  const { tasks: kinds } = simulate(workload, machine, policy);
  return new Map(
    kinds.map(({ task, requests, latencyMs, ttftMs }) => [
      Number(/[\d.]+$/.exec(task)?.[0]),
      requests * (latencyMs.mean - ttftMs.mean),
    ]),
  );
}

/** @type {{ first: number[], all: number[] }} */
const ratiosOfAll = { first: [], all: [] };
/** @type {Map<number, string[][]>} */
const rows = new Map(temperatures.map((temperature) => [temperature, []]));
for (const task of tasks) {
  const own = answers.filter((one) => one.task === task);
  const parts = temperatures.map((temperature) => own.filter((one) => one.temperature === temperature));
  const count = Math.floor(parts[0].length / options.first);
  /** As a server would get them: so many of each temperature, one temperature after another or in turn. */
  const groups = Array.from({ length: count }, (_, at) => {
    const chosen = parts.map((part) => part.slice(at * options.first, (at + 1) * options.first));
    if (options.order === 'alone') return chosen;
    return [
      options.order === 'turns'
        ? chosen[0].flatMap((_, index) => chosen.map((part) => part[index]))
        : chosen.flat(),
    ];
  });
  const ratiosOf = (/** @type {any[]} */ some) => {
    const [off, auto] = [OFF, AUTO].map((policy) => decodeMs(some, policy));
    return [...auto].map(([temperature, ms]) => ({ temperature, ratio: off.get(temperature) / ms }));
  };
  const first = groups.flatMap((group) => group.flatMap(ratiosOf));
  const all = (options.order === 'alone' ? parts : [options.order === 'blocks' ? parts.flat() : own]).flatMap(
    ratiosOf,
  );
  temperatures.forEach((temperature, at) => {
    const off = decodeMs(parts[at], OFF).get(temperature);
    const fixed = FIXED.map(
      (length) => off / decodeMs(parts[at], fixedPolicy({ length, proposer: 'draft' })).get(temperature),
    );
    const ratios = first.filter((one) => one.temperature === temperature).map(({ ratio }) => ratio);
    const overall = all.find((one) => one.temperature === temperature).ratio;
    ratiosOfAll.first.push(sum(ratios) / ratios.length);
    ratiosOfAll.all.push(overall);
    rows
      .get(temperature)
      .push([
        task,
        `${(sum(ratios) / ratios.length).toFixed(3)}x`,
        ratios.map((one) => one.toFixed(2)).join(', '),
        `${overall.toFixed(3)}x`,
        `${Math.max(1, ...fixed).toFixed(3)}x`,
      ]);
  });
}
for (const [temperature, lines] of rows) {
  console.log(`\nTemperature ${temperature}, ${options.draft}\n`);
  console.log(table(['task', `first ${options.first}`, 'by group', 'all', 'best fixed length'], lines));
}
const told = (/** @type {number[]} */ ratios) =>
  `${Math.exp(sum(ratios.map(Math.log)) / ratios.length).toFixed(4)}x, least ${Math.min(...ratios).toFixed(3)}x`;
console.log(
  `\nGeometric mean of tasks and temperatures: first ${told(ratiosOfAll.first)}; all ${told(ratiosOfAll.all)}`,
);
