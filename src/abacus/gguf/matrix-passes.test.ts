/** How matrices are gone through, and which random models a profile times. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TENSOR_TYPES } from '../../gguf/types.js';
import { passesOf, priceKnots } from './matrix-passes.js';
import { randomShape } from './profile-plan.js';
import { RANDOM_TYPES } from './random-types.js';

describe('passes through the weights of a matrix', () => {
  it('take each token once, and have a price at each knot beside them', () => {
    for (const kernel of ['Q8_0', 'Q4_1', 'Q4_K', 'Q4_K repacked', 'F16'])
      for (const columns of [1, 2, 3, 4, 7, 8, 9, 16, 17, 33, 512]) {
        const passes = passesOf(kernel, columns);
        const total = passes.reduce((sum, { columns: each, times }) => sum + each * times, 0);
        assert.equal(total, columns, `${kernel}, ${columns} tokens`);
        for (const { knots, only } of passes)
          assert.ok(
            [...knots.map(String), ...(only === undefined ? [] : [only])].every((name) =>
              priceKnots(kernel).includes(name),
            ),
          );
      }
  });

  it('are one more for what a kernel leaves over', () => {
    const times = (kernel: string, columns: number): number =>
      passesOf(kernel, columns).reduce((sum, pass) => sum + pass.times, 0);
    // Tiles of two tokens, blocks of sixteen, panels of four.
    assert.deepEqual(
      [1, 2, 3, 8, 9].map((columns) => times('Q8_0', columns)),
      [1, 1, 2, 1, 2],
    );
    assert.deepEqual(
      [1, 16, 17, 64].map((columns) => times('Q4_1', columns)),
      [1, 1, 2, 4],
    );
    assert.deepEqual(
      [1, 3, 4, 6].map((columns) => times('Q4_0 repacked', columns)),
      [1, 3, 1, 3],
    );
  });
});

describe('random models of a profile', () => {
  const asked = (type: string): { block: number; bytesPerWeight: number } => {
    const { blockSize, blockBytes } = [...TENSOR_TYPES.values()].find(({ name }) => name === type)!;
    return { block: blockSize, bytesPerWeight: blockBytes / blockSize };
  };

  it('are small, deep, of many words and wide, of each type', () => {
    for (const [at, type] of RANDOM_TYPES.entries()) {
      const shapes = [0, 1, 2, 3].map((index) => randomShape(1, at, index, asked(type)));
      assert.ok(shapes.some(({ layers, width }) => layers >= 16 && width < 1024));
      assert.ok(shapes.some(({ vocabulary }) => vocabulary > 45_000));
      assert.ok(shapes.some(({ width }) => width >= 1024));
      for (const { layers, width, heads, kvHeads, headWidth, feedForward, vocabulary } of shapes) {
        assert.ok(width === heads * headWidth && heads % kvHeads === 0 && width % asked(type).block === 0);
        assert.ok(feedForward % asked(type).block === 0 && vocabulary >= 323);
        const weights =
          layers * (2 * width * (width + kvHeads * headWidth) + 3 * width * feedForward) + width * vocabulary;
        assert.ok(weights < 80e6 && weights * asked(type).bytesPerWeight < 180e6, `${type}: ${weights}`);
      }
    }
  });

  it('are the same from one seed, and others from another', () => {
    assert.deepEqual(randomShape(1, 3, 2, asked('Q8_0')), randomShape(1, 3, 2, asked('Q8_0')));
    assert.notDeepEqual(randomShape(1, 3, 2, asked('Q8_0')), randomShape(2, 3, 2, asked('Q8_0')));
  });
});
