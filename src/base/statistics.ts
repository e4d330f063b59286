/** Sums and averages. */
import { quantile } from './quantile.js';

export function sum(values: readonly number[]): number;
export function sum<Item>(items: readonly Item[], valueOf: (item: Item) => number): number;
export function sum<Item>(items: readonly Item[], valueOf: (item: Item) => number = Number): number {
  return items.reduce((total, item) => total + valueOf(item), 0);
}

/** NaN of nothing. */
export const mean = (values: readonly number[]): number => sum(values) / values.length;

/** NaN of nothing. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);
