/**
 * Starts the servers under test, one at a time and on loopback only, and stops them by their own process handle.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { get } from './http.mjs';
import { root } from './machine.mjs';

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;
const LOG_LIMIT = 8_000;

/**
 * @typedef {{ baseUrl: string, readyMs: number, pid: number, log: () => string, stop: () => Promise<void> }} Server
 */

/** A benchmark that is stopped leaves no server behind: its idle threads would spoil whatever runs next. */
const alive = new Set();
process.once('exit', () => alive.forEach((child) => child.kill('SIGKILL')));
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.once(signal, () => process.exit(1));
}

/**
 * Ends with this process at the latest.
 * @param {import('node:child_process').ChildProcess} child
 */
export function endWithUs(child) {
  alive.add(child);
  child.once('exit', () => alive.delete(child));
}

/** A port nobody listens on. @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {net.AddressInfo} */ (probe.address());
      probe.close(() => resolve(port));
    });
  });
}

/**
 * Starts a server and waits until `/health` answers 200.
 * @param {string} file
 * @param {(port: number) => string[]} argsFor
 * @param {Record<string, string>} [environment]
 * @param {number} [limitMs] a GPU's driver may compile kernels for minutes when they are used for the first time
 * @returns {Promise<Server>}
 */
export async function startServer(file, argsFor, environment = {}, limitMs = START_LIMIT_MS) {
  const port = await freePort();
  const args = argsFor(port);
  const started = performance.now();
  const child = spawn(file, args, {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithUs(child);
  let log = '';
  const keep = (/** @type {Buffer} */ chunk) => (log = (log + chunk.toString('utf8')).slice(-LOG_LIMIT));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  /** @type {string | undefined} */
  let ended;
  child.on('error', (error) => (ended = error.message));
  const exit = new Promise((resolve) => {
    child.on('exit', (code, signal) => {
      ended = `exit ${code ?? signal}`;
      resolve(undefined);
    });
  });
  const baseUrl = `http://127.0.0.1:${port}`;
  const stop = async () => {
    if (ended !== undefined) return;
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await exit;
    clearTimeout(late);
  };
  while (performance.now() - started < limitMs) {
    if (ended !== undefined) {
      throw new Error(`${path.basename(file)} ${args.join(' ')} did not start (${ended}):\n${log}`);
    }
    const health = await get(`${baseUrl}/health`, 1_000).catch(() => undefined);
    if (health?.status === 200) {
      return { baseUrl, readyMs: performance.now() - started, pid: child.pid ?? 0, log: () => log, stop };
    }
    await sleep(5);
  }
  await stop();
  throw new Error(`${file} was not ready within ${limitMs} ms:\n${log}`);
}

/**
 * @param {{ model: string, streams: number, contextPerStream: number, threads: number, extra?: string[] }} settings
 */
export function startForetoken({ model, streams, contextPerStream, threads, extra = [] }) {
  return startServer(process.execPath, (port) => [
    path.join(root, 'dist', 'cli', 'main.js'),
    'serve',
    ...['--model', model, '--host', '127.0.0.1', '--port', String(port)],
    ...['--parallel', String(streams), '--ctx-size', String(streams * contextPerStream)],
    ...['--threads', String(threads), ...extra],
  ]);
}

/**
 * `--cache-ram 0` spares the peer the copying of finished prompts, which no prompt of these benchmarks would use.
 * @param {{ binary: string, model: string, streams: number, contextPerStream: number, threads: number,
 *   extra?: string[] }} settings
 */
export function startLlamaServer({ binary, model, streams, contextPerStream, threads, extra = [] }) {
  return startServer(binary, (port) => [
    ...['--model', model, '--host', '127.0.0.1', '--port', String(port)],
    ...['--parallel', String(streams), '--ctx-size', String(streams * contextPerStream)],
    ...['--threads', String(threads), '--no-ui', '--cache-ram', '0', '--log-verbosity', '1', ...extra],
  ]);
}

/**
 * Seconds of processor time that a process and its threads have used, where the system tells.
 * @param {number} pid
 * @returns {number | undefined}
 */
export function processorSeconds(pid) {
  try {
    // After the name in parentheses, which may hold spaces; in ticks of a hundredth (USER_HZ).
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return undefined;
  }
}

/**
 * Resident memory of a process in bytes, where the system tells.
 * @param {number} pid
 * @returns {{ total: number, anonymous: number, file: number } | undefined}
 */
export function residentMemory(pid) {
  let status;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return undefined;
  }
  const bytes = (/** @type {string} */ name) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? NaN) * 1024;
  return { total: bytes('VmRSS'), anonymous: bytes('RssAnon'), file: bytes('RssFile') };
}
