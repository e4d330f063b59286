/**
 * Which learner, which form and which features predict times best: node bench/predictor-learners.mjs [pytorch] [tensorflow]
 * (default: both; three to four minutes each on one core). Needs a build; everything is seeded.
 *
 * Learners: ridge, boosted trees (60 of 16 leaves, rate 0.2), extra trees (20), the Gaussian process, and a stack of all four,
 * whose weights come from the other folds. Forms: plain regression of the time, or of what it is off the roofline, bounded. Features:
 * those that ship (shares of time and FLOPs by kind of kernel, sizes, device), and beside them counts of operators, DNNAbacus's
 * structural matrix, or its graph embedding. Cells: mean of |predicted / measured - 1| in percent, over rows whose fold nothing
 * was learned from: five random folds, six of networks, six of families, one of each device, and one of each device with a tenth of its rows known.
 */
import * as data from '../scripts/lib/cost-data.mjs';

const dist = new URL('../dist/', import.meta.url).href;
const { anomaliesOf, boundedResidual, columnsOf, processOptions, rowRoofline } = await import(
  `${dist}abacus/time-model.js`
);
const features = await import(`${dist}abacus/graph/features.js`);
const { learnBoostedTrees, BOOSTING } = await import(`${dist}abacus/learners/boosted-trees.js`);
const { learnExtraTrees, EXTRA_TREES } = await import(`${dist}abacus/learners/extra-trees.js`);
const { forestRegressor } = await import(`${dist}abacus/learners/trees.js`);
const { learnProcess, leaveGroupsOut, processRegressor } = await import(
  `${dist}abacus/learners/gaussian-process.js`
);
const { learnRidge, ridgeRegressor } = await import(`${dist}abacus/learners/ridge.js`);
const { mixingWeights } = await import(`${dist}abacus/learners/stacking.js`);
const { foldsByGroup, foldsByRow } = await import(`${dist}abacus/learners/cross-validation.js`);
const { predictAll, rowsOf, tableOf } = await import(`${dist}abacus/learners/table.js`);
const { randomNumbers, shuffled } = await import(`${dist}base/random.js`);
const { mean } = await import(`${dist}base/statistics.js`);

const SEED = 1;
const wanted = process.argv.slice(2);
const wants = (part) => wanted.length === 0 || wanted.includes(part);
const line = (...cells) => console.log(`| ${cells.join(' | ')} |`);

const LEARNERS = {
  ridge: (x, y) => ridgeRegressor(learnRidge(x, y, 3)),
  'boosted trees': (x, y) =>
    forestRegressor(learnBoostedTrees(x, y, SEED, { ...BOOSTING, trees: 60, rate: 0.2 })),
  'extra trees': (x, y) => forestRegressor(learnExtraTrees(x, y, SEED, { ...EXTRA_TREES, trees: 20 })),
};
const PROCESS = 'Gaussian process';
const FEATURES = {
  shipped: undefined,
  '+ counts': (graph) =>
    features.operatorSums(graph).values.slice(0, features.operatorSums(graph).names.length / 3),
  '+ matrix': (graph) => features.networkStructuralMatrix(graph).values,
  '+ embedding': (graph) => features.graphEmbedding(graph).values,
};

/** By row: which fold it is left out in; undefined: always known. */
function splitsOf(rows, families) {
  const grouped = (of, folds) => Array.from(foldsByGroup(rows.map(of), folds, SEED), String);
  const devices = rows.map(({ device }) => device.id);
  const few = new Set(
    [...new Set(devices)].flatMap((id) => {
      const own = rows.filter(({ device }) => device.id === id);
      return shuffled(own, randomNumbers(SEED)).slice(0, Math.round(own.length / 10));
    }),
  );
  return {
    random: Array.from(foldsByRow(rows.length, 5, SEED), String),
    network: grouped(({ network }) => network, 6),
    ...(families ? { family: grouped(({ family }) => family, 6) } : {}),
    device: devices,
    'device, 10 % known': devices.map((id, at) => (few.has(rows[at]) ? undefined : id)),
  };
}

/** More columns of each row, those left out that never change. Counts as logarithms, as learners see ratios. */
function moreColumns(rows, of) {
  if (of === undefined) return rows.map(() => []);
  const byGraph = new Map();
  for (const { graph } of rows)
    if (!byGraph.has(graph))
      byGraph.set(
        graph,
        Array.from(of(graph), (value) => (value > 0 ? Math.log1p(value) : value)),
      );
  const all = [...byGraph.values()];
  const used = all[0]
    .map((_, column) => column)
    .filter((column) => all.some((row) => row[column] !== all[0][column]));
  return rows.map(({ graph }) => used.map((column) => byGraph.get(graph)[column]));
}

/** The process's options for further columns: as far apart as the network's other features make rows. */
function optionsFor(table, base, spread) {
  const shipped = processOptions(base);
  const further = table.columns - base.columns;
  return {
    ...shipped,
    constant: shipped.constant * spread,
    noise: shipped.noise * spread,
    terms: shipped.terms.map(({ variance, weights }) => ({
      variance: variance * spread,
      weights: [
        ...Array(further).fill(weights[KERNELS] * Math.sqrt(NETWORK_COLUMNS / Math.max(1, further))),
        ...weights,
      ],
    })),
  };
}
const { FEATURE_GROUPS, FEATURE_NAMES } = await import(`${dist}abacus/features.js`);
/** A column of the network's group, and how many there are. */
const KERNELS = FEATURE_NAMES.indexOf('kernels');
const NETWORK_COLUMNS = FEATURE_GROUPS.filter((group) => group === 'network').length;

const variance = (values) => {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
};

function compare(title, rows, families) {
  const splits = splitsOf(rows, families);
  const names = Object.keys(splits);
  const bases = rows.map(rowRoofline);
  const logSeconds = rows.map(({ seconds }) => Math.log(seconds));
  const logBase = bases.map(({ seconds }) => Math.log(seconds));
  const residual = logSeconds.map((value, at) => value - logBase[at]);
  const own = rows.map((row, at) => columnsOf(row, bases[at], new Set()));
  const error = (value, at) => Math.abs(Math.exp(value) / rows[at].seconds - 1);
  console.log(`\n## ${title}: ${rows.length} rows, seed ${SEED}\n`);
  line('learner', 'form', 'features', ...names);
  line('---', '---', '---', ...names.map(() => '---'));
  const print = (learner, form, kind, cells) =>
    line(learner, form, kind, ...cells.map((cell) => cell.toFixed(1)));
  print(
    'none',
    'roofline',
    '',
    names.map((split) => 100 * mean(logBase.map(error).filter((_, at) => splits[split][at] !== undefined))),
  );

  /** Tables of all rows with what is known of anomalies from some of them. */
  const tablesFor = (known, more) => {
    const anomalies = anomaliesOf(known.map((at) => rows[at]));
    const flagged = own.map((columns, at) => {
      const copy = Float64Array.from(columns);
      copy[copy.length - 1] = Number(anomalies.has(`${rows[at].device.id} ${rows[at].step.precision}`));
      return copy;
    });
    return {
      anomalies,
      table: tableOf(flagged.map((columns, at) => [...more[at], ...columns])),
      shipped: tableOf(flagged),
    };
  };
  const everyRow = rows.map((_, at) => at);

  for (const form of ['plain', 'roofline']) {
    const targets = form === 'plain' ? logSeconds : residual;
    const spread = form === 'plain' ? variance(logSeconds) / variance(residual) : 1;
    const finish = (value, at, anomalies) =>
      form === 'plain' ? value : logBase[at] + boundedResidual(value, rows[at], anomalies);
    for (const [kind, of] of Object.entries(FEATURES)) {
      const more = moreColumns(rows, of);
      const predictions = Object.fromEntries([...Object.keys(LEARNERS), PROCESS].map((name) => [name, {}]));
      const all = tablesFor(everyRow, more);
      for (const split of names) {
        const folds = splits[split];
        const byDevice = split.startsWith('device');
        for (const name of Object.keys(predictions)) predictions[name][split] = new Float64Array(rows.length);
        for (const fold of new Set(folds.filter((fold) => fold !== undefined))) {
          const known = everyRow.filter((at) => folds[at] !== fold);
          const unknown = everyRow.filter((at) => folds[at] === fold);
          // What is an anomaly is a matter of the device: elsewhere all rows say the same.
          const { anomalies, table, shipped } = byDevice ? tablesFor(known, more) : all;
          const [x, y] = [rowsOf(table, known), known.map((at) => targets[at])];
          const put = (name, regressor) => {
            predictAll(regressor, rowsOf(table, unknown)).forEach((value, place) => {
              predictions[name][split][unknown[place]] = finish(value, unknown[place], anomalies);
            });
          };
          for (const [name, learn] of Object.entries(LEARNERS)) put(name, learn(x, y));
          if (byDevice)
            put(PROCESS, processRegressor(learnProcess(x, y, optionsFor(x, rowsOf(shipped, known), spread))));
        }
      }
      // In closed form, all at once.
      const grouped = names.filter((split) => !split.startsWith('device'));
      leaveGroupsOut(
        all.table,
        targets,
        grouped.map((split) => splits[split]),
        optionsFor(all.table, all.shipped, spread),
      ).forEach(({ predictions: values }, place) => {
        predictions[PROCESS][grouped[place]] = values.map((value, at) => finish(value, at, all.anomalies));
      });
      const judged = (split) => everyRow.filter((at) => splits[split][at] !== undefined);
      for (const [name, bySplit] of Object.entries(predictions))
        print(
          name,
          form,
          kind,
          names.map((split) => 100 * mean(judged(split).map((at) => error(bySplit[split][at], at)))),
        );
      print(
        'stack',
        form,
        kind,
        names.map((split) => {
          const lists = Object.values(predictions).map((bySplit) => bySplit[split]);
          const folds = splits[split];
          const errors = [...new Set(folds.filter((fold) => fold !== undefined))].flatMap((fold) => {
            const others = judged(split).filter((at) => folds[at] !== fold);
            const weights = mixingWeights(
              lists.map((list) => others.map((at) => list[at])),
              others.map((at) => logSeconds[at]),
            );
            return judged(split)
              .filter((at) => folds[at] === fold)
              .map((at) =>
                error(
                  lists.reduce((sum, list, k) => sum + weights[k] * list[at], 0),
                  at,
                ),
              );
          });
          return 100 * mean(errors);
        }),
      );
    }
  }
}

const startMs = performance.now();
if (wants('pytorch')) compare('PyTorch GPUs', data.pytorchRows(), true);
if (wants('tensorflow')) compare('TensorFlow GPUs', data.tensorflowRows(), false);
console.log(`\n${((performance.now() - startMs) / 1e3).toFixed(0)} s`);
