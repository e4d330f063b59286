/**
 * `npm run models`: rebuilds everything that is derived from the bundled target, after it has changed:
 *   1. the target's own answers to models/traffic.jsonl (training) and models/heldout.jsonl (evaluation),
 *   2. the drafts trained on them,
 *   3. the table of how well they guess, in models/README.md.
 * What exists and is newer than the target is kept; `--fresh` starts over. Intermediate files go to models/work.
 *
 *   npm run models -- --minutes 30          training time of each draft (default: as many passes as its recipe says)
 *   npm run models -- --only evaluate       one of corpus, train, evaluate
 *   npm run models -- --threads 1
 */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundledTarget } from '../dist/base/bundled.js';
import { createDraft } from '../dist/drafts/create.js';
import { evaluateDraft } from '../dist/drafts/evaluate.js';
import { generateCorpus } from '../dist/drafts/generate.js';
import { trainDraft } from '../dist/drafts/train.js';

/** Shapes were chosen by agreement and cost; see models/README.md. */
const DRAFTS = [
  {
    file: 'foretoken-demo-draft-2.4m-q8_0.gguf',
    name: 'Foretoken-Demo draft 2.4M',
    shape: { layers: 2, width: 128, heads: 2, feedForward: 256 },
    training: { epochs: 5, learningRate: 3e-3, rows: 2 },
  },
];

/** Prompts of each task that the target answers: to train on, and to evaluate with. */
const TRAFFIC_PER_TASK = 400;
const HELDOUT_PER_TASK = 100;

const models = fileURLToPath(new URL('../models/', import.meta.url));
const inModels = (name) => path.join(models, name);
const inWork = (name) => path.join(models, 'work', name);

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string' },
    threads: { type: 'string' },
    only: { type: 'string' },
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
const steps = ['corpus', 'train', 'evaluate'];
if (options.only !== undefined && !steps.includes(options.only))
  throw new Error(`--only must be one of ${steps.join(', ')}.`);
const wanted = (step) => options.only === undefined || options.only === step;

const target = bundledTarget();
const isCurrent = (file, sources) =>
  !options.fresh &&
  existsSync(file) &&
  sources.every((source) => statSync(source).mtimeMs <= statSync(file).mtimeMs);

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

async function makeCorpus(output, source, prompts) {
  if (isCurrent(output, [target, source])) return;
  const result = await generateCorpus({
    target,
    prompts,
    output,
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
}

function firstOfEachTask(rows, count) {
  const seen = new Map();
  return rows.filter(({ task }) => {
    seen.set(task, (seen.get(task) ?? 0) + 1);
    return seen.get(task) <= count;
  });
}

async function train({ file, name, shape, training }) {
  const output = inModels(file);
  if (isCurrent(output, [target, corpus])) return;
  const untrained = inWork(file.replace('q8_0', 'untrained'));
  createDraft({ target, output: untrained, name, ...shape });
  const budget = number('minutes');
  const result = await trainDraft({
    draft: untrained,
    corpus: [corpus],
    output,
    ...training,
    ...common,
    ...(budget.minutes === undefined ? {} : { epochs: 1000, ...budget }),
    recipe: `npm run models${budget.minutes === undefined ? '' : ` -- --minutes ${budget.minutes}`}: ${JSON.stringify({ ...shape, ...training })}`,
    onProgress: ({ done: share, epoch, loss, validationLoss, tokensPerSecond }) =>
      report(
        `${file}: ${(share * 100).toFixed(1)} %, pass ${epoch + 1}, loss ${loss.toFixed(3)}, ` +
          `validation ${validationLoss?.toFixed(3) ?? '-'}, ${tokensPerSecond.toFixed(0)} tokens/s`,
      ),
  });
  done(
    `${file}: ${result.steps} steps, ${(result.tokens / 1e6).toFixed(1)}M tokens in ${(result.seconds / 60).toFixed(1)} minutes, validation loss ${result.validationLoss.toFixed(3)}`,
  );
}

const percent = (share) => (share * 100).toFixed(1);

async function evaluate() {
  const rows = [];
  let tasks = [];
  for (const { file } of DRAFTS) {
    if (!existsSync(inModels(file))) continue;
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
if (wanted('train')) for (const draft of DRAFTS) await train(draft);
if (wanted('evaluate')) await evaluate();
