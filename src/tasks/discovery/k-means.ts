/**
 * k-means for every k up to a limit, each from the solution before it and from several random starts: Lloyd's
 * algorithm from k-means++ (Arthur and Vassilvitskii 2007) and from one more centre where the last solution explains
 * least (global k-means, Likas, Vlassis and Verbeek 2003). The best of all is kept, which is what makes
 * different seeds agree. Own code because the libraries looked at (ml-kmeans) neither go from k to k + 1 nor work on
 * one flat array.
 */
import { randomNumbers } from '../../base/random.js';
import type { Points } from './svd.js';

export interface Clustering {
  /** One behind the other, as points are. */
  readonly centres: Float32Array;
  readonly k: number;
  readonly labels: Int32Array;
  /** Mean squared distance of a point to its centre. */
  readonly inertia: number;
}

export interface KMeansOptions {
  readonly seed?: number;
  /** Random starts of each k; by default the more, the fewer points there are (`usualStarts`). */
  readonly starts?: number;
  /** Places tried for the next centre. */
  readonly candidates?: number;
}

const MOST_ROUNDS = 60;
/** Points considered for the next centre. */
const CONSIDERED = 200;

/**
 * With 5 for all, two seeds agreed to 0.90 on the 480 prompts of Spec-Bench and to 0.93 on half of them, with these to 1.00
 * and 0.96 (adjusted Rand index, `bench/discovery.mjs`).
 */
const usualStarts = (count: number): number => Math.min(20, Math.max(5, Math.round(10_000 / count)));

/** [k - 1] the best clustering found with k centres, for k from 1 to `most`. */
export function kMeansPath(points: Points, most: number, options: KMeansOptions = {}): Clustering[] {
  const { seed = 1, starts = usualStarts(points.count), candidates = 4 } = options;
  const random = randomNumbers(seed);
  const path: Clustering[] = [lloyd(points, centreOfAll(points), 1)];
  for (let k = 2; k <= Math.min(most, points.count); k += 1) {
    const last = path.at(-1)!;
    let best: Clustering | undefined;
    const consider = (start: Float32Array): void => {
      const found = lloyd(points, start, k);
      if (best === undefined || found.inertia < best.inertia) best = found;
    };
    for (const point of bestAdditions(points, last, candidates, random)) {
      const start = new Float32Array(k * points.width);
      start.set(last.centres);
      start.set(pointAt(points, point), (k - 1) * points.width);
      consider(start);
    }
    for (let at = 0; at < starts; at += 1) consider(plusPlus(points, k, random));
    path.push(best!);
  }
  // And back: two clusters of the solution with one more become one (Ward's criterion), then Lloyd again.
  for (let k = path.length - 1; k >= 2; k -= 1) {
    const found = lloyd(points, withoutCheapest(points, path[k]!), k);
    if (found.inertia < path[k - 1]!.inertia) path[k - 1] = found;
  }
  return path;
}

/**
 * A clustering without the clusters that hold less than a share of the points, which go to their next ones; where all
 * hold less, one cluster.
 */
export function withoutSmall(points: Points, clustering: Clustering, leastShare: number): Clustering {
  const { k, labels, centres } = clustering;
  const sizes = new Int32Array(k);
  for (const label of labels) sizes[label]! += 1;
  const kept = Array.from(sizes.keys()).filter((c) => sizes[c]! >= leastShare * points.count);
  if (kept.length === k) return clustering;
  if (kept.length === 0) return lloyd(points, centreOfAll(points), 1);
  const left = new Float32Array(kept.length * points.width);
  kept.forEach((from, to) => {
    left.set(centres.subarray(from * points.width, (from + 1) * points.width), to * points.width);
  });
  return lloyd(points, left, kept.length);
}

function withoutCheapest(points: Points, { k, labels, centres }: Clustering): Float32Array {
  const { width } = points;
  const sizes = new Float64Array(k);
  for (const label of labels) sizes[label]! += 1;
  let cheapest = { cost: Infinity, a: 0, b: 1 };
  for (let a = 0; a < k; a += 1)
    for (let b = a + 1; b < k; b += 1) {
      let distance = 0;
      for (let d = 0; d < width; d += 1) distance += (centres[a * width + d]! - centres[b * width + d]!) ** 2;
      const cost = (distance * sizes[a]! * sizes[b]!) / Math.max(1, sizes[a]! + sizes[b]!);
      if (cost < cheapest.cost) cheapest = { cost, a, b };
    }
  const { a, b } = cheapest;
  const merged = new Float32Array((k - 1) * width);
  for (let c = 0, to = 0; c < k; c += 1) {
    if (c === b) continue;
    for (let d = 0; d < width; d += 1) {
      const own = centres[c * width + d]!;
      const other = centres[b * width + d]!;
      merged[to * width + d] =
        c === a ? (own * sizes[a]! + other * sizes[b]!) / Math.max(1, sizes[a]! + sizes[b]!) : own;
    }
    to += 1;
  }
  return merged;
}

/**
 * Squared distance of each point to the nearest centre, and which that is.
 * @param likely of each point a centre that is likely near: looked at first, so that others are soon known to be farther
 */
export function nearestCentres(
  points: Points,
  centres: Float32Array,
  k: number,
  likely?: Int32Array,
): { labels: Int32Array; distances: Float32Array } {
  const labels = new Int32Array(points.count);
  const distances = new Float32Array(points.count);
  const { width, values } = points;
  for (let i = 0; i < points.count; i += 1) {
    const first = likely?.[i] ?? 0;
    let best = squaredDistance(points, i, centres, first);
    labels[i] = first;
    for (let c = 0; c < k; c += 1) {
      if (c === first) continue;
      let sum = 0;
      for (let d = 0; d < width && sum < best; d += 1)
        sum += (values[i * width + d]! - centres[c * width + d]!) ** 2;
      if (sum < best) {
        best = sum;
        labels[i] = c;
      }
    }
    distances[i] = best;
  }
  return { labels, distances };
}

/** Points of each cluster: how many, and the sum of their coordinates, one cluster behind the other. */
export function sumsOf(
  { count, width, values }: Points,
  labels: Int32Array,
  k: number,
): { readonly sizes: Float64Array; readonly sums: Float64Array } {
  const sizes = new Float64Array(k);
  const sums = new Float64Array(k * width);
  for (let i = 0; i < count; i += 1) {
    const c = labels[i]!;
    sizes[c]! += 1;
    for (let d = 0; d < width; d += 1) sums[c * width + d]! += values[i * width + d]!;
  }
  return { sizes, sums };
}

function lloyd(points: Points, start: Float32Array, k: number): Clustering {
  const { count, width } = points;
  const centres = start.slice();
  let before: Int32Array | undefined;
  for (let round = 0; ; round += 1) {
    const { labels, distances } = nearestCentres(points, centres, k, before);
    let changed = 0;
    if (before !== undefined) for (let i = 0; i < count; i += 1) if (labels[i] !== before[i]) changed += 1;
    if ((before !== undefined && changed === 0) || round >= MOST_ROUNDS)
      return { centres, k, labels, inertia: distances.reduce((a, b) => a + b, 0) / count };
    before = labels;
    const { sizes, sums } = sumsOf(points, labels, k);
    // A centre that lost all its points stays where it is.
    for (let c = 0; c < k; c += 1)
      if (sizes[c]! > 0)
        for (let d = 0; d < width; d += 1) centres[c * width + d] = sums[c * width + d]! / sizes[c]!;
  }
}

function plusPlus(points: Points, k: number, random: () => number): Float32Array {
  const { width, count } = points;
  const centres = new Float32Array(k * width);
  centres.set(pointAt(points, Math.floor(random() * count)));
  const nearest = new Float64Array(count).fill(Infinity);
  for (let c = 1; c < k; c += 1) {
    let total = 0;
    for (let i = 0; i < count; i += 1) {
      nearest[i] = Math.min(nearest[i]!, squaredDistance(points, i, centres, c - 1));
      total += nearest[i]!;
    }
    let left = random() * total;
    let chosen = 0;
    while (chosen < count - 1 && (left -= nearest[chosen]!) > 0) chosen += 1;
    centres.set(pointAt(points, chosen), c * width);
  }
  return centres;
}

/** Points at which one more centre would at once take the most off the inertia (the bound of Likas et al., section 3). */
function bestAdditions(points: Points, last: Clustering, most: number, random: () => number): number[] {
  const { distances } = nearestCentres(points, last.centres, last.k);
  const considered = Array.from({ length: Math.min(CONSIDERED, points.count) }, () =>
    Math.floor(random() * points.count),
  );
  const gains = considered.map((at) => {
    const centre = pointAt(points, at);
    let gain = 0;
    for (let i = 0; i < points.count; i += 1)
      gain += Math.max(0, distances[i]! - squaredDistance(points, i, centre, 0));
    return { at, gain };
  });
  return gains
    .sort((a, b) => b.gain - a.gain)
    .slice(0, most)
    .map(({ at }) => at);
}

function squaredDistance(points: Points, i: number, centres: Float32Array, c: number): number {
  const { width, values } = points;
  let sum = 0;
  for (let d = 0; d < width; d += 1) sum += (values[i * width + d]! - centres[c * width + d]!) ** 2;
  return sum;
}

const pointAt = ({ width, values }: Points, i: number): Float32Array =>
  values.subarray(i * width, (i + 1) * width);

function centreOfAll(points: Points): Float32Array {
  const centre = new Float32Array(points.width);
  for (let i = 0; i < points.count; i += 1)
    for (let d = 0; d < points.width; d += 1)
      centre[d]! += points.values[i * points.width + d]! / points.count;
  return centre;
}
