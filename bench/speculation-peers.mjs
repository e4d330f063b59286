/**
 * Foretoken with `--speculation auto` beside its peers with theirs: llama-server's draft model and n-gram kinds,
 * node-llama-cpp's predictors, on the same model files, shared libraries and held-out prompts (all tasks mixed),
 * greedy, at several numbers of concurrent streams. For each number a tuning pass first looks for the peers' best
 * settings (after every round the slower half of a kind is given up); the paired pass then measures those and `off`
 * in rounds: every setting once, in an order that is reversed in the next round, with the same prompts, which
 * nobody has seen. Each setting has processes of its own, so none finds the answers of another in its stores.
 *
 * Answers end by themselves, as text after the forced end of a turn is neither the same for all nor like any real
 * one; greedy text being the same, so are the token counts, and how many answers differ is shown.
 *
 *   node bench/speculation-peers.mjs --llama-server ~/llama-server/build/bin/llama-server
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { resting } from './lib/peers/peers.mjs';
import { describeMachine, progress, readResults, root, writeResults } from './lib/machine.mjs';
import { MODEL_OPTIONS, modelPaths } from './lib/models.mjs';
import { fail, readOptions } from './lib/options.mjs';
import { checkPromptTokens, fairOrder, fastest, relativeSpeeds } from './lib/pairing.mjs';
import {
  groupsOf,
  llamaServerSettings,
  nodeLlamaCppSettings,
  OURS_OFF,
  ourSettings,
} from './lib/peers/speculation-settings.mjs';
import { readPrompts } from './lib/prompts.mjs';
import { leastDisturbed, waitForQuiet, watchOthers } from './lib/quiet.mjs';
import { estimateMinutes, report } from './lib/speculation-peers-report.mjs';
import { figure, median, sum } from './lib/statistics.mjs';
import { physicalCores } from './lib/threads.mjs';
import { takeTurn } from './lib/turn.mjs';

/** @typedef {import('./lib/peers/speculation-settings.mjs').Setting} Setting */
/** @typedef {{ setting: Setting, running: import('./lib/peers/peers.mjs').RunningPeer }} Started */

const options = readOptions('Speculation of Foretoken, llama-server and node-llama-cpp at their best.', {
  ...MODEL_OPTIONS,
  peers: {
    type: 'words',
    default: ['llama-server', 'node-llama-cpp'],
    help: 'whom to compare with; those not installed are left out',
  },
  'llama-server': { type: 'string', help: 'path of a llama-server binary' },
  'llama-args': { type: 'string', default: '', help: 'more arguments for llama-server, separated by spaces' },
  'foretoken-args': { type: 'string', default: '', help: 'more arguments for foretoken serve' },
  settings: {
    type: 'words',
    default: [],
    help: 'only settings of peers whose names contain one of these, "_" for a blank (default: all)',
  },
  streams: { type: 'numbers', help: 'numbers of concurrent streams (default 1,4,8,16; quick: 1)' },
  'tuning-rounds': { type: 'number', help: 'rounds of the tuning pass (default 2; quick: 1)' },
  rounds: { type: 'number', help: 'rounds of the paired pass, best even (default 6; quick: 2)' },
  requests: {
    type: 'number',
    help: 'requests of one measurement; at least 2 a stream (default 14; quick: 7)',
  },
  'max-tokens': { type: 'number', default: 160, help: 'longest answer' },
  context: { type: 'number', default: 1024, help: 'context tokens of one stream' },
  threads: { type: 'number', default: await physicalCores(), help: 'compute threads of each peer' },
  'node-threads': {
    type: 'number',
    help: 'compute threads of node-llama-cpp (default: as the others, but 1 instead of 2, which is faster for it)',
  },
  quick: { type: 'flag', help: 'one stream, few settings, two rounds: to see that everything runs' },
  name: { type: 'string', default: 'speculation-peers', help: 'name of the result files' },
});
for (const [name, value, quickly] of /** @type {[string, any, any][]} */ ([
  ['streams', [1, 4, 8, 16], [1]],
  ['tuning-rounds', 2, 1],
  ['rounds', 6, 2],
  ['requests', 14, 7],
])) {
  options[name] ??= options.quick ? quickly : value;
}
options['node-threads'] ??= options.threads === 2 ? 1 : options.threads;
if (options.rounds < 1 || options['tuning-rounds'] < 1)
  fail('--rounds and --tuning-rounds must be 1 or more.');
if (options.streams.some((/** @type {number} */ count) => !Number.isInteger(count) || count < 1)) {
  fail('--streams wants whole numbers of 1 or more.');
}

/** Prompts at the end of the list that warm up, again and again, and are never measured. */
const WARM_UP_PROMPTS = 64;
const ATTEMPTS = 2;
const files = modelPaths(options);
const ours = ourSettings(files.draft ?? 'none', words(options['foretoken-args']));
const theirs = peerSettings().filter(
  ({ name, group, quick }) =>
    (!options.quick || group === undefined || quick === true) &&
    (options.settings.length === 0 ||
      options.settings.some((/** @type {string} */ part) => name.includes(part.replaceAll('_', ' ')))),
);
if (theirs.length === 0) fail('No setting of a peer has such a name.');
const prompts = readPrompts(options.prompts);
const fresh = prompts.length - WARM_UP_PROMPTS;
const tasks = new Set(prompts.map(({ task }) => task)).size;
checkSupply();
let used = 0;

await takeTurn();
const machine = describeMachine();
const started = performance.now();
progress(
  `${theirs.length} settings of peers; about ${estimateMinutes(options, theirs, measurementSize).toFixed(0)} minutes`,
);
/** @type {any[]} */
const tuning = [];
/** @type {any[]} */
const paired = [];
/** @type {{ streams: number, setting: string, error: string }[]} */
const failures = [];
/** @type {{ streams: number, settings: string[] }[]} */
const chosen = [];
for (const streams of options.streams) {
  const settings = await tune(streams);
  chosen.push({ streams, settings: settings.map(({ name }) => name) });
  await pair(streams, [...ours, ...settings]);
}
const results = {
  machine,
  options,
  files,
  chosen,
  failures,
  tuning,
  paired,
  ceiling: ceilingOf(readResults('ceiling')),
};
writeResults(options.name, results, report(results));

/** @param {string} text */
function words(text) {
  return text.split(' ').filter(Boolean);
}

/** @returns {Setting[]} */
function peerSettings() {
  const found = options.peers.flatMap((/** @type {string} */ peer) => {
    if (peer === 'llama-server') {
      const binary = options['llama-server'];
      if (binary === undefined) return left(peer, 'give --llama-server PATH');
      if (!existsSync(binary)) fail(`No llama-server at ${binary}.`);
      return llamaServerSettings(path.resolve(binary), files.draft, words(options['llama-args']));
    }
    if (peer === 'node-llama-cpp') {
      const installed = existsSync(path.join(root, 'bench', 'node_modules', 'node-llama-cpp'));
      if (!installed) return left(peer, 'npm --prefix bench install');
      return nodeLlamaCppSettings(files.draft, options['node-threads']);
    }
    return fail(`No peer "${peer}"; there are llama-server, node-llama-cpp.`);
  });
  return found.length > 0 ? found : fail('There is nobody to compare with.');
}

/** @param {string} peer @param {string} remedy @returns {Setting[]} */
function left(peer, remedy) {
  progress(`Without ${peer} (${remedy}).`);
  return [];
}

/** Requests of one measurement: at least two a stream, and every task as often. @param {number} streams */
function measurementSize(streams) {
  return Math.ceil(Math.max(options.requests, 2 * streams) / tasks) * tasks;
}

/** No process may see a prompt twice. */
function checkSupply() {
  const rounds = Math.max(options.rounds * ATTEMPTS, options['tuning-rounds']);
  const wanted = measurementSize(Math.max(...options.streams)) * rounds;
  if (wanted > fresh)
    fail(`Only ${fresh} prompts, but up to ${wanted} are needed: fewer --rounds or --requests.`);
}

/** The peers' `off` and best settings for so many streams. @param {number} streams @returns {Promise<Setting[]>} */
async function tune(streams) {
  const reference = /** @type {Setting} */ (ours.find(({ name }) => name === OURS_OFF));
  const groups = groupsOf(theirs);
  let left = [...groups.values()].flat();
  const failed = (/** @type {Setting} */ { name }) =>
    failures.some((one) => one.streams === streams && one.setting === name);
  /** @type {any[]} */
  const records = [];
  const best = (/** @type {(setting: Setting, size: number) => number} */ count) => {
    const speeds = relativeSpeeds(records, reference.name);
    return [...groups.values()].flatMap((group) =>
      fastest(
        speeds,
        group.filter((one) => !failed(one)).map(({ name }) => name),
        count(group[0], group.filter((one) => left.includes(one)).length),
      ),
    );
  };
  await whileRunning([reference, ...left], streams, true, async (running) => {
    for (let round = 0; round < options['tuning-rounds']; round += 1) {
      const alive = running.filter(({ setting }) => setting === reference || left.includes(setting));
      await waitForQuiet(running.map((one) => one.running.pid));
      const { result } = await measureRound(fairOrder(alive, round), streams, true);
      records.push(...result.map((record) => ({ streams, round, ...record })));
      const names = best(({ keep = 1 }, size) => Math.max(2 * keep, Math.ceil(size / 2)));
      left = left.filter(({ name }) => names.includes(name));
      progress(`${streams} streams, tuning round ${round + 1}: ${left.length} left (${minutes()})`);
    }
  });
  tuning.push(...records.map((record) => ({ ...record, answers: undefined })));
  const names = best(({ keep = 1 }) => keep);
  return theirs.filter(({ name, group }) => group === undefined || names.includes(name));
}

/** Rounds with every setting once. @param {number} streams @param {Setting[]} settings */
async function pair(streams, settings) {
  await whileRunning(settings, streams, false, async (running) => {
    const pids = running.map((one) => one.running.pid);
    for (let round = 0; round < options.rounds; round += 1) {
      const { result } = await leastDisturbed(
        () => measureRound(fairOrder(running, round), streams, false),
        pids,
        ATTEMPTS,
      );
      paired.push(...result.map((record) => ({ streams, round, ...record })));
      const speeds = result.map((record) => `${record.setting} ${figure(record.tokensPerSecond)}`);
      progress(`${streams} streams, round ${round + 1} (${minutes()}): ${speeds.join('; ')} tokens/s`);
    }
  });
}

function minutes() {
  return `${((performance.now() - started) / 60_000).toFixed(1)} minutes since the start`;
}

/**
 * Starts and warms up processes, does the work, stops them.
 * @param {Setting[]} settings @param {number} streams
 * @param {boolean} tolerant leave out, and remember, what does not start
 * @param {(started: Started[]) => Promise<void>} work
 */
async function whileRunning(settings, streams, tolerant, work) {
  /** @type {Started[]} */
  const list = [];
  try {
    for (const setting of settings) {
      const threads = setting.threads ?? options.threads;
      try {
        const running = await resting(setting).start({
          model: files.model,
          streams,
          contextPerStream: options.context,
          threads,
        });
        list.push({ setting, running });
        await running.run(prompts.slice(-Math.max(4, streams)).map(bodyOf));
      } catch (error) {
        remember(setting, streams, error, tolerant);
        const failed = list.findIndex((one) => one.setting === setting);
        if (failed >= 0) await list.splice(failed, 1)[0].running.stop();
      }
    }
    await work(list);
  } finally {
    for (const { running } of list) await running.stop();
  }
}

/** @param {Setting} setting @param {number} streams @param {unknown} error @param {boolean} tolerant */
function remember({ name, peer }, streams, error, tolerant) {
  if (!tolerant || peer === 'Foretoken') throw error;
  const text = error instanceof Error ? error.message : String(error);
  failures.push({ streams, setting: name, error: text });
  progress(`${streams} streams: ${name} fails, and is left out: ${text}`);
}

/**
 * Every setting once, with the same new prompts.
 * @param {Started[]} order @param {number} streams @param {boolean} tolerant
 */
async function measureRound(order, streams, tolerant) {
  const asked = takePrompts(measurementSize(streams));
  const pids = order.map((one) => one.running.pid);
  /** @type {any[]} */
  const measured = [];
  for (const { setting, running } of order) {
    // Threads of the one before may spin for up to 160 ms.
    await sleep(250);
    const watch = watchOthers(pids);
    try {
      const { answers, wallMs } = await running.run(asked.map(bodyOf));
      measured.push({
        setting: setting.name,
        peer: setting.peer,
        others: watch(),
        ...figuresOf(answers, wallMs),
        answers: answers.map((answer, index) => ({ ...answer, task: asked[index].task })),
      });
    } catch (error) {
      remember(setting, streams, error, tolerant);
    }
  }
  checkPromptTokens(measured);
  const result = compareTexts(measured);
  return { result, others: Math.max(...result.map((record) => record.others)) };
}

/** Prompts that no process has seen. @param {number} count */
function takePrompts(count) {
  const taken = Array.from({ length: count }, (_, index) => prompts[(used + index) % fresh]);
  used += count;
  return taken;
}

/** @param {{ prompt: string }} prompt */
function bodyOf({ prompt }) {
  return { prompt, parse_special: true, max_tokens: options['max-tokens'], temperature: 0 };
}

/** @param {import('./lib/http.mjs').Answer[]} answers @param {number} wallMs */
function figuresOf(answers, wallMs) {
  const outputTokens = sum(answers.map((answer) => answer.outputTokens));
  return {
    tokensPerSecond: (outputTokens / wallMs) * 1000,
    outputTokens,
    promptTokens: sum(answers.map((answer) => answer.promptTokens)),
    cachedTokens: sum(answers.map((answer) => answer.cachedTokens)),
    ttftMs: median(answers.map((answer) => answer.ttftMs)),
    tpotMs: median(answers.map((answer) => answer.tpotMs).filter(Number.isFinite)),
    drafted: sum(answers.map((answer) => answer.timings?.draft_n ?? 0)),
    accepted: sum(answers.map((answer) => answer.timings?.draft_n_accepted ?? 0)),
  };
}

/**
 * Texts are set beside those of Foretoken without speculation; only those of its own that differ are kept.
 * @param {any[]} measured
 */
function compareTexts(measured) {
  const reference = measured.find(({ setting }) => setting === OURS_OFF).answers;
  return measured.map(({ answers, ...record }) => {
    const kept = answers.map((/** @type {any} */ answer, /** @type {number} */ index) => {
      const { task, outputTokens, e2eMs, text } = answer;
      const same = text === reference[index].text;
      const told = same || record.peer !== 'Foretoken' ? {} : { text, offText: reference[index].text };
      return { task, outputTokens, e2eMs, same, ...told };
    });
    return { ...record, answers: kept };
  });
}

/** What the replay tool found on the same models, if it has run here. @param {any} earlier */
function ceilingOf(earlier) {
  const same = (/** @type {string | undefined} */ a, /** @type {string | undefined} */ b) =>
    path.basename(a ?? '') === path.basename(b ?? '');
  if (!same(earlier?.files?.model, files.model) || !same(earlier?.files?.draft, files.draft))
    return undefined;
  return earlier.results?.all?.ceilings?.both;
}
