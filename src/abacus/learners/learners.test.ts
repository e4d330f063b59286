/** Learners on functions that are known: what they must find, and that seeds decide everything. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mean } from '../../base/statistics.js';
import { normalNumber, randomNumbers } from '../../base/random.js';
import { learnBoostedTrees } from './boosted-trees.js';
import { factorise, inverseFactorised, solveFactorised } from './cholesky.js';
import { conformalFactor } from './conformal.js';
import { crossPredict, foldsByGroup, foldsByRow } from './cross-validation.js';
import { learnExtraTrees } from './extra-trees.js';
import { leaveGroupsOut, learnProcess, processRegressor, type ProcessOptions } from './gaussian-process.js';
import { learnRidge, ridgeRegressor } from './ridge.js';
import { mixingWeights } from './stacking.js';
import { predictAll, rowsOf, tableOf, type Learner } from './table.js';
import { forestRegressor } from './trees.js';

const random = randomNumbers(7);
const ROWS = 300;
const rows = Array.from({ length: ROWS }, () => [random(), random(), random() * 10, 1]);
const table = tableOf(rows);
const curved = rows.map(([a, b, c]) => Math.sin(5 * a!) + (b! > 0.5 ? 1 : 0) + 0.1 * c!);
const straight = rows.map(([a, b, c]) => 3 + 2 * a! - b! + 0.5 * c!);
const process: ProcessOptions = {
  terms: [{ variance: 1, weights: [0.5, 0.5, 0.5, 0] }],
  constant: 1,
  noise: 1e-4,
};

const LEARNERS: Readonly<Record<string, Learner>> = {
  ridge: (x, y) => ridgeRegressor(learnRidge(x, y)),
  boosted: (x, y, seed) => forestRegressor(learnBoostedTrees(x, y, seed)),
  extra: (x, y, seed) => forestRegressor(learnExtraTrees(x, y, seed)),
  process: (x, y) => processRegressor(learnProcess(x, y, process)),
};
const errorOf = (predictions: ArrayLike<number>, truth: readonly number[]): number =>
  mean(truth.map((value, row) => Math.abs(value - predictions[row]!)));

describe('learners', () => {
  const spread = mean(curved.map((value) => Math.abs(value - mean(curved))));
  for (const [name, learner] of Object.entries(LEARNERS)) {
    it(`${name} predicts rows it has not seen far better than their mean`, () => {
      const predictions = crossPredict(learner, table, curved, foldsByRow(ROWS, 5, 1), 1);
      assert.ok(errorOf(predictions, curved) < (name === 'ridge' ? 0.8 : 0.35) * spread);
    });

    it(`${name} is the same for the same seed`, () => {
      const once = predictAll(learner(table, curved, 3), table);
      assert.deepEqual(predictAll(learner(table, curved, 3), table), once);
    });
  }

  it('ridge finds the line', () => {
    const { intercept, weights } = learnRidge(table, straight, 1e-6);
    [3, 2, -1, 0.5].forEach((value, at) => {
      assert.ok(Math.abs([intercept, ...weights][at]! - value) < 1e-3);
    });
  });

  it('trees go through the targets when leaves may hold one row', () => {
    const forest = learnExtraTrees(table, curved, 1, { trees: 3, leafRows: 1, columnShare: 1 });
    assert.ok(errorOf(predictAll(forestRegressor(forest), table), curved) < 1e-5);
  });

  it('trees never leave the range of what they have seen', () => {
    const far = tableOf([
      [99, -99, 1e9, 0],
      [-1e6, 1e6, -1e9, 5],
    ]);
    const [least, most] = [Math.min(...curved), Math.max(...curved)];
    for (const value of predictAll(LEARNERS['extra']!(table, curved, 1), far))
      assert.ok(value >= least - 1e-6 && value <= most + 1e-6);
  });
});

describe('linear algebra', () => {
  it('factor, solution and inverse agree', () => {
    const size = 20;
    const base = Float64Array.from({ length: size * size }, () => random() - 0.5);
    const matrix = new Float64Array(size * size);
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++)
        for (let k = 0; k < size; k++)
          matrix[i * size + j]! += base[i * size + k]! * base[j * size + k]! + (i === j && k === 0 ? 0.1 : 0);
    const right = Float64Array.from({ length: size }, () => random());
    const factor = matrix.slice();
    factorise(factor, size);
    const solution = solveFactorised(factor, size, right.slice());
    const inverse = inverseFactorised(factor, size);
    for (let i = 0; i < size; i++) {
      let product = 0;
      let viaInverse = 0;
      for (let j = 0; j < size; j++) {
        product += matrix[i * size + j]! * solution[j]!;
        viaInverse += inverse[i * size + j]! * right[j]!;
      }
      assert.ok(Math.abs(product - right[i]!) < 1e-8);
      assert.ok(Math.abs(viaInverse - solution[i]!) < 1e-6);
    }
    assert.throws(() => {
      factorise(Float64Array.from([1, 0, 2, 1]), 2);
    }, RangeError);
  });

  it('groups left out in closed form are predicted as by learning without them', () => {
    const few = rowsOf(
      table,
      Array.from({ length: 60 }, (_, row) => row),
    );
    const truth = curved.slice(0, 60);
    const groups = truth.map((_, row) => row % 7);
    // The same standardisation and mean in both, as they are taken from all rows in the closed form.
    const [left] = leaveGroupsOut(few, truth, [groups], { ...process, constant: 100 });
    const slow = crossPredict(
      (x, y) => processRegressor(learnProcess(x, y, { ...process, constant: 100 })),
      few,
      truth,
      groups,
      1,
    );
    left!.predictions.forEach((value, row) => {
      assert.ok(Math.abs(value - slow[row]!) < 0.1, `${value} ${slow[row]!}`);
    });
  });
});

describe('folds, mixing and intervals', () => {
  it('keeps a group in one fold', () => {
    const groups = Array.from({ length: 50 }, (_, row) => `n${row % 11}`);
    const folds = foldsByGroup(groups, 4, 2);
    for (const group of new Set(groups))
      assert.equal(new Set(groups.flatMap((own, row) => (own === group ? [folds[row]!] : []))).size, 1);
    assert.deepEqual([...new Set(folds)].sort(), [0, 1, 2, 3]);
  });

  it('gives all weight to the learner that is right', () => {
    const right = curved.map((value) => value + 0.001);
    const wrong = curved.map(() => 0);
    const weights = mixingWeights([wrong, right], curved);
    assert.ok(weights[1]! > 0.95, String(weights));
    assert.ok(Math.abs(weights[0]! + weights[1]! - 1) < 1e-9);
  });

  it('mixes two learners whose errors cancel', () => {
    const noise = curved.map(() => normalNumber(random));
    const weights = mixingWeights(
      [curved.map((value, row) => value + noise[row]!), curved.map((value, row) => value - noise[row]!)],
      curved,
    );
    assert.ok(Math.abs(weights[0]! - 0.5) < 0.05);
  });

  it('intervals hold as often as they say', () => {
    const draw = (): number => normalNumber(random);
    const deviations = Array.from({ length: 4000 }, () => 0.5 + random());
    const errors = deviations.map((deviation) => deviation * draw());
    const factor = conformalFactor(errors.slice(0, 2000), deviations.slice(0, 2000), 0.9);
    const held = mean(
      errors.slice(2000).map((error, row) => Number(Math.abs(error) <= factor * deviations[2000 + row]!)),
    );
    assert.ok(held > 0.88 && held < 0.92, String(held));
  });
});
