/**
 * What texts are worth beside passes over them: a task's draft is aligned on so many answers of the bundled model for so
 * many minutes at such a learning rate, and measured on 60 answers that it never saw. Prompts are those of
 * models/traffic.jsonl that the bundled drafts have not learned from.
 *
 *   node bench/adapt-texts.mjs --task sql --texts 110,220,340 --rates 2e-3,1e-3,5e-4 --minutes 1
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bundledDraft, bundledTarget } from '../dist/base/bundled.js';
import { alignDraft } from '../dist/drafts/align.js';
import { generateCorpus } from '../dist/drafts/generate.js';
import { jsonLines, unseenTraffic } from './lib/prompts.mjs';

const { values } = parseArgs({
  options: {
    task: { type: 'string', default: 'sql' },
    texts: { type: 'string', default: '110,220,340' },
    rates: { type: 'string', default: '2e-3,1e-3,5e-4' },
    minutes: { type: 'string', default: '1' },
    // Answers are kept here and read again.
    corpus: { type: 'string' },
  },
});
const HELD = 60;
const counts = values.texts.split(',').map(Number);
const target = bundledTarget();
const work = mkdtempSync(path.join(os.tmpdir(), 'foretoken-texts-'));
const corpus = values.corpus ?? path.join(work, 'corpus.jsonl');
try {
  if (!existsSync(corpus)) {
    const prompts = unseenTraffic()
      .filter(({ task }) => task === values.task)
      .slice(0, Math.max(...counts) + HELD);
    await generateCorpus({ target, prompts, output: corpus, parallel: 16, maxTokens: 512, threads: 1 });
  }
  const all = jsonLines(corpus);
  const held = all.slice(-HELD);
  console.log(`${new Date().toISOString().slice(0, 10)}, ${os.cpus()[0].model}, ${values.task}`);
  for (const count of counts)
    for (const rate of values.rates.split(',').map(Number)) {
      const { before, after, onTrained, seconds } = await alignDraft({
        ...{ base: bundledDraft(target), texts: { training: all.slice(0, count), held }, work },
        ...{ name: 'draft', minutes: Number(values.minutes), learningRate: rate, threads: 1, seed: 1 },
      });
      const percent = (share) => `${(100 * share).toFixed(1)} %`;
      console.log(
        `${count} texts, rate ${rate}, ${seconds.toFixed(0)} s: first choices right ${percent(before.rate)} before, ` +
          `${percent(after.rate)} after, ${percent(onTrained)} on what it was trained on`,
      );
    }
} finally {
  rmSync(work, { recursive: true, force: true });
}
