/**
 * Extremely randomised trees (Geurts, Ernst and Wehenkel, Machine Learning 63, 2006): at each node the best of some
 * random cuts; every tree sees all rows. The forest is their average.
 */
import { randomNumbers } from '../../base/random.js';
import type { Table } from './table.js';
import { ForestBuilder, type Forest } from './trees.js';

export interface ExtraTreesOptions {
  readonly trees: number;
  /** Fewest rows in a leaf. */
  readonly leafRows: number;
  /** Share of the columns tried at a node. */
  readonly columnShare: number;
}

export const EXTRA_TREES: ExtraTreesOptions = { trees: 60, leafRows: 3, columnShare: 0.4 };

export function learnExtraTrees(
  table: Table,
  targets: ArrayLike<number>,
  seed: number,
  options: ExtraTreesOptions = EXTRA_TREES,
): Forest {
  const { rows, columns, values } = table;
  const random = randomNumbers(seed);
  const builder = new ForestBuilder();
  const tried = Math.max(1, Math.round(columns * options.columnShare));
  const columnOrder = Int32Array.from({ length: columns }, (_, column) => column);

  const grow = (node: number, own: Int32Array): void => {
    let total = 0;
    for (const row of own) total += targets[row]!;
    const mean = total / own.length;
    let best = { gain: 1e-12, feature: -1, threshold: 0 };
    if (own.length >= 2 * options.leafRows) {
      let left = tried;
      // A random order, drawn as far as it is needed: columns that are the same in all rows do not count.
      for (let drawn = 0; drawn < columns && left > 0; drawn++) {
        const other = drawn + Math.floor(random() * (columns - drawn));
        const feature = columnOrder[other]!;
        columnOrder[other] = columnOrder[drawn]!;
        columnOrder[drawn] = feature;
        let least = Infinity;
        let most = -Infinity;
        for (const row of own) {
          const value = values[row * columns + feature]!;
          if (value < least) least = value;
          if (value > most) most = value;
        }
        if (!(least < most)) continue;
        left -= 1;
        const threshold = Math.fround(least + random() * (most - least));
        let sum = 0;
        let count = 0;
        for (const row of own)
          if (values[row * columns + feature]! <= threshold) {
            sum += targets[row]!;
            count += 1;
          }
        if (count < options.leafRows || own.length - count < options.leafRows) continue;
        const gain = sum ** 2 / count + (total - sum) ** 2 / (own.length - count) - total * mean;
        if (gain > best.gain) best = { gain, feature, threshold };
      }
    }
    if (best.feature < 0) {
      builder.setValue(node, mean / options.trees);
      return;
    }
    const { feature, threshold } = best;
    const child = builder.split(node, feature, threshold);
    grow(
      child,
      own.filter((row) => values[row * columns + feature]! <= threshold),
    );
    grow(
      child + 1,
      own.filter((row) => values[row * columns + feature]! > threshold),
    );
  };
  for (let tree = 0; tree < options.trees; tree++)
    grow(
      builder.root(),
      Int32Array.from({ length: rows }, (_, row) => row),
    );
  return builder.build(0);
}
