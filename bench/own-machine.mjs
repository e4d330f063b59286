/**
 * How exact costs are that are learned from one machine's own measurements (`foretoken profile torch`), in the regime of DNNAbacus
 * (arXiv 2205.12095): 29 classic networks and more, many batches, image sizes and optimizers. node bench/own-machine.mjs [h200]
 * Without `h200` on the processor of data/cost/pytorch-epyc-milan.csv, with it on the card of pytorch-h200.csv (some ten minutes).
 * Rows, networks and families are left out in turn; figures are "mean / median" of |predicted / measured - 1| in percent, beside
 * what two measurements of one configuration differ by. Needs a build; everything is seeded.
 */
import { ownGpuRows, ownRows } from '../scripts/lib/cost-data.mjs';

const dist = new URL('../dist/', import.meta.url).href;
const { MeasuredMachine } = await import(`${dist}abacus/measured-machine.js`);
const { simulateMemory } = await import(`${dist}abacus/graph/memory.js`);
const { TimeModel, rowRoofline } = await import(`${dist}abacus/time-model.js`);
const { predictMemory, simulateOnProcessor } = await import(`${dist}abacus/memory-model.js`);
const { readCosts, SHIPPED_COSTS } = await import(`${dist}abacus/model-file.js`);
const { conformalFactor } = await import(`${dist}abacus/learners/conformal.js`);
const { foldsByRow } = await import(`${dist}abacus/learners/cross-validation.js`);
const { learnRidge, ridgeRegressor } = await import(`${dist}abacus/learners/ridge.js`);
const { scalingOf, tableOf, rowOf } = await import(`${dist}abacus/learners/table.js`);
const { median, mean } = await import(`${dist}base/statistics.js`);

const SEED = 1;
const FOLDS = 10;
const onCard = process.argv[2] === 'h200';
const all = onCard ? ownGpuRows() : ownRows();
const rows = all.filter(({ seconds }) => seconds !== undefined);
const percent = (errors) => `${(100 * mean(errors)).toFixed(1)} / ${(100 * median(errors)).toFixed(1)}`;
const line = (...cells) => console.log(`| ${cells.join(' | ')} |`);
const folds = (of, names) =>
  [...new Set(names)].map((fold) => ({
    known: of.filter((_, at) => names[at] !== fold),
    unknown: of.filter((_, at) => names[at] === fold),
  }));
const splitsOf = (of) => ({
  random: folds(of, Array.from(foldsByRow(of.length, FOLDS, SEED))),
  network: folds(
    of,
    of.map(({ network }) => network),
  ),
  family: folds(
    of,
    of.map(({ family }) => family),
  ),
});

const columns = ({ graph, step }) => [
  Math.log(graph.totals.flops),
  Math.log(graph.totals.parameters),
  Math.log(graph.totals.activationElements),
  Math.log(graph.totals.kernels),
  Math.log(graph.batch),
  Number(step.phase === 'train'),
  Number(step.optimizer === 'momentum'),
  Number(step.optimizer === 'adam'),
];
const flops = ({ graph, step }) => Math.log(graph.totals.flops * (step.phase === 'train' ? 3 : 1));
/** Predictors of the logarithm of `of(row)`. */
const baselines = {
  'FLOPs, times one factor': (of) => (known, unknown) => {
    const factor = median(known.map((row) => Math.log(of(row)) - flops(row)));
    return unknown.map((row) => factor + flops(row));
  },
  'one-feature regression': (of) => (known, unknown) => {
    const model = ridgeRegressor(
      learnRidge(
        tableOf(known.map((row) => [flops(row)])),
        known.map((row) => Math.log(of(row))),
        1e-6,
      ),
    );
    return unknown.map((row) => model.predict([flops(row)]));
  },
  'ridge on totals': (of) => (known, unknown) => {
    const model = ridgeRegressor(
      learnRidge(
        tableOf(known.map(columns)),
        known.map((row) => Math.log(of(row))),
      ),
    );
    return unknown.map((row) => model.predict(columns(row)));
  },
  'nearest neighbour': (of) => (known, unknown) => {
    const table = tableOf(known.map(columns));
    const { deviations } = scalingOf(table);
    const distance = (a, b) => a.reduce((sum, value, at) => sum + ((value - b[at]) / deviations[at]) ** 2, 0);
    return unknown.map((row) => {
      const own = columns(row);
      let best = 0;
      for (let at = 1; at < known.length; at++)
        if (distance(own, rowOf(table, at)) < distance(own, rowOf(table, best))) best = at;
      return Math.log(of(known[best]));
    });
  },
};

/** Share of 90 % intervals that hold, the factor of each fold taken from the others. */
function held(splitFolds, of, predict) {
  const scores = splitFolds.map(({ known, unknown }) =>
    predict(known, unknown).map(({ value, deviation }, at) => [
      Math.abs(value - Math.log(of(unknown[at]))),
      deviation,
    ]),
  );
  const inside = scores.map((own, fold) => {
    const others = scores.filter((_, other) => other !== fold).flat();
    const factor = conformalFactor(
      others.map(([error]) => error),
      others.map(([, deviation]) => deviation),
      0.9,
    );
    return own.filter(([error, deviation]) => error <= factor * deviation).length;
  });
  const total = (counts) => counts.reduce((sum, count) => sum + count, 0);
  return `${((100 * total(inside)) / total(scores.map(({ length }) => length))).toFixed(1)} %`;
}

/** @param predict value and expected deviation of the logarithm of each row */
function table(title, of, list, learners, goals, predict) {
  const splits = splitsOf(list);
  const names = Object.keys(splits);
  console.log(`\n## ${title}: ${list.length} configurations, seed ${SEED}\n`);
  line('', ...names);
  line('---', ...names.map(() => '---'));
  for (const [name, learner] of Object.entries(learners)) {
    const cells = names.map((split) => {
      const errors = splits[split].flatMap(({ known, unknown }) =>
        learner(known, unknown).map((value, at) => Math.abs(Math.exp(value) / of(unknown[at]) - 1)),
      );
      return percent(errors);
    });
    line(name, ...cells);
  }
  line('goal, mean', ...goals);
  line('90 % intervals that hold', ...names.map((split) => held(splits[split], of, predict)));
}

const pairs = rows
  .filter(({ repeats }) => repeats.length > 1)
  .map(({ repeats }) => Math.abs(repeats[1] / repeats[0] - 1));
console.log(`Noise: ${pairs.length} configurations measured twice differ by ${percent(pairs)} %.`);
const seconds = (row) => row.seconds;
const machines = new WeakMap();
const machineOf = (known) => {
  const machine = machines.get(known) ?? MeasuredMachine.learn(known);
  machines.set(known, machine);
  return machine;
};
const onMachine = (pick) => (known, unknown) => {
  const machine = machineOf(known);
  return unknown.map(({ graph, step }) => Math.log(pick(machine.predict(graph, step))));
};
const cards = new WeakMap();
const onModel = (known, unknown) => {
  const model = cards.get(known) ?? TimeModel.learn(known);
  cards.set(known, model);
  return unknown.map(({ graph, device, step }) => {
    const { seconds: value, deviation } = model.predict(graph, device, step);
    return { value: Math.log(value), deviation };
  });
};
const shipped = onCard ? readCosts(SHIPPED_COSTS).time : undefined;
const judged = {
  processor: {
    learners: {
      'prices of the kinds of work': onMachine(({ base }) => base),
      '**and a Gaussian process on them**': onMachine((time) => time.seconds),
    },
    predict: (known, unknown) => {
      const machine = machineOf(known);
      return unknown.map(({ graph, step }) => {
        const { seconds: value, deviation } = machine.predict(graph, step);
        return { value: Math.log(value), deviation };
      });
    },
  },
  card: {
    learners: {
      'roofline, nothing learned': (_known, unknown) =>
        unknown.map((row) => Math.log(rowRoofline(row).seconds)),
      'shipped model, which never saw this card': (_known, unknown) =>
        unknown.map(({ graph, device, step }) => Math.log(shipped.predict(graph, device, step).seconds)),
      'prices of the kinds of work and a Gaussian process': onMachine((time) => time.seconds),
      '**roofline and a Gaussian process, of these rows**': (known, unknown) =>
        onModel(known, unknown).map(({ value }) => value),
    },
    predict: onModel,
  },
}[onCard ? 'card' : 'processor'];
table(
  'Time',
  seconds,
  rows,
  {
    ...Object.fromEntries(Object.entries(baselines).map(([name, make]) => [name, make(seconds)])),
    ...judged.learners,
  },
  ['0.9, or 1.5 times the noise', '8', '20'],
  judged.predict,
);
const bytes = (row) => row.peakBytes;
const lifetimes = ({ graph, step }) =>
  Math.log(onCard ? simulateMemory(graph, step).peak : simulateOnProcessor(graph, step).peak);
const memoryOnCard = ({ graph, step, device }) => Math.log(predictMemory(graph, step, false, device).bytes);
/** Nothing is learned of memory. */
const shippedMemory = onCard ? memoryOnCard : lifetimes;
const remembered = new WeakMap();
const memoryOf = (row) => {
  const known = remembered.get(row) ?? shippedMemory(row);
  remembered.set(row, known);
  return known;
};
/** What was shipped for processors until 2026-11-28: a ridge over what the peak consists of, within a factor of 1.3. */
const parts = ({ graph, step }) => {
  const { peak, savedActivations, parameters, gradients, optimizer } = simulateMemory(graph, {
    ...step,
    keepsFactors: true,
  });
  const { counts, kernels } = graph.totals;
  return [
    ...[savedActivations, parameters, gradients, optimizer].map((part) => part / peak),
    ...[counts.max_pool, counts.concat, counts.batch_norm].map((count) => count / kernels),
    Number(step.phase === 'train'),
    Math.log(peak),
  ];
};
const corrected = (known, unknown) => {
  const model = ridgeRegressor(
    learnRidge(
      tableOf(known.map(parts)),
      known.map((row) => Math.log(row.peakBytes) - lifetimes(row)),
    ),
  );
  const most = Math.log(1.3);
  return unknown.map((row) => lifetimes(row) + Math.max(-most, Math.min(most, model.predict(parts(row)))));
};
table(
  'Memory',
  bytes,
  all.filter(({ peakBytes }) => peakBytes !== undefined),
  {
    ...Object.fromEntries(Object.entries(baselines).map(([name, make]) => [name, make(bytes)])),
    ...(onCard
      ? {
          'lifetimes alone, nothing learned': (_known, unknown) => unknown.map(lifetimes),
          '**lifetimes and workspaces (shipped)**': (_known, unknown) => unknown.map(memoryOf),
        }
      : {
          "**lifetimes and oneDNN's copies, nothing learned (shipped)**": (_known, unknown) =>
            unknown.map(memoryOf),
          'and a learned correction': corrected,
        }),
  },
  ['2.8', '8', '20'],
  (_known, unknown) => unknown.map((row) => ({ value: memoryOf(row), deviation: 1 })),
);
