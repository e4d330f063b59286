import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fillNormal, randomNumbers } from '../base/random.js';
import { guessedRows } from './guessed-rows.js';

describe('rows of a head for tokens that it lacks', () => {
  const [width, tokens] = [8, 60];
  const random = randomNumbers(3);
  const vectors = fillNormal(new Float32Array(tokens * width), 1, random);
  const linear = fillNormal(new Float32Array(width * width), 1, random);
  const rowOf = (token: number): number[] =>
    Array.from({ length: width }, (_, j) =>
      Array.from({ length: width }, (_, i) => vectors[token * width + i]! * linear[i * width + j]!).reduce(
        (sum, each) => sum + each,
      ),
    );
  const rowsOf = (ids: Int32Array): Float32Array => Float32Array.from([...ids].flatMap(rowOf));
  const known = Int32Array.from({ length: 40 }, (_, at) => at);
  const wanted = Int32Array.from({ length: 20 }, (_, at) => 40 + at);

  it('are what the vectors of their tokens say, where that is linear', () => {
    const found = guessedRows(rowsOf(known), known, vectors, wanted, width);
    rowsOf(wanted).forEach((value, at) => {
      assert.ok(Math.abs(value - found[at]!) < 0.05, `${found[at]} instead of ${value}`);
    });
  });

  it('are numbers also where nothing or too little is known', () => {
    assert.equal(guessedRows(rowsOf(known), known, vectors, new Int32Array(), width).length, 0);
    for (const count of [0, 1, 3]) {
      const few = known.slice(0, count);
      assert.ok(guessedRows(rowsOf(few), few, vectors, wanted, width).every(Number.isFinite), `${count}`);
    }
  });
});
