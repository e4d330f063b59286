/**
 * The process that loads one model as the engine does and times it, so that its memory is its own. Told by one line of JSON
 * on its command line; answers with lines of JSON on its standard output. `profile-gguf.ts` starts it.
 */
import { readFileSync } from 'node:fs';
import { referenceTokens } from '../abacus/gguf/profile-plan.js';
import { quantile } from '../base/quantile.js';
import { median } from '../base/statistics.js';
import { position, sequenceId, token } from '../base/types.js';
import { LlamaDecoder } from '../llama/context.js';
import { exactCache } from '../llama/invariance.js';
import { loadLibrary } from '../llama/library.js';
import { LlamaModel } from '../llama/model.js';
import { ThreadPool } from '../llama/thread-pool.js';
import type { MeasuredDecode, MeasuredMemory, ProfileTask } from './profile-gguf.js';

/** Decodes of the reference before a size and after it. */
const REFERENCE_REPEATS = 2;
/** A size that takes more budgets than this is left out. */
const MOST_BUDGETS = 2;
/** From here on only the last token's logits are computed, as for prompts. */
const ALL_OUTPUTS = 64;
/** Of one batch of sizes and threads, at most. */
const LEAST_REPEATS = 3;
const MOST_REPEATS = 7;

const task = JSON.parse(process.argv[2]!) as ProfileTask;

function residentBytes(): { resident: number; anonymous: number; peak: number } {
  const status = readFileSync('/proc/self/status', 'utf8');
  const of = (name: string): number =>
    1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? NaN);
  return { resident: of('VmRSS'), anonymous: of('RssAnon'), peak: of('VmHWM') };
}

const tell = (line: MeasuredDecode | MeasuredMemory): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

/** Milliseconds of one decode behind `cells` cells, the way back of its logits included. */
function once(decoder: LlamaDecoder, tokens: number, cells: number): number {
  const sequence = sequenceId(0);
  const { batch } = decoder;
  batch.clear();
  for (let index = 0; index < tokens; index++)
    batch.add(
      token(((cells + index) * 7919 + 1) % decoder.vocabularySize),
      position(cells + index),
      sequence,
      tokens <= ALL_OUTPUTS || index === tokens - 1,
    );
  const startMs = performance.now();
  if (decoder.decode() !== 'done') throw new Error('a decode failed');
  decoder.logits(0);
  const ms = performance.now() - startMs;
  decoder.truncate(sequence, position(cells));
  return ms;
}

/** Lower quartile of the milliseconds of decodes of `tokens` tokens behind `cells` cells. */
function timed(
  decoder: LlamaDecoder,
  reference: LlamaDecoder,
  tokens: number,
  cells: number,
  budgetMs: number,
): MeasuredDecode {
  const standing = referenceTokens(tokens);
  const paces: number[] = [];
  const pace = (): void => {
    once(reference, standing, 0);
    for (let repeat = 0; repeat < REFERENCE_REPEATS; repeat++) paces.push(once(reference, standing, 0));
  };
  pace();
  // The first of a size builds its graph, and may meet another program.
  const all: number[] = [];
  let spent = Math.min(once(decoder, tokens, cells), budgetMs / 2);
  while (all.length < LEAST_REPEATS || (spent < budgetMs && all.length < MOST_REPEATS)) {
    const ms = once(decoder, tokens, cells);
    all.push(ms);
    spent += ms;
  }
  pace();
  // Other programs only ever add.
  const typical = quantile(all, 0.25);
  return {
    kind: 'decode',
    threads: decoder.threads,
    tokens,
    cells,
    ms: typical,
    repeats: all.length,
    spread: median(all.map((ms) => Math.abs(ms - typical))) / typical,
    referenceMs: quantile(paces, 0.25),
  };
}

function fill(decoder: LlamaDecoder, cells: number): void {
  const { batch } = decoder;
  for (let from = 0; from < cells; from += 256) {
    batch.clear();
    for (let at = from; at < Math.min(cells, from + 256); at++)
      batch.add(
        token((at * 7919 + 1) % decoder.vocabularySize),
        position(at),
        sequenceId(0),
        at === cells - 1,
      );
    if (decoder.decode() !== 'done') throw new Error('a decode failed');
  }
}

const before = residentBytes();
const startMs = performance.now();
// What was written here need not be tried in a process of its own first.
const model = task.isRandom
  ? LlamaModel.loadUntried(loadLibrary('none'), task.file, { repackWeights: task.repacked })
  : LlamaModel.load(task.file, { repackWeights: task.repacked });
if (model === undefined) throw new Error(`${task.file} cannot be loaded`);
const loadMs = performance.now() - startMs;
const loaded = residentBytes();
for (const threads of task.threads) {
  const pool = ThreadPool.create(model.library, threads);
  const decoder = new LlamaDecoder(model, {
    ...{
      contextSize: task.contextSize,
      batchSize: 2048,
      microBatchSize: 512,
      maxSequences: task.parallel,
      threads,
    },
    ...{ pool, unified: false, ...exactCache(model.library) },
  });
  const made = residentBytes();
  decoder.warmUp();
  const warmed = residentBytes();
  if (task.memoryTokens > 0 && threads === task.threads[0]) {
    for (let repeat = 0; repeat < 2; repeat++) once(decoder, task.memoryTokens, 0);
    const used = residentBytes();
    tell({
      kind: 'memory',
      loadMs,
      contextSize: decoder.cellCount,
      parallel: task.parallel,
      tokens: task.memoryTokens,
      beforeBytes: before.resident,
      loadedBytes: loaded.resident,
      madeBytes: made.resident,
      warmedBytes: warmed.resident,
      usedBytes: used.resident,
      peakBytes: used.peak,
      anonymousBytes: used.anonymous,
    });
  }
  const other = LlamaModel.loadUntried(model.library, task.reference, { repackWeights: false });
  if (other === undefined) throw new Error('the reference cannot be loaded');
  const sizes = { contextSize: 256, batchSize: 64, microBatchSize: 64, threads, pool, unified: false };
  const reference = new LlamaDecoder(other, { ...sizes, ...exactCache(model.library) });
  let lastMs = 0;
  let lastTokens = 1;
  for (const tokens of task.sizes) {
    const expectedMs = (lastMs * tokens) / lastTokens;
    if (expectedMs > MOST_BUDGETS * task.budgetMs) break;
    const measured = timed(decoder, reference, tokens, 0, task.budgetMs);
    tell(measured);
    lastMs = measured.ms;
    lastTokens = tokens;
  }
  for (const cells of task.cells) {
    if ((lastMs * cells) / lastTokens > 6 * task.budgetMs) break;
    fill(decoder, cells);
    for (const tokens of task.cellSizes) {
      tell(timed(decoder, reference, tokens, cells, task.budgetMs));
    }
    decoder.clear();
  }
  reference.dispose();
  other.dispose();
  decoder.dispose();
  pool?.dispose();
}
model.dispose();
