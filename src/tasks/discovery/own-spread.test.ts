/** Clusters of different widths, on points whose clusters are known. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fillNormal, randomNumbers } from '../../base/random.js';
import { adjustedRandIndex } from './agreement.js';
import { kMeansPath } from './k-means.js';
import { likeliestClusters, withOwnSpread } from './own-spread.js';
import type { Points } from './svd.js';

const WIDTH = 8;

/** Normal points around places on the first axis. */
function around(...parts: readonly (readonly [place: number, deviation: number, count: number])[]) {
  const random = randomNumbers(3);
  const labels = parts.flatMap(([, , count], part) => Array<number>(count).fill(part));
  const values = Float32Array.from(
    parts.flatMap(([place, deviation, count]) => [
      ...fillNormal(new Float32Array(count * WIDTH), deviation, random).map((value, at) =>
        at % WIDTH === 0 ? value + place : value,
      ),
    ]),
  );
  return { labels, points: { count: labels.length, width: WIDTH, values } satisfies Points };
}

it('leaves a wide cluster the edge that k-means gives to a narrow one', () => {
  const { labels, points } = around([0, 0.5, 150], [1.6, 0.08, 150]);
  const clustering = kMeansPath(points, 2)[1]!;
  const before = adjustedRandIndex(labels, [...clustering.labels]);
  const found = likeliestClusters(points, withOwnSpread(points, clustering, 0.03));
  assert.ok(before < 0.95, `k-means: ${before}`);
  assert.ok(adjustedRandIndex(labels, [...found.labels]) > 0.99);
});

it('leaves clusters as they are where one would lose nearly all, or points are all alike', () => {
  const { points } = around([0, 0.5, 150], [0.4, 0.4, 12]);
  const clustering = kMeansPath(points, 2)[1]!;
  const kept = withOwnSpread(points, clustering, 0.45);
  const sizes = [0, 1].map((c) => clustering.labels.filter((label) => label === c).length / points.count);
  assert.deepEqual([...kept.shares], sizes);
  const alike: Points = { count: 20, width: 2, values: new Float32Array(40).map((_, at) => Number(at < 20)) };
  const two = withOwnSpread(alike, kMeansPath(alike, 2)[1]!, 0.03);
  assert.deepEqual([...two.shares], [0.5, 0.5]);
  assert.ok(two.spreads.every((spread) => spread > 0));
});
