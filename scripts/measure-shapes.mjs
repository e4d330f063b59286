/**
 * Measures what decodes of a model on a GPU cost by their shape, for the simulator (`src/simulation/h200.ts`): one
 * sequence with several tokens, and several sequences with as many tokens each, in streams apart and in one pool of
 * cells; then the draft's sizes, and how much longer the first decode of another shape takes. Prints JSON: medians in
 * milliseconds until the logits are there.
 *
 *   node scripts/measure-shapes.mjs TARGET DRAFT [vulkan, cuda or metal] [decodes of each shape, 12]
 */
import { LlamaDecoder } from '../dist/llama/context.js';
import { listDevices } from '../dist/llama/devices.js';
import { loadLibrary } from '../dist/llama/library.js';
import { LlamaModel } from '../dist/llama/model.js';

const [target, draft, gpu = 'vulkan', repeats = '12'] = process.argv.slice(2);
if (target === undefined || draft === undefined) {
  process.stderr.write(
    'Usage: node scripts/measure-shapes.mjs TARGET DRAFT [vulkan|cuda|metal] [decodes of each shape]\n',
  );
  process.exit(2);
}
/** Tokens of each sequence that are in the cache before. */
const CELLS = 64;
const ALONE = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 24, 32, 48, 64, 128];
const SEVERAL = [4, 8, 16].flatMap((sequences) => [1, 2, 4, 6, 9].map((tokens) => [sequences, tokens]));

const rounded = (/** @type {number} */ ms) => Number(ms.toPrecision(4));
const median = (/** @type {number[]} */ values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** @param {string} file @param {boolean} unified @param {(measure: (sequences: number, tokens: number) => { ms: number, firstMs: number }) => unknown} use */
function withModel(file, unified, use) {
  const model = LlamaModel.load(file, { gpu, gpuLayers: -1 });
  const sizes = { contextSize: 16 * 256, batchSize: 512, microBatchSize: 512, maxSequences: 16 };
  const decoder = new LlamaDecoder(model, { ...sizes, unified });
  let next = 1;
  const run = (/** @type {number} */ sequences, /** @type {number} */ tokens, /** @type {number} */ from) => {
    decoder.batch.clear();
    for (let sequence = 0; sequence < sequences; sequence += 1) {
      decoder.truncate(sequence, from);
      for (let at = from; at < from + tokens; at += 1) {
        next = (next * 7919 + 13) % decoder.vocabularySize;
        decoder.batch.add(next, at, sequence, true);
      }
    }
    const startMs = performance.now();
    if (decoder.decode() !== 'done') throw new Error(`${sequences} x ${tokens} tokens could not be decoded.`);
    decoder.logits(sequences * tokens - 1);
    return performance.now() - startMs;
  };
  for (let sequence = 0; sequence < 16; sequence += 1) decoder.truncate(sequence, 0);
  run(16, 16, 0);
  for (let from = 16; from < CELLS; from += 16) run(16, 16, from);
  const result = use((sequences, tokens) => {
    const firstMs = run(sequences, tokens, CELLS);
    const all = Array.from({ length: Number(repeats) }, () => run(sequences, tokens, CELLS));
    return { ms: median(all), firstMs };
  });
  decoder.dispose();
  model.dispose();
  return result;
}

/** @param {boolean} unified @param {number[][]} shapes */
const shapesOf = (unified, shapes) =>
  withModel(target, unified, (measure) => {
    for (const [sequences, tokens] of shapes) measure(sequences, tokens); // kernels are compiled at their first use
    const extra = [];
    const ms = Object.fromEntries(
      shapes.map(([sequences, tokens]) => {
        const { ms, firstMs } = measure(sequences, tokens);
        extra.push(firstMs - ms);
        return [`${sequences}x${tokens}`, rounded(ms)];
      }),
    );
    return { ms, resizeMs: rounded(median(extra)) };
  });

const alone = ALONE.map((tokens) => [1, tokens]);
const apart = shapesOf(false, [...alone, ...SEVERAL]);
const pool = shapesOf(true, [[1, 1], [1, 6], ...SEVERAL]);
const drafting = withModel(draft, false, (measure) => {
  const sizes = [1, 2, 3, 4, 8, 16];
  for (const sequences of sizes) measure(sequences, 1);
  return { sequences: sizes, ms: sizes.map((sequences) => rounded(measure(sequences, 1).ms)) };
});
const devices = listDevices(loadLibrary(gpu).llama);
process.stdout.write(`${JSON.stringify({ gpu, devices, cells: CELLS, apart, pool, draft: drafting })}\n`);
