/**
 * The table of TaskSpec (arXiv 2505.08600) with our drafts: one general draft (vanilla), one aligned on all tasks
 * together (mixed), and a specialist for each task (routed by the known label: the router has a bench of its own). By
 * task: the share of guesses accepted at five in a row, the tokens that a step yields then, and the speed-up over no
 * speculation at one stream, greedy and at temperature 0.8. Beside it the ceiling: the best fixed length with the
 * routed draft's acceptance and this machine's cost of a target step, had guesses cost nothing.
 *
 *   node bench/specialists.mjs --prompts models/work/heldout.jsonl
 *   node bench/specialists.mjs --tasks none --model models/real/smollm2-135m-instruct-q8_0.gguf --drafts general=models/smollm2-135m-draft-q8_0.gguf --prompts models/work/smollm2-heldout.jsonl
 *
 * Prompts are those of a corpus of `npm run models` (tokens, promptLength, task). Every prompt is answered by all ways in
 * turn, every other prompt in the reverse order; the ratio is that of the sums of decode time, its spread that of the
 * prompts' own ratios (quartiles).
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describeMachine, machineLine, progress, root, writeResults } from './lib/machine.mjs';
import { MODEL_OPTIONS, modelPaths } from './lib/models.mjs';
import { readOptions } from './lib/options.mjs';
import { quantile, sum, table } from './lib/statistics.mjs';
import { takeTurn } from './lib/turn.mjs';

const { measureCost } = await import('../dist/drafts/evaluate.js');
const { startEngine } = await import('../dist/engine/engine.js');
const { LlamaDecoder } = await import('../dist/llama/context.js');
const { LlamaModel } = await import('../dist/llama/model.js');

const options = readOptions('Vanilla, mixed and routed drafts by task.', {
  model: MODEL_OPTIONS.model,
  prompts: {
    type: 'string',
    default: path.join(root, 'models/work/heldout.jsonl'),
    help: 'corpus of held-out prompts',
  },
  drafts: {
    type: 'words',
    default: [
      'general=models/foretoken-demo-draft-2.4m-q8_0.gguf',
      'mixed=models/work/foretoken-demo-draft-mixed-q8_0.gguf',
    ],
    help: 'drafts for all tasks, name=file, the first being vanilla',
  },
  tasks: {
    type: 'string',
    default: 'models/foretoken-demo-draft-TASK-q8_0.gguf',
    help: 'specialists, or "none"',
  },
  count: { type: 'number', default: 4, help: 'prompts of each task' },
  tokens: { type: 'number', default: 64, help: 'most tokens of an answer' },
  threads: { type: 'number', default: 1, help: 'of the engine' },
  temperatures: { type: 'numbers', default: [0, 0.8], help: 'one table each' },
  seed: { type: 'number', default: 1, help: 'of sampling' },
  name: { type: 'string', default: 'specialists', help: 'name of the result files' },
});
const LENGTH = 5;
const COUNTS = [1, 2, 3, 4, 5, 6, 8];

await takeTurn();
const { model } = modelPaths({ model: options.model });
const byTask = promptsByTask();
const tasks = [...byTask.keys()].sort();
const general = options.drafts.map((/** @type {string} */ each) => each.split('='));
const specialist = (/** @type {string} */ task) =>
  options.tasks === 'none' ? undefined : [`task-${task}`, options.tasks.replace('TASK', task)];
const costs = targetCosts();
const engine = await start();
const records = [];
try {
  for (const temperature of options.temperatures)
    for (const task of tasks) records.push(await measure(task, temperature));
} finally {
  await engine.close({ graceMs: 0 });
}
writeResults(options.name, { machine: describeMachine(), options, costs: [...costs], records }, report());

function promptsByTask() {
  /** @type {Map<string, Int32Array[]>} */
  const found = new Map();
  for (const line of readFileSync(options.prompts, 'utf8').split('\n').filter(Boolean)) {
    const { task = '', tokens, promptLength } = JSON.parse(line);
    const list = found.get(task) ?? [];
    if (list.length < options.count && promptLength + options.tokens < 900)
      list.push(Int32Array.from(tokens.slice(0, promptLength)));
    found.set(task, list);
  }
  return found;
}

/** Milliseconds of a target step of n tokens. */
function targetCosts() {
  const loaded = LlamaModel.load(model);
  const decoder = new LlamaDecoder(loaded, { threads: options.threads, contextSize: 512 });
  const found = measureCost(decoder, COUNTS, 128, 12);
  decoder.dispose();
  loaded.dispose();
  return found;
}

async function start() {
  const started = await startEngine(
    {
      ...{
        modelPath: model,
        draftPath: undefined,
        contextSize: 2048,
        parallel: 1,
        batchSize: 512,
        microBatchSize: 512,
      },
      ...{
        threads: options.threads,
        gpu: 'none',
        gpuLayers: 0,
        kvUnified: undefined,
        loraPaths: [],
        calibration: 'auto',
      },
    },
    {
      ...{ parallel: 1, queueLimit: 1, prefillChunk: 512 },
      speculation: { mode: 'auto', length: 8, proposers: ['draft'], lookupMinNgram: 2, suffixBytes: 0 },
    },
  );
  const all = [...general, ...tasks.map(specialist).filter((each) => each !== undefined)];
  for (const [id, file] of all) await started.loadDraft({ id, file: path.resolve(root, file) });
  return started;
}

/** @param {Int32Array} prompt @param {any} wish @param {number} temperature */
async function answer(prompt, wish, temperature) {
  const stream = engine.submit({
    ...{ prompt, maxTokens: options.tokens, stop: [], ignoreEndOfGeneration: false, minTokens: 8, label: 0 },
    ...{ grammar: undefined, topLogprobs: -1, speculation: wish },
    sampling: {
      ...{
        temperature,
        topK: 0,
        topP: 1,
        minP: 0,
        seed: options.seed,
        presencePenalty: 0,
        frequencyPenalty: 0,
      },
      ...{ repeatPenalty: 1, repeatLastN: 64, logitBias: [] },
    },
  });
  for await (const { finish } of stream) {
    if (finish === undefined) continue;
    if (finish.error !== undefined) throw new Error(finish.error.message);
    return finish.statistics;
  }
  throw new Error('An answer ended without a word.');
}

/** @param {string} task @param {number} temperature */
async function measure(task, temperature) {
  const ways = [...general, specialist(task)].filter((each) => each !== undefined).map(([id]) => id);
  const wish = (/** @type {string} */ mode, /** @type {string} */ draft, length) => ({
    ...{ mode, length, proposers: ['draft'], draft },
  });
  const off = /** @type {number[]} */ ([]);
  const of = new Map(
    ways.map((id) => [id, { auto: /** @type {number[]} */ ([]), histogram: [0, 0, 0, 0, 0, 0] }]),
  );
  const perToken = (/** @type {any} */ statistics) =>
    statistics.decodeMs / Math.max(1, statistics.outputTokens - 1);
  const prompts = byTask.get(task) ?? [];
  for (const [index, prompt] of prompts.entries()) {
    const runs = [undefined, ...ways];
    for (const id of index % 2 === 0 ? runs : runs.reverse())
      if (id === undefined) off[index] = perToken(await answer(prompt, wish('off'), temperature));
      else of.get(id).auto[index] = perToken(await answer(prompt, wish('auto', id, 8), temperature));
    for (const id of ways) {
      const { acceptanceHistogram } = await answer(prompt, wish('fixed', id, LENGTH), temperature);
      acceptanceHistogram.forEach((/** @type {number} */ drafts, /** @type {number} */ accepted) => {
        of.get(id).histogram[Math.min(accepted, LENGTH)] += drafts;
      });
    }
  }
  progress(`${task} at ${temperature}`);
  const results = ways.map((id) => {
    const { auto, histogram } = of.get(id);
    const steps = sum(histogram);
    const accepted = sum(
      histogram.map((/** @type {number} */ count, /** @type {number} */ at) => count * at),
    );
    const ratios = off.map((ms, index) => ms / auto[index]);
    return {
      ...{ id, share: accepted / (LENGTH * steps), length: 1 + accepted / steps },
      ...{ times: sum(off) / sum(auto), quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)] },
      ceiling: ceiling(histogram),
    };
  });
  return { task, temperature, prompts: prompts.length, results };
}

/** The best fixed length with these acceptances, had guesses cost nothing. @param {number[]} histogram */
function ceiling(histogram) {
  const steps = sum(histogram);
  const one = costs.get(1) ?? NaN;
  let best = 1;
  for (let guesses = 1; guesses <= LENGTH; guesses += 1) {
    const accepted = sum(histogram.map((count, at) => count * Math.min(at, guesses)));
    best = Math.max(best, (1 + accepted / steps) / ((costs.get(guesses + 1) ?? NaN) / one));
  }
  return best;
}

function report() {
  const lines = [
    machineLine(describeMachine()),
    '',
    `Target step, ms by tokens: ${[...costs].map(([n, ms]) => `${n}: ${ms.toFixed(2)}`).join(', ')}`,
  ];
  for (const temperature of options.temperatures) {
    const head = ['task', 'draft', 'accepted of 5', 'tokens a step', 'speed-up (quartiles)', 'ceiling'];
    const rows = records
      .filter((record) => record.temperature === temperature)
      .flatMap(({ task, results }) =>
        results.map(({ id, share, length, times, quartiles, ceiling: most }) => [
          ...[
            task,
            id.startsWith('task-') ? 'routed' : id,
            `${(100 * share).toFixed(1)} %`,
            length.toFixed(2),
          ],
          `${times.toFixed(2)}x (${quartiles.map((each) => each.toFixed(2)).join('-')})`,
          `${most.toFixed(2)}x`,
        ]),
      );
    lines.push('', `Temperature ${temperature}`, '', table(head, rows));
  }
  return lines.join('\n');
}
