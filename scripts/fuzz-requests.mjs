/**
 * Sends malformed requests to a real server with a tiny model, over real sockets. Fails when the server ends, when a
 * request is not answered, takes longer than --limit-ms, or is answered with an internal error; when memory grows
 * past --memory-mib over where it was after the first tenth; or when, afterwards, a place is still taken or a good
 * request gets another text than before.
 *
 *   npm run fuzz:requests -- --count 100000 --seed 1
 */
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { randomNumbers } from '../dist/base/random.js';
import { writeTinyModel } from '../dist/gguf/tiny-model.js';
import { malformed } from './lib/malformed.mjs';
import { residentMiB, send, startServer } from './lib/serving.mjs';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    concurrency: { type: 'string', default: '8' },
    'limit-ms': { type: 'string', default: '1000' },
    'memory-mib': { type: 'string', default: '100' },
  },
});
const [count, seed, concurrency, limitMs, memoryMiB] = [
  'count',
  'seed',
  'concurrency',
  'limit-ms',
  'memory-mib',
].map((name) => Number(values[name]));

const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-fuzz-'));
const model = path.join(folder, 'tiny.gguf');
writeTinyModel(model, { layers: 1, contextLength: 512 });
const server = await startServer(['--model', model, '--parallel', '4', '--threads', '1', '--draft', 'none']);
const agent = new http.Agent({ keepAlive: true, maxSockets: concurrency });

const GOOD = {
  path: '/v1/completions',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ prompt: 'The same words', max_tokens: 24, temperature: 0 }),
};
const textOf = async () => JSON.parse((await send(server.url, GOOD)).body).choices[0].text;

const faults = [];
const statuses = new Map();
let slowestMs = 0;
let done = 0;

/** Sends raw bytes and waits for an answer or the end of the connection, hanging up after a moment. */
function sendRaw(bytes) {
  return new Promise((resolve) => {
    const socket = net.connect(Number(server.url.port), server.url.hostname, () =>
      socket.write(bytes, 'latin1'),
    );
    const patience = setTimeout(() => socket.destroy(), 40);
    socket.on('data', () => undefined);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(patience);
      resolve(undefined);
    });
  });
}

async function attack(request) {
  if ('raw' in request) return sendRaw(request.raw);
  const startMs = performance.now();
  const timer = new Promise((resolve) => setTimeout(resolve, 30_000, undefined).unref());
  let answer;
  try {
    answer = await Promise.race([send(server.url, { ...request, agent }), timer]);
  } catch (error) {
    // A body that is refused while it is still being sent ends the connection, as HTTP allows.
    if (error.code === 'ECONNRESET' || error.code === 'EPIPE') answer = { status: 0, body: '' };
    else if (String(error.code).startsWith('ERR_')) return;
    else throw error;
  }
  const ms = performance.now() - startMs;
  slowestMs = Math.max(slowestMs, ms);
  const shown = () => `${request.method} ${request.path} ${String(request.body).slice(0, 400)}`;
  if (answer === undefined) return void faults.push(`no answer in 30 s: ${shown()}`);
  statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
  if (ms > limitMs) faults.push(`${ms.toFixed(0)} ms: ${shown()}`);
  if (answer.status === 500) faults.push(`internal error: ${shown()} -> ${answer.body.slice(0, 300)}`);
  if (answer.status >= 400 && request.method !== 'HEAD') {
    const error = (() => {
      try {
        return JSON.parse(answer.body).error;
      } catch {
        return undefined;
      }
    })();
    if (typeof error?.message !== 'string' || typeof error?.code !== 'string')
      faults.push(`no error body: ${shown()} -> ${answer.status} ${answer.body.slice(0, 200)}`);
  }
}

const random = randomNumbers(seed);
const before = await textOf();
let settledMiB;
async function worker() {
  while (done < count && server.alive() && faults.length < 50) {
    done += 1;
    if (done === Math.ceil(count / 10)) settledMiB = residentMiB(server.pid);
    if (done % 5000 === 0) console.log(`${done} of ${count}, ${residentMiB(server.pid)?.toFixed(0)} MiB`);
    await attack(malformed(random));
  }
}
const startMs = performance.now();
await Promise.all(Array.from({ length: concurrency }, worker));

if (!server.alive()) faults.push(`the server ended: ${server.log()}`);
else {
  const health = JSON.parse((await send(server.url, { method: 'GET', path: '/health' })).body);
  if (health.slots.busy !== 0) faults.push(`${health.slots.busy} places are still taken`);
  if ((await textOf()) !== before) faults.push('a good request gets another text than before');
  const grown = (residentMiB(server.pid) ?? 0) - (settledMiB ?? 0);
  if (settledMiB !== undefined && grown > memoryMiB) faults.push(`memory grew by ${grown.toFixed(0)} MiB`);
  const table = [...statuses].sort((a, b) => a[0] - b[0]).map(([status, many]) => `${status}: ${many}`);
  console.log(
    `${done} malformed requests (seed ${seed}) in ${((performance.now() - startMs) / 1000).toFixed(0)} s; ` +
      `answers by status ${table.join(', ')}; slowest ${slowestMs.toFixed(0)} ms; memory ${grown.toFixed(1)} MiB more than after a tenth`,
  );
}
agent.destroy();
await server.stop();
rmSync(folder, { recursive: true, force: true });
for (const fault of faults) console.error(`FAULT ${fault}`);
console.log(`${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
