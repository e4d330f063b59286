/**
 * Criteria for the number of tasks on the same clusterings: mean silhouette (Rousseeuw 1987), gap statistic (Tibshirani,
 * Walther and Hastie 2001), BIC of spherical Gaussians (Pelleg and Moore 2000), prediction strength (Tibshirani and
 * Walther 2005), a price that is the same for all prompts, and the slope heuristic that discovery uses.
 */
import path from 'node:path';
import { root } from './machine.mjs';
import { furtherPrompts, heldOut, namedSets, randomMixes, some, traffic } from './mixes.mjs';

const load = (file) => import(path.join(root, 'dist', file));
const { adjustedRandIndex } = await load('tasks/discovery/agreement.js');
const { chosenK } = await load('tasks/discovery/choose-k.js');
const { LEAST_WITH_TERM, MOST_CLUSTERS } = await load('tasks/discovery/discover.js');
const { kMeansPath, nearestCentres, withoutSmall } = await load('tasks/discovery/k-means.js');
const { wordPoints } = await load('tasks/discovery/word-points.js');
const { fillNormal, randomNumbers } = await load('base/random.js');

const MOST_POINTS = 1200;
const MOST_K = 16;
const LESS = { starts: 1, candidates: 2 };

const criteria = {
  silhouette: ({ points, clusterings }) =>
    1 + bestOf(clusterings.slice(1, MOST_K).map((c) => silhouette(points, c))) + 1,
  gap: ({ points, clusterings }) => {
    const references = [1, 2, 3].map((seed) =>
      kMeansPath(onSphere(points, seed), MOST_K, LESS).map(({ inertia }) => Math.log(inertia)),
    );
    const gaps = clusterings.slice(0, MOST_K).map(({ inertia }, i) => {
      const values = references.map((reference) => reference[i]);
      const mean = values.reduce((a, b) => a + b) / values.length;
      const deviation = Math.sqrt(
        values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length,
      );
      return { gap: mean - Math.log(inertia), error: deviation * Math.sqrt(1 + 1 / values.length) };
    });
    const first = gaps.findIndex(
      ({ gap }, i) => i + 1 < gaps.length && gap >= gaps[i + 1].gap - gaps[i + 1].error,
    );
    return first === -1 ? gaps.length : first + 1;
  },
  BIC: ({ points: { count, width }, clusterings }) =>
    bestOf(
      clusterings.map(
        ({ inertia, k }) => -count * width * Math.log(inertia) - k * (width + 1) * Math.log(count),
      ),
    ) + 1,
  'prediction strength': ({ points }) => {
    const even = part(points, 0);
    const odd = part(points, 1);
    const [one, other] = [even, odd].map((half) => kMeansPath(half, MOST_K, LESS));
    let k = 1;
    for (let at = 1; at < Math.min(one.length, other.length); at += 1)
      if ((strength(odd, other[at], one[at]) + strength(even, one[at], other[at])) / 2 >= 0.8) k = at + 1;
    return k;
  },
  'fixed price': ({ clusterings }) => {
    let price = 0;
    return (
      bestOf(
        clusterings
          .slice(0, 20)
          .map(({ inertia, k }) => -Math.log(inertia) - (price += Math.max(0.025, 0.053 - 0.0015 * k))),
      ) + 1
    );
  },
  slope: ({ clusterings }) => chosenK(clusterings.map(({ inertia }) => inertia)),
};

/**
 * Prints the table: tasks found and adjusted Rand index of each criterion.
 * @param only criteria to compare; none: all @param most prompts of a random mix; larger ones are left out
 */
export function compareCriteria(mixes, seed, more, { only, most }) {
  const compared = Object.entries(criteria).filter(([name]) => only.length === 0 || only.includes(name));
  const further = furtherPrompts(more);
  const bundled = seed === 1 ? traffic : heldOut;
  const sets = [
    ...Object.entries(namedSets()).map(([name, prompts]) => ({ name, prompts })),
    ...randomMixes(mixes, seed, { bundled, further })
      .filter(({ prompts }) => prompts.length < most)
      .map(({ name, prompts }) => ({ name, prompts, isRandom: true })),
  ];
  const names = [...compared.map(([name]) => name), 'k known', 'best k'];
  console.log(
    `| set | prompts | kinds | ${names.join(' | ')} |\n|---|---|---|${'---|'.repeat(names.length)}`,
  );
  const random = [];
  for (const { name, prompts, isRandom } of sets) {
    const chosen = some(prompts, MOST_POINTS, 1);
    const labels = chosen.map(({ label }) => label);
    const points = pointsOf(chosen.map(({ text }) => text));
    const clusterings = kMeansPath(points, MOST_CLUSTERS);
    const least = Math.max(0.03, 8 / points.count);
    const found = clusterings.map((clustering) => {
      const kept = withoutSmall(points, clustering, least);
      return { k: kept.k, index: adjustedRandIndex(labels, [...kept.labels]) };
    });
    const kinds = new Set(labels).size;
    const results = [
      ...compared.map(([, criterion]) => found[criterion({ points, clusterings }) - 1]),
      found[kinds - 1],
      found.reduce((best, one) => (one.index > best.index ? one : best)),
    ];
    if (isRandom) random.push({ kinds, results });
    else
      console.log(
        `| ${name} | ${points.count} | ${kinds} | ${results.map(({ k, index }) => `${k}: ${index.toFixed(2)}`).join(' | ')} |`,
      );
  }
  const row = (of) =>
    names.map((_, i) => of(random.map(({ results, kinds }) => ({ ...results[i], kinds })))).join(' | ');
  const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
  console.log(
    `| ${random.length} random mixes, mean | | | ${row((all) => mean(all.map(({ index }) => index)).toFixed(3))} |`,
  );
  console.log(
    `| share of them at 0.75 or more | | | ${row((all) => `${(100 * mean(all.map(({ index }) => Number(index >= 0.75)))).toFixed(0)} %`)} |`,
  );
  console.log(
    `| mean error of the number of tasks | | | ${row((all) => mean(all.map(({ k, kinds }) => Math.abs(k - kinds))).toFixed(1))} |`,
  );
}

const bestOf = (values) => values.indexOf(Math.max(...values));

const pointsOf = (texts) => wordPoints(texts, { leastTexts: LEAST_WITH_TERM });

/** As many points in directions that have nothing to do with each other, with the variances of the given ones. */
function onSphere({ count, width, values }, seed) {
  const random = fillNormal(new Float32Array(count * width), 1, randomNumbers(seed));
  const deviations = Array.from({ length: width }, (_, d) => {
    let squares = 0;
    for (let i = 0; i < count; i += 1) squares += values[i * width + d] ** 2;
    return Math.sqrt(squares / count);
  });
  for (let i = 0; i < count; i += 1) {
    let squares = 0;
    for (let d = 0; d < width; d += 1) squares += (random[i * width + d] *= deviations[d]) ** 2;
    for (let d = 0; d < width; d += 1) random[i * width + d] /= Math.sqrt(squares) || 1;
  }
  return { count, width, values: random };
}

function part({ count, width, values }, which) {
  const rows = Array.from({ length: count }, (_, i) => i).filter((i) => i % 2 === which);
  const own = new Float32Array(rows.length * width);
  rows.forEach((from, to) => own.set(values.subarray(from * width, (from + 1) * width), to * width));
  return { count: rows.length, width, values: own };
}

/** Least share, over the clusters of a half, of pairs that the other half's centres keep together. */
function strength(points, own, other) {
  const { labels } = nearestCentres(points, other.centres, other.k);
  let least = 1;
  for (let c = 0; c < own.k; c += 1) {
    const counts = new Map();
    let size = 0;
    own.labels.forEach((label, i) => {
      if (label !== c) return;
      size += 1;
      counts.set(labels[i], (counts.get(labels[i]) ?? 0) + 1);
    });
    if (size < 2) continue;
    const together = [...counts.values()].reduce((sum, count) => sum + count * (count - 1), 0);
    least = Math.min(least, together / (size * (size - 1)));
  }
  return least;
}

/** Mean silhouette by squared distances, which sums of the clusters give without all pairs. */
function silhouette({ count, width, values }, { labels, k }) {
  const sizes = new Float64Array(k);
  const sums = new Float64Array(k * width);
  const squares = new Float64Array(k);
  const norms = new Float64Array(count);
  for (let i = 0; i < count; i += 1) {
    const c = labels[i];
    sizes[c] += 1;
    for (let d = 0; d < width; d += 1) {
      const value = values[i * width + d];
      sums[c * width + d] += value;
      norms[i] += value * value;
    }
    squares[c] += norms[i];
  }
  let total = 0;
  for (let i = 0; i < count; i += 1) {
    let own = 0;
    let next = Infinity;
    for (let c = 0; c < k; c += 1) {
      let dot = 0;
      for (let d = 0; d < width; d += 1) dot += values[i * width + d] * sums[c * width + d];
      const sum = sizes[c] * norms[i] + squares[c] - 2 * dot;
      if (c === labels[i]) own = sizes[c] > 1 ? sum / (sizes[c] - 1) : 0;
      else if (sizes[c] > 0) next = Math.min(next, sum / sizes[c]);
    }
    total += (next - own) / Math.max(next, own, 1e-12);
  }
  return total / count;
}
