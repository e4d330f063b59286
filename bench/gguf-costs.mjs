/**
 * Learns the shipped prices of language models' decodes from the profile of this machine kind, and reports how far off
 * they are: on random models that were held out (cross-validation), and on real models that were never learned from.
 *
 *   foretoken profile gguf --shapes 4 --out data/cost/gguf-epyc-milan.csv
 *   foretoken profile gguf --models models/real/gemma-3-270m-q4_k_m.gguf ... --out data/cost/gguf-epyc-milan-real.csv
 *   node bench/gguf-costs.mjs --write
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { languageModel } from '../dist/abacus/gguf/language-model.js';
import { readProfile } from '../dist/abacus/gguf/profile-file.js';
import { learnedProfile, msAtPace, referencePace } from '../dist/abacus/gguf/learned.js';
import { predictMemory } from '../dist/abacus/gguf/memory-need.js';
import { decodeMs } from '../dist/abacus/gguf/step-time.js';
import { quantile } from '../dist/base/quantile.js';
import { readGguf } from '../dist/gguf/reader.js';
import { readOptions } from './lib/options.mjs';

const options = readOptions('How well times and memory of language models are predicted.', {
  profile: { type: 'string', default: 'data/cost/gguf-epyc-milan.csv', help: 'rows to learn from' },
  real: {
    type: 'string',
    default: 'data/cost/gguf-epyc-milan-real.csv',
    help: 'rows of models never learned from',
  },
  write: { type: 'flag', help: 'write the shipped prices' },
});
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const rows = readProfile(path.resolve(root, options.profile));
const startMs = performance.now();
const profile = learnedProfile(rows);
const pace = referencePace(rows);
console.log(
  `${profile.rows} decodes of ${profile.models} random models, learned in ${((performance.now() - startMs) / 1000).toFixed(1)} s; ` +
    `held out: median error ${(100 * profile.medianError).toFixed(1)} %, nine in ten within a factor of ${Math.exp(profile.intervalLog).toFixed(2)}`,
);
if (options.write)
  writeFileSync(path.join(root, 'data/cost/gguf-epyc-milan.json'), `${JSON.stringify(profile, null, 1)}\n`);

const percent = (/** @type {number} */ value) => `${(100 * value).toFixed(1)} %`;
const files = ['models', 'models/real'];
/** @param {string} name */
const fileOf = (name) => files.map((folder) => path.join(root, folder, name)).find(existsSync);
const real = readProfile(path.resolve(root, options.real));
const memory = [];
/** All of their weights are of types that the library never rearranges. */
const NOT_REARRANGED = /-(q8_0|q4_1)\.gguf$/;
console.log(
  '\n| model | threads | decodes | median error | 90th percentile | inside the interval | noise floor |',
);
console.log('|---|---|---|---|---|---|---|');
for (const model of new Set(real.map((row) => row.model))) {
  const repacked = model.endsWith(' repacked');
  const file = fileOf(model.replace(/ repacked$/, ''));
  if (file === undefined) continue;
  const network = languageModel([readGguf(file)]);
  for (const threads of [1, 2]) {
    const own = real.filter((row) => row.model === model && row.threads === threads && row.kind === 'decode');
    if (own.length === 0) continue;
    const errors = own.map((row) => {
      const work = { tokens: row.tokens, cells: row.cells, outputs: row.tokens <= 64 ? row.tokens : 1 };
      return Math.log(
        decodeMs(network, work, { repacked }, { profile, threads, pace: undefined }) / msAtPace(row, pace),
      );
    });
    const sizes = errors.map(Math.abs);
    const inside = sizes.filter((size) => size <= profile.intervalLog).length / sizes.length;
    const floor = quantile(
      own.map(({ spread }) => spread),
      0.5,
    );
    console.log(
      `| ${model} | ${threads} | ${own.length} | ${percent(quantile(sizes, 0.5))} | ${percent(quantile(sizes, 0.9))} | ${percent(inside)} | ${percent(floor)} |`,
    );
  }
  for (const row of real.filter((one) => one.model === model && one.kind === 'memory')) {
    const need = predictMemory(network, {
      contextSize: row.contextSize,
      parallel: row.parallel,
      batchTokens: row.tokens,
      repacked,
    });
    // Cells of the cache take memory once they are used.
    const predicted = need.totalBytes - need.kvBytes * (1 - row.tokens / row.contextSize);
    memory.push({ model, predicted, row });
  }
}
console.log('\n| model | predicted MB | measured MB | error |\n|---|---|---|---|');
for (const { model, predicted, row } of memory)
  console.log(
    `| ${model} | ${(predicted / 1e6).toFixed(1)} | ${(row.usedBytes / 1e6).toFixed(1)} | ${percent(predicted / row.usedBytes - 1)} |`,
  );

// Models of which nothing can be rearranged were measured twice in the same way.
const twice = [];
for (const row of real.filter(({ kind, repacked }) => kind === 'decode' && repacked === 1)) {
  const same = real.find(
    ({ kind, model, threads, tokens, cells }) =>
      kind === 'decode' &&
      `${model} repacked` === row.model &&
      threads === row.threads &&
      tokens === row.tokens &&
      cells === row.cells,
  );
  if (same === undefined || !NOT_REARRANGED.test(same.model)) continue;
  twice.push(Math.abs(Math.log(msAtPace(row, pace) / msAtPace(same, pace))));
}
console.log(
  `\nMeasured twice within minutes, ${twice.length} decodes differ by ${percent(quantile(twice, 0.5))} in the middle, nine in ten by up to ${percent(quantile(twice, 0.9))}.`,
);
