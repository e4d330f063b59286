/**
 * Measures what decodes of a model and its draft cost here, for the curves of the simulator
 * (`src/simulation/curves.ts`): the engine's own calibration, with more time and several times over. Prints the least
 * of each point of the curves, for whatever else runs only adds to it, the median of each other term, and the spread of
 * all as a share, as JSON.
 *
 *   node scripts/measure-curve.mjs MODEL [DRAFT or -] [calibrations, 5] [seconds of each, 10]
 */
import { calibrateModel } from '../dist/costs/calibrate.js';
import { curveMs } from '../dist/costs/cost-table.js';
import { LlamaEngineModel } from '../dist/llama/engine-model.js';

const [modelPath, draft = '-', count = '5', seconds = '10'] = process.argv.slice(2);
if (modelPath === undefined) {
  process.stderr.write(
    'Usage: node scripts/measure-curve.mjs MODEL [DRAFT or -] [calibrations] [seconds of each]\n',
  );
  process.exit(2);
}
const draftPath = draft === '-' ? undefined : draft;
const options = { modelPath, draftPath, contextSize: 4096, parallel: 4, batchSize: 512, microBatchSize: 512 };
const rest = { threads: 0, gpu: 'none', gpuLayers: 0, kvUnified: false, loraPaths: [] };
const model = LlamaEngineModel.load({ ...options, ...rest });
const flat = ({ drafts, ...table }) => {
  const [draft] = Object.values(drafts);
  if (draft === undefined) return table;
  const { curve, msPerTokenCell, afterTargetMs } = draft;
  return { ...table, draft: curve, draftMsPerTokenCell: msPerTokenCell, draftAfterTargetMs: afterTargetMs };
};
const tables = Array.from({ length: Number(count) }, () =>
  flat(calibrateModel(model, { budgetMs: 1000 * Number(seconds) })),
);
model.dispose();

const SIZES = [1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 64, 128, 256, 512];
const rounded = (value) => Number(value.toPrecision(3));
const sorted = (values) => [...values].sort((a, b) => a - b);
const spread = (values) => rounded((Math.max(...values) - Math.min(...values)) / Math.max(...values, 1e-9));
const pointsOf = (name) => SIZES.map((size) => tables.map((table) => curveMs(table[name], size)));
const curvesOf = (name) => ({
  [name]: pointsOf(name).map((values) => rounded(Math.min(...values))),
  [`${name}Spread`]: pointsOf(name).map(spread),
});
const isTerm = (name) => name.includes('Ms') && !name.startsWith('overhead');
const termOf = (name) => {
  const values = tables.map((table) => table[name]);
  return [name, { median: rounded(sorted(values)[values.length >> 1]), spread: spread(values) }];
};
process.stdout.write(
  `${JSON.stringify({
    sizes: SIZES,
    ...curvesOf('target'),
    ...(draftPath !== undefined && curvesOf('draft')),
    ...Object.fromEntries(Object.keys(tables[0]).filter(isTerm).map(termOf)),
  })}\n`,
);
