/**
 * What every `Decoder` must do, as one suite that runs over the fake and over the real model.
 */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { position, sequenceId, token, type SequenceId } from '../base/types.js';
import type { Decoder } from './decoder.js';

const A = sequenceId(0);
const B = sequenceId(1);
const C = sequenceId(2);
const TEXT = [5, 9, 17, 33, 21, 12, 40, 7, 11, 60];

/** Adds `tokens` at the end of a sequence; wants logits of the last, or of all. Returns their rows. */
function feed(decoder: Decoder, sequence: SequenceId, tokens: readonly number[], all = false): number[] {
  const start = decoder.lengthOf(sequence);
  return tokens
    .map((id, index) =>
      decoder.batch.add(token(id), position(start + index), sequence, all || index === tokens.length - 1),
    )
    .filter((row) => row >= 0);
}

function run(decoder: Decoder, sequence: SequenceId, tokens: readonly number[]): Float32Array {
  decoder.batch.clear();
  const [row] = feed(decoder, sequence, tokens);
  assert.equal(decoder.decode(), 'done');
  return decoder.logits(row!).slice();
}

function assertClose(actual: Float32Array, expected: Float32Array, tolerance: number, what: string): void {
  let worst = 0;
  for (let index = 0; index < expected.length; index++) {
    worst = Math.max(worst, Math.abs(actual[index]! - expected[index]!));
  }
  assert.ok(worst <= tolerance, `${what}: logits differ by up to ${worst}`);
}

/**
 * @param open a fresh decoder with at least 4 sequences, a batch of at least 32 tokens and 256 cells
 * @param tolerance how far logits may differ when the same tokens are computed in other batches
 */
export function decoderConformance(name: string, open: () => Decoder, tolerance: number): void {
  describe(`decoder conformance: ${name}`, () => {
    let decoder: Decoder;
    beforeEach(() => {
      decoder = open();
    });
    afterEach(() => {
      decoder.dispose();
    });

    it('gives rows in batch order, for sequences of unequal lengths', () => {
      const alone = [TEXT.slice(0, 2), TEXT.slice(0, 7), TEXT.slice(3)].map((text, index) =>
        run(decoder, sequenceId(index), text),
      );
      for (const sequence of [A, B, C]) decoder.truncate(sequence, position(0));
      decoder.batch.clear();
      const rows = [
        ...feed(decoder, A, TEXT.slice(0, 2)),
        ...feed(decoder, B, TEXT.slice(0, 7)),
        ...feed(decoder, C, TEXT.slice(3)),
      ];
      assert.deepEqual(rows, [0, 1, 2]);
      assert.equal(decoder.decode(), 'done');
      rows.forEach((row, index) => {
        assertClose(decoder.logits(row), alone[index]!, tolerance, `sequence ${index}`);
      });
    });

    it('computes the same in one piece, in chunks, and with a row for every token', () => {
      const whole = run(decoder, A, TEXT);
      run(decoder, B, TEXT.slice(0, 4));
      assertClose(run(decoder, B, TEXT.slice(4)), whole, tolerance, 'in chunks');
      decoder.batch.clear();
      const rows = feed(decoder, C, TEXT, true);
      assert.equal(decoder.decode(), 'done');
      assertClose(decoder.logits(rows.at(-1)!), whole, tolerance, 'row for every token');
    });

    it('forgets what is truncated', () => {
      const expected = run(decoder, A, [...TEXT, 3]);
      run(decoder, B, [...TEXT, 8, 8, 8]);
      decoder.truncate(B, position(TEXT.length));
      assert.equal(decoder.lengthOf(B), TEXT.length);
      assertClose(run(decoder, B, [3]), expected, tolerance, 'after truncation');
      decoder.truncate(B, position(0));
      assert.equal(decoder.lengthOf(B), 0);
    });

    it('copies a prefix, and the copy outlives its source', () => {
      const expected = run(decoder, A, [...TEXT, 3]);
      run(decoder, B, [...TEXT, 8, 8]);
      decoder.copyPrefix(B, C, position(TEXT.length));
      decoder.truncate(B, position(0));
      assert.equal(decoder.lengthOf(C), TEXT.length);
      assertClose(run(decoder, C, [3]), expected, tolerance, 'copy');
    });

    it('refuses a gap in positions and changes nothing', () => {
      const before = run(decoder, A, TEXT);
      decoder.batch.clear();
      decoder.batch.add(token(1), position(TEXT.length + 3), A, true);
      assert.equal(decoder.decode(), 'invalid');
      assert.equal(decoder.lengthOf(A), TEXT.length);
      const again = run(decoder, B, TEXT);
      assertClose(again, before, tolerance, 'after a refused batch');
    });

    it('says that the cache is full and changes nothing', () => {
      let free = decoder.unified ? decoder.cellCount : decoder.sequenceCapacity;
      let length = 0;
      const chunk = Math.min(32, decoder.batch.capacity);
      while (free > 0) {
        const count = Math.min(chunk, free);
        run(decoder, A, new Array<number>(count).fill(2));
        free -= count;
        length += count;
      }
      decoder.batch.clear();
      feed(decoder, A, [2]);
      assert.equal(decoder.decode(), 'no-slot');
      assert.equal(decoder.lengthOf(A), length);
      decoder.truncate(A, position(length - 4));
      run(decoder, A, [2, 2, 2]);
    });

    it('throws a named error after disposal', () => {
      const gone = open();
      gone.dispose();
      gone.dispose();
      assert.throws(() => gone.decode(), { code: 'disposed' });
      assert.throws(() => gone.lengthOf(A), { code: 'disposed' });
    });
  });
}
