/**
 * What Foretoken itself costs: the share of time outside the model's decodes at one stream, the time from start
 * to the first good `/health`, and the memory beside weights and KV cache.
 *
 *   node bench/overhead.mjs
 */
import { statSync } from 'node:fs';
import { get, streamCompletion } from './lib/http.mjs';
import { describeMachine, machineLine, progress, writeResults } from './lib/machine.mjs';
import { MODEL_OPTIONS, modelPaths } from './lib/models.mjs';
import { readOptions } from './lib/options.mjs';
import { readPrompts } from './lib/prompts.mjs';
import { leastDisturbed, othersLine, undisturbed, watchOthers } from './lib/quiet.mjs';
import { residentMemory, startForetoken } from './lib/servers.mjs';
import { figure, percent, spread, sum, summarize, table } from './lib/statistics.mjs';
import { physicalCores } from './lib/threads.mjs';
import { takeTurn } from './lib/turn.mjs';

const options = readOptions('Time outside decodes, start-up time and memory of foretoken serve.', {
  ...MODEL_OPTIONS,
  starts: { type: 'number', default: 5, help: 'starts to time' },
  requests: { type: 'number', default: 28, help: 'answers measured at one stream, for each setting' },
  'output-tokens': { type: 'number', default: 128, help: 'tokens of every answer' },
  length: { type: 'number', default: 4, help: 'guesses a step where the number is fixed' },
  context: { type: 'number', default: 1024, help: 'context tokens of the server' },
  threads: { type: 'number', default: await physicalCores(), help: 'compute threads' },
  'foretoken-args': { type: 'string', default: '', help: 'more arguments for foretoken serve' },
  name: { type: 'string', default: 'overhead', help: 'name of the result files' },
});

const MIB = 2 ** 20;
await takeTurn();
const machine = describeMachine();
const files = modelPaths(options);
const prompts = readPrompts(options.prompts);
/** @type {{ others: number }[]} */
const disturbances = [];
/** Prompts taken so far: each is used once, as a repeated one would be cached. */
let used = 0;
const starts = await timeStarts();
const { shares, memory } = await measureRunning();
writeResults(options.name, { machine, options, files, starts, shares, memory, disturbances }, report());

/** @param {string[]} extra */
function start(extra) {
  return startForetoken({
    model: files.model,
    streams: 1,
    contextPerStream: options.context,
    threads: options.threads,
    extra: [...extra, ...options['foretoken-args'].split(' ').filter(Boolean)],
  });
}

async function timeStarts() {
  const readyMs = [];
  for (let index = 0; index < options.starts; index += 1) {
    const { result, others } = await leastDisturbed(async () => {
      const watch = watchOthers();
      const server = await start(draftFlags());
      const others = watch([server.pid]);
      await server.stop();
      return { result: server.readyMs, others };
    });
    readyMs.push(result);
    disturbances.push({ others });
    progress(`start ${index + 1}: ${figure(result)} ms`);
  }
  return readyMs;
}

function draftFlags() {
  return ['--draft', files.draft ?? 'none'];
}

async function measureRunning() {
  const server = await start(draftFlags());
  try {
    const idle = residentMemory(server.pid);
    const fixed = (/** @type {string} */ proposer) => ({
      mode: `fixed:${options.length}`,
      proposers: [proposer],
    });
    const settings = {
      off: 'off',
      lookup: fixed('lookup'),
      ...(files.draft ? { draft: fixed('draft') } : {}),
      auto: 'auto',
    };
    const shares = [];
    for (const [name, setting] of Object.entries(settings)) {
      const { result, others } = await undisturbed(() => shareOutside(server.baseUrl, setting), [server.pid]);
      shares.push({ mode: name, ...result });
      disturbances.push({ others });
    }
    const health = JSON.parse((await get(`${server.baseUrl}/health`)).body);
    return { shares, memory: await memoryBeside(server.pid, idle, health) };
  } finally {
    await server.stop();
  }
}

/** Sums of the step histograms before and after a run of answers, one at a time. @param {string} baseUrl @param {unknown} speculation */
async function shareOutside(baseUrl, speculation) {
  const body = {
    parse_special: true,
    max_tokens: options['output-tokens'],
    temperature: 0,
    ignore_eos: true,
    speculation,
  };
  for (const { prompt } of prompts.slice(-3)) await streamCompletion(baseUrl, { ...body, prompt });
  const before = await stepSums(baseUrl);
  const answers = [];
  const chosen = Array.from({ length: options.requests }, () => prompts[used++ % prompts.length]);
  for (const { prompt } of chosen) {
    answers.push(await streamCompletion(baseUrl, { ...body, prompt }));
  }
  const after = await stepSums(baseUrl);
  const [steps, stepS, targetS, draftS] = after.map((value, index) => value - before[index]);
  // From the first computation of a request to its last token: also what passes between steps.
  const requestMs = sum(answers.map(({ timings }) => timings?.prompt_ms + timings?.predicted_ms));
  const nativeS = targetS + draftS;
  return {
    steps,
    stepMs: (stepS / steps) * 1000,
    outsideUs: ((stepS - nativeS) / steps) * 1e6,
    shareOfStep: 1 - nativeS / stepS,
    shareOfRequest: 1 - (nativeS * 1000) / requestMs,
    tokensPerSecond:
      (sum(answers.map(({ outputTokens }) => outputTokens - 1)) /
        sum(answers.map(({ timings }) => timings?.predicted_ms))) *
      1000,
  };
}

/** @param {string} baseUrl @returns {Promise<number[]>} steps, and seconds in steps, target and draft */
async function stepSums(baseUrl) {
  const { body } = await get(`${baseUrl}/metrics`);
  const read = (/** @type {string} */ name) => {
    const line = new RegExp(`^foretoken_${name} (\\S+)$`, 'm').exec(body);
    if (line === null) throw new Error(`/metrics has no foretoken_${name}`);
    return Number(line[1]);
  };
  return [
    read('step_duration_seconds_count'),
    read('step_duration_seconds_sum'),
    read('step_target_seconds_sum'),
    read('step_draft_seconds_sum'),
  ];
}

/** @param {number} pid @param {any} idle @param {any} health */
async function memoryBeside(pid, idle, health) {
  const loaded = residentMemory(pid);
  if (loaded === undefined) return undefined;
  const loadedFiles = [files.model, ...(files.draft ? [files.draft] : [])];
  const weights = sum(loadedFiles.map((file) => statSync(file).size));
  const cells = health.context.kv_cells;
  const kv = sum(await Promise.all(loadedFiles.map((file) => kvBytes(file, cells))));
  return { idle, loaded, weights, kv, cells, beside: loaded.total - weights - kv };
}

/** Bytes of an F16 KV cache of so many cells. @param {string} file @param {number} cells */
async function kvBytes(file, cells) {
  const { readGguf } = await import('../dist/gguf/reader.js');
  const { metadata } = readGguf(file);
  const architecture = metadata.get('general.architecture')?.value;
  const value = (/** @type {string} */ key) => Number(metadata.get(`${architecture}.${key}`)?.value);
  const heads = value('attention.head_count');
  const keyWidth = value('attention.key_length') || value('embedding_length') / heads;
  const valueWidth = value('attention.value_length') || keyWidth;
  const kvHeads = value('attention.head_count_kv') || heads;
  return cells * value('block_count') * kvHeads * (keyWidth + valueWidth) * 2;
}

function report() {
  const rows = shares.map((one) => [
    one.mode,
    figure(one.tokensPerSecond),
    figure(one.stepMs),
    figure(one.outsideUs),
    percent(one.shareOfStep),
    percent(one.shareOfRequest),
  ]);
  const mib = (/** @type {number} */ bytes) => `${(bytes / MIB).toFixed(0)} MiB`;
  return [
    `Machine: ${machineLine(machine)}. ${options.threads} threads.`,
    `From start to the first good /health: ${spread(summarize(starts))} ms (median of ${starts.length}, min-max).`,
    'One stream, time outside all decodes, as a share of steps and of whole requests (between steps included):',
    table(['speculation', 'tokens/s', 'step, ms', 'outside, µs a step', 'of steps', 'of requests'], rows),
    othersLine(disturbances),
    memory === undefined
      ? 'Memory: this system does not tell.'
      : `Memory: ${mib(memory.loaded.total)} resident after the run (${mib(memory.idle.total)} when ready), weights ` +
        `${mib(memory.weights)}, KV ${mib(memory.kv)} (${memory.cells} cells): ${mib(memory.beside)} beside them.`,
  ].join('\n\n');
}
