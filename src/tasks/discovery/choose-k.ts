/**
 * How many tasks there are: one more must make the points' mean distance to their centres smaller by a share that a
 * mere part of a task does not (a penalised k-means objective, as in DP-means, Kulis and Jordan 2012, on
 * the logarithm of the inertia). What it finds: docs/tasks-accuracy.md.
 */
import type { Clustering } from './k-means.js';

/**
 * What the k-th task must save, in natural logarithms: less the more there are, for each is then a smaller part of the
 * traffic. Tuned on the bundled prompts, Spec-Bench and mixtures of both, whose last true task saves 0.045 or more, and
 * parts of tasks 0.025 to 0.050.
 */
const price = (k: number): number => Math.max(0.025, 0.053 - 0.0015 * k);

/** @param path [k - 1] the clustering with k centres @returns the one to take */
export function chooseClustering(path: readonly Clustering[]): Clustering {
  let best = path[0]!;
  let least = Infinity;
  let penalty = 0;
  for (const clustering of path) {
    penalty += price(clustering.k);
    const cost = Math.log(Math.max(clustering.inertia, 1e-9)) + penalty;
    if (cost < least) [best, least] = [clustering, cost];
  }
  return best;
}
