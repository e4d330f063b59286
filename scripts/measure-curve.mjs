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
const tables = Array.from({ length: Number(count) }, () =>
  calibrateModel(model, { budgetMs: 1000 * Number(seconds) }),
);
model.dispose();

const SIZES = [1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 64, 128, 256, 512];
const rounded = (value) => Number(value.toPrecision(3));
const sorted = (values) => [...values].sort((a, b) => a - b);
const spread = (values) => rounded((Math.max(...values) - Math.min(...values)) / Math.max(...values, 1e-9));
/** @param costs of one model, of each calibration */
const summaryOf = (costs) => {
  const points = SIZES.map((size) => costs.map(({ curve }) => curveMs(curve, size)));
  const termOf = (name) => {
    const values = costs.map((each) => each[name]);
    return [name, { median: rounded(sorted(values)[values.length >> 1]), spread: spread(values) }];
  };
  return {
    curve: points.map((values) => rounded(Math.min(...values))),
    curveSpread: points.map(spread),
    ...Object.fromEntries(['msPerTokenCell', 'msPerOutput', 'resizeMs', 'coldMs'].map(termOf)),
  };
};
const drafts = tables.flatMap((table) => Object.values(table.drafts));
process.stdout.write(
  `${JSON.stringify({
    sizes: SIZES,
    target: summaryOf(tables.map(({ target }) => target)),
    ...(drafts.length > 0 && { draft: summaryOf(drafts) }),
  })}\n`,
);
