/**
 * What copying from the prompt is worth where several answers are written at once: a model's own answers are replayed
 * through the lookup proposer, the acceptance model and the planner, with costs of a curve of the simulator or of a file.
 * Answers are begun together and nobody takes the place of those that end, so the time until the last has ended is told
 * beside that of the mean answer, both over no guesses; and how true lookup's estimates are, by position.
 *
 *   node bench/replay-copying.mjs --model models/real/smollm2-135m-instruct-q8_0.gguf --labels tasks --copy-worth 1,0.75,0.7
 *   node bench/replay-copying.mjs --texts texts.json --costs costs.json   # of a target, as a calibration keeps them
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { AcceptanceModel } from '../dist/acceptance/acceptance-model.js';
import { randomNumbers, shuffled } from '../dist/base/random.js';
import { RequestSpeculation } from '../dist/engine/request-speculation.js';
import { forecastOf, planGuesses } from '../dist/planning/planner.js';
import { CURVES } from '../dist/simulation/curves.js';
import { LookupProposer } from '../dist/speculation/lookup.js';
import { Proposal } from '../dist/speculation/proposal.js';
import { answer, engineOf, forEachAtOnce } from './lib/engine.mjs';
import { describeMachine, machineLine, progress, writeResults } from './lib/machine.mjs';
import { MODEL_OPTIONS } from './lib/models.mjs';
import { fail, readOptions } from './lib/options.mjs';
import { questionsByCategory } from './lib/prompts.mjs';
import { percent, sum, table, times } from './lib/statistics.mjs';

const options = readOptions('Answers replayed through lookup and the planner, several at once.', {
  model: MODEL_OPTIONS.model,
  texts: { type: 'string', help: 'file of the answers: read where it is, else written' },
  curve: { type: 'string', default: 'smollm2-q8_0', help: 'costs of the simulator' },
  costs: { type: 'string', help: "JSON of a target's costs, instead of those of the curve" },
  streams: { type: 'numbers', default: [1, 4, 8, 16], help: 'answers at the same time' },
  'copy-worth': {
    type: 'numbers',
    default: [1, 0.7],
    help: 'what a copied token counts, of several answers',
  },
  tokens: { type: 'number', default: 48, help: 'of each answer' },
  rounds: { type: 'number', default: 12, help: 'over all categories, in shuffled order' },
  labels: {
    type: 'string',
    default: 'none',
    help: 'none: one for all; tasks: as the tasks that come with Foretoken tell prompts apart; categories',
  },
  seed: { type: 'number', default: 1, help: 'of the order' },
  name: { type: 'string', default: 'replay-copying', help: 'name of the result files' },
});
/** Guesses of a step, and prompts of a category, at most. */
const MOST_GUESSES = 16;
const MOST_PROMPTS = 40;
const MOST_PROMPT_TOKENS = 500;
const POSITIONS = [1, 2, 4, 8, 16];

/** Number of the next request. */
let requests = 0;

const curve = CURVES[options.curve] ?? fail(`--curve is one of ${Object.keys(CURVES).join(', ')}.`);
const costs = {
  ...curve.costs,
  ...(options.costs && { target: JSON.parse(readFileSync(options.costs, 'utf8')) }),
};
const machine = describeMachine();
const texts = await answers();
const byCategory = grouped(texts);
const categories = [...byCategory.keys()];
const labelOf = await labels();
const results = options.streams.flatMap((streams) =>
  // A lone answer's tokens count in full.
  (streams === 1 ? [1] : options['copy-worth']).map((worth) => ({
    streams,
    worth,
    ...replay(streams, worth),
  })),
);
writeResults(options.name, { machine, options, results }, report());

/** @param {{ category: string }[]} items */
function grouped(items) {
  const found = new Map();
  for (const item of items) found.set(item.category, [...(found.get(item.category) ?? []), item]);
  return found;
}

/** Greedy answers without speculation. @returns {Promise<{ category: string, question: string, prompt: number[], output: number[] }[]>} */
async function answers() {
  if (options.texts && existsSync(options.texts)) return JSON.parse(readFileSync(options.texts, 'utf8'));
  const { ChatTemplate } = await import('../dist/llama/chat-template.js');
  const { Vocabulary } = await import('../dist/llama/vocabulary.js');
  const model = options.model ?? fail('--model FILE is needed.');
  const vocabulary = Vocabulary.open(model);
  const template = ChatTemplate.of(vocabulary);
  const items = [...questionsByCategory(true)].flatMap(([category, questions]) =>
    questions
      .map((content) => ({
        question: content,
        prompt: template.tokenize(vocabulary, [{ role: 'user', content }]),
      }))
      .filter(({ prompt }) => prompt.length < MOST_PROMPT_TOKENS)
      .slice(0, MOST_PROMPTS)
      .map((item) => ({ category, ...item, output: [] })),
  );
  vocabulary.dispose();
  const engine = await engineOf({
    ...{ model, threads: 2, parallel: 16, proposers: ['lookup'], length: MOST_GUESSES },
    contextSize: 16 * (MOST_PROMPT_TOKENS + 2 * options.tokens),
  });
  const speculation = { mode: 'off', length: MOST_GUESSES, proposers: undefined, draft: undefined };
  await forEachAtOnce(items, 16, async (item) => {
    const { prompt } = item;
    item.output = (await answer(engine, { prompt, tokens: 2 * options.tokens, speculation })).tokens;
  });
  await engine.close({ graceMs: 0 });
  const plain = items.map(({ prompt, ...item }) => ({ ...item, prompt: [...prompt] }));
  if (options.texts) writeFileSync(options.texts, JSON.stringify(plain));
  progress(`${plain.length} answers in ${new Set(plain.map(({ category }) => category)).size} categories`);
  return plain;
}

/** @returns {Promise<(item: { category: string, question: string }) => number>} */
async function labels() {
  if (options.labels === 'none') return () => 0;
  if (options.labels === 'categories') return ({ category }) => categories.indexOf(category);
  if (options.labels !== 'tasks') return fail('--labels is none, tasks or categories.');
  const { shippedTasks } = await import('../dist/drafts/registry/source.js');
  const { TaskClassifier } = await import('../dist/tasks/classifier/classifier.js');
  const { promptText } = await import('../dist/tasks/prompt-text.js');
  const { Router } = await import('../dist/tasks/router/router.js');
  const router = new Router(() => undefined);
  router.reload(TaskClassifier.read(shippedTasks() ?? fail('No tasks are in models/tasks.')), []);
  return ({ question }) =>
    router.route(promptText([{ role: 'user', content: question }]), undefined, undefined).label;
}

/** All categories, some rounds, one acceptance model: as a server would see them. @param {number} streams @param {number} worth */
function replay(streams, worth) {
  const random = randomNumbers(options.seed);
  const acceptance = new AcceptanceModel();
  const proposer = new LookupProposer(2);
  const positions = POSITIONS.map((position) => ({ position, offered: 0, expected: 0, accepted: 0 }));
  const pairs = [];
  for (let round = 0; round < options.rounds; round += 1)
    for (const category of shuffled(categories, random)) {
      const all = byCategory.get(category);
      const first = Math.floor(random() * all.length);
      const some = Array.from({ length: streams }, (_, at) => all[(first + at) % all.length]);
      const shared = { acceptance, proposer, positions, worth };
      pairs.push({ category, off: write(some, shared, false), auto: write(some, shared, true) });
    }
  const ratio = (/** @type {any[]} */ some, /** @type {'lastMs' | 'endsMs'} */ what) =>
    sum(some.map(({ off }) => off[what])) / sum(some.map(({ auto }) => auto[what]));
  const ratios = categories
    .map((category) => ({
      category,
      ratio: ratio(
        pairs.filter((pair) => pair.category === category),
        'lastMs',
      ),
    }))
    .sort((a, b) => a.ratio - b.ratio);
  return { last: ratio(pairs, 'lastMs'), mean: ratio(pairs, 'endsMs'), categories: ratios, positions };
}

/**
 * Answers begun together, written to their ends.
 * @returns when the last has ended, and the sum of the times at which they end
 */
function write(some, { acceptance, proposer, positions, worth }, guesses) {
  const all = some.map((item, sequence) => {
    const { prompt, output } = item;
    const id = requests++;
    const state = {
      ...{ id, speculation: { mode: 'auto', length: MOST_GUESSES, proposers: ['lookup'] } },
      request: { label: labelOf(item), speculation: {} },
    };
    return {
      ...{ id, sequence, text: Int32Array.from([...prompt, ...output]), known: prompt.length + 1 },
      limit: prompt.length + Math.min(options.tokens, output.length),
      speculation: new RequestSpeculation(state, undefined, acceptance),
    };
  });
  let [lastMs, endsMs] = [0, 0];
  for (;;) {
    const open = all.filter(({ known, limit }) => known < limit);
    if (open.length === 0) break;
    const offers = open.map((request) => (guesses ? offerOf(request, proposer) : undefined));
    const input = {
      requests: open.map(({ id, sequence, known }, at) => {
        const survival = offers[at]?.survival;
        const option = { source: 'lookup', survival, catchUp: 0, catchUpShare: 1 };
        return {
          id,
          sequence,
          context: known,
          fixed: false,
          options: survival === undefined ? [] : [option],
        };
      }),
      ...{ prefill: [], prefillTokenCells: 0, unified: false, costs },
      copyWorth: open.length > 1 ? worth : undefined,
    };
    const none = { choices: open.map(({ id }) => ({ id, option: -1, length: 0 })), padTo: 0 };
    const plan = guesses ? planGuesses(input) : undefined;
    lastMs += plan?.forecast.ms ?? forecastOf(input, none).ms;
    for (const [at, request] of open.entries()) {
      const offer = offers[at];
      const accepted =
        offer === undefined ? 0 : acceptedOf(request, offer, plan.choices[at].length, positions);
      const committed = [
        ...request.text.slice(request.known, Math.min(request.limit, request.known + accepted + 1)),
      ];
      if (offer !== undefined) request.speculation.learn([offer], committed);
      request.known += committed.length;
      if (request.known >= request.limit) endsMs += lastMs;
    }
  }
  for (const { id } of all) proposer.forgetRequest(id);
  return { lastMs, endsMs };
}

function offerOf({ id, text, known, limit, speculation }, proposer) {
  const maxTokens = Math.min(MOST_GUESSES, limit - known - 1);
  if (maxTokens <= 0) return undefined;
  const proposal = new Proposal();
  proposer.propose([{ requestId: id, tokens: text, length: known, maxTokens, proposal }]);
  return proposal.length > 0 ? speculation.offer('lookup', proposal) : undefined;
}

/** How many of the planned guesses are right; notes how likely each was said to be that is judged. */
function acceptedOf({ text, known, limit }, { proposal, survival }, planned, positions) {
  let right = 0;
  while (right < proposal.length && known + right < limit && proposal.tokens[right] === text[known + right])
    right += 1;
  for (const entry of positions) {
    const at = entry.position - 1;
    // Of those that all guesses before them were right; those are what its own probability speaks of.
    if (at >= survival.length || right < at) continue;
    entry.offered += 1;
    entry.expected += survival[at] / (at === 0 ? 1 : survival[at - 1]);
    entry.accepted += right > at ? 1 : 0;
  }
  return Math.min(planned, right);
}

function report() {
  const rows = results.map(({ streams, worth, last, mean, categories }) => [
    ...[streams, worth, times(last), times(mean)],
    categories
      .slice(0, 3)
      .map(({ category, ratio }) => `${category} ${times(ratio)}`)
      .join(', '),
    categories.filter(({ ratio }) => ratio < 0.98).length,
  ]);
  const truth = results
    .at(-1)
    .positions.map(({ position, offered, expected, accepted }) => [
      ...[position, offered, percent(expected / offered), percent(accepted / offered)],
    ]);
  return [
    '# Answers that copy, several at once',
    '',
    `${texts.length} answers in ${byCategory.size} categories, ${options.tokens} tokens each, costs of ` +
      `${options.costs ?? options.curve}, ${options.rounds} rounds, labels: ${options.labels}. ${machineLine(machine)}`,
    '',
    table(
      [
        'streams',
        'a copied token counts',
        'last answer over off',
        'mean answer',
        'least categories',
        'below 0.98x',
      ],
      rows,
    ),
    '',
    `With ${results.at(-1).streams} streams, after guesses that were right:`,
    '',
    table(['guess', 'offered', 'expected right', 'right'], truth),
  ].join('\n');
}
