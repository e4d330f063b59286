/** Learns the shipped cost model from the public measurements: npm run cost-model. The same rows give the same file. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as data from './lib/cost-data.mjs';

const { learnCosts } = await import('../dist/abacus/learn-costs.js');
const { costsToJson } = await import('../dist/abacus/model-file.js');

const startedMs = performance.now();
const training = data.cifarTraining();
const inference = data.cifarInference();
const rows = [...data.pytorchRows(), ...data.tensorflowRows(), ...training, ...inference];
const memoryRows = [...training, ...inference].map(({ graph, step, peakBytes }) => ({
  graph,
  options: step,
  peakBytes,
}));
const learned = learnCosts(
  rows,
  memoryRows,
  { rows: data.ownRows(), rates: data.OWN_PROCESSOR },
  `${rows.length} times and ${memoryRows.length} memories of data/cost: ryujaehun/pytorch-gpu-benchmark, ddps-lab/profet and ` +
    'adarsh-kr/CVModelsBenchmark (MIT); our own 614 rows of two cores of an AMD EPYC',
);
const file = fileURLToPath(new URL('../models/cost-model.json', import.meta.url));
const text = `${costsToJson(learned)}\n`;
writeFileSync(file, text);
console.log(
  `${file}: ${(text.length / 1e3).toFixed(0)} KB from ${rows.length} rows in ${((performance.now() - startedMs) / 1e3).toFixed(0)} s;`,
  JSON.stringify(learned.calibration),
);
