/**
 * The long form of the readers' fuzz tests: numbered cases, each the same every time, through one function. Ends with
 * status 1 where anything but an outcome comes out, where one takes longer than a second, or where memory grows
 * without end.
 *
 *   [--count 1000000] [--seed 1] [--only 12345]
 */
import { parseArgs } from 'node:util';

const MOST_MS = 1000;
const MOST_GROWTH_BYTES = 256 * 2 ** 20;

/**
 * @param mutationsOf of a seed: `at(number)` is a case
 * @param inspect a case; gives the name of its outcome
 * @param outcomes [name] how the outcome is called in the summary
 */
export function fuzz({ what, mutationsOf, inspect, outcomes }) {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
    },
  });
  const seed = Number(values.seed);
  const mutations = mutationsOf(seed);
  if (values.only !== undefined) {
    console.log(inspect(mutations.at(Number(values.only))));
    return;
  }
  const count = Number(values.count);
  const counts = Object.fromEntries(Object.keys(outcomes).map((name) => [name, 0]));
  const failures = [];
  let slowest = { number: -1, ms: 0 };
  let rssAtFirst = 0;
  let rssMost = 0;
  const startMs = performance.now();
  for (let number = 0; number < count; number++) {
    const damaged = mutations.at(number);
    const before = performance.now();
    try {
      counts[inspect(damaged)] += 1;
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
  const told = Object.entries(outcomes).map(([name, text]) => `${counts[name]} ${text}`);
  console.log(
    `${count} damaged ${what}, seed ${seed}: ${told.join(', ')}, ` +
      `${failures.length} crashes; ${seconds.toFixed(0)} s, the slowest (${slowest.number}) ${slowest.ms.toFixed(1)} ms, ` +
      `memory at most ${(rssMost / 2 ** 20).toFixed(0)} MiB, grown by ${(growth / 2 ** 20).toFixed(0)} MiB`,
  );
  for (const { number, error } of failures) console.error(`case ${number}: ${error.stack}`);
  if (failures.length > 0 || slowest.ms > MOST_MS || growth > MOST_GROWTH_BYTES) process.exitCode = 1;
}
