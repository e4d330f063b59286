/** What two views of the same texts say together, on points whose tasks, templates and topics are known. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { sharedDirections } from './shared-directions.js';
import type { Points } from './svd.js';

const TASKS = 3;
/** Templates, and topics, of each task. */
const PARTS = 2;
const COUNT = 120;

/** Each template with each topic of its task equally often. */
const rows = Array.from({ length: COUNT }, (_, row) => {
  const [task, nth] = [row % TASKS, Math.floor(row / TASKS)];
  return {
    task,
    template: task * PARTS + (nth % PARTS),
    topic: task * PARTS + (Math.floor(nth / PARTS) % PARTS),
  };
});
const oneHot = (of: readonly number[]): Points => {
  const width = TASKS * PARTS;
  const values = new Float32Array(of.length * width);
  of.forEach((hot, row) => (values[row * width + hot] = 1));
  return { count: of.length, width, values };
};
const distance = ({ width, values }: Points, a: number, b: number): number => {
  let sum = 0;
  for (let d = 0; d < width; d += 1) sum += (values[a * width + d]! - values[b * width + d]!) ** 2;
  return sum;
};

it('keeps what tells tasks apart, and leaves out templates and topics', () => {
  const points = sharedDirections(
    oneHot(rows.map(({ template }) => template)),
    oneHot(rows.map(({ topic }) => topic)),
    12,
  );
  for (let a = 0; a < COUNT; a += 1)
    for (let b = a + 1; b < COUNT; b += 1) {
      const apart = distance(points, a, b);
      if (rows[a]!.task === rows[b]!.task) assert.ok(apart < 0.1, `${a} and ${b} are ${apart} apart`);
      else assert.ok(apart > 1, `${a} and ${b} are only ${apart} apart`);
    }
});

it('takes views that say nothing', () => {
  const nothing = oneHot(rows.map(() => 0));
  for (const other of [nothing, oneHot(rows.map(({ topic }) => topic))])
    for (const value of sharedDirections(nothing, other, 12).values) assert.ok(Math.abs(value) < 1e-3);
});
