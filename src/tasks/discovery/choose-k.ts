/**
 * How many tasks there are, by the slope heuristic (Birgé and Massart 2007; Baudry, Maugis and Michel 2012, "Slope
 * heuristics: overview and implementation"): each further centre costs somewhat more than what centres save that only
 * cut tasks into parts, and how much those save is read from the clusterings with a few centres more. So
 * the price follows the prompts: prompts written by a few templates fall into parts that save much, and parts of few
 * prompts save more than parts of many. Several numbers may agree with the slope beyond them, one for each
 * layer of a hierarchy (kinds of work, their templates); the one whose last centre saves the most in slopes is taken. The
 * other criteria tried, and what each finds: docs/tasks-accuracy.md.
 */
import type { Clustering } from './k-means.js';

/*
 * Tuned on the sets of `bench/lib/mixes.mjs` and 60 random mixes of seed 1, the factor anew on random mixes of seeds 303,
 * 404 and 505 when points got the directions that both views share; slopes over 7 or 9 centres find tasks about as well.
 */
/** Clusterings beyond k from which the slope is read, and how many are passed over before them. */
const SLOPE_OVER = 7;
const PASSED_OVER = 2;
/** What a centre has to save, in slopes; the theory says 2 for large samples. */
const FACTOR = 1.9;
/** What it has to save at the least, in natural logarithms of the inertia: less divides single kinds of work. */
const LEAST_SAVED = 0.03;
/** The slope beyond it is the price where no number agrees with the slope beyond itself. */
const LIKELY = 8;

/** @param path [k - 1] the clustering with k centres @returns the one to take */
export function chooseClustering(path: readonly Clustering[]): Clustering {
  return path[chosenK(path.map(({ inertia }) => inertia)) - 1]!;
}

/** @param inertias [k - 1] of the clustering with k centres @returns k, at most six fewer than there are clusterings */
export function chosenK(inertias: readonly number[]): number {
  const logarithms = inertias.map((inertia) => Math.log(Math.max(inertia, 1e-9)));
  const most = Math.max(1, logarithms.length - SLOPE_OVER - PASSED_OVER + 3);
  let chosen: number | undefined;
  let highest = -Infinity;
  for (let k = 1; k <= most; k += 1) {
    const slope = slopeBeyond(logarithms, k);
    if (cheapest(logarithms, priceOf(slope)) !== k) continue;
    const contrast = k === 1 ? 1 : (logarithms[k - 2]! - logarithms[k - 1]!) / Math.max(slope, 1e-9);
    if (contrast > highest) [chosen, highest] = [k, contrast];
  }
  return chosen ?? Math.min(most, cheapest(logarithms, priceOf(slopeBeyond(logarithms, LIKELY))));
}

const priceOf = (slope: number): number => Math.max(LEAST_SAVED, FACTOR * slope);

/** The number of centres at which inertia and price are least together. */
function cheapest(logarithms: readonly number[], price: number): number {
  const costs = logarithms.map((logarithm, at) => logarithm + price * at);
  return costs.indexOf(Math.min(...costs)) + 1;
}

/** Median of what single centres save beyond k, in natural logarithms of the inertia. */
function slopeBeyond(logarithms: readonly number[], k: number): number {
  const from = Math.max(1, Math.min(k + PASSED_OVER, logarithms.length - SLOPE_OVER));
  const saved = logarithms
    .slice(from, from + SLOPE_OVER)
    .map((logarithm, at) => logarithms[from + at - 1]! - logarithm)
    .sort((a, b) => a - b);
  return saved[saved.length >> 1] ?? 0;
}
