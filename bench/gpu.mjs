/**
 * What a GPU gives, in less than ten minutes: a target of 3.6 billion parameters (the demo model grown with zeros by
 * widen.mjs, so it says the same and costs as much) and servers on one GPU that take turns at the same prompts: one with
 * `--speculation off`, one with `auto` and the demo draft, and one with `auto` and that draft grown to 0.36 billion. For
 * each number of streams: tokens per second of all, how well the times of steps were foretold, how many cores were busy
 * beside the GPU, and how many texts differ (kernels of GPUs round differently with the number of tokens).
 *
 *   node bench/gpu.mjs --gpu vulkan
 *   node bench/gpu.mjs --gpu cuda --streams 1,16 --drafts small --minutes 4
 *   node bench/gpu.mjs --gpu vulkan --grow no      # the models as they are
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { get, sendAll, streamCompletion } from './lib/http.mjs';
import { describeMachine, machineLine, progress, root, writeResults } from './lib/machine.mjs';
import { MODEL_OPTIONS, modelPaths } from './lib/models.mjs';
import { fail, readOptions } from './lib/options.mjs';
import { readPrompts } from './lib/prompts.mjs';
import { processorSeconds, startServer } from './lib/servers.mjs';
import { figure, median, percent, sum, table, times } from './lib/statistics.mjs';
import { takeTurn } from './lib/turn.mjs';

const options = readOptions('Speculation on a GPU: auto beside off.', {
  ...MODEL_OPTIONS,
  gpu: { type: 'string', default: 'vulkan', help: 'vulkan, cuda or metal' },
  grow: { type: 'string', default: 'yes', help: 'yes: the target to 3.6B; no: as it is' },
  drafts: { type: 'string', default: 'small,grown', help: 'small: as it is; grown: to 0.36B' },
  folder: {
    type: 'string',
    help: 'where grown models are kept, and found again (default: removed at the end)',
  },
  streams: { type: 'numbers', default: [1, 4, 8, 16], help: 'requests at the same time' },
  minutes: { type: 'number', default: 6, help: 'for all measuring, after both servers have started' },
  rounds: {
    type: 'number',
    default: 6,
    help: 'pairs of rounds for each number of streams, as far as time goes',
  },
  'max-tokens': { type: 'number', default: 160, help: 'longest answer' },
  context: { type: 'number', default: 1024, help: 'context tokens a stream' },
  'foretoken-args': { type: 'string', default: '', help: 'more arguments for foretoken serve' },
  name: { type: 'string', default: 'gpu', help: 'name of the result files' },
});
/** Multiples of what the bundled models have; 3.6 billion and 0.36 billion parameters. */
const TARGET_SIZES = ['--width', '4096', '--heads', '60', '--layers', '16', '--feed-forward', '14336'];
const DRAFT_SIZES = ['--width', '2048', '--heads', '32', '--layers', '6', '--feed-forward', '6144'];
const START_LIMIT_MS = 300_000;
/** @typedef {'off' | 'small' | 'grown'} Mode `auto` by the size of its draft */

const drafts = options.drafts.split(',');
if (drafts.some((name) => !['small', 'grown'].includes(name)))
  fail('--drafts is small, grown or small,grown.');
if (!['yes', 'no'].includes(options.grow)) fail('--grow is yes or no.');
await takeTurn();
const machine = describeMachine();
const folder = options.folder ?? mkdtempSync(path.join(os.tmpdir(), 'foretoken-gpu-'));
if (options.folder === undefined)
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
else mkdirSync(folder, { recursive: true });

const bundled = modelPaths(options);
const target = options.grow === 'yes' ? grown(bundled.model, 'target', TARGET_SIZES) : bundled.model;
if (bundled.draft === undefined) fail('--draft FILE is needed.');
const draftFiles = {
  small: bundled.draft,
  grown: drafts.includes('grown') ? grown(bundled.draft, 'draft', DRAFT_SIZES) : bundled.draft,
};
const modes = /** @type {Mode[]} */ (['off', ...drafts]);
const prompts = readPrompts(options.prompts);
const parallel = Math.max(...options.streams);
/** @type {Record<string, import('./lib/servers.mjs').Server>} */
const servers = {};
for (const mode of modes) servers[mode] = await serve(mode);
const health = JSON.parse((await get(`${servers.off.baseUrl}/health`)).body);
const device = health.computing?.devices?.[0];
if (device === undefined) fail('No GPU computes: /health names no device.');
const endsAt = performance.now() + 60_000 * options.minutes;
let nextPrompt = 0;
const results = [];
for (const [index, streams] of options.streams.entries()) results.push(await compare(streams, index));
const model = JSON.parse((await get(`${servers.off.baseUrl}/v1/models`)).body);
for (const server of Object.values(servers)) await server.stop();
writeResults(options.name, { machine, device, options, model, results }, report());

/** @param {string} file @param {string} name @param {string[]} sizes */
function grown(file, name, sizes) {
  const out = path.join(folder, `${name}.gguf`);
  if (existsSync(out)) return out;
  const tool = path.join(root, 'bench', 'widen.mjs');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [tool, '--model', file, ...sizes, '--out', out],
    {
      encoding: 'utf8',
    },
  );
  if (status !== 0) fail(`${name} could not be grown: ${stderr}`);
  progress(stdout.trim());
  return out;
}

/** @param {Mode} mode */
async function serve(mode) {
  const guess =
    mode === 'off' ? ['--speculation', 'off'] : ['--speculation', 'auto', '--draft', draftFiles[mode]];
  const server = await startServer(
    process.execPath,
    (port) => [
      path.join(root, 'dist', 'cli', 'main.js'),
      'serve',
      ...['--model', target, ...guess, '--gpu', options.gpu],
      ...['--host', '127.0.0.1', '--port', String(port), '--parallel', String(parallel)],
      ...['--ctx-size', String(parallel * options.context)],
      ...options['foretoken-args'].split(' ').filter(Boolean),
    ],
    {},
    START_LIMIT_MS,
  );
  progress(`${mode}: ${server.log().trim().split('\n').at(-1)}`);
  return server;
}

/** @param {number} streams @param {number} index of how many */
async function compare(streams, index) {
  // Each number of streams has an equal share of the time that is left.
  const until = performance.now() + (endsAt - performance.now()) / (options.streams.length - index);
  const samples = Object.fromEntries(modes.map((mode) => [mode, []]));
  const differs = Object.fromEntries(modes.map((mode) => [mode, 0]));
  let answers = 0;
  // The first round compiles kernels and teaches what guesses are worth; it does not count.
  for (let round = 0; round <= options.rounds && (round < 2 || performance.now() < until); round += 1) {
    const asked = Array.from(
      { length: Math.max(4, 2 * streams) },
      () => prompts[nextPrompt++ % prompts.length],
    );
    const texts = {};
    for (const mode of round % 2 === 0 ? modes : modes.toReversed()) {
      const sample = await run(servers[mode], asked, streams);
      texts[mode] = sample.texts;
      if (round > 0) samples[mode].push(sample);
    }
    if (round === 0) continue;
    answers += asked.length;
    for (const mode of modes)
      differs[mode] += texts.off.filter((text, at) => text !== texts[mode][at]).length;
  }
  const result = { streams, answers, of: {} };
  for (const mode of modes) {
    const medianOf = (/** @type {string} */ what) => median(samples[mode].map((sample) => sample[what]));
    const gains = samples[mode].map(({ perSecond }, at) => perSecond / samples.off[at].perSecond);
    result.of[mode] = {
      ...{ rounds: gains.length, differs: differs[mode] },
      ...{ perSecond: medianOf('perSecond'), cores: medianOf('cores') },
      ...{ gain: median(gains), least: Math.min(...gains), most: Math.max(...gains) },
      error: await predictionError(servers[mode]),
    };
    if (mode !== 'off')
      progress(`${streams} streams, ${mode} draft: ${times(median(gains))} (${gains.length})`);
  }
  return result;
}

/** @param {import('./lib/servers.mjs').Server} server @param {ReturnType<typeof readPrompts>} asked @param {number} streams */
async function run(server, asked, streams) {
  const bodies = asked.map(({ prompt }) => {
    return { prompt, parse_special: true, max_tokens: options['max-tokens'], temperature: 0 };
  });
  const cpu = processorSeconds(server.pid) ?? NaN;
  const { answers, wallMs } = await sendAll(
    (body) => streamCompletion(server.baseUrl, body, 300_000),
    bodies,
    streams,
  );
  const tokens = sum(answers.map(({ outputTokens }) => outputTokens));
  return {
    perSecond: (1000 * tokens) / wallMs,
    cores: ((processorSeconds(server.pid) ?? NaN) - cpu) / (wallMs / 1000),
    texts: answers.map(({ text }) => text),
  };
}

/**
 * 90th percentile of |predicted / actual - 1| of the time of a server's latest 1,024 steps.
 * @param {import('./lib/servers.mjs').Server} server
 */
async function predictionError(server) {
  const { body } = await get(`${server.baseUrl}/metrics`);
  return Number(/^foretoken_latency_model_error\{[^}]*quantile="0\.9"[^}]*\} (\S+)/m.exec(body)?.[1] ?? NaN);
}

function report() {
  const rows = results.flatMap(({ streams, answers, of }) =>
    drafts.map((mode) => [
      streams,
      mode === 'grown' ? '0.36B' : 'demo',
      figure(of.off.perSecond),
      figure(of[mode].perSecond),
      `${times(of[mode].gain)} (${times(of[mode].least)}-${times(of[mode].most)}, ${of[mode].rounds})`,
      percent(of[mode].error),
      `${figure(of.off.cores)}, ${figure(of[mode].cores)}`,
      `${of[mode].differs} of ${answers}`,
    ]),
  );
  return [
    '# Speculation on a GPU',
    '',
    `${device.description} (${device.backend}), ${health.computing.gpu_layers} of ${health.computing.layers} layers, ` +
      `${health.computing.threads} thread(s) beside it. ${machineLine(machine)}`,
    '',
    `Target ${path.basename(target)}${options.grow === 'yes' ? ' (the demo model grown with zeros to 3.6B)' : ''}, ` +
      `greedy, prompts included, pairs of rounds by turns; medians.`,
    '',
    table(
      [
        'streams',
        'draft',
        'off, tokens/s',
        'auto',
        'auto over off (range, pairs)',
        'error of steps, p90',
        'cores off, auto',
        'texts that differ',
      ],
      rows,
    ),
  ].join('\n');
}
