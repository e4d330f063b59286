/**
 * Answers under load while the drafts of the registry change: none may be lost, none may differ from the same answer
 * without guesses.
 *
 *   node bench/hot-swap.mjs                       10,000 answers of the bundled model
 *   node bench/hot-swap.mjs --answers 500 --swap-ms 2000 --clients 8 --tokens 8 --threads 1
 */
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bundledDraft, bundledPrompts, bundledTarget } from '../dist/base/bundled.js';
import { keepAcceptance } from '../dist/drafts/measured.js';
import { targetFingerprint, tasksPlace } from '../dist/drafts/registry/place.js';
import { DraftRegistry } from '../dist/drafts/registry/registry.js';
import { serving } from '../dist/cli/test-command.js';

const { values } = parseArgs({
  options: {
    answers: { type: 'string', default: '10000' },
    'swap-ms': { type: 'string', default: '2000' },
    clients: { type: 'string', default: '8' },
    tokens: { type: 'string', default: '8' },
    threads: { type: 'string', default: '1' },
  },
});
const wanted = Number(values.answers);
const PROMPTS = 200;

const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-hot-swap-'));
const target = bundledTarget();
const fingerprint = targetFingerprint(target);
const registry = new DraftRegistry(tasksPlace(fingerprint, path.join(folder, 'tasks')), fingerprint);
/** The same weights with another figure in the head are another version. */
const versions = [0.5, 0.6].map((rate) => {
  const file = path.join(folder, `${rate}.gguf`);
  copyFileSync(bundledDraft(target), file);
  keepAcceptance(file, [rate]);
  return file;
});
const entry = {
  ...{ id: 'swap', task: 'swap', targetFile: 'bench', settings: {}, acceptance: {}, tokenMs: 0, madeAt: 0 },
  shape: { layers: 2, width: 128, vocabulary: 8192 },
  data: { texts: 0, answerTokens: 0, sha256: 'bench', served: 0, generated: 0 },
};
await registry.add(versions[0], entry);

const prompts = readFileSync(bundledPrompts(), 'utf8')
  .split('\n')
  .slice(0, PROMPTS)
  .map((line) => JSON.parse(line).messages[0]);
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

let [asked, lost, differing, swaps] = [0, 0, 0, 0];
const problems = [];
try {
  const reload = async () => (await fetch(`${url}/admin/drafts/reload`, { method: 'POST' })).json();
  problems.push(...(await reload()).problems);
  const expected = [];
  let next = 0;
  await atOnce(async () => {
    for (let index = next++; index < PROMPTS; index = next++)
      expected[index] = await ask(index, { mode: 'off' });
  });
  let ended = false;
  const swapping = (async () => {
    while (!ended) {
      await new Promise((resolve) => setTimeout(resolve, Number(values['swap-ms'])));
      await registry.add(versions[(swaps + 1) % 2], entry);
      const { loaded, problems: found } = await reload();
      problems.push(...found);
      if (loaded.includes('swap')) swaps += 1;
    }
  })();
  const startMs = performance.now();
  await atOnce(async () => {
    for (let index = asked++; index < wanted; index = asked++) {
      try {
        const text = await ask(index % PROMPTS, { draft: 'swap' });
        if (text !== expected[index % PROMPTS]) differing += 1;
      } catch (error) {
        lost += 1;
        problems.push(error.message);
      }
    }
  });
  ended = true;
  await swapping;
  const seconds = (performance.now() - startMs) / 1000;
  console.log(
    `${new Date().toISOString().slice(0, 10)}, ${os.cpus()[0].model}, ${values.threads} thread(s): ${wanted} answers of ` +
      `${values.tokens} tokens by ${values.clients} clients in ${seconds.toFixed(0)} s, ${swaps} swaps: ${differing} differ, ${lost} lost`,
  );
  for (const problem of problems.slice(0, 10)) console.log(`problem: ${problem}`);
  process.exitCode = differing + lost + problems.length === 0 && swaps > 0 ? 0 : 1;
} finally {
  server.kill('SIGKILL');
  await server.finished;
  rmSync(folder, { recursive: true, force: true });
}
