/**
 * How well the calibration at the start knows what decodes cost: several calibrations, each followed by many decodes
 * of each size in alternating order, with as much context as a short conversation has. What counts is how sizes
 * compare, as the planner's choice depends on it, and the pace of the machine is learned while running.
 *
 *   node bench/calibration.mjs
 */
import { decode, loadModels } from './lib/engine-models.mjs';
import { describeMachine, machineLine, progress, writeResults } from './lib/machine.mjs';
import { MODEL_OPTIONS, modelPaths } from './lib/models.mjs';
import { readOptions } from './lib/options.mjs';
import { figure, median, percent, table } from './lib/statistics.mjs';
import { physicalCores } from './lib/threads.mjs';
import { takeTurn } from './lib/turn.mjs';

const SIZES = [1, 2, 3, 4, 5, 6, 8, 12, 16];

const options = readOptions('Calibrated costs of decodes beside measured ones.', {
  model: MODEL_OPTIONS.model,
  draft: MODEL_OPTIONS.draft,
  calibrations: { type: 'number', default: 6, help: 'how many' },
  rounds: { type: 'number', default: 32, help: 'decodes of each size after each' },
  context: { type: 'number', default: 100, help: 'tokens in the cache' },
  threads: { type: 'number', default: await physicalCores(), help: 'compute threads' },
  name: { type: 'string', default: 'calibration', help: 'name of the result files' },
});

await takeTurn();
const machine = describeMachine();
const files = modelPaths(options);
const models = await loadModels({ ...files, threads: options.threads, context: 1024 });
const { calibrateModel } = await import('../dist/costs/calibrate.js');
const { curveMs } = await import('../dist/costs/cost-table.js');
const tokens = Array.from({ length: options.context + 16 }, (_, index) => (index * 7919) % 8000);
/** @type {{ ms: number, foretold: number[], measured: number[] }[]} */
const runs = [];
for (let run = 0; run < options.calibrations; run += 1) {
  const started = performance.now();
  const { target } = calibrateModel(models);
  const ms = performance.now() - started;
  const foretold = SIZES.map(
    (size) => curveMs(target.curve, size) + target.msPerTokenCell * size * options.context,
  );
  runs.push({ ms, foretold, measured: measure() });
  progress(`calibration ${run + 1} of ${options.calibrations}`);
}
models.dispose();
const deviations = runs.map(({ foretold, measured }) => {
  const ratios = foretold.map((each, index) => each / measured[index]);
  const pace = median(ratios);
  return ratios.map((ratio) => ratio / pace - 1);
});
writeResults(options.name, { machine, options, files, sizes: SIZES, runs }, report());

/** Median milliseconds of each size that follows itself. */
function measure() {
  const { decoder } = models;
  decode(decoder, tokens.slice(0, options.context), 0, 'last');
  const times = SIZES.map(() => /** @type {number[]} */ ([]));
  for (let round = 0; round < options.rounds; round += 1) {
    const order = SIZES.map((_, index) => (round % 2 === 0 ? index : SIZES.length - 1 - index));
    for (const index of order) {
      const size = tokens.slice(options.context, options.context + SIZES[index]);
      for (let again = 0; again < 2; again += 1) {
        const ms = decode(decoder, size, options.context, 'all');
        decoder.truncate(/** @type {any} */ (0), /** @type {any} */ (options.context));
        if (again === 1) times[index].push(ms);
      }
    }
  }
  decoder.truncate(/** @type {any} */ (0), /** @type {any} */ (0));
  return times.map(median);
}

function report() {
  const rows = SIZES.map((size, index) => {
    const off = deviations.map((each) => each[index]);
    return [
      String(size),
      figure(median(runs.map(({ foretold }) => foretold[index]))),
      figure(median(runs.map(({ measured }) => measured[index]))),
      percent(median(off)),
      percent(Math.min(...off)),
      percent(Math.max(...off)),
    ];
  });
  const all = deviations.flat().map(Math.abs);
  return [
    machineLine(machine),
    `A calibration took ${figure(median(runs.map(({ ms }) => ms)))} ms (median of ${runs.length}). Deviation of a size: calibrated over measured, over the median of all sizes of that calibration, which is the machine's pace.`,
    table(['tokens', 'calibrated, ms', 'measured, ms', 'deviation, median', 'least', 'most'], rows),
    `Over all sizes and calibrations the deviation is ${percent(median(all))} in the median, ${percent(Math.max(...all))} at most.`,
  ].join('\n\n');
}
