/**
 * Prefill of Foretoken beside llama-server: the same model file, shared libraries and threads, prompts of a given
 * number of random tokens that neither has seen, one token of answer, one stream. Pairs, alternating, so that a
 * drift of the machine's pace reaches both; a pair that others on the machine disturbed is measured again.
 *
 *   node bench/prefill.mjs --llama-server ~/llama-server/build/bin/llama-server --model models/real/smollm2-135m-instruct-q4_1.gguf
 */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeMachine, machineLine, progress, writeResults } from './lib/machine.mjs';
import { MODEL_OPTIONS, modelPaths } from './lib/models.mjs';
import { fail, readOptions } from './lib/options.mjs';
import { foretoken, llamaServer, resting } from './lib/peers/peers.mjs';
import { leastDisturbed, othersLine, watchOthers } from './lib/quiet.mjs';
import { figure, spread, summarize, table, times } from './lib/statistics.mjs';
import { physicalCores } from './lib/threads.mjs';
import { takeTurn } from './lib/turn.mjs';

const options = readOptions(
  'Time to the first token of Foretoken and llama-server, by length of the prompt.',
  {
    model: MODEL_OPTIONS.model,
    'llama-server': { type: 'string', help: 'path of a llama-server binary' },
    'foretoken-args': { type: 'string', help: 'more arguments for foretoken serve, separated by spaces' },
    tokens: { type: 'numbers', default: [32, 128, 512], help: 'prompt lengths' },
    rounds: { type: 'number', default: 8, help: 'pairs of each length' },
    repeats: { type: 'number', default: 3, help: 'prompts of one measurement' },
    threads: { type: 'number', default: await physicalCores(), help: 'compute threads of each server' },
    name: { type: 'string', default: 'prefill', help: 'name of the result files' },
  },
);
if (!options['llama-server']) fail('Give --llama-server PATH.');
const { model } = modelPaths({ model: options.model });
await takeTurn();
const machine = describeMachine();
const context = Math.max(...options.tokens) + 64;
const peers = [
  resting(foretoken((options['foretoken-args'] ?? '').split(' ').filter(Boolean))),
  resting(llamaServer(path.resolve(options['llama-server']))),
];
const settings = { model, streams: 1, contextPerStream: context, threads: options.threads };
const started = [];
for (const peer of peers) started.push({ name: peer.name, running: await peer.start(settings) });
const pids = started.map(({ running }) => running.pid);

let seed = 1;
/** Token ids that every vocabulary has and that are words in most. @param {number} count */
function freshPrompt(count) {
  return Array.from({ length: count }, () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return 300 + ((seed >>> 8) % 7000);
  });
}

/** @param {number} tokens @param {number} round */
async function pair(tokens, round) {
  const bodies = Array.from({ length: options.repeats }, () => ({
    prompt: freshPrompt(tokens),
    max_tokens: 1,
    temperature: 0,
    ignore_eos: true,
  }));
  const order = round % 2 === 0 ? started : [...started].reverse();
  /** @type {Record<string, number>} */
  const ms = {};
  let others = 0;
  for (const { name, running } of order) {
    await sleep(250);
    const watch = watchOthers(pids);
    const { answers, wallMs } = await running.run(bodies);
    others = Math.max(others, watch());
    for (const { promptTokens, cachedTokens } of answers) {
      if (promptTokens !== tokens && promptTokens !== tokens + 1)
        throw new Error(`${name} counts ${promptTokens} prompt tokens, not ${tokens}`);
      if (cachedTokens > 1)
        throw new Error(`${name} had ${cachedTokens} tokens of a new prompt in its cache`);
    }
    ms[name] = wallMs / bodies.length;
  }
  return { result: { tokens, round, ms, others }, others };
}

const measured = [];
for (const { running } of started)
  await running.run([{ prompt: freshPrompt(64), max_tokens: 8, temperature: 0, ignore_eos: true }]);
for (let round = 0; round < options.rounds; round += 1) {
  for (const tokens of options.tokens) {
    const { result } = await leastDisturbed(() => pair(tokens, round), pids);
    measured.push(result);
    progress(
      `${tokens} tokens, round ${round + 1}: ${Object.entries(result.ms)
        .map(([name, ms]) => `${name} ${figure(ms)}`)
        .join(', ')} ms`,
    );
  }
}
for (const { running } of started) await running.stop();

const names = started.map(({ name }) => name);
const rows = options.tokens.map((/** @type {number} */ tokens) => {
  const of = measured.filter((one) => one.tokens === tokens);
  return [
    String(tokens),
    ...names.map((name) => spread(summarize(of.map(({ ms }) => ms[name] ?? NaN)))),
    spread(summarize(of.map(({ ms }) => (ms['Foretoken'] ?? NaN) / (ms['llama-server'] ?? NaN))), times),
  ];
});
const report = [
  `Machine: ${machineLine(machine)}. ${path.basename(model)}, ${options.threads} threads.`,
  `ms from request to first token, median (min-max) of ${options.rounds} alternating pairs; ratio: median of the pairs' own (below 1: Foretoken is faster).`,
  table(['prompt tokens', ...names, 'Foretoken / llama-server'], rows),
  othersLine(measured),
].join('\n\n');
writeResults(options.name, { machine, options, measured }, report);
