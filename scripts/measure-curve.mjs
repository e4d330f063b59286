/**
 * Measures what decodes of a model and its draft cost here, for the curves of the simulator
 * (`src/simulation/curves.ts`): the engine's own calibration, with more time and several times over. Prints the median
 * of each term as JSON, and its spread as a share of the median.
 *
 *   node scripts/measure-curve.mjs MODEL [DRAFT or -] [calibrations, 5] [seconds of each, 10]
 */
import { calibrate } from '../dist/costs/calibrate.js';
import { curveMs } from '../dist/costs/cost-table.js';
import { LlamaEngineModel } from '../dist/llama/engine-model.js';

const [modelPath, draft = '-', count = '5', seconds = '10'] = process.argv.slice(2);
if (modelPath === undefined) {
  process.stderr.write('Usage: node scripts/measure-curve.mjs MODEL [DRAFT or -] [calibrations] [seconds of each]\n');
  process.exit(2);
}
const draftPath = draft === '-' ? undefined : draft;
const options = { modelPath, draftPath, contextSize: 4096, parallel: 4, batchSize: 512, microBatchSize: 512 };
const rest = { threads: 0, gpu: 'none', gpuLayers: 0, kvUnified: false, loraPaths: [] };
const model = LlamaEngineModel.load({ ...options, ...rest });
const tables = Array.from({ length: Number(count) }, () =>
  calibrate(model, { budgetMs: 1000 * Number(seconds) }),
);
model.dispose();

const SIZES = [1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 64, 128, 256, 512];
const rounded = (value) => Number(value.toPrecision(3));
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[sorted.length >> 1];
  return { middle: rounded(middle), spread: rounded((sorted.at(-1) - sorted[0]) / Math.max(middle, 1e-9)) };
}
const curve = (name) => SIZES.map((size) => median(tables.map((table) => curveMs(table[name], size))));
const terms = Object.keys(tables[0]).filter((name) => name.includes('Ms') && !name.startsWith('overhead'));
process.stdout.write(
  `${JSON.stringify({
    sizes: SIZES,
    target: curve('target').map(({ middle }) => middle),
    targetSpread: curve('target').map(({ spread }) => spread),
    ...(draftPath !== undefined && {
      draft: curve('draft').map(({ middle }) => middle),
      draftSpread: curve('draft').map(({ spread }) => spread),
    }),
    ...Object.fromEntries(terms.map((name) => [name, median(tables.map((table) => table[name]))])),
  })}\n`,
);
