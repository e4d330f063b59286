/**
 * Keeps other work on the machine out of the figures: waits until nobody else computes, watches while something is
 * measured, and measures again what was disturbed. A thread that spins for another which has lost its core makes a
 * token take a hundred times as long, so a little competition is a lot of disturbance. Linux only; elsewhere
 * nothing is watched.
 */
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const CLOCK_TICK_MS = 10;
/** Share of the machine that others may use: kernel threads and the system's own services need some. */
const QUIET_SHARE = 0.02;
const DISTURBED_SHARE = 0.05;
const MOST_ATTEMPTS = 4;
const WINDOW_MS = 300;
const canWatch = existsSync('/proc/stat');

/** Processor time of all processes since the start of the machine, ms. */
function machineMs() {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (
    /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? ''
  )
    .split(' ')
    .map(Number);
  return (user + nice + system + irq + softirq + steal) * CLOCK_TICK_MS;
}

/** Processor time of this process and of others that belong to the measurement, ms. @param {readonly number[]} pids */
function ownMs(pids) {
  const { user, system } = process.cpuUsage();
  let ms = (user + system) / 1000;
  for (const pid of pids) {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      ms += (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_MS;
    } catch {
      // It has ended.
    }
  }
  return ms;
}

/**
 * Starts watching; the function it returns tells the share of the machine that others have used since.
 * @param {readonly number[]} [pids] processes that belong to the measurement
 * @returns {(born?: readonly number[]) => number} which is told of processes that have started since
 */
export function watchOthers(pids = []) {
  if (!canWatch) return () => 0;
  const started = performance.now();
  const machine = machineMs();
  const own = ownMs(pids);
  return (born = []) => {
    const wallMs = (performance.now() - started) * os.availableParallelism();
    return Math.max(0, machineMs() - machine - (ownMs([...pids, ...born]) - own)) / wallMs;
  };
}

let waitedMs = 0;
/** All waits of a benchmark together are no longer than this; then it measures as things are, and says so. */
const longestWaitMs = Number(process.env.FORETOKEN_BENCH_WAIT_MINUTES ?? 5) * 60_000;

/** Waits until others have let the machine alone for a moment. @param {readonly number[]} [pids] */
export async function waitForQuiet(pids = []) {
  let told = false;
  while (canWatch && waitedMs < longestWaitMs) {
    const others = watchOthers(pids);
    await sleep(WINDOW_MS);
    if (others() <= QUIET_SHARE) break;
    waitedMs += WINDOW_MS;
    if (!told) console.error('Others compute on this machine: waiting until it is quiet ...');
    told = true;
  }
}

/**
 * Measures when the machine is quiet, and again when it was not so throughout; of several attempts the least
 * disturbed counts.
 * @template T
 * @param {() => Promise<{ result: T, others: number }>} attempt says which share others had while it measured
 * @param {readonly number[]} [pids] processes that belong to the measurement
 * @param {number} [most] attempts
 * @returns {Promise<{ result: T, others: number }>}
 */
export async function leastDisturbed(attempt, pids = [], most = MOST_ATTEMPTS) {
  /** @type {{ result: T, others: number } | undefined} */
  let best;
  for (let attempts = 0; attempts < most; attempts += 1) {
    await waitForQuiet(pids);
    const one = await attempt();
    if (best === undefined || one.others < best.others) best = one;
    if (one.others <= DISTURBED_SHARE || waitedMs >= longestWaitMs) break;
  }
  return /** @type {{ result: T, others: number }} */ (best);
}

/**
 * The same for what is measured from its first moment to its last.
 * @template T
 * @param {() => T | Promise<T>} measure
 * @param {readonly number[]} [pids] processes that belong to the measurement
 */
export function undisturbed(measure, pids = []) {
  return leastDisturbed(async () => {
    const others = watchOthers(pids);
    const result = await measure();
    return { result, others: others() };
  }, pids);
}

/**
 * What a reader must know of disturbances.
 * @param {readonly { others: number }[]} records
 */
export function othersLine(records) {
  const disturbed = records.filter(({ others }) => others > DISTURBED_SHARE).length;
  const most = Math.max(0, ...records.map(({ others }) => others));
  return (
    `Others used at most ${(most * 100).toFixed(1)}% of the machine during a measurement; ` +
    `${disturbed} of ${records.length} measurements had more than ${DISTURBED_SHARE * 100}% taken from them.`
  );
}
