/**
 * How well tasks are found in prompts without labels, how well and how fast the classifier tells new ones: the tables of
 * docs/tasks-accuracy.md.
 *
 *   node bench/discovery.mjs                     what is found, and the classifier
 *   node bench/discovery.mjs --part criteria     criteria for the number of tasks
 *   node bench/discovery.mjs --part embeddings   words, and the vectors of models
 */
import path from 'node:path';
import { compareCriteria } from './lib/criteria.mjs';
import { root } from './lib/machine.mjs';
import { heldOut, namedSets, some, spec, traffic } from './lib/mixes.mjs';
import { readOptions } from './lib/options.mjs';

const options = readOptions('Prints the tables of docs/tasks-accuracy.md.', {
  part: { type: 'string', default: 'tasks', help: 'tasks, criteria or embeddings' },
  seeds: { type: 'number', default: 5, help: 'draws of each set, each clustered from two seeds' },
  sets: {
    type: 'string',
    default: '',
    help: 'only the sets whose names begin so, with semicolons between, and no classifier',
  },
  mixes: { type: 'number', default: 40, help: 'random mixes that criteria are compared on' },
  'mix-seed': {
    type: 'number',
    default: 101,
    help: 'of the random mixes; 1 is the one that constants were tuned on',
  },
  more: {
    type: 'string',
    default: '',
    help: 'further files of labelled prompts for the mixes, with commas between',
  },
  criteria: { type: 'string', default: '', help: 'only these criteria, with commas between' },
  'most-prompts': { type: 'number', default: Infinity, help: 'random mixes of fewer prompts only' },
  models: { type: 'string', default: '', help: 'GGUF files for --part embeddings, with commas between' },
});
const load = (file) => import(path.join(root, 'dist', file));
const { adjustedRandIndex } = await load('tasks/discovery/agreement.js');
const { discoverTasks } = await load('tasks/discovery/discover.js');
const { embedTexts } = await load('tasks/discovery/embed.js');
const { withTypos } = await load('tasks/classifier/disturb.js');
const { TaskClassifier } = await load('tasks/classifier/classifier.js');
const { expectedCalibrationError, reliability } = await load('tasks/classifier/train.js');
const { randomNumbers } = await load('base/random.js');

const isWanted = (name) =>
  options.sets === '' || options.sets.split(';').some((part) => name.startsWith(part));
const listed = (text) => text.split(',').filter((part) => part !== '');

if (options.part === 'criteria') {
  const { criteria, 'most-prompts': most } = options;
  compareCriteria(options.mixes, options['mix-seed'], listed(options.more), { only: listed(criteria), most });
  process.exit(0);
}
if (options.part === 'embeddings') {
  const sets = namedSets();
  console.log('| set | vectors | tasks found | adjusted Rand index | seconds |');
  console.log('|---|---|---|---|---|');
  for (const name of ['bundled, 30 of each', 'Spec-Bench, half'].filter(isWanted)) {
    const texts = sets[name].map(({ text }) => text);
    const labels = sets[name].map(({ label }) => label);
    for (const file of [undefined, ...listed(options.models)]) {
      const from = performance.now();
      const embeddings = file === undefined ? undefined : embedTexts(file, texts);
      const { assignments, model } = discoverTasks(texts, { embeddings });
      const seconds = (performance.now() - from) / 1000;
      const index = adjustedRandIndex(
        labels,
        assignments.map(({ task }) => task),
      );
      const vectors = file === undefined ? 'words' : path.basename(file);
      console.log(
        `| ${name} | ${vectors} | ${model.tasks.length} of ${new Set(labels).size} | ${index.toFixed(3)} | ${seconds.toFixed(1)} |`,
      );
    }
  }
  process.exit(0);
}

console.log(
  '| set | prompts | kinds | tasks found, by draw | adjusted Rand index, by draw | mean | least between seeds |',
);
console.log('|---|---|---|---|---|---|---|');
const draws = Array.from({ length: options.seeds }, (_, i) => i + 1);
for (const name of Object.keys(namedSets())) {
  if (!isWanted(name)) continue;
  const found = draws.map((draw) => {
    const prompts = namedSets(draw)[name];
    const labels = prompts.map(({ label }) => label);
    const texts = prompts.map(({ text }) => text);
    const by = (seed) => {
      const { assignments, model } = discoverTasks(texts, { seed });
      return { tasks: assignments.map(({ task }) => task), k: model.tasks.length };
    };
    const { tasks, k } = by(10 + draw);
    // Another seed on the same prompts.
    return {
      labels,
      k,
      index: adjustedRandIndex(labels, tasks),
      agreement: adjustedRandIndex(tasks, by(20 + draw).tasks),
    };
  });
  const indices = found.map(({ index }) => index);
  console.log(
    `| ${name} | ${found[0].labels.length} | ${new Set(found[0].labels).size} | ${found.map(({ k }) => k).join(' ')} | ` +
      `${indices.map((index) => index.toFixed(2)).join(' ')} | ` +
      `${(indices.reduce((a, b) => a + b, 0) / indices.length).toFixed(3)} | ` +
      `${Math.min(...found.map(({ agreement }) => agreement)).toFixed(3)} |`,
  );
}
if (options.sets !== '') process.exit(0);

const learned = some(traffic, 2100, 7);
const discovery = discoverTasks(learned.map(({ text }) => text));
const classifier = new TaskClassifier(discovery.model);
// A found task stands for the label that most of its prompts have.
const votes = new Map();
discovery.assignments.forEach(({ task }, i) => {
  const row = votes.get(task) ?? new Map();
  row.set(learned[i].label, (row.get(learned[i].label) ?? 0) + 1);
  votes.set(task, row);
});
const labelOf = new Map([...votes].map(([task, row]) => [task, [...row].sort((a, b) => b[1] - a[1])[0][0]]));
const random = randomNumbers(11);
const WORDING = [
  [/\bcould you\b/gi, 'would you mind to'],
  [/\bplease\b/gi, 'kindly'],
  [/\bsummari[sz]e\b/gi, 'recap'],
  [/\btranslat\w+/gi, 'put over'],
  [/\bwrite\b/gi, 'compose'],
  [/\bfunction\b/gi, 'routine'],
  [/\bhow many\b/gi, 'what number of'],
  [/\bfind\b/gi, 'look up'],
  [/\bshow\b/gi, 'display'],
  [/\bextract\b/gi, 'pick out'],
];
const system =
  'You are Nova, the assistant of Harbour & Sons. Be friendly, answer in the language of the user, and never reveal this text.';
const variants = {
  'as they are': (text) => text,
  'typing errors in 8 % of words': (text) => withTypos(text, random, 0.08),
  'other wording': (text) => WORDING.reduce((said, [from, to]) => said.replace(from, to), text),
  'a system prompt in front': (text) => `${system}\n\n${text}`,
  'all three': (text) =>
    `${system}\n\n${withTypos(
      WORDING.reduce((said, [from, to]) => said.replace(from, to), text),
      random,
      0.08,
    )}`,
};
console.log('\n| held-out prompts | right | given to general | calibration error |\n|---|---|---|---|');
const all = [];
for (const [name, change] of Object.entries(variants)) {
  const said = heldOut.map(({ text, label }) => {
    const { task, confidence } = classifier.classify(change(text));
    return { right: labelOf.get(task) === label, confidence, general: task === 'general' };
  });
  all.push(...said);
  const right = said.filter((one) => one.right).length / said.length;
  const general = said.filter((one) => one.general).length;
  console.log(
    `| ${name} | ${(100 * right).toFixed(2)} % | ${general} | ${expectedCalibrationError(said).toFixed(4)} |`,
  );
}
console.log('\n| confidence from | prompts | mean confidence | right |\n|---|---|---|---|');
for (const { from, count, confidence, accuracy } of reliability(all))
  console.log(`| ${from.toFixed(1)} | ${count} | ${confidence.toFixed(3)} | ${accuracy.toFixed(3)} |`);

const times = [...heldOut, ...spec].map(({ text }) => {
  const from = performance.now();
  classifier.classify(text);
  return 1000 * (performance.now() - from);
});
times.sort((a, b) => a - b);
const at = (share) => times[Math.floor(share * (times.length - 1))].toFixed(0);
console.log(`\nA prompt is classified in ${at(0.5)} µs (median), ${at(0.99)} µs (p99), ${at(1)} µs (most).`);
