/**
 * The table of TaskSpec (arXiv 2505.08600) with our drafts: one general draft (vanilla), one aligned on all tasks
 * together (mixed), and a specialist for each task (routed by the known label: the router has a bench of its own). By
 * task: the share of guesses accepted at five in a row, the tokens that a step yields then, and the speed-up over no
 * speculation at one stream, greedy and at temperature 0.8. Beside it the ceiling: the best fixed length with the
 * draft's acceptance and this machine's cost of a target step, had guesses cost nothing.
 *
 *   node bench/specialists.mjs                 as far as it comes within 100 seconds; called again it goes on
 *   node bench/specialists.mjs --report        the tables of what there is
 *   node bench/specialists.mjs --agreement     what is guessed right along held-out texts; needs no timing
 *   node bench/specialists.mjs --tasks none --model models/real/smollm2-135m-instruct-q8_0.gguf \
 *     --drafts general=models/smollm2-135m-draft-q8_0.gguf --prompts models/work/smollm2-heldout.jsonl --name smollm2
 *
 * Prompts are those of a corpus of `npm run models` (tokens, promptLength, task). Every prompt is answered by all ways in
 * turn, every other prompt in the reverse order, and what was measured is a line of bench/results/NAME.jsonl; the ratio is
 * that of the sums of decode time, its spread that of the prompts' own ratios (quartiles).
 */
import path from 'node:path';
import { answer, engineOf, perToken } from './lib/engine.mjs';
import { describeMachine, machineLine, progress, root, writeResults } from './lib/machine.mjs';
import { MODEL_OPTIONS, modelPaths } from './lib/models.mjs';
import { readOptions } from './lib/options.mjs';
import { jsonLines } from './lib/prompts.mjs';
import { recordsOf } from './lib/records.mjs';
import { drawnInterval, median, quantile, sum, table } from './lib/statistics.mjs';
import { takeTurn } from './lib/turn.mjs';

const { readCorpus } = await import('../dist/drafts/corpus.js');
const { measureCost } = await import('../dist/drafts/evaluate.js');
const { measureDraftOn } = await import('../dist/drafts/measure-on.js');
const { targetFingerprint } = await import('../dist/drafts/registry/place.js');
const { shippedRegistry } = await import('../dist/drafts/registry/source.js');
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
    default: 'shipped',
    help: 'specialists: "shipped", "none", or files with TASK in the name',
  },
  count: { type: 'number', default: 4, help: 'prompts of each task' },
  tokens: { type: 'number', default: 64, help: 'most tokens of an answer' },
  threads: { type: 'number', default: 1, help: 'of the engine' },
  temperatures: { type: 'numbers', default: [0, 0.8], help: 'one table each' },
  seed: { type: 'number', default: 1, help: 'of sampling' },
  seconds: { type: 'number', default: 100, help: 'no other prompt is begun after this' },
  report: { type: 'flag', help: 'measure nothing, show what there is' },
  agreement: { type: 'flag', help: 'only what is guessed right along the held-out texts' },
  name: { type: 'string', default: 'specialists', help: 'name of the result files' },
});
const startMs = performance.now();
const LENGTH = 5;
const COUNTS = [1, 2, 3, 4, 5, 6, 8];

const { model } = modelPaths({ model: options.model });
const kept = recordsOf(options.name, [
  path.basename(model),
  options.drafts,
  options.tasks,
  options.tokens,
  options.threads,
  options.seed,
]);
const byTask = promptsByTask();
const tasks = [...byTask.keys()].sort();
const general = options.drafts.map((/** @type {string} */ each) => each.split('='));
const shipped = options.tasks === 'shipped' ? shippedRegistry(targetFingerprint(model)) : undefined;
const entries = shipped?.read().drafts ?? [];

/** Undefined where a task has none. @param {string} task */
function specialist(task) {
  if (options.tasks === 'none') return undefined;
  const entry = entries.find(({ id }) => id === task);
  const file = shipped === undefined ? options.tasks.replace('TASK', task) : entry && shipped.fileOf(entry);
  return file && [`task-${task}`, file];
}

if (options.agreement) console.log(await agreementTable());
else {
  if (!options.report) await measureWhatIsMissing();
  const records = kept.known();
  writeResults(options.name, { machine: describeMachine(), options, records }, report(records));
}

function promptsByTask() {
  /** @type {Map<string, Int32Array[]>} */
  const found = new Map();
  for (const { task = '', tokens, promptLength } of jsonLines(options.prompts)) {
    const list = found.get(task) ?? [];
    if (list.length < options.count && promptLength + options.tokens < 900)
      list.push(Int32Array.from(tokens.slice(0, promptLength)));
    found.set(task, list);
  }
  return found;
}

async function measureWhatIsMissing() {
  const done = new Set(kept.known().map(({ temperature, task, index }) => `${temperature} ${task} ${index}`));
  const wanted = options.temperatures.flatMap((/** @type {number} */ temperature) =>
    Array.from({ length: options.count }, (_, index) => index).flatMap((index) =>
      tasks
        .filter((task) => index < byTask.get(task).length && !done.has(`${temperature} ${task} ${index}`))
        .map((task) => ({ temperature, task, index })),
    ),
  );
  if (wanted.length === 0) return;
  await takeTurn();
  const costs = targetCosts();
  const engine = await start();
  const { tokens, seed } = options;
  const ask = (
    /** @type {Int32Array} */ prompt,
    /** @type {any} */ speculation,
    /** @type {number} */ temperature,
  ) => answer(engine, { prompt, tokens, speculation, temperature, seed });
  let measured = 0;
  try {
    // What is slow the first time is nobody's fault.
    for (const id of [undefined, ...general.map(([name]) => name)])
      await ask(byTask.get(tasks[0])[0], id === undefined ? wish('off') : wish('fixed', id, LENGTH), 0);
    for (const one of wanted) {
      if (performance.now() - startMs > 1000 * options.seconds) break;
      kept.add({ costs: [...costs], machine: describeMachine(), ...(await measure(ask, one)) });
      measured += 1;
    }
  } finally {
    await engine.close({ graceMs: 0 });
  }
  progress(`${measured} of ${wanted.length} measured${measured < wanted.length ? ': call it again' : ''}`);
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
  const started = await engineOf({ model, threads: options.threads });
  const all = [...general, ...tasks.map(specialist).filter((each) => each !== undefined)];
  for (const [id, file] of all) await started.loadDraft({ id, file: path.resolve(root, file) });
  return started;
}

/** @param {string} mode @param {string} [draft] @param {number} [length] */
function wish(mode, draft, length) {
  return { mode, length, proposers: ['draft'], draft };
}

/** One prompt by all ways. @param {any} ask @param {any} one */
async function measure(ask, { temperature, task, index }) {
  const ways = [...general, specialist(task)].filter((each) => each !== undefined).map(([id]) => id);
  const prompt = byTask.get(task)[index];
  const runs = ['off', ...ways];
  /** @type {Record<string, { ms: number, histogram?: number[] }>} */
  const result = {};
  for (const id of index % 2 === 0 ? runs : [...runs].reverse())
    result[id] = {
      ms: perToken(await ask(prompt, id === 'off' ? wish('off') : wish('auto', id, 8), temperature)),
    };
  for (const id of ways) {
    const histogram = new Array(LENGTH + 1).fill(0);
    const { acceptanceHistogram } = await ask(prompt, wish('fixed', id, LENGTH), temperature);
    acceptanceHistogram.forEach((/** @type {number} */ drafts, /** @type {number} */ accepted) => {
      histogram[Math.min(accepted, LENGTH)] += drafts;
    });
    result[id].histogram = histogram;
  }
  progress(`${task} ${index} at ${temperature}`);
  return { task, temperature, index, result };
}

/**
 * The best fixed length with these acceptances, had guesses cost nothing.
 * @param {number[]} histogram @param {Map<number, number>} costs
 */
function ceiling(histogram, costs) {
  const steps = sum(histogram);
  let best = 1;
  for (let guesses = 1; guesses <= LENGTH; guesses += 1) {
    const accepted = sum(histogram.map((count, at) => count * Math.min(at, guesses)));
    best = Math.max(best, (1 + accepted / steps) / ((costs.get(guesses + 1) ?? NaN) / (costs.get(1) ?? NaN)));
  }
  return best;
}

/** @param {any[]} records */
function report(records) {
  if (records.length === 0) return 'Nothing has been measured yet.';
  const costs = new Map(
    COUNTS.map((count) => [count, median(records.map((record) => new Map(record.costs).get(count)))]),
  );
  const from = records.map(({ machine }) => machine.date).sort();
  const load = records.map(({ machine }) => machine.loadAverage);
  const out = [
    machineLine(records[0].machine),
    `${records.length} prompts measured from ${from[0].slice(0, 16)} to ${from.at(-1).slice(0, 16)}, load average ${Math.min(...load).toFixed(1)} to ${Math.max(...load).toFixed(1)}`,
    '',
    `Target step, ms by tokens: ${[...costs].map(([n, ms]) => `${n}: ${ms.toFixed(2)}`).join(', ')}`,
  ];
  for (const temperature of options.temperatures) {
    const head = [
      'task',
      'draft',
      'prompts',
      'accepted of 5',
      'tokens a step',
      'speed-up (quartiles)',
      'ceiling',
    ];
    const rows = tasks.flatMap((task) => rowsOf(task, temperature, records, costs));
    out.push('', `Temperature ${temperature}`, '', table(head, rows));
  }
  return out.join('\n');
}

/** @param {string} task @param {number} temperature @param {any[]} records @param {Map<number, number>} costs */
function rowsOf(task, temperature, records, costs) {
  const own = records.filter((one) => one.task === task && one.temperature === temperature);
  if (own.length === 0) return [];
  const off = own.map(({ result }) => result.off.ms);
  const ways = Object.keys(own[0].result).filter((id) => id !== 'off');
  const inOrder = [...general.map(([id]) => id), `task-${task}`].filter((id) => ways.includes(id));
  return inOrder.map((id) => {
    const ms = own.map(({ result }) => result[id].ms);
    const ratios = off.map((each, at) => each / ms[at]);
    const histogram = new Array(LENGTH + 1)
      .fill(0)
      .map((_, at) => sum(own.map(({ result }) => result[id].histogram[at])));
    const steps = sum(histogram);
    const accepted = sum(histogram.map((count, at) => count * at));
    const quartiles = [0.25, 0.75].map((share) => quantile(ratios, share).toFixed(2)).join('-');
    return [
      ...[task, id.startsWith('task-') ? 'routed' : id, own.length],
      ...[`${((100 * accepted) / (LENGTH * steps)).toFixed(1)} %`, (1 + accepted / steps).toFixed(2)],
      ...[`${(sum(off) / sum(ms)).toFixed(2)}x (${quartiles})`, `${ceiling(histogram, costs).toFixed(2)}x`],
    ];
  });
}

/**
 * Along the target's own greedy answers: first choices right, share accepted at five guesses in a row and tokens of such a
 * step; how much more first choices of the routed draft are right than of each other one, with the 5th and 95th percentile
 * over draws of the texts (paired bootstrap).
 */
async function agreementTable() {
  const texts = readCorpus(options.prompts, Infinity);
  const of = async (/** @type {string} */ file, /** @type {string | undefined} */ task) => {
    const own = texts.flatMap((text, index) =>
      task === undefined || text.task === task ? [{ ...text, task: String(index) }] : [],
    );
    return measureDraftOn(path.resolve(root, file), own, { threads: options.threads, positions: LENGTH });
  };
  const columns = [];
  for (const [, file] of general) columns.push(await of(file, undefined));
  const rows = [];
  for (const task of tasks) {
    const [, file] = specialist(task) ?? [];
    const routed = file === undefined ? undefined : await of(file, task);
    const indices = texts.flatMap((text, index) => (text.task === task ? [String(index)] : []));
    const cell = (/** @type {any} */ column) => {
      const steps = sum(indices.map((index) => column.get(index).tokens / column.get(index).tokensPerStep));
      const tokens = sum(indices.map((index) => column.get(index).tokens));
      const accepted = (tokens - steps) / (LENGTH * steps);
      return `${(100 * rightOf(column, indices)).toFixed(1)} %, ${(100 * accepted).toFixed(1)} % (${(tokens / steps).toFixed(2)})`;
    };
    const gain = (/** @type {any} */ column) => {
      if (routed === undefined) return '-';
      const by = (/** @type {string[]} */ drawn) => rightOf(routed, drawn) - rightOf(column, drawn);
      const [low, high] = drawnInterval(indices, by, 1000).map((one) => (100 * one).toFixed(1));
      return `${(100 * by(indices)).toFixed(1)} (${low} to ${high})`;
    };
    rows.push([
      ...[task, indices.length, ...columns.map(cell), routed === undefined ? '-' : cell(routed)],
      ...columns.map(gain),
    ]);
  }
  const names = general.map(([id]) => id);
  return table(
    ['task', 'texts', ...names, 'routed', ...names.map((name) => `routed over ${name}, points`)],
    rows,
  );
}

/** Share of the tokens of these texts. @param {any} column @param {string[]} indices */
function rightOf(column, indices) {
  const all = indices.map((index) => column.get(index));
  return sum(all.map(({ rate, tokens }) => rate * tokens)) / sum(all.map(({ tokens }) => tokens));
}
