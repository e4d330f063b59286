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
import { createDraft } from '../dist/drafts/create.js';
import { evaluateDraft } from '../dist/drafts/evaluate.js';
import { generateCorpus } from '../dist/drafts/generate.js';
import { networkShape } from '../dist/drafts/network.js';
import { targetFingerprint, tasksPlace } from '../dist/drafts/registry/place.js';
import { DraftRegistry } from '../dist/drafts/registry/registry.js';
import { trainDraft } from '../dist/drafts/train.js';
import { readGguf } from '../dist/gguf/reader.js';
import { writeTaskModel } from '../dist/tasks/classifier/model.js';
import { trainClassifier } from '../dist/tasks/classifier/train.js';
import { promptText } from '../dist/tasks/prompt-text.js';

/** The bundled target's kinds of work. */
const TASKS = ['code', 'edit', 'extract', 'math', 'sql', 'summarize', 'translate'];
const GENERAL = 'foretoken-demo-draft-2.4m-q8_0.gguf';
/**
 * Passes over its texts by which a task's draft learns on from the general one: the share of right guesses on held-out
 * texts still rises then, and slowly.
 */
const TASK_EPOCHS = 8;
const TASK_TRAINING = { epochs: TASK_EPOCHS, learningRate: 2e-3, patience: 1000 };

/** Shapes were chosen by agreement and cost; see models/README.md. */
const DRAFTS = [
  {
    file: GENERAL,
    task: 'general',
    create: { name: 'Foretoken-Demo draft 2.4M', layers: 2, width: 128, heads: 2, feedForward: 256 },
    training: { epochs: 5, learningRate: 3e-3 },
  },
  ...TASKS.map((task) => ({
    file: `work/foretoken-demo-draft-${task}-q8_0.gguf`,
    task,
    create: {
      name: `Foretoken-Demo draft for ${task}`,
      fromDraft: inModelsFolder(GENERAL),
      vocabulary: 'auto',
    },
    training: TASK_TRAINING,
  })),
  {
    // For comparison (bench/specialists.mjs), not shipped: one draft for all tasks, with as many passes over all texts.
    file: 'work/foretoken-demo-draft-mixed-q8_0.gguf',
    create: { name: 'Foretoken-Demo draft for all tasks', fromDraft: inModelsFolder(GENERAL) },
    training: TASK_TRAINING,
  },
  {
    file: 'smollm2-135m-draft-q8_0.gguf',
    task: 'general',
    target: 'real/smollm2-135m-instruct-q8_0.gguf',
    corpus: 'smollm2-corpus.jsonl',
    create: { name: 'SmolLM2-135M draft', layers: 2, width: 128, vocabulary: 8192 },
    training: { epochs: 1000, minutes: 13, learningRate: 3e-3, tokensPerRow: 1024 },
  },
];

/** Prompts of each task that the target answers: to train on, and to evaluate with. */
const TRAFFIC_PER_TASK = 300;
const HELDOUT_PER_TASK = 40;
/** Prompts that the classifier of tasks learns from. */
const CLASSIFIED = 3500;
/** Of the bundled traffic, for SmolLM2. */
const SMOLLM2_PER_TASK = 60;
/** In each category of Spec-Bench every so many questions are held out. */
const HELD_OUT_OF = 4;

const models = fileURLToPath(new URL('../models/', import.meta.url));
const inModels = inModelsFolder;
const inWork = (name) => path.join(models, 'work', name);

/** Hoisted: the list above names files. */
function inModelsFolder(name) {
  return path.join(fileURLToPath(new URL('../models/', import.meta.url)), name);
}

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

const target = bundledTarget();
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

async function makeCorpus(output, source, prompts, model = target, maxTokens = 512) {
  if (isCurrent(output, [model, source])) return;
  const result = await generateCorpus({
    target: model,
    prompts,
    output,
    maxTokens,
    ...common,
    onProgress: ({ texts, prompts: all, tokensPerSecond }) =>
      report(`${path.basename(output)}: ${texts} of ${all} texts, ${tokensPerSecond.toFixed(0)} tokens/s`),
  });
  done(
    `${path.basename(output)}: ${result.texts} texts, ${result.promptTokens} prompt and ${result.answerTokens} answer tokens`,
  );
}

const corpus = inWork('corpus.jsonl');
const heldout = inWork('heldout.jsonl');

async function makeCorpora() {
  const traffic = inModels('traffic.jsonl');
  await makeCorpus(corpus, traffic, firstOfEachTask(readJsonLines(traffic), TRAFFIC_PER_TASK));
  const conversations = inModels('heldout.jsonl');
  const prompts = firstOfEachTask(readJsonLines(conversations), HELDOUT_PER_TASK);
  await makeCorpus(
    heldout,
    conversations,
    prompts.map(({ task, messages }) => ({ task, prompt: messages[0].content })),
  );
  const smollm2 = inModels('real/smollm2-135m-instruct-q8_0.gguf');
  if (!existsSync(smollm2)) {
    done('SmolLM2 is not here (npm run models:real): its draft is left as it is.');
    return;
  }
  const [questions, rest] = specBench();
  const own = firstOfEachTask(readJsonLines(traffic), SMOLLM2_PER_TASK);
  await makeCorpus(inWork('smollm2-corpus.jsonl'), traffic, [...rest, ...own], smollm2, 1024);
  await makeCorpus(inWork('smollm2-heldout.jsonl'), traffic, questions, smollm2, 1024);
}

/** Spec-Bench's questions that are held out, and the turns of the others. */
function specBench() {
  const seen = new Map();
  const [heldOut, others] = [[], []];
  for (const { category, turns } of readJsonLines(inModels('recipe/spec-bench.jsonl'))) {
    const place = seen.get(category) ?? 0;
    seen.set(category, place + 1);
    if (place % HELD_OUT_OF === 0) heldOut.push({ task: category, prompt: turns[0] });
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

async function train({ file, task, target: targetName, corpus: corpusName, create, training }) {
  const output = inModels(file);
  const model = targetName === undefined ? target : inModels(targetName);
  const all = corpusName === undefined ? corpus : inWork(corpusName);
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
  const made = createDraft({ target: model, output: untrained, corpus: [texts], ...create });
  const limits = { ...training, ...number('minutes') };
  const { fromDraft, ...settings } = { ...create, ...limits };
  const result = await trainDraft({
    draft: untrained,
    corpus: [texts],
    output,
    ...limits,
    ...common,
    recipe:
      `npm run models -- --draft ${name}: ${JSON.stringify(settings)}` +
      (fromDraft === undefined ? '' : ` from ${path.basename(fromDraft)}`),
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
 * The registry of the tasks' drafts that come with Foretoken, as `foretoken adapt` writes one for a user, and the classifier
 * of the tasks. A draft that guesses no better than the general one is left out.
 */
async function registerTasks() {
  const made = DRAFTS.filter(
    ({ file, task }) => TASKS.includes(task) && existsSync(inModels(file)) && isWhole(inModels(file)),
  );
  if (made.length === 0) return;
  const fingerprint = targetFingerprint(target);
  const place = tasksPlace(fingerprint, inModels(`tasks/${fingerprint.replace('sha256:', '').slice(0, 16)}`));
  const registry = new DraftRegistry(place, fingerprint);
  const general = (await evaluateDraft({ draft: inModels(GENERAL), corpus: heldout, ...common })).byTask;
  const assignments = {};
  const leftOut = new Set();
  for (const { file, task, training, create } of made) {
    const { byTask, tokenMs } = await evaluateDraft({ draft: inModels(file), corpus: heldout, ...common });
    const { texts, tokens, rate, survival } = byTask.get(task);
    const before = general.get(task);
    const isBetter = rate > before.rate;
    done(
      `${task}: ${percent(rate)} % right, the general draft ${percent(before.rate)} %${isBetter ? '' : ', left out'}`,
    );
    if (!isBetter) {
      leftOut.add(task);
      continue;
    }
    const learned = inWork(`${path.basename(file, '.gguf')}.corpus.jsonl`);
    const own = readJsonLines(learned);
    const { layers, width, vocabularySize: vocabulary } = networkShape(readGguf(inModels(file)));
    await registry.add(inModels(file), {
      ...{ id: task, task, targetFile: fileFingerprint(target), tokenMs, madeAt: Date.now() },
      shape: { layers, width, vocabulary },
      data: {
        texts: own.length,
        answerTokens: own.reduce((sum, text) => sum + text.tokens.length - text.promptLength, 0),
        sha256: createHash('sha256').update(readFileSync(learned)).digest('hex'),
        ...{ served: 0, generated: own.length },
      },
      settings: { ...training, from: path.basename(create.fromDraft) },
      acceptance: { [task]: { texts, tokens, rate, survival } },
    });
    assignments[task] = {
      ...{ draft: task, candidates: [], at: Date.now() },
      reason: `${percent(rate)} % of guesses right on held-out texts, the general draft's ${percent(before.rate)} %`,
    };
  }
  // What has not been made this time stays as it was.
  const isKept = (task) => !leftOut.has(task);
  await registry.change((content) => ({
    ...content,
    drafts: content.drafts.filter(({ id }) => isKept(id)),
    assignments: Object.fromEntries(
      Object.entries({ ...content.assignments, ...assignments }).filter(([task]) => isKept(task)),
    ),
  }));
  const prompts = readJsonLines(inModels('traffic.jsonl')).map(({ task, prompt }) => ({
    task: TASKS.indexOf(task),
    text: promptText([{ role: 'user', content: prompt }]),
  }));
  const kinds = TASKS.map((id, index) => ({
    ...{ id, name: id, count: prompts.filter(({ task }) => task === index).length },
  }));
  const { model } = trainClassifier(kinds, prompts.slice(0, CLASSIFIED), { seed: 1 });
  writeTaskModel(place.tasks, model);
}

const percent = (share) => (share * 100).toFixed(1);

async function evaluate() {
  const rows = [];
  let tasks = [];
  for (const { file, target: other } of DRAFTS) {
    if (!existsSync(inModels(file)) || other !== undefined) continue;
    const { overall, byTask } = await evaluateDraft({
      draft: inModels(file),
      corpus: heldout,
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
if (wanted('train'))
  for (const draft of DRAFTS) if (draft.file.includes(options.draft ?? '')) await train(draft);
list();
if (wanted('tasks')) await registerTasks();
if (wanted('evaluate')) await evaluate();
