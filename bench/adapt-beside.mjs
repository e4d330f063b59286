/**
 * A whole round of `foretoken adapt` beside a server that answers: how long it takes, what it makes, and what it costs the
 * server in latency. The round is stopped for some seconds (`--alone-s`) after each turn (`--turn-s`), and answers of both
 * kinds of turns are compared, so that what else the machine does meets both alike.
 *
 * Without --prompts or --corpus the prompts are those of models/traffic.jsonl which the bundled drafts have not learned
 * from (the first 400 of each task are their training data).
 *
 *   node bench/adapt-beside.mjs --minutes 20
 *   node bench/adapt-beside.mjs --corpus answers.jsonl --minutes 8 --turn-s 5 --alone-s 5 --threads 1 -- --all
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundledPrompts } from '../dist/base/bundled.js';
import { quantile } from '../dist/base/quantile.js';
import { serving } from '../dist/cli/test-command.js';
import { unseenTraffic } from './lib/prompts.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string', default: 'demo' },
    prompts: { type: 'string' },
    corpus: { type: 'string' },
    minutes: { type: 'string', default: '20' },
    'turn-s': { type: 'string', default: '27' },
    'alone-s': { type: 'string', default: '3' },
    threads: { type: 'string', default: '1' },
    tokens: { type: 'string', default: '32' },
  },
});
const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-beside-'));
const tasks = path.join(folder, 'tasks');
const env = { FORETOKEN_CACHE_DIR: folder, FORETOKEN_CALIBRATION: 'auto' };
const { server, url } = await serving(
  ['--model', values.model, '--threads', values.threads, '--tasks-dir', tasks],
  { env },
);
const prompts = readFileSync(bundledPrompts(), 'utf8')
  .split('\n')
  .slice(0, 400)
  .map((line) => JSON.parse(line).messages[0]);
let index = 0;

async function ask() {
  const startMs = performance.now();
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      messages: [prompts[index++ % prompts.length]],
      ...{ max_tokens: Number(values.tokens), temperature: 0 },
    }),
  });
  if (response.status !== 200) throw new Error(await response.text());
  const { usage } = await response.json();
  return (performance.now() - startMs) / usage.completion_tokens;
}

for (let warm = 0; warm < 10; warm++) await ask();
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
if (values.prompts === undefined && values.corpus === undefined) {
  values.prompts = path.join(folder, 'prompts.jsonl');
  writeFileSync(
    values.prompts,
    unseenTraffic()
      .map((prompt) => JSON.stringify(prompt))
      .join('\n'),
  );
}
const source = ['prompts', 'corpus'].flatMap((name) =>
  values[name] === undefined ? [] : [`--${name}`, values[name]],
);
const round = spawn(
  process.execPath,
  [
    main,
    'adapt',
    '--model',
    values.model,
    '--tasks-dir',
    tasks,
    '--minutes',
    values.minutes,
    ...source,
    ...positionals,
  ],
  { env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit'] },
);
let ended = false;
const code = new Promise((resolve) => {
  round.once('exit', (status) => {
    ended = true;
    resolve(status);
  });
});
const startMs = performance.now();
let pausedMs = 0;
const times = { alone: [], beside: [] };
try {
  for (let turn = 0; !ended; turn++) {
    const kind = turn % 2 === 0 ? 'beside' : 'alone';
    round.kill(kind === 'alone' ? 'SIGSTOP' : 'SIGCONT');
    const beginMs = performance.now();
    await sleep(200);
    const seconds = Number(values[kind === 'alone' ? 'alone-s' : 'turn-s']);
    while (!ended && performance.now() - beginMs < 1000 * seconds) times[kind].push(await ask());
    if (kind === 'alone') pausedMs += performance.now() - beginMs;
  }
  const status = await code;
  const minutes = (performance.now() - startMs - pausedMs) / 60_000;
  const figures = ({ length, ...list }) => {
    const all = Object.values(list);
    return `median ${quantile(all, 0.5).toFixed(2)} ms a token, p90 ${quantile(all, 0.9).toFixed(2)} (${length} answers)`;
  };
  const drafts = await (await fetch(`${url}/v1/drafts`)).json();
  console.log(
    `\n${new Date().toISOString().slice(0, 10)}, ${os.cpus()[0].model}, server of ${values.threads} thread(s)`,
  );
  console.log(
    `round ended with ${status} after ${minutes.toFixed(1)} min, not counting ${(pausedMs / 60_000).toFixed(1)} min that it was stopped`,
  );
  console.log(`latency alone:  ${figures({ ...times.alone, length: times.alone.length })}`);
  console.log(`latency beside: ${figures({ ...times.beside, length: times.beside.length })}`);
  console.log(`ratio of medians: ${(quantile(times.beside, 0.5) / quantile(times.alone, 0.5)).toFixed(2)}`);
  console.log(`drafts that the server has now: ${drafts.data.map(({ id }) => id).join(', ')}`);
  process.exitCode = status ?? 1;
} finally {
  round.kill('SIGKILL');
  server.kill('SIGKILL');
  await server.finished;
  rmSync(folder, { recursive: true, force: true });
}
