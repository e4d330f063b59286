/**
 * What a prediction from the head of a file saves the start of a model that has never run here: seconds of calibration with
 * and without it, how far both are from many decodes measured right after, and what the first step is planned by.
 *
 *   node bench/prior.mjs
 *   node bench/prior.mjs --model models/real/smollm2-135m-instruct-q4_1.gguf
 */
import { decode, loadModels } from './lib/engine-models.mjs';
import { describeMachine, machineLine, progress } from './lib/machine.mjs';
import { MODEL_OPTIONS, modelPaths } from './lib/models.mjs';
import { readOptions } from './lib/options.mjs';
import { median, percent, table } from './lib/statistics.mjs';
import { physicalCores } from './lib/threads.mjs';
import { takeTurn } from './lib/turn.mjs';

const SIZES = [1, 2, 3, 4, 6, 8, 12, 16];
const options = readOptions('Calibration with and without a prediction.', {
  model: MODEL_OPTIONS.model,
  draft: MODEL_OPTIONS.draft,
  runs: { type: 'number', default: 5, help: 'of each, alternating' },
  rounds: { type: 'number', default: 12, help: 'decodes of each size after each pair' },
  threads: { type: 'number', default: await physicalCores(), help: 'compute threads' },
});
await takeTurn();
const models = await loadModels({ ...modelPaths(options), threads: options.threads, context: 1024 });
const { calibrate } = await import('../dist/costs/calibrate.js');
const { curveMs } = await import('../dist/costs/cost-table.js');
const { priorTargetCosts } = await import('../dist/costs/prior-costs.js');
const { predictedCosts } = await import('../dist/engine/known-costs.js');
const { decoder } = models;
const predicted = predictedCosts('target', decoder, models.repacked);
if (predicted === undefined) throw new Error('nothing is predicted for this model');
/** @type {Record<string, { ms: number[], shape: number[] }>} */
const results = {};
const tokens = Array.from({ length: 32 }, (_, index) => (index * 7919) % 5000);
for (let run = 0; run < options.runs; run += 1) {
  const found = {
    'the guess without either': [0, priorTargetCosts()],
    'prediction alone': [0, predicted],
    ...Object.fromEntries(
      [
        ['calibration alone', () => calibrate({ target: decoder }).target],
        [
          'prediction, then calibration',
          () => calibrate({ target: decoder }, { predicted: { target: predicted } }).target,
        ],
      ].map(([name, work]) => {
        const started = performance.now();
        const costs = /** @type {() => unknown} */ (work)();
        return [name, [performance.now() - started, costs]];
      }),
    ),
  };
  const measured = SIZES.map((size) => {
    const times = Array.from({ length: options.rounds }, () => {
      const ms = decode(decoder, tokens.slice(0, size), 0, 'all');
      decoder.truncate(0, 0);
      return ms;
    });
    return median(times);
  });
  for (const [name, [ms, costs]] of Object.entries(found)) {
    results[name] ??= { ms: [], shape: [] };
    results[name].ms.push(ms);
    const ratios = SIZES.map((size, at) => curveMs(costs.curve, size) / measured[at]);
    const pace = median(ratios);
    for (const ratio of ratios) results[name].shape.push(Math.abs(ratio / pace - 1));
  }
  progress(`run ${run + 1} of ${options.runs}`);
}
models.dispose();
console.log(machineLine(describeMachine()));
console.log(
  table(
    ['begins with', 'seconds', 'sizes beside each other, mean error', 'worst'],
    Object.entries(results).map(([name, { ms, shape }]) => [
      name,
      (median(ms) / 1000).toFixed(2),
      percent(shape.reduce((sum, one) => sum + one, 0) / shape.length),
      percent(Math.max(...shape)),
    ]),
  ),
);
