/**
 * `npm run models`: rebuilds everything that is derived from the bundled target, after it has changed:
 *   1. the target's own answers to models/traffic.jsonl (training) and models/heldout.jsonl (evaluation),
 *   2. the drafts trained on them,
 *   3. the registry of the tasks' drafts and the classifier of the tasks, in models/tasks,
 *   4. the table of how well they guess, in models/README.md.
 * What exists and is newer than the target is kept; `--fresh` starts over. Intermediate files go to models/work.
 *
 *   npm run models -- --minutes 30          training time of each draft (default: as many passes as its recipe says)
 *   npm run models -- --only evaluate       one of corpus, train, tasks, evaluate
 *   npm run models -- --draft sql           only drafts whose file has this in its name
 *   npm run models -- --threads 1
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundledTarget } from '../dist/base/bundled.js';
import { fileFingerprint } from '../dist/base/file-fingerprint.js';
import { checkpointFile } from '../dist/drafts/checkpoint.js';
import { answerTokens, readCorpus } from '../dist/drafts/corpus.js';
import { createDraft } from '../dist/drafts/create.js';
import { chooseHead } from '../dist/drafts/cut-head.js';
import { evaluateDraft } from '../dist/drafts/evaluate.js';
import { generateCorpus } from '../dist/drafts/generate.js';
import { headOrder, headTokens } from '../dist/drafts/head-tokens.js';
import { targetFingerprint, tasksPlace } from '../dist/drafts/registry/place.js';
import { DraftRegistry } from '../dist/drafts/registry/registry.js';
import { TargetTexts } from '../dist/drafts/target-texts.js';
import { trainDraft } from '../dist/drafts/train.js';
import { readGguf } from '../dist/gguf/reader.js';
import { ChatTemplate } from '../dist/llama/chat-template.js';
import { Vocabulary } from '../dist/llama/vocabulary.js';
import { assignAll, withMeasured } from '../dist/tasks/adapt/assignments.js';
import { DraftKeeper } from '../dist/tasks/adapt/keep-draft.js';
import { measureAll } from '../dist/tasks/adapt/measure-all.js';
import { groupByTask } from '../dist/tasks/adapt/texts.js';
import { writeTaskModel } from '../dist/tasks/classifier/model.js';
import { trainClassifier } from '../dist/tasks/classifier/train.js';
import { promptText } from '../dist/tasks/prompt-text.js';
import {
  DEMO,
  DRAFTS,
  SMOLLM2,
  SMOLLM2_GENERAL_PER_TASK,
  SPEC_BENCH_HELD_OUT_OF,
  TARGETS,
  TASKS,
} from './lib/draft-recipes.mjs';

/** Prompts that the classifier of tasks learns from. */
const CLASSIFIED = 3500;

const models = fileURLToPath(new URL('../models/', import.meta.url));
const inModels = (name) => path.join(models, name);
const inWork = (name) => path.join(models, 'work', name);

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string' },
    threads: { type: 'string' },
    only: { type: 'string' },
    draft: { type: 'string' },
    fresh: { type: 'boolean', default: false },
  },
});
const number = (name) => {
  if (options[name] === undefined) return {};
  const value = Number(options[name]);
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0.`);
  return { [name]: value };
};
const common = number('threads');
const steps = ['corpus', 'train', 'tasks', 'evaluate'];
if (options.only !== undefined && !steps.includes(options.only))
  throw new Error(`--only must be one of ${steps.join(', ')}.`);
const wanted = (step) => options.only === undefined || options.only === step;

const isChosen = ({ file }) => file.includes(options.draft ?? '');
/** Targets of the drafts that are asked for, as far as they are here. */
const targets = TARGETS.filter(
  (target) => existsSync(modelOf(target)) && DRAFTS.some((draft) => draft.of === target && isChosen(draft)),
);
function modelOf({ model }) {
  return model === undefined ? bundledTarget() : inModels(model);
}
const isCurrent = (file, sources) =>
  !options.fresh &&
  existsSync(file) &&
  sources.every((source) => statSync(source).mtimeMs <= statSync(file).mtimeMs);

/** A training that was broken off has left the best until then, and goes on. */
const isWhole = (file) => !existsSync(checkpointFile(file));

const readJsonLines = (file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

let lastReportMs = -Infinity;
/** One line on a terminal, rewritten; a line every ten seconds elsewhere. */
function report(line) {
  const nowMs = performance.now();
  if (nowMs - lastReportMs < (process.stderr.isTTY ? 200 : 10_000)) return;
  lastReportMs = nowMs;
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
}
function done(line) {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  lastReportMs = -Infinity;
  console.error(line);
}

async function makeCorpus(output, source, prompts, target, maxTokens = target.maxTokens) {
  const model = modelOf(target);
  if (isCurrent(output, [model, source])) return;
  const result = await generateCorpus({
    ...{ target: model, prompts, output, maxTokens, parallel: target.parallel, ...common },
    onProgress: ({ texts, prompts: all, tokensPerSecond }) =>
      report(`${path.basename(output)}: ${texts} of ${all} texts, ${tokensPerSecond.toFixed(0)} tokens/s`),
  });
  done(
    `${path.basename(output)}: ${result.texts} texts, ${result.promptTokens} prompt and ${result.answerTokens} answer tokens`,
  );
}

const traffic = inModels('traffic.jsonl');

/** Answers to the bundled prompts, held-out ones first: they tell what a draft is worth. */
async function makeTaskCorpora(target) {
  const conversations = inModels('heldout.jsonl');
  const prompts = firstOfEachTask(readJsonLines(conversations), target.heldoutPerTask);
  await makeCorpus(
    inWork(target.heldout),
    conversations,
    prompts.map(({ task, messages }) => ({ task, prompt: messages[0].content })),
    target,
  );
  const trained = firstOfEachTask(readJsonLines(traffic), target.perTask);
  await makeCorpus(inWork(target.corpus), traffic, trained, target);
}

/** What the general draft of SmolLM2 learns from. */
async function makeGeneralCorpora() {
  const [questions, rest] = specBench();
  const own = firstOfEachTask(readJsonLines(traffic), SMOLLM2_GENERAL_PER_TASK);
  await makeCorpus(inWork('smollm2-corpus.jsonl'), traffic, [...rest, ...own], SMOLLM2, 1024);
  await makeCorpus(inWork('smollm2-heldout.jsonl'), traffic, questions, SMOLLM2, 1024);
}

async function makeCorpora() {
  for (const target of targets) {
    const drafts = DRAFTS.filter((draft) => draft.of === target && isChosen(draft));
    if (drafts.some(({ corpus }) => corpus === undefined)) await makeTaskCorpora(target);
    if (drafts.some(({ corpus }) => corpus !== undefined)) await makeGeneralCorpora();
  }
}

/** Spec-Bench's questions that are held out, and the turns of the others. */
function specBench() {
  const seen = new Map();
  const [heldOut, others] = [[], []];
  for (const { category, turns } of readJsonLines(inModels('recipe/spec-bench.jsonl'))) {
    const place = seen.get(category) ?? 0;
    seen.set(category, place + 1);
    if (place % SPEC_BENCH_HELD_OUT_OF === 0) heldOut.push({ task: category, prompt: turns[0] });
    else others.push(...turns.map((prompt) => ({ task: category, prompt })));
  }
  return [heldOut, others];
}

function firstOfEachTask(rows, count) {
  const seen = new Map();
  return rows.filter(({ task }) => {
    seen.set(task, (seen.get(task) ?? 0) + 1);
    return seen.get(task) <= count;
  });
}

async function train({ file, of, task, corpus, fromDraft, create, training }) {
  const output = inModels(file);
  const model = modelOf(of);
  const all = inWork(corpus ?? of.corpus);
  if (!existsSync(model) || !existsSync(all)) return;
  if (isCurrent(output, [model, all]) && isWhole(output)) return;
  const name = path.basename(file, '.gguf');
  const untrained = inWork(`${name}-untrained.gguf`);
  let texts = all;
  if (TASKS.includes(task)) {
    texts = inWork(`${name}.corpus.jsonl`);
    const own = readJsonLines(all).filter((text) => text.task === task);
    writeFileSync(texts, own.map((text) => `${JSON.stringify(text)}\n`).join(''));
  }
  const from = fromDraft && { fromDraft: inModels(fromDraft) };
  const head = create.inputs === undefined ? undefined : headOf(model, create, texts);
  const made = createDraft({ target: model, output: untrained, corpus: [texts], ...create, ...from, head });
  const limits = { ...training, ...number('minutes') };
  const settings = { ...create, ...limits };
  const result = await trainDraft({
    draft: untrained,
    corpus: [texts],
    output,
    ...limits,
    ...common,
    recipe:
      `npm run models -- --draft ${name}: ${JSON.stringify(settings)}` +
      (fromDraft === undefined ? '' : ` from ${fromDraft}`),
    onProgress: ({ done: share, epoch, loss, agreement, tokensPerSecond }) =>
      report(
        `${file}: ${(share * 100).toFixed(1)} %, pass ${epoch + 1}, loss ${loss.toFixed(3)}, ` +
          `${agreement === undefined ? '-' : percent(agreement)} % right, ${tokensPerSecond.toFixed(0)} tokens/s`,
      ),
  });
  done(
    `${file}: head ${made.shape.headSize ?? 'whole'}, ${made.coverage === undefined ? '-' : percent(made.coverage)} % covered, ` +
      `${result.steps} steps, ${(result.tokens / 1e6).toFixed(2)}M tokens in ${(result.seconds / 60).toFixed(1)} minutes, ` +
      `${percent(result.agreement)} % right on texts held out`,
  );
}

/** A cut head that reads its own tokens, those of its texts and of all bundled prompts, then the lowest ones. */
function headOf(model, { vocabulary, inputs }, file) {
  const target = Vocabulary.open(model);
  const template = ChatTemplate.of(target);
  const prompts = readJsonLines(traffic).map(({ prompt }) => {
    const tokens = [...template.tokenize(target, [{ role: 'user', content: prompt }])];
    return { tokens, promptLength: tokens.length, candidates: [], shares: [] };
  });
  const { size } = target;
  target.dispose();
  const texts = readCorpus(file, size);
  const head = chooseHead(model, vocabulary, texts);
  return { ...head, inputs: headTokens(headOrder([...texts, ...prompts], size, [...head.tokens]), inputs) };
}

/** Which general draft guesses for which target. */
function list() {
  const drafts = DRAFTS.filter(({ file, task }) => task === 'general' && existsSync(inModels(file))).map(
    ({ file, task }) => ({
      file,
      task,
      target: readGguf(inModels(file)).metadata.get('foretoken.draft.target.fingerprint').value,
    }),
  );
  writeFileSync(inModels('drafts.json'), `${JSON.stringify(drafts, null, 2)}\n`);
}

/**
 * The registry of the tasks' drafts that come with Foretoken, made as `foretoken adapt` makes a user's: a task's draft is kept
 * where it guesses held-out answers better than the general one.
 */
async function registerTasks(target) {
  const made = DRAFTS.filter(
    ({ file, of, task }) =>
      of === target && TASKS.includes(task) && existsSync(inModels(file)) && isWhole(inModels(file)),
  );
  if (made.length === 0) return;
  const model = modelOf(target);
  const fingerprint = targetFingerprint(model);
  const place = tasksPlace(fingerprint, inModels(`tasks/${fingerprint.replace('sha256:', '').slice(0, 16)}`));
  const registry = new DraftRegistry(place, fingerprint);
  const keeper = new DraftKeeper(registry, fileFingerprint(model), []);
  const heldout = groupByTask(readCorpus(inWork(target.heldout), Infinity));
  const texts = new Map(made.map(({ task }) => [task, { training: [], held: heldout.get(task) }]));
  const servingThreads = options.threads === undefined ? 0 : Number(options.threads);
  const costs = costsOf(model, servingThreads);
  const measured = await measureAll(
    [
      { id: 'general', task: 'general', file: inModels(target.general) },
      ...made.map(({ file, task }) => ({ id: task, task, file: inModels(file) })),
    ],
    texts,
    costs,
    { ...common, servingThreads, costs: new Map(), onProgress: (_share, id) => report(`measuring ${id}`) },
  );
  const assignments = assignAll(texts, measured, costs, undefined);
  const kept = made.filter(({ task }) => measured.best(task).id === task);
  for (const draft of kept) await keepDraft(keeper, draft, measured);
  for (const { task } of made) done(`${task}: ${taskLine(task, measured, assignments[task])}`);
  const isLeftOut = (task) =>
    made.some((draft) => draft.task === task) && kept.every((draft) => draft.task !== task);
  await registry.change((content) => {
    const whole = withMeasured(content, measured, {
      ...content.assignments,
      // Where no guesses pay here they may elsewhere, and the server finds out: drafts that are assigned to nothing are not used.
      ...Object.fromEntries(kept.map(({ task }) => [task, { ...assignments[task], draft: task }])),
    });
    return {
      ...whole,
      drafts: whole.drafts.filter(({ id }) => !isLeftOut(id)),
      assignments: Object.fromEntries(Object.entries(whole.assignments).filter(([task]) => !isLeftOut(task))),
    };
  });
  if (target === DEMO) writeClassifier(place.tasks);
}

/** How drafts guess the task, the best first, and what every candidate is expected to come to here. */
function taskLine(task, measured, { candidates }) {
  const right = measured
    .of(task)
    .sort((a, b) => b.agreement.rate - a.agreement.rate)
    .map(({ id, agreement }) => `${id} ${percent(agreement.rate)} % right`);
  const goodput = candidates.map(({ draft, tokenGoodput }) => `${draft} ${tokenGoodput.toFixed(1)}`);
  return `${right.join(', ')}; ${goodput.join(', ')} tokens/s expected`;
}

/** What decodes of a target cost here. */
function costsOf(model, threads) {
  const texts = new TargetTexts({ target: model, parallel: 1, ...common });
  try {
    return texts.costs(threads);
  } finally {
    texts.dispose();
  }
}

async function keepDraft(keeper, { file, task, training, fromDraft }, measured) {
  const learned = inWork(`${path.basename(file, '.gguf')}.corpus.jsonl`);
  const texts = readCorpus(learned, Infinity);
  await keeper.keep(
    inModels(file),
    task,
    { ...training, from: fromDraft },
    {
      texts: texts.length,
      answerTokens: answerTokens(texts),
      sha256: createHash('sha256').update(readFileSync(learned)).digest('hex'),
      ...{ served: 0, generated: texts.length },
    },
    measured.of(task).find(({ id }) => id === task).agreement,
  );
}

/** Prompts of the bundled tasks are told apart by their words, whatever the target. */
function writeClassifier(file) {
  const prompts = readJsonLines(traffic).map(({ task, prompt }) => ({
    task: TASKS.indexOf(task),
    text: promptText([{ role: 'user', content: prompt }]),
  }));
  const kinds = TASKS.map((id, index) => ({
    ...{ id, name: id, count: prompts.filter(({ task }) => task === index).length },
  }));
  const { model } = trainClassifier(kinds, prompts.slice(0, CLASSIFIED), { seed: 1 });
  writeTaskModel(file, model);
}

const percent = (share) => (share * 100).toFixed(1);

async function evaluate() {
  const rows = [];
  let tasks = [];
  for (const { file, of } of DRAFTS) {
    if (!existsSync(inModels(file)) || of !== DEMO) continue;
    const { overall, byTask } = await evaluateDraft({
      draft: inModels(file),
      corpus: inWork(DEMO.heldout),
      ...common,
    });
    tasks = [...byTask.keys()].sort();
    rows.push([
      `\`${file}\``,
      percent(overall.rate),
      overall.tokensPerStep.toFixed(2),
      ...tasks.map((task) => percent(byTask.get(task).rate)),
    ]);
  }
  const head = ['draft', 'all', 'tokens a step', ...tasks];
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const readme = inModels('README.md');
  const text = readFileSync(readme, 'utf8');
  const marked = /(<!-- agreement:begin -->\n)[\s\S]*?(<!-- agreement:end -->)/;
  if (!marked.test(text)) throw new Error(`${readme} has no place for the table (agreement:begin).`);
  writeFileSync(readme, text.replace(marked, `$1\n${table}\n\n$2`));
  done(table);
}

mkdirSync(inWork('.'), { recursive: true });
if (wanted('corpus')) await makeCorpora();
if (wanted('train')) for (const draft of DRAFTS.filter(isChosen)) await train(draft);
list();
if (wanted('tasks')) for (const target of targets) await registerTasks(target);
if (wanted('evaluate') && targets.includes(DEMO)) await evaluate();
