/**
 * Answers under load while the drafts of the registry change: none may be lost, none may differ from the same answer
 * without guesses.
 *
 *   node bench/hot-swap.mjs                       10,000 answers of the bundled model
 *   node bench/hot-swap.mjs --answers 500 --swap-ms 2000 --clients 8 --tokens 8 --threads 1
 *   node bench/hot-swap.mjs --minutes 30          what there is after so long, told with its number
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bundledDraft, bundledPrompts, bundledTarget } from '../dist/base/bundled.js';
import { targetFingerprint, tasksPlace } from '../dist/drafts/registry/place.js';
import { DraftRegistry } from '../dist/drafts/registry/registry.js';
import { shippedRegistry } from '../dist/drafts/registry/source.js';
import { serving } from '../dist/cli/test-command.js';

const { values } = parseArgs({
  options: {
    answers: { type: 'string', default: '10000' },
    'swap-ms': { type: 'string', default: '2000' },
    clients: { type: 'string', default: '8' },
    tokens: { type: 'string', default: '8' },
    threads: { type: 'string', default: '1' },
    minutes: { type: 'string', default: 'Infinity' },
  },
});
const wanted = Number(values.answers);
const PROMPTS = 100;

const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-hot-swap-'));
const target = bundledTarget();
const fingerprint = targetFingerprint(target);
const registry = new DraftRegistry(tasksPlace(fingerprint, path.join(folder, 'tasks')), fingerprint);
/** Two drafts of different weights and heads. */
const shipped = shippedRegistry(fingerprint);
const versions = [bundledDraft(target), shipped.fileOf(shipped.read().drafts[0])];
const entry = {
  ...{ id: 'swap', task: 'swap', targetFile: 'bench', settings: {}, acceptance: {}, tokenMs: 0, madeAt: 0 },
  shape: { layers: 2, width: 128, vocabulary: 8192 },
  data: { texts: 0, answerTokens: 0, sha256: 'bench', served: 0, generated: 0 },
};
await registry.add(versions[0], entry);

/** The shortest: what they cost is not what is looked at here. */
const prompts = readFileSync(bundledPrompts(), 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line).messages[0])
  .sort((a, b) => a.content.length - b.content.length)
  .slice(0, PROMPTS);
const { server, url } = await serving(
  ['--parallel', values.clients, '--threads', values.threads, '--tasks-dir', path.join(folder, 'tasks')],
  { env: { FORETOKEN_CACHE_DIR: folder } },
);

async function ask(index, speculation) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ messages: [prompts[index]], max_tokens: Number(values.tokens), temperature: 0, speculation },
    }),
  });
  const body = await response.json();
  if (response.status !== 200) throw new Error(JSON.stringify(body));
  return body.choices[0].message.content;
}

async function atOnce(work) {
  await Promise.all(Array.from({ length: Number(values.clients) }, work));
}

let [asked, answered, lost, differing, swaps] = [0, 0, 0, 0, 0];
let failed = false;
function problem(text) {
  failed = true;
  console.log(`problem: ${text}`);
}

const untilMs = performance.now() + 60_000 * Number(values.minutes);
try {
  const reload = async () => (await fetch(`${url}/admin/drafts/reload`, { method: 'POST' })).json();
  const version = async () =>
    (await (await fetch(`${url}/v1/drafts`)).json()).data.find(
      ({ id, state }) => id === 'swap' && state === 'ready',
    )?.version;
  (await reload()).problems.forEach(problem);
  const expected = [];
  let next = 0;
  await atOnce(async () => {
    for (let index = next++; index < PROMPTS; index = next++)
      expected[index] = await ask(index, { mode: 'off' });
  });
  let ended = false;
  const swapping = (async () => {
    let before = await version();
    for (let turn = 1; !ended; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, Number(values['swap-ms'])));
      await registry.add(versions[turn % 2], entry);
      // The server may have seen by itself what changed.
      (await reload()).problems.forEach(problem);
      const now = await version();
      if (now !== before) swaps += 1;
      before = now;
    }
  })();
  const startMs = performance.now();
  await atOnce(async () => {
    for (let index = asked++; index < wanted && performance.now() < untilMs; index = asked++) {
      try {
        const text = await ask(index % PROMPTS, { draft: 'swap' });
        answered += 1;
        if (text !== expected[index % PROMPTS]) differing += 1;
      } catch (error) {
        lost += 1;
        problem(error.message);
      }
      if (index % 500 === 499)
        console.error(`${index + 1} answers, ${swaps} swaps, ${differing} differ, ${lost} lost`);
    }
  });
  ended = true;
  await swapping;
  const seconds = (performance.now() - startMs) / 1000;
  console.log(
    `${new Date().toISOString().slice(0, 10)}, ${os.cpus()[0].model}, ${values.threads} thread(s): ${answered} answers of ` +
      `${values.tokens} tokens by ${values.clients} clients in ${seconds.toFixed(0)} s, ${swaps} swaps: ${differing} differ, ${lost} lost`,
  );
  process.exitCode = differing + lost === 0 && !failed && swaps > 0 ? 0 : 1;
} finally {
  server.kill('SIGKILL');
  await server.finished;
  rmSync(folder, { recursive: true, force: true });
}
