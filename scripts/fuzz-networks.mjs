/**
 * `npm run fuzz:networks`: damaged ONNX, TensorFlow and Keras files through the readers, shape inference, features and
 * the simulation of memory. Ends with status 1 where anything but a refusal with a reason comes out, where one takes longer
 * than a second, or where memory grows without end.
 *
 *   node scripts/fuzz-networks.mjs [--count 1000000] [--seed 1] [--only 12345]
 */
import { parseArgs } from 'node:util';
import { inspectNetwork, Mutations } from '../dist/abacus/graph/mutations.js';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
const seed = Number(values.seed);
const mutations = new Mutations(seed);
if (values.only !== undefined) {
  console.log(inspectNetwork(mutations.at(Number(values.only))));
  process.exit(0);
}

const MOST_MS = 1000;
const MOST_GROWTH_BYTES = 256 * 2 ** 20;
const count = Number(values.count);
const outcomes = { refused: 0, read: 0 };
const failures = [];
let slowest = { number: -1, ms: 0 };
let rssAtFirst = 0;
let rssMost = 0;
const startMs = performance.now();
for (let number = 0; number < count; number++) {
  const network = mutations.at(number);
  const before = performance.now();
  try {
    outcomes[inspectNetwork(network)] += 1;
  } catch (error) {
    failures.push({ number, error });
    if (failures.length >= 20) break;
  }
  const ms = performance.now() - before;
  if (ms > slowest.ms) slowest = { number, ms };
  if (number % 10_000 === 0) {
    const { rss } = process.memoryUsage();
    // What the first cases take is the program itself.
    if (number === 50_000) rssAtFirst = rss;
    if (number >= 50_000) rssMost = Math.max(rssMost, rss);
  }
}
const seconds = (performance.now() - startMs) / 1000;
const growth = rssMost - rssAtFirst;
console.log(
  `${count} damaged networks, seed ${seed}: ${outcomes.refused} refused, ${outcomes.read} read, ` +
    `${failures.length} crashes; ${seconds.toFixed(0)} s, the slowest (${slowest.number}) ${slowest.ms.toFixed(1)} ms, ` +
    `memory at most ${(rssMost / 2 ** 20).toFixed(0)} MiB, grown by ${(growth / 2 ** 20).toFixed(0)} MiB`,
);
for (const { number, error } of failures) console.error(`case ${number}: ${error.stack}`);
if (failures.length > 0 || slowest.ms > MOST_MS || growth > MOST_GROWTH_BYTES) process.exitCode = 1;
