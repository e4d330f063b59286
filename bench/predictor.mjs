/**
 * How exact predicted costs are, on networks, families and devices left out, beside simpler predictors and the noise of the
 * measurements: node bench/predictor.mjs [noise] [pytorch] [tensorflow] [recent] [cifar] [memory] (default: all, some five
 * minutes; other learners: predictor-learners.mjs). Needs a build. Everything is seeded. Each figure is "mean / median" of |predicted / measured - 1| in percent; a model that is judged on rows never saw them, nor
 * anything of their group. The constants of the roofline (src/abacus/roofline.ts) were chosen with all rows in view.
 */
import { parseArgs } from 'node:util';
import * as data from '../scripts/lib/cost-data.mjs';

const dist = new URL('../dist/', import.meta.url).href;
const { peakOf } = await import(`${dist}abacus/devices.js`);
const { TimeModel, timeTable, anomaliesOf, rowRoofline } = await import(`${dist}abacus/time-model.js`);
const { learnRidge, ridgeRegressor } = await import(`${dist}abacus/learners/ridge.js`);
const { conformalFactor } = await import(`${dist}abacus/learners/conformal.js`);
const { foldsByRow } = await import(`${dist}abacus/learners/cross-validation.js`);
const { rowOf, scalingOf } = await import(`${dist}abacus/learners/table.js`);
const memory = await import(`${dist}abacus/memory-model.js`);
const { randomNumbers, shuffled } = await import(`${dist}base/random.js`);
const { median, mean } = await import(`${dist}base/statistics.js`);

const SEED = 1;
const { positionals } = parseArgs({ allowPositionals: true });
const wants = (part) => positionals.length === 0 || positionals.includes(part);

const percent = (errors) => `${(100 * mean(errors)).toFixed(1)} / ${(100 * median(errors)).toFixed(1)}`;
const relative = (predicted, measured) => Math.abs(Math.exp(predicted) / measured - 1);
const line = (name, ...cells) => console.log(`| ${[name, ...cells].join(' | ')} |`);

/** Learners of the logarithm of seconds: rows to learn from, rows to predict; each gives one number a row. */
const flops = (row) => Math.log(rowRoofline(row).flops / peakOf(row.device, row.step.precision));
const BASELINES = {
  'FLOPs over peak, times one factor': (known, unknown) => {
    const factor = median(known.map((row) => Math.log(row.seconds) - flops(row)));
    return unknown.map((row) => factor + flops(row));
  },
  'one-feature regression': (known, unknown) => {
    const x = known.map(flops);
    const y = known.map(({ seconds }) => Math.log(seconds));
    const [mx, my] = [mean(x), mean(y)];
    const slope =
      mean(x.map((value, at) => (value - mx) * (y[at] - my))) / mean(x.map((value) => (value - mx) ** 2));
    return unknown.map((row) => my + slope * (flops(row) - mx));
  },
  'nearest neighbour': (known, unknown) => {
    const anomalies = anomaliesOf(known);
    const [a, b] = [timeTable(known, anomalies), timeTable(unknown, anomalies)];
    const { deviations } = scalingOf(a.table);
    return unknown.map((_, at) => {
      const row = rowOf(b.table, at);
      let best = Infinity;
      let value = 0;
      for (let other = 0; other < known.length; other++) {
        const near = rowOf(a.table, other);
        let square = 0;
        for (let column = 0; column < row.length && square < best; column++)
          square += ((row[column] - near[column]) / deviations[column]) ** 2;
        if (square < best) [best, value] = [square, Math.log(known[other].seconds)];
      }
      return value;
    });
  },
  'roofline (no learning)': (_known, unknown) => unknown.map((row) => Math.log(rowRoofline(row).seconds)),
};
/** Ways to leave rows out: known and unknown rows of each fold. */
const folds = (rows, of) =>
  [...new Set(of)].map((fold) => ({
    known: rows.filter((_, at) => of[at] !== fold),
    unknown: rows.filter((_, at) => of[at] === fold),
  }));
const splitsOf = (rows, families) => ({
  random: folds(rows, Array.from(foldsByRow(rows.length, 10, SEED))),
  network: folds(
    rows,
    rows.map(({ network }) => network),
  ),
  ...(families
    ? {
        family: folds(
          rows,
          rows.map(({ family }) => family),
        ),
      }
    : {}),
  device: folds(
    rows,
    rows.map(({ device }) => device.id),
  ),
  'device, 10 % known': [...new Set(rows.map(({ device }) => device.id))].map((id) => {
    const own = rows.filter(({ device }) => device.id === id);
    const few = new Set(shuffled(own, randomNumbers(SEED)).slice(0, Math.round(own.length / 10)));
    return {
      known: rows.filter((row) => row.device.id !== id || few.has(row)),
      unknown: own.filter((row) => !few.has(row)),
    };
  }),
});

/** The shipped form, with what is needed for its intervals. */
function guidedProcess({ known, unknown }) {
  const model = TimeModel.learn(known);
  return unknown.map((row) => {
    const { seconds, deviation } = model.predict(row.graph, row.device, row.step);
    return { row, value: Math.log(seconds), deviation };
  });
}

/** Share of 90 % intervals that hold, the factor of each fold taken from the others. */
function coverage(byFold) {
  let held = 0;
  let total = 0;
  byFold.forEach((own, at) => {
    const others = byFold.filter((_, other) => other !== at).flat();
    const error = ({ row, value }) => Math.abs(value - Math.log(row.seconds));
    const factor = conformalFactor(
      others.map(error),
      others.map(({ deviation }) => deviation),
      0.9,
    );
    held += own.filter((prediction) => error(prediction) <= factor * prediction.deviation).length;
    total += own.length;
  });
  return held / total;
}

function compare(title, rows, families, goals) {
  const splits = splitsOf(rows, families);
  const names = Object.keys(splits);
  console.log(`\n## ${title}: ${rows.length} rows, seed ${SEED}\n`);
  line('', ...names);
  line('---', ...names.map(() => '---'));
  const judge = (name, learner) => {
    const cells = names.map((split) => {
      const errors = splits[split].flatMap(({ known, unknown }) => {
        const values = learner(known, unknown);
        return unknown.map((row, at) => relative(values[at], row.seconds));
      });
      return percent(errors);
    });
    line(name, ...cells);
  };
  for (const [name, learner] of Object.entries(BASELINES)) judge(name, learner);
  const results = Object.fromEntries(names.map((split) => [split, splits[split].map(guidedProcess)]));
  const cell = (of) => names.map((split) => percent(results[split].flat().map(of)));
  line(
    '**Gaussian process on the roofline (shipped)**',
    ...cell(({ row, value }) => relative(value, row.seconds)),
  );
  line(
    'the same, for the least mean error',
    ...cell(({ row, value, deviation }) => relative(value - deviation ** 2, row.seconds)),
  );
  line('prototype in Python', ...goals.prototype);
  line('goal, mean', ...goals.goal);
  line(
    '90 % intervals that hold',
    ...names.map((split) => `${(100 * coverage(results[split])).toFixed(1)} %`),
  );
  whereErrorsAre(results.random.flat());
}

/** What a row is, so that neighbours are those that differ in one of these. */
const RESPECTS = {
  network: ({ network }) => network,
  device: ({ device }) => device.id,
  precision: ({ step }) => step.precision,
  phase: ({ step }) => step.phase,
  batch: ({ graph }) => graph.batch,
  image: ({ graph }) => graph.imageSize?.[0],
};

/** Which random rows are missed by how much, and whether the errors of their neighbours would have told. */
function whereErrorsAre(predictions) {
  const error = ({ row, value }) => relative(value, row.seconds);
  const sorted = predictions.map(error).sort((a, b) => b - a);
  const worst = sorted.slice(0, Math.round(sorted.length / 20));
  console.log(
    `\nRandom rows: the worst 5 % are ${((100 * mean(worst) * worst.length) / (mean(sorted) * sorted.length)).toFixed(0)} % of the mean\n`,
  );
  const bands = (name, of, bounds) =>
    bounds.slice(1).forEach((most, at) => {
      const own = predictions.filter(({ row }) => of(row) >= bounds[at] && of(row) < most);
      if (own.length > 0) line(`${name} ${bounds[at]} to ${most}`, own.length, percent(own.map(error)));
    });
  line('random rows', 'rows', 'mean / median %');
  line('---', '---', '---');
  bands("steps' own spread", ({ spread }) => spread, [0, 0.01, 0.03, 0.1, Infinity]);
  bands(
    'time of the host over that of the device',
    (row) => rowRoofline(row).hostSeconds / rowRoofline(row).deviceSeconds,
    [0, 0.1, 0.3, 1, Infinity],
  );
  console.log('\nCorrelation of errors of rows that differ in one respect only\n');
  line('respect', 'pairs', 'correlation');
  line('---', '---', '---');
  for (const respect of Object.keys(RESPECTS)) {
    const groups = new Map();
    for (const { row, value } of predictions) {
      const key = Object.entries(RESPECTS)
        .map(([name, of]) => (name === respect ? '' : of(row)))
        .join();
      groups.set(key, [...(groups.get(key) ?? []), value - Math.log(row.seconds)]);
    }
    const pairs = [...groups.values()].flatMap((own) =>
      own.flatMap((a, at) => own.flatMap((b, other) => (other === at ? [] : [[a, b]]))),
    );
    // Each pair is there both ways, so that both sides have one mean and one spread.
    const middle = mean(pairs.map(([a]) => a));
    const product = mean(pairs.map(([a, b]) => (a - middle) * (b - middle)));
    const square = mean(pairs.map(([a]) => (a - middle) ** 2));
    if (pairs.length > 0) line(respect, pairs.length / 2, (product / square).toFixed(2));
  }
}

if (wants('noise')) {
  const main = new Map(
    data
      .pytorchRows()
      .map((row) => [`${row.network} ${row.device.id} ${row.step.precision} ${row.step.phase}`, row.seconds]),
  );
  const key = (row) => `${row.network} ${row.device.id} ${row.step.precision} ${row.step.phase}`;
  const series = Map.groupBy ? Map.groupBy(data.pytorchRepeats(), ({ series }) => series) : new Map();
  if (series.size === 0)
    for (const row of data.pytorchRepeats()) series.set(row.series, [...(series.get(row.series) ?? []), row]);
  console.log('\n## Noise: the RTX 2080 Ti measured again\n');
  line('series against the main one', 'rows', 'mean / median %');
  line('---', '---', '---');
  for (const [name, rows] of series)
    line(name, rows.length, percent(rows.map((row) => Math.abs(row.seconds / main.get(key(row)) - 1))));
  const [one, two] = [...series.values()];
  const other = new Map(two.map((row) => [key(row), row.seconds]));
  line(
    'two cards in 2018 against each other',
    one.length,
    percent(one.map((row) => Math.abs(row.seconds / other.get(key(row)) - 1))),
  );
}
if (wants('pytorch'))
  compare('PyTorch GPUs', data.pytorchRows(), true, {
    prototype: ['4.7 / 3.0', '6.5 / 4.0', '24 / 16', '22 / 16', '13.5 / 9.0'],
    goal: ['3.5', '5.5', '18', '18', '10'],
  });
if (wants('tensorflow'))
  compare('TensorFlow GPUs', data.tensorflowRows(), false, {
    prototype: ['3.1 / 2.1', '16 / 13', '38 / 38', '6.4 / 4.0'],
    goal: ['2.5', '12', '30', '5.5'],
  });
if (wants('recent')) recentCards();
if (wants('cifar')) {
  const own = [...data.cifarTraining(), ...data.cifarInference()];
  console.log('\n## CIFAR, time of a training step, one network left out\n');
  line('learned from', 'mean / median %', 'goal');
  line('---', '---', '---');
  const networks = [...new Set(own.map(({ network }) => network))];
  const judge = (pool) =>
    percent(
      networks.flatMap((name) =>
        guidedProcess({
          known: pool.filter(({ network }) => network !== name),
          unknown: own.filter(({ network, step }) => network === name && step.phase === 'train'),
        }).map(({ row, value }) => relative(value, row.seconds)),
      ),
    );
  line(
    'nothing: the roofline',
    percent(data.cifarTraining().map((row) => Math.abs(rowRoofline(row).seconds / row.seconds - 1))),
    '',
  );
  line('the other CIFAR networks', judge(own), '7');
  line('these and all PyTorch rows of other networks', judge([...own, ...data.pytorchRows()]), '7');
}
if (wants('memory')) {
  const rows = [...data.cifarTraining(), ...data.cifarInference()].map(
    ({ graph, step, network, peakBytes, allocatedBytes }) => ({
      graph,
      network,
      options: step,
      peakBytes,
      allocatedBytes,
    }),
  );
  const training = rows.filter(({ options }) => options.phase === 'train');
  console.log('\n## CIFAR, memory\n');
  line('', 'mean / median %', 'goal, mean %');
  line('---', '---', '---');
  const simulated = (row) => memory.predictMemory(row.graph, row.options, true);
  line(
    'allocated between steps',
    percent(training.map((row) => Math.abs(simulated(row).step.allocated / row.allocatedBytes - 1))),
    '1',
  );
  line(
    '**peak (shipped)**',
    percent(training.map((row) => Math.abs(simulated(row).bytes / row.peakBytes - 1))),
    '9',
  );
  const passes = rows.filter(({ options }) => options.phase !== 'train');
  line(
    'peak of a forward pass',
    percent(passes.map((row) => Math.abs(simulated(row).bytes / row.peakBytes - 1))),
    '',
  );
  line(
    'peak, plain regression, one network left out',
    percent(
      training.map((row) => {
        const known = rows.filter(({ network }) => network !== row.network);
        return Math.abs(regressed(known, row) / row.peakBytes - 1);
      }),
    ),
    '',
  );
  fits();
}

function regressed(known, row) {
  const columns = ({ graph, options }) => [
    Math.log(graph.batch),
    Math.log(graph.totals.parameters),
    Math.log(graph.totals.activationElements),
    Math.log(graph.totals.flops),
    Number(options.phase === 'train'),
  ];
  const table = { rows: known.length, columns: 5, values: Float64Array.from(known.flatMap(columns)) };
  const targets = known.map(({ peakBytes }) => Math.log(peakBytes));
  return Math.exp(ridgeRegressor(learnRidge(table, targets)).predict(columns(row)));
}

/** Recent cards, which nothing was learned from, by the shipped model and by the roofline alone. */
function recentCards() {
  const model = TimeModel.learn([
    ...data.pytorchRows(),
    ...data.tensorflowRows(),
    ...data.cifarTraining(),
    ...data.cifarInference(),
  ]);
  const series = new Map();
  for (const row of data.timmRows()) {
    const name = `${row.device.name}, ${row.step.phase}, ${row.series}`;
    series.set(name, [...(series.get(name) ?? []), row]);
  }
  console.log('\n## Recent cards\n');
  line('', 'rows', 'roofline', 'predicted');
  line('---', '---', '---', '---');
  for (const [name, rows] of series) {
    const errors = (secondsOf) => percent(rows.map((row) => Math.abs(secondsOf(row) / row.seconds - 1)));
    line(
      name,
      rows.length,
      errors((row) => rowRoofline(row).seconds),
      errors(({ graph, device, step }) => model.predict(graph, device, step).seconds),
    );
  }
}

/** TensorFlow's grid: what was measured fits, what is absent does not. The factor on the arithmetic is learned from other networks. */
function fits() {
  const cells = [
    ...data
      .tensorflowRows()
      .map(({ graph, network, device, step }) => ({ graph, network, device, step, fits: true })),
    ...data.tensorflowAbsent().map((cell) => ({
      ...cell,
      fits: false,
      step: { phase: 'train', precision: 'fp32', optimizer: 'sgd', framework: 'tensorflow' },
    })),
  ].map((cell) => ({
    ...cell,
    need:
      memory.predictMemory(cell.graph, cell.step, false).bytes /
      (cell.device.memoryBytes * memory.USABLE_MEMORY - memory.CONTEXT_BYTES),
  }));
  const wrong = (list, factor) => list.filter((cell) => cell.need * factor <= 1 !== cell.fits);
  const factors = Array.from({ length: 121 }, (_, at) => 0.5 * 1.015 ** at);
  console.log('\n## Does it fit? TensorFlow, SGD\n');
  const plain = wrong(cells, 1);
  console.log(
    `${cells.length} cells, ${cells.filter((cell) => !cell.fits).length} of them absent; arithmetic alone: ${((100 * plain.length) / cells.length).toFixed(1)} % wrong`,
  );
  let count = 0;
  for (const name of new Set(cells.map(({ network }) => network))) {
    const known = cells.filter(({ network }) => network !== name);
    const factor = factors.reduce((a, b) => (wrong(known, b).length < wrong(known, a).length ? b : a));
    const own = wrong(
      cells.filter(({ network }) => network === name),
      factor,
    );
    if (own.length > 0)
      console.log(
        `${name}: ${own.length} wrong with factor ${factor.toFixed(2)}: ${own
          .map(
            ({ graph, device, fits: did, need }) =>
              `${graph.imageSize?.[0]}/${graph.batch} ${device.id} ${did ? 'fits' : 'absent'} ${(need * factor).toFixed(2)}`,
          )
          .slice(0, 8)
          .join(', ')}`,
      );
    count += own.length;
  }
  console.log(
    `networks left out, one factor learned: ${((100 * count) / cells.length).toFixed(2)} % wrong (goal: under 2 %)`,
  );
}
