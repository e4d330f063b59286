/**
 * Mixes of prompts whose tasks are known, of very different sizes, shares and numbers of tasks, to judge how well tasks are
 * found: the bundled prompts, those of Spec-Bench (the eight categories of MT-bench, ten prompts each, as one), and files
 * that the caller names.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './machine.mjs';

const { readPrompts } = await import(path.join(root, 'dist/tasks/discovery/input.js'));
const { pick, randomNumbers, shuffled } = await import(path.join(root, 'dist/base/random.js'));

export const traffic = readPrompts(path.join(root, 'models/traffic.jsonl'));
export const heldOut = readPrompts(path.join(root, 'models/heldout.jsonl'));

const specFile = path.join(root, 'bench/data/prompts/spec-bench.jsonl');
const specCounts = new Map();
for (const line of readFileSync(specFile, 'utf8').trim().split('\n')) {
  const { category } = JSON.parse(line);
  specCounts.set(category, (specCounts.get(category) ?? 0) + 1);
}
export const spec = readPrompts(specFile).map(({ text, label }) => ({
  text,
  label: `spec ${specCounts.get(label) > 10 ? label : 'mt-bench'}`,
}));

/** Prompts of other files, named by them. */
export const furtherPrompts = (files) =>
  files.map((file) =>
    readPrompts(file).map(({ text, label }) => ({
      text,
      label: `${path.basename(file, '.jsonl')} ${label}`,
    })),
  );

const kindsOf = (prompts) => [...new Set(prompts.map(({ label }) => label))].sort();
export const some = (prompts, count, seed) => shuffled(prompts, randomNumbers(seed)).slice(0, count);

/**
 * The sets that are looked at by themselves. @param draw 0: those that constants were tuned on; others are drawn anew, of
 * the bundled prompts from the held-out ones @returns by name
 */
export const namedSets = (draw = 0) => {
  const bundled = draw === 0 ? traffic : heldOut;
  const seed = (own) => 1000 * draw + own;
  return {
    'bundled, held out': heldOut,
    'bundled, 700': some(bundled, 700, seed(1)),
    'bundled, 30 of each': balanced(bundled, 30, seed(2)),
    'Spec-Bench': spec,
    'Spec-Bench, half': some(spec, 240, seed(5)),
    'all held out and Spec-Bench': [...heldOut, ...spec],
    '480 bundled and Spec-Bench': [...some(bundled, 480, seed(3)), ...spec],
  };
};

const balanced = (prompts, each, seed) =>
  kindsOf(prompts).flatMap((kind) =>
    some(
      prompts.filter(({ label }) => label === kind),
      each,
      seed,
    ),
  );

const SIZES = [100, 150, 250, 400, 600, 1000, 1600, 2500, 4000];

/**
 * Random mixes: which sources, how many kinds, how many prompts, in equal shares or unequal ones (the least 5 %).
 * @param bundled the bundled prompts to draw from @param further lists of other prompts, drawn from like the others
 */
export function randomMixes(count, seed, { bundled, further = [] }) {
  const random = randomNumbers(seed);
  const sources = [[bundled], [bundled], [spec], [bundled, spec], [bundled, spec]];
  for (const prompts of further) sources.push([prompts], [prompts, bundled]);
  return Array.from({ length: count }, (_, i) => {
    const own = sources[i % sources.length];
    const all = own.flatMap((prompts) => kindsOf(prompts));
    const most = Math.min(13, all.length);
    const kinds = shuffled(all, random).slice(0, 2 + Math.floor(random() * (most - 1)));
    const size = pick(random, SIZES);
    const isEqual = random() < 0.5;
    const weights = kinds.map(() => (isEqual ? 1 : 0.35 + random() ** 2 * 3));
    const total = weights.reduce((a, b) => a + b, 0);
    const prompts = kinds.flatMap((kind, k) => {
      const of = own.flat().filter(({ label }) => label === kind);
      const wanted = Math.round(size * Math.max(0.05, weights[k] / total));
      return shuffled(of, random).slice(0, Math.max(8, wanted));
    });
    return { name: `mix ${i + 1}`, prompts: shuffled(prompts, random) };
  }).filter(({ prompts }) => prompts.length >= 60);
}
