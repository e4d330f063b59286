/**
 * One benchmark at a time on a machine: two would measure each other. A lock file in the folder for temporary
 * files holds the number of the process whose turn it is; one whose process is gone is void.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from './options.mjs';

const lock = path.join(os.tmpdir(), 'foretoken-bench.lock');
const LONGEST_WAIT_MS = 30 * 60_000;

/** Waits until no other benchmark runs here; tools that `all.mjs` starts share its turn. */
export async function takeTurn() {
  if (process.env.FORETOKEN_BENCH_TURN !== undefined) return;
  const started = performance.now();
  for (let told = false; !tryLock(); told = true) {
    if (performance.now() - started > LONGEST_WAIT_MS)
      fail(`Another benchmark runs (${lock}); not waiting longer.`);
    if (!told)
      console.error(`Another benchmark runs here (process ${holder() ?? '?'}): waiting for its end ...`);
    await sleep(1000);
  }
  process.env.FORETOKEN_BENCH_TURN = String(process.pid);
  process.once('exit', () => rmSync(lock, { force: true }));
}

function tryLock() {
  const pid = holder();
  if (pid !== undefined && !isAlive(pid)) rmSync(lock, { force: true });
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

function holder() {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
