/**
 * Speculation at one stream, measured on the running server and set beside the replay (ceiling.mjs, run first on
 * the same models): every fixed length, draft model and prompt lookup, by task. Prompts come in blocks of one a
 * task; within a block all settings run in random order, so each is paired with `off` seconds away, and costs are
 * measured between the blocks. Greedy text must be the same with and without.
 *
 *   node bench/ceiling.mjs && node bench/speculation.mjs
 */
import path from 'node:path';
import { byTask, MOST_GUESSES } from './lib/ceiling-report.mjs';
import { CostMeter } from './lib/costs.mjs';
import { loadModels } from './lib/engine-models.mjs';
import { streamCompletion } from './lib/http.mjs';
import { describeMachine, machineLine, progress, readResults, writeResults } from './lib/machine.mjs';
import { MODEL_OPTIONS, modelPaths } from './lib/models.mjs';
import { fail, readOptions } from './lib/options.mjs';
import { readPrompts } from './lib/prompts.mjs';
import { othersLine, undisturbed } from './lib/quiet.mjs';
import { costFunctions } from './lib/replay.mjs';
import { startForetoken } from './lib/servers.mjs';
import { judgeAll, OFF, settingOf, speculationTables } from './lib/speculation-report.mjs';
import { shuffled } from './lib/statistics.mjs';
import { physicalCores } from './lib/threads.mjs';
import { takeTurn } from './lib/turn.mjs';

const options = readOptions('Measured speed of fixed speculation lengths beside the replay.', {
  ...MODEL_OPTIONS,
  blocks: { type: 'number', default: 10, help: 'blocks of one prompt a task' },
  lengths: { type: 'numbers', default: [1, 2, 3, 4, 5, 6, 8], help: 'fixed lengths, as in ceiling.mjs' },
  'max-tokens': { type: 'number', default: 160, help: 'longest answer, as in ceiling.mjs' },
  context: { type: 'number', default: 1024, help: 'context tokens of the server' },
  runs: { type: 'number', default: 1, help: 'runs of each cost before every block' },
  threads: { type: 'number', default: await physicalCores(), help: 'compute threads' },
  // One sequence, so that every setting finds the same cache: a prompt read in other pieces, because another of its
  // beginnings was cached, may flip a near tie, and that is not speculation's doing.
  'foretoken-args': {
    type: 'string',
    default: '--no-kv-unified',
    help: 'more arguments for foretoken serve',
  },
  ceiling: { type: 'string', default: 'ceiling', help: 'name of the replay tool’s results' },
  name: { type: 'string', default: 'speculation', help: 'name of the result files' },
});

await takeTurn();
const machine = describeMachine();
const files = modelPaths(options);
const hasDraft = files.draft !== undefined;
const sources = /** @type {('draft' | 'lookup')[]} */ (hasDraft ? ['draft', 'lookup'] : ['lookup']);
const settings = [
  OFF,
  ...sources.flatMap((source) => options.lengths.map((length) => settingOf(source, length))),
];
const recordings = readRecordings();
const meter = await costMeter();
let cacheDiffers = 0;
/** @type {{ others: number }[]} */
const disturbances = [];
const answers = await measure();
const rawCosts = meter.costs('mean');
meter.models.dispose();
const judged = judgeAll({
  tasks: /** @type {any} */ (byTask(/** @type {any} */ (answers))),
  settings,
  recordings,
  costs: costFunctions(rawCosts),
  lengths: options.lengths,
  hasDraft,
});
writeResults(
  options.name,
  { machine, options, files, costs: rawCosts, judged, answers, disturbances },
  report(),
);

/** Recordings of the replay tool by `task index`; of the same models and limits, or the comparison is void. */
function readRecordings() {
  const earlier = readResults(options.ceiling) ?? fail('Run bench/ceiling.mjs on the same models first.');
  const same = (/** @type {string | undefined} */ a, /** @type {string | undefined} */ b) =>
    path.basename(a ?? '') === path.basename(b ?? '');
  if (!same(earlier.files.model, files.model) || !same(earlier.files.draft, files.draft)) {
    fail(`bench/results/${options.ceiling}.json is of ${earlier.files.model} with ${earlier.files.draft}.`);
  }
  if (earlier.options['max-tokens'] !== options['max-tokens'])
    fail('--max-tokens differs from the recording.');
  if (earlier.options['per-task'] < options.blocks)
    fail(`Only ${earlier.options['per-task']} answers a task recorded.`);
  return new Map(earlier.records.map((/** @type {any} */ one) => [`${one.task} ${one.index}`, one]));
}

/** The same models in this process, for costs taken between the blocks, while the server has nothing to do. */
async function costMeter() {
  const models = await loadModels({ ...files, threads: options.threads, context: options.context });
  return new CostMeter(models, {
    contexts: [64, 384],
    sizes: [
      ...new Set([1, ...options.lengths.map((/** @type {number} */ length) => length + 1), MOST_GUESSES + 1]),
    ],
    lengths: [...options.lengths, MOST_GUESSES],
  });
}

/** @returns {Promise<import('./lib/speculation-report.mjs').Measured[]>} */
async function measure() {
  const extra = [
    ...['--draft', files.draft ?? 'none', '--proposers', sources.join(',')],
    ...options['foretoken-args'].split(' ').filter(Boolean),
  ];
  const server = await startForetoken({
    model: files.model,
    streams: 1,
    contextPerStream: options.context,
    threads: options.threads,
    extra,
  });
  const prompts = readPrompts(options.prompts);
  const measured = [];
  try {
    for (const setting of settings) await ask(server.baseUrl, prompts[prompts.length - 1], setting);
    for (let block = 0; block < options.blocks; block += 1) {
      const { result, others } = await undisturbed(
        () => measureBlock(server.baseUrl, prompts, block),
        [server.pid],
      );
      meter.add(result.costs);
      measured.push(...result.answers);
      disturbances.push({ others });
      progress(`block ${block + 1} of ${options.blocks}${others > 0.05 ? ' (disturbed)' : ''}`);
    }
  } finally {
    await server.stop();
  }
  return measured;
}

/**
 * All settings over one prompt a task, with costs taken before and after.
 * @param {string} baseUrl @param {import('./lib/prompts.mjs').Prompt[]} prompts @param {number} block
 */
async function measureBlock(baseUrl, prompts, block) {
  const asked = prompts.filter(({ index }) => index === block);
  const costs = [meter.measure(options.runs)];
  // `off` twice: it is what all others are compared with.
  const inBlock = [];
  for (const setting of shuffled([...settings, OFF], block + 1)) {
    for (const prompt of asked) {
      const answer = await ask(baseUrl, prompt, setting);
      inBlock.push({ block, task: prompt.task, index: prompt.index, setting: setting.name, ...answer });
    }
  }
  costs.push(meter.measure(options.runs));
  return { costs, answers: inBlock.map((answer) => compareText(answer, inBlock)) };
}

/** @param {string} baseUrl @param {{ prompt: string }} prompt @param {import('./lib/speculation-report.mjs').Setting} setting */
async function ask(baseUrl, { prompt }, setting) {
  const answer = await streamCompletion(baseUrl, {
    prompt,
    parse_special: true,
    max_tokens: options['max-tokens'],
    temperature: 0,
    speculation:
      setting.source === 'off' ? 'off' : { mode: `fixed:${setting.length}`, proposers: [setting.source] },
  });
  if (answer.timings === undefined) throw new Error('the server sent no timings');
  return {
    decodeMs: answer.timings.predicted_ms,
    e2eMs: answer.e2eMs,
    outputTokens: answer.outputTokens,
    cachedTokens: answer.cachedTokens,
    drafted: answer.timings.draft_n ?? 0,
    accepted: answer.timings.draft_n_accepted ?? 0,
    text: answer.text,
  };
}

/** @param {any} answer @param {any[]} inBlock */
function compareText(answer, inBlock) {
  const off = inBlock.find(
    (other) => other.setting === OFF.name && other.task === answer.task && other.index === answer.index,
  );
  const { text, ...rest } = answer;
  const same = text === off.text && answer.outputTokens === off.outputTokens;
  if (answer.cachedTokens !== off.cachedTokens) cacheDiffers += 1;
  return same ? { ...rest, same } : { ...rest, same, text, offText: off.text };
}

function report() {
  const speculative = answers.filter((answer) => answer.setting !== OFF.name);
  const different = speculative.filter((answer) => !answer.same).length;
  return [
    `Machine: ${machineLine(machine)}. Target ${path.basename(files.model)}, draft ` +
      `${files.draft ? path.basename(files.draft) : 'none'}, ${options.threads} threads, one stream, ` +
      `${options.blocks} prompts a task.`,
    ...sources.flatMap((source) => speculationTables(judged, source, options.lengths)),
    othersLine(disturbances),
    `Greedy text: ${different} of ${speculative.length} answers with speculation differ from those without ` +
      `(${cacheDiffers} of ${answers.length} found another length of prompt in the cache).`,
  ].join('\n\n');
}
