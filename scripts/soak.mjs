/**
 * Mixed traffic against a real server for a long time: chats, completions, constrained answers, embeddings, long
 * prompts, many choices; clients that hang up, that read slowly, that never read; malformed requests. Fails when the
 * server ends, a request is not answered, resident memory is not flat (median of the last quarter over that of the
 * second one, more than --grown percent), or when, afterwards, a place, a KV cell or a queue is not free again.
 *
 *   npm run soak -- --minutes 120 --seed 1
 */
import http from 'node:http';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomNumbers } from '../dist/base/random.js';
import { median } from '../dist/base/statistics.js';
import { malformed } from './lib/malformed.mjs';
import { metric, residentMiB, send, startServer } from './lib/serving.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '120' },
    seed: { type: 'string', default: '1' },
    clients: { type: 'string', default: '6' },
    'pause-ms': { type: 'string', default: '50' },
    grown: { type: 'string', default: '5' },
    'serve-args': { type: 'string', default: '--threads 1 --parallel 4 --stall-timeout-ms 3000' },
  },
});
const minutes = Number(values.minutes);
const pauseMs = Number(values['pause-ms']);
const grownPercent = Number(values.grown);

const server = await startServer(values['serve-args'].split(' ').filter(Boolean));
const { url } = server;
const json = { 'content-type': 'application/json' };
const faults = [];
const counts = new Map();
const count = (what) => counts.set(what, (counts.get(what) ?? 0) + 1);
const endsAtMs = performance.now() + minutes * 60_000;

const SCHEMA = {
  type: 'object',
  properties: {
    city: { type: 'string', maxLength: 20 },
    days: { type: 'integer', minimum: 0, maximum: 30 },
    tags: { type: 'array', items: { enum: ['warm', 'cold', 'wet'] }, maxItems: 3 },
  },
  required: ['city', 'days', 'tags'],
  additionalProperties: false,
};

const words = (random, many) =>
  Array.from(
    { length: many },
    () => ['river', 'stone', 'the', 'of', 'light', 'and', 'seven', 'green'][Math.floor(random() * 8)],
  ).join(' ');

/** A request that is good: path and body. */
function good(random) {
  const kind = random();
  const prompt = words(random, 3 + random() * 30);
  const max_tokens = 4 + Math.floor(random() * 60);
  const seed = Math.floor(random() * 1e9);
  const messages = [{ role: 'user', content: prompt }];
  if (kind < 0.35) return ['/v1/chat/completions', { messages, max_tokens, seed, temperature: random() }];
  if (kind < 0.55) return ['/v1/completions', { prompt, max_tokens, seed, temperature: 0 }];
  if (kind < 0.7) {
    const json_schema = { name: 'trip', schema: SCHEMA };
    return [
      '/v1/chat/completions',
      { messages, max_tokens: 80, seed, response_format: { type: 'json_schema', json_schema } },
    ];
  }
  if (kind < 0.78)
    return ['/v1/chat/completions', { messages, max_tokens, n: 6, logprobs: true, top_logprobs: 5 }];
  if (kind < 0.86) return ['/v1/completions', { prompt: words(random, 400 + random() * 200), max_tokens: 8 }];
  if (kind < 0.94) return ['/v1/embeddings', { input: Array.from({ length: 8 }, () => words(random, 40)) }];
  return ['/tokenize', { content: words(random, 5000) }];
}

async function ask(random) {
  const [path, body] = good(random);
  const { status, body: text } = await send(url, { path, headers: json, body: JSON.stringify(body) });
  count(`good ${status}`);
  if (status !== 200 && status !== 429)
    faults.push(`${path} was answered with ${status}: ${text.slice(0, 200)}`);
}

/** A stream that is read to its end, at a slow pace, partly, or not at all. */
function stream(random, manner) {
  return new Promise((resolve) => {
    const body = JSON.stringify({
      messages: [{ role: 'user', content: words(random, 20) }],
      max_tokens: manner === 'never' ? 400 : 80,
      n: manner === 'never' ? 8 : 1,
      stream: true,
      ...(manner === 'never' ? { logprobs: true, top_logprobs: 20, ignore_eos: true } : {}),
    });
    const request = http.request(
      { host: url.hostname, port: url.port, path: '/v1/chat/completions', method: 'POST', headers: json },
      (response) => {
        let end = '';
        response.on('data', (chunk) => {
          end = (end + chunk.toString('latin1')).slice(-200);
          if (manner === 'slowly') {
            response.pause();
            setTimeout(() => response.resume(), 100);
          }
          if (manner === 'hangs up') request.destroy();
        });
        response.on('end', () => {
          if (manner !== 'never' && !end.includes('[DONE]')) faults.push(`a stream ended with ${end}`);
        });
        if (manner === 'never') {
          response.pause();
          setTimeout(() => request.destroy(), 5_000);
        }
      },
    );
    request.on('error', () => undefined);
    request.on('close', () => {
      count(`stream ${manner}`);
      resolve(undefined);
    });
    request.end(body);
    if (manner === 'hangs up' && random() < 0.5) setTimeout(() => request.destroy(), random() * 200);
  });
}

async function client(random) {
  while (performance.now() < endsAtMs && server.alive() && faults.length < 20) {
    const kind = random();
    if (kind < 0.5) await ask(random);
    else if (kind < 0.62) await stream(random, 'at once');
    else if (kind < 0.7) await stream(random, 'slowly');
    else if (kind < 0.8) await stream(random, 'hangs up');
    else if (kind < 0.82) await stream(random, 'never');
    else {
      const request = malformed(random);
      if (!('raw' in request)) {
        const { status } = await send(url, request).catch((error) => ({ status: error.code }));
        count(`malformed ${status}`);
        if (status === 500)
          faults.push(`internal error: ${request.path} ${String(request.body).slice(0, 300)}`);
      }
    }
    await sleep(pauseMs);
  }
}

/** A request without an answer is a fault; a client waits for a minute. */
const unanswered = new Promise((resolve) => {
  const watch = setInterval(() => {
    if (performance.now() > endsAtMs + 60_000) {
      faults.push('clients still wait a minute after the end');
      clearInterval(watch);
      resolve(undefined);
    }
  }, 1000);
  watch.unref();
});

const memory = [];
const sampler = setInterval(() => {
  const mib = residentMiB(server.pid);
  if (mib === undefined) return;
  memory.push(mib);
  if (memory.length % 60 === 0) console.log(`${memory.length / 12} min, ${mib.toFixed(0)} MiB`);
}, 5000);

const clients = Array.from({ length: Number(values.clients) }, (_, index) =>
  client(randomNumbers(Number(values.seed) * 1000 + index)).catch((error) =>
    faults.push(`a client: ${error.stack}`),
  ),
);
await Promise.race([Promise.all(clients), unanswered]);
clearInterval(sampler);

if (!server.alive()) faults.push(`the server ended: ${server.log()}`);
else {
  // What was abandoned is ended within a step or the time for stalled readers.
  await sleep(8_000);
  const health = JSON.parse((await send(url, { method: 'GET', path: '/health' })).body);
  if (health.status !== 'ok') faults.push(`health says ${JSON.stringify(health)}`);
  if (health.slots.busy !== 0 || health.slots.waiting !== 0)
    faults.push(`places are taken: ${JSON.stringify(health.slots)}`);
  const cells = await metric(url, 'foretoken_kv_cells{state="in_use"}');
  if (cells !== undefined && cells !== 0) faults.push(`${cells} KV cells are still in use`);
  const quarter = Math.floor(memory.length / 4);
  if (quarter > 0) {
    const [early, late] = [median(memory.slice(quarter, 2 * quarter)), median(memory.slice(3 * quarter))];
    const percent = (late / early - 1) * 100;
    console.log(
      `resident memory: second quarter ${early.toFixed(0)} MiB, last ${late.toFixed(0)} MiB (${percent.toFixed(1)} %)`,
    );
    if (percent > grownPercent) faults.push(`resident memory grew by ${percent.toFixed(1)} %`);
  }
}
const how = await server.stop();
if (how !== 0) faults.push(`the server ended with ${how}`);
console.log(
  [...counts]
    .sort()
    .map(([what, many]) => `${what}: ${many}`)
    .join('\n'),
);
for (const fault of faults) console.error(`FAULT ${fault}`);
console.log(`${minutes} minutes, seed ${values.seed}: ${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
