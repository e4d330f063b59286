/** Medians, spreads and Markdown tables: everything that turns samples into what docs/benchmarks.md shows. */

import { quantile } from '../../dist/base/quantile.js';
import { pick, randomNumbers, shuffled as inOrderOf } from '../../dist/base/random.js';
import { median, sum } from '../../dist/base/statistics.js';

export { median, quantile, sum };

/** Mean of the middle nine tenths: one hiccup of the machine does not decide it. @param {readonly number[]} values */
export function middleMean(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const cut = Math.floor(sorted.length / 20);
  const middle = sorted.slice(cut, sorted.length - cut);
  return sum(middle) / middle.length;
}

/**
 * @typedef {{ median: number, min: number, max: number, p10: number, p90: number, count: number }} Summary
 * @param {readonly number[]} values
 * @returns {Summary}
 */
export function summarize(values) {
  return {
    median: median(values),
    min: quantile(values, 0),
    max: quantile(values, 1),
    p10: quantile(values, 0.1),
    p90: quantile(values, 0.9),
    count: values.length,
  };
}

/** Three significant digits at least, no more decimals than help. @param {number} value */
export function figure(value) {
  if (!Number.isFinite(value)) return '-';
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  if (size >= 1) return value.toFixed(2);
  return value.toFixed(3);
}

/** `median (min-max)` @param {Summary} summary @param {(value: number) => string} [show] */
export const spread = (summary, show = figure) =>
  `${show(summary.median)} (${show(summary.min)}-${show(summary.max)})`;

/** @param {number} ratio */
export const times = (ratio) => (Number.isFinite(ratio) ? `${ratio.toFixed(2)}x` : '-');

/** @param {number} share */
export const percent = (share) => (Number.isFinite(share) ? `${(share * 100).toFixed(1)}%` : '-');

/**
 * A Markdown table; the first column is text, the others are figures.
 * @param {readonly string[]} head
 * @param {readonly (readonly (string | number)[])[]} rows
 */
export function table(head, rows) {
  const line = (/** @type {readonly (string | number)[]} */ cells) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (column === 0 ? '---' : '--:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/**
 * The same random order for the same seed, so that a run can be repeated.
 * @template T
 * @param {readonly T[]} items
 * @param {number} seed
 * @returns {T[]}
 */
export function shuffled(items, seed) {
  return inOrderOf(items, randomNumbers(seed));
}

/**
 * Where a figure of a list lies over draws from it with repetition (bootstrap): the 5th and 95th percentile.
 * @template T
 * @param {readonly T[]} list
 * @param {(drawn: T[]) => number} figureOf
 * @param {number} [draws]
 * @returns {[number, number]}
 */
export function drawnInterval(list, figureOf, draws = 2000) {
  const random = randomNumbers(1);
  const figures = Array.from({ length: draws }, () => figureOf(list.map(() => pick(random, list))));
  return [quantile(figures, 0.05), quantile(figures, 0.95)];
}
