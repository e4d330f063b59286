/**
 * What verifying two specialists' guesses at once would win over those of one (TaskSpec, arXiv 2505.08600, merges the
 * trees of several drafts): replayed along the target's own greedy answers, where what each draft guesses at each place
 * says exactly what a step accepts. A step of a chain verifies one token and LENGTH guesses, a step of the merged tree
 * both chains; costs are those of this machine.
 *
 *   node bench/merged-tree.mjs
 *   node bench/merged-tree.mjs --count 10 --costs 1.72,3.1,4.0,4.9,5.7,6.4,7.2,7.9,8.6,9.3    measured elsewhere, from 1 token on
 *
 * One draft is the task's own, the other that which guesses the task best of all others.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describeMachine, machineLine, root, writeResults } from './lib/machine.mjs';
import { MODEL_OPTIONS, modelPaths } from './lib/models.mjs';
import { readOptions } from './lib/options.mjs';
import { sum, table } from './lib/statistics.mjs';

const { measureCost } = await import('../dist/drafts/evaluate.js');
const { targetFingerprint } = await import('../dist/drafts/registry/place.js');
const { shippedRegistry } = await import('../dist/drafts/registry/source.js');
const { LlamaDecoder } = await import('../dist/llama/context.js');
const { LlamaModel } = await import('../dist/llama/model.js');

const options = readOptions('Two drafts in one tree against one.', {
  model: MODEL_OPTIONS.model,
  prompts: {
    type: 'string',
    default: path.join(root, 'models/work/heldout.jsonl'),
    help: 'held-out answers',
  },
  count: { type: 'number', default: 20, help: 'texts of each task' },
  length: { type: 'number', default: 4, help: 'guesses in a row' },
  unsure: {
    type: 'numbers',
    default: [0.5, 0.8],
    help: 'the tree is merged where the draft is less sure than this',
  },
  costs: { type: 'numbers', help: 'milliseconds of the target for 1, 2, 3 ... tokens (default: measured)' },
  threads: { type: 'number', default: 1, help: 'that compute' },
});
const LENGTH = options.length;
const { model } = modelPaths({ model: options.model });
const registry = shippedRegistry(targetFingerprint(model));
if (registry === undefined) throw new Error('There are no task drafts for this model.');
const { drafts } = registry.read();
const texts = readFileSync(options.prompts, 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line));
const tasks = drafts.map(({ task }) => task).sort();
const byTask = new Map(
  tasks.map((task) => [task, texts.filter((text) => text.task === task).slice(0, options.count)]),
);
const costs =
  options.costs === undefined ? targetCosts() : new Map(options.costs.map((ms, at) => [at + 1, ms]));

/** [draft][task][text] what it guesses at each place: whether that is right, and how sure it is. */
const replay = new Map();
/** [draft] milliseconds of a token. */
const draftMs = new Map();
for (const entry of drafts) {
  const loaded = LlamaModel.load(registry.fileOf(entry));
  const decoder = new LlamaDecoder(loaded, { threads: options.threads, batchSize: 512 });
  draftMs.set(entry.id, measureCost(decoder, [1], 128, 12).get(1));
  replay.set(
    entry.id,
    new Map(tasks.map((task) => [task, byTask.get(task).map((text) => guessesOf(decoder, text))])),
  );
  decoder.dispose();
  loaded.dispose();
}

const rows = tasks.map((task) => {
  const own = replay.get(task).get(task);
  const rate = (/** @type {string} */ id) =>
    sum(
      replay
        .get(id)
        .get(task)
        .flat()
        .map(({ right }) => Number(right)),
    );
  const second = tasks.filter((id) => id !== task).sort((a, b) => rate(b) - rate(a))[0];
  const other = replay.get(second).get(task);
  const one = stepsOf(own, other, () => 'own');
  const ways = [
    stepsOf(own, other, (a, b) => (b.sure > a.sure ? 'other' : 'own'), true),
    ...options.unsure.map((least) => stepsOf(own, other, (a) => (a.sure < least ? 'both' : 'own'))),
    stepsOf(own, other, () => 'both'),
  ];
  const show = ({ tokens, steps, ms }) =>
    `${(tokens / steps).toFixed(2)} (${(tokens / ms / (one.tokens / one.ms)).toFixed(2)}x)`;
  return [`${task} + ${second}`, show(one), ...ways.map(show)];

  /** Steps along all texts. @param {(a: any, b: any) => string} choose @param {boolean} [asksBoth] both drafts guess each time */
  function stepsOf(first, others, choose, asksBoth = false) {
    let [tokens, steps, ms] = [0, 0, 0];
    first.forEach((places, index) => {
      for (let at = 0; at < places.length;) {
        const which = choose(places[at], others[index][at]);
        const chains =
          which === 'both' ? [places, others[index]] : [which === 'own' ? places : others[index]];
        const accepted = Math.max(...chains.map((chain) => runOf(chain, at)));
        const yielded = Math.min(accepted + 1, places.length - at);
        const guessing = which === 'both' || asksBoth ? [task, second] : [task];
        ms += costs.get(1 + LENGTH * chains.length) + LENGTH * sum(guessing.map((id) => draftMs.get(id)));
        [tokens, steps, at] = [tokens + yielded, steps + 1, at + yielded];
      }
    });
    return { tokens, steps, ms };
  }
});

const head = [
  'task and the other draft',
  'own draft alone',
  'the surer of both',
  ...options.unsure.map((least) => `both where own is less sure than ${least}`),
  'both always',
];
const machine = describeMachine();
const told = `Target, ms by tokens: ${[...costs].map(([n, ms]) => `${n}: ${ms.toFixed(2)}`).join(', ')}; a draft's token ${Math.min(...draftMs.values()).toFixed(2)} to ${Math.max(...draftMs.values()).toFixed(2)} ms`;
writeResults(
  'merged-tree',
  { machine, options, costs: [...costs], rows },
  [
    machineLine(machine),
    '',
    told,
    '',
    'Tokens a step (tokens a second against the own draft alone):',
    '',
    table(head, rows),
  ].join('\n'),
);

function targetCosts() {
  const loaded = LlamaModel.load(model);
  const decoder = new LlamaDecoder(loaded, { threads: options.threads, contextSize: 512 });
  const found = measureCost(decoder, [1, 1 + LENGTH, 1 + 2 * LENGTH], 128, 12);
  decoder.dispose();
  loaded.dispose();
  return found;
}

/** @param {any[]} chain @param {number} at */
function runOf(chain, at) {
  let run = 0;
  while (run < LENGTH && chain[at + run]?.right === true) run += 1;
  return run;
}

/** @param {any} decoder @param {{ tokens: number[], promptLength: number }} text */
function guessesOf(decoder, { tokens, promptLength }) {
  const places = [];
  decoder.truncate(0, 0);
  for (let start = 0; start + 1 < tokens.length; start += decoder.batch.capacity) {
    decoder.batch.clear();
    const wanted = [];
    for (let place = start; place < Math.min(tokens.length - 1, start + decoder.batch.capacity); place++) {
      const isAnswer = place + 1 >= promptLength;
      const row = decoder.batch.add(tokens[place], place, 0, isAnswer);
      if (isAnswer) wanted.push([row, place]);
    }
    decoder.decode();
    for (const [row, place] of wanted) {
      const logits = decoder.logits(row);
      let best = 0;
      for (let id = 1; id < logits.length; id++) if (logits[id] > logits[best]) best = id;
      let total = 0;
      for (const logit of logits) total += Math.exp(logit - logits[best]);
      places.push({ right: best === tokens[place + 1], sure: 1 / total });
    }
  }
  return places;
}
