/**
 * The long form of the readers' fuzz tests: numbered cases, each the same every time, through one function. Ends with
 * status 1 where anything but an outcome comes out, where one takes more than a second of the processor's time (the wall clock
 * would count what else runs), or where memory grows without end.
 *
 *   [--count 1000000] [--seed 1] [--only 12345] [--state FILE [--seconds 240]]
 *
 * With --state it goes on where the file says that it ended, for --seconds at most, and the summary is of all pieces together.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
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
      state: { type: 'string' },
      seconds: { type: 'string', default: 'Infinity' },
    },
  });
  const seed = Number(values.seed);
  const mutations = mutationsOf(seed);
  if (values.only !== undefined) {
    console.log(inspect(mutations.at(Number(values.only))));
    return;
  }
  const count = Number(values.count);
  const known =
    values.state !== undefined && existsSync(values.state)
      ? JSON.parse(readFileSync(values.state, 'utf8'))
      : {};
  if (known.seed !== undefined && (known.seed !== seed || known.what !== what))
    throw new Error(`${values.state} is of ${known.what} with seed ${known.seed}; name another file`);
  const state = {
    ...{ what, seed, next: 0, seconds: 0, rssMost: 0, growth: 0, failures: [] },
    counts: Object.fromEntries(Object.keys(outcomes).map((name) => [name, 0])),
    slowest: { number: -1, ms: 0 },
    ...known,
  };
  const { counts, failures } = state;
  const first = state.next;
  let rssAtFirst = 0;
  const startMs = performance.now();
  const seconds = () => (performance.now() - startMs) / 1000;
  for (; state.next < count && failures.length < 20 && seconds() < Number(values.seconds); state.next++) {
    const number = state.next;
    const damaged = mutations.at(number);
    const before = process.cpuUsage();
    try {
      counts[inspect(damaged)] += 1;
    } catch (error) {
      failures.push({ number, stack: error.stack });
    }
    const { user, system } = process.cpuUsage(before);
    const ms = (user + system) / 1000;
    if (ms > state.slowest.ms) state.slowest = { number, ms };
    const own = number - first;
    if (own % 10_000 === 0) {
      const { rss } = process.memoryUsage();
      // What the first cases take is the program itself.
      if (own === 50_000) rssAtFirst = rss;
      if (own >= 50_000) {
        state.rssMost = Math.max(state.rssMost, rss);
        state.growth = Math.max(state.growth, rss - rssAtFirst);
      }
    }
  }
  state.seconds += seconds();
  if (values.state !== undefined) writeFileSync(values.state, `${JSON.stringify(state)}\n`);
  const told = Object.entries(outcomes).map(([name, text]) => `${counts[name]} ${text}`);
  const { slowest, rssMost, growth } = state;
  console.log(
    `${state.next} damaged ${what}, seed ${seed}: ${told.join(', ')}, ` +
      `${failures.length} crashes; ${state.seconds.toFixed(0)} s, the slowest (${slowest.number}) ${slowest.ms.toFixed(1)} ms of the processor, ` +
      `memory at most ${(rssMost / 2 ** 20).toFixed(0)} MiB, grown by ${(growth / 2 ** 20).toFixed(0)} MiB`,
  );
  for (const { number, stack } of failures) console.error(`case ${number}: ${stack}`);
  if (failures.length > 0 || slowest.ms > MOST_MS || growth > MOST_GROWTH_BYTES) process.exitCode = 1;
}
