/**
 * Clusters that are not all of one width: hard EM of spherical Gaussians, each with a width and a share of its own (CEM,
 * Celeux and Govaert 1992), from where k-means ended. k-means takes all for equally wide, so that a kind of work with many
 * wordings loses its edge to narrow neighbours.
 */
import { type Clustering, sumsOf } from './k-means.js';
import type { Points } from './svd.js';

export interface SpreadClusters {
  /** One behind the other, as points are. */
  readonly centres: Float32Array;
  readonly k: number;
  /** [cluster] mean squared distance to its centre. */
  readonly spreads: Float64Array;
  /** [cluster] share of the points. */
  readonly shares: Float64Array;
}

export interface Clustered {
  /** [point] */
  readonly labels: Int32Array;
  /** [point] squared distance to the centre of its cluster. */
  readonly distances: Float32Array;
}

const MOST_ROUNDS = 30;
/** Least spread, in mean ones: points that are all alike have none. */
const LEAST_SPREAD = 0.01;

/** @param leastShare of the points that every cluster must keep; otherwise it stays as k-means left it */
export function withOwnSpread(points: Points, clustering: Clustering, leastShare: number): SpreadClusters {
  const first = clustersOf(points, clustering.labels, clustering.k);
  let [clusters, labels] = [first, clustering.labels];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const next = likeliestClusters(points, clusters).labels;
    if (next.every((label, i) => label === labels[i])) break;
    labels = next;
    clusters = clustersOf(points, labels, clustering.k);
  }
  return clusters.shares.every((share) => share >= leastShare) ? clusters : first;
}

/** The likeliest cluster of each point. */
export function likeliestClusters(
  { count, width, values }: Points,
  { centres, k, spreads, shares }: SpreadClusters,
): Clustered {
  const labels = new Int32Array(count);
  const distances = new Float32Array(count);
  // Of a spherical Gaussian with this mean squared distance, twice the negative logarithm of share and density.
  const scales = Array.from(spreads, (spread) => width / spread);
  const offsets = Array.from(spreads, (spread, c) => width * Math.log(spread) - 2 * Math.log(shares[c]!));
  for (let i = 0; i < count; i += 1) {
    let least = Infinity;
    for (let c = 0; c < k; c += 1) {
      let squares = 0;
      for (let d = 0; d < width; d += 1) squares += (values[i * width + d]! - centres[c * width + d]!) ** 2;
      const cost = scales[c]! * squares + offsets[c]!;
      if (cost >= least) continue;
      least = cost;
      labels[i] = c;
      distances[i] = squares;
    }
  }
  return { labels, distances };
}

function clustersOf(points: Points, labels: Int32Array, k: number): SpreadClusters {
  const { count, width, values } = points;
  const { sizes, sums } = sumsOf(points, labels, k);
  const centres = Float32Array.from(sums, (sum, at) => sum / Math.max(1, sizes[Math.floor(at / width)]!));
  const squares = new Float64Array(k);
  let all = 0;
  for (let i = 0; i < count; i += 1) {
    const c = labels[i]!;
    for (let d = 0; d < width; d += 1) {
      const square = (values[i * width + d]! - centres[c * width + d]!) ** 2;
      squares[c]! += square;
      all += square;
    }
  }
  const least = Math.max(1e-9, (LEAST_SPREAD * all) / count);
  return {
    ...{ centres, k, shares: sizes.map((size) => size / count) },
    spreads: squares.map((sum, c) => Math.max(least, sum / Math.max(1, sizes[c]!))),
  };
}
