/**
 * What the journal costs the main thread for each request: 2000 entries of 4 kB of prompt and 2 kB of answer with 1500
 * tokens are handed to its thread.
 *
 *   node bench/journal.mjs
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { quantile } from '../dist/base/quantile.js';
import { exampleRaw } from '../dist/tasks/journal/examples.js';
import { JournalWriter } from '../dist/tasks/journal/writer.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-journal-bench-'));
const writer = await JournalWriter.open(folder);
const times = [];
for (let at = 0; at < 2000; at++) {
  const promptText = 'word '.repeat(800);
  const entry = exampleRaw({
    promptText,
    output: 'word '.repeat(400),
    messages: [{ role: 'user', content: promptText }],
    promptTokens: new Int32Array(1000).fill(5),
    outputTokens: new Int32Array(500).fill(5),
  });
  const startMs = performance.now();
  writer.add(entry);
  times.push(performance.now() - startMs);
  if (at % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}
await writer.close();
console.log(
  `main thread: median ${quantile(times, 0.5).toFixed(3)} ms, p99 ${quantile(times, 0.99).toFixed(3)} ms a request; ` +
    `written ${writer.written}, left out ${writer.lost}`,
);
rmSync(folder, { recursive: true });
