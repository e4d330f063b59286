/**
 * Decision trees for regression, in flat typed arrays: how they are held, read and evaluated. Boosted trees
 * (boosted-trees.ts) and extremely randomised ones (extra-trees.ts) grow them.
 */
import type { Regressor } from './table.js';

/** A sum of trees. Node i of the whole forest goes left where `row[feature[i]] <= threshold[i]`. */
export interface Forest {
  readonly kind: 'forest';
  readonly intercept: number;
  /** First node of each tree. */
  readonly roots: Int32Array;
  /** -1 in a leaf. */
  readonly feature: Int16Array;
  readonly threshold: Float32Array;
  /** The left child; the right one is next to it. */
  readonly left: Int32Array;
  /** What a leaf adds. */
  readonly value: Float32Array;
}

export function forestRegressor({ intercept, roots, feature, threshold, left, value }: Forest): Regressor {
  return {
    predict: (row) => {
      let total = intercept;
      for (const root of roots) {
        let node = root;
        while (feature[node]! >= 0) node = left[node]! + (row[feature[node]!]! <= threshold[node]! ? 0 : 1);
        total += value[node]!;
      }
      return total;
    },
  };
}

/** Collects nodes while trees grow. */
export class ForestBuilder {
  private readonly roots: number[] = [];
  private readonly feature: number[] = [];
  private readonly threshold: number[] = [];
  private readonly left: number[] = [];
  private readonly value: number[] = [];

  /** Begins a tree. @returns its root, a leaf until it is split */
  root(): number {
    this.roots.push(this.feature.length);
    return this.leaf();
  }

  private leaf(): number {
    this.threshold.push(0);
    this.left.push(0);
    this.value.push(0);
    return this.feature.push(-1) - 1;
  }

  /** @returns the left child; the right one is the next number */
  split(node: number, feature: number, threshold: number): number {
    const left = this.leaf();
    this.leaf();
    this.feature[node] = feature;
    // As it is kept, so that rows go the same way while the tree grows and later.
    this.threshold[node] = Math.fround(threshold);
    this.left[node] = left;
    return left;
  }

  setValue(node: number, value: number): void {
    this.value[node] = value;
  }

  /** The value of the leaf that a row comes to from `node`. */
  valueAt(node: number, goesLeft: (feature: number, threshold: number) => boolean): number {
    let at = node;
    while (this.feature[at]! >= 0)
      at = this.left[at]! + (goesLeft(this.feature[at]!, this.threshold[at]!) ? 0 : 1);
    return this.value[at]!;
  }

  build(intercept: number): Forest {
    return {
      kind: 'forest',
      intercept,
      roots: Int32Array.from(this.roots),
      feature: Int16Array.from(this.feature),
      threshold: Float32Array.from(this.threshold),
      left: Int32Array.from(this.left),
      value: Float32Array.from(this.value),
    };
  }
}
