import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { position, sequenceId, token, type Token } from '../base/types.js';
import { LlamaDecoder } from './context.js';
import { exactCache, isBatchInvariant } from './invariance.js';
import { LlamaModel } from './model.js';
import { DEMO_MODEL } from './test-models.js';

describe('exact cache', () => {
  const model = LlamaModel.load(DEMO_MODEL);
  after(() => {
    model.dispose();
  });
  // More than 256, where the library counts 512 cells and would change its way of computing attention.
  const LENGTH = 280;
  const SMALL = [60, 1, 3, 61, 2, 5, 40, 1, 4];
  const texts = [0, 1, 2].map((text) =>
    Array.from({ length: LENGTH }, (_, i) => token(((i + 1) * (text * 131 + 37)) % 8000)),
  );
  const open = (unified: boolean, threads: number): LlamaDecoder =>
    new LlamaDecoder(model, {
      contextSize: 3 * 512,
      maxSequences: 3,
      unified,
      threads,
      ...exactCache(model.library),
    });

  /** Bits of the logits of the last 25 tokens of each text, computed `sizes` tokens of each at a time. */
  function compute(decoder: LlamaDecoder, which: readonly (readonly Token[])[], sizes: readonly number[]) {
    const results = which.map((): Int32Array[] => []);
    const lengths = which.map(() => 0);
    for (let step = 0; lengths.some((length) => length < LENGTH); step += 1) {
      decoder.batch.clear();
      const rows: [row: number, text: number][] = [];
      which.forEach((text, index) => {
        const size = sizes[(step + index) % sizes.length]!;
        for (let i = 0; i < size && lengths[index]! < LENGTH; i += 1) {
          const at = lengths[index]!++;
          const wants = at >= LENGTH - 25;
          const row = decoder.batch.add(text[at]!, position(at), sequenceId(index), wants);
          if (wants) rows.push([row, index]);
        }
      });
      assert.equal(decoder.decode(), 'done');
      for (const [row, index] of rows)
        results[index]!.push(new Int32Array(decoder.logits(row).slice().buffer));
    }
    decoder.dispose();
    return results;
  }

  it('gives the same bits in whatever batches, where the kernels of this processor allow', (t) => {
    const decoder = open(true, 1);
    const invariant = isBatchInvariant(decoder);
    assert.equal(decoder.lengthOf(sequenceId(0)), 0);
    assert.equal(decoder.exactRows, decoder.batch.capacity);
    if (!invariant) {
      decoder.dispose();
      t.skip('matrices are multiplied in another way for single tokens on this processor');
      return;
    }
    const alone = texts.map((text, index) => {
      const [rows] = compute(
        index === 0 ? decoder : open(true, 1),
        [text],
        [250, ...new Array<number>(30).fill(1)],
      );
      return rows!;
    });
    assert.deepEqual(compute(open(true, 1), texts, SMALL), alone, 'interleaved in one pool');
    assert.deepEqual(compute(open(false, 1), texts, SMALL), alone, 'in separate pools');
    assert.deepEqual(compute(open(true, 1), texts, [70, 1, 33]), alone, 'in large pieces');
    assert.deepEqual(compute(open(true, 2), texts, [70, 65, 80]), alone, 'with two threads');
  });

  it('gives the same bits in tiles however many tokens are computed at once, and behind them', (t) => {
    const text = texts[0]!;
    /** Bits of the logits from `before` on: so many tokens one by one, then tiled ones, then others. */
    const bitsOf = (decoder: LlamaDecoder, before: number, pieces: readonly number[]): Int32Array[] => {
      const bits: Int32Array[] = [];
      let [at, others] = [0, 0];
      const compute = (count: number, tiled: boolean): void => {
        decoder.batch.clear();
        for (const end = at + count; at < end; at += 1)
          decoder.batch.add(text[at]!, position(at), sequenceId(0), at >= before);
        const rows = at > before ? count : 0;
        assert.equal(decoder.decode(tiled), 'done');
        for (let row = 0; row < rows; row += 1) bits.push(new Int32Array(decoder.logits(row).slice().buffer));
      };
      for (let single = 0; single < before; single += 1) compute(1, false);
      for (const count of pieces) {
        compute(count, true);
        decoder.batch.clear();
        decoder.batch.add(token(5), position(others++), sequenceId(1), true);
        assert.equal(decoder.decode(), 'done');
      }
      for (const count of [1, 3, 9]) compute(count, false);
      decoder.dispose();
      return bits;
    };
    const alone = open(false, 1);
    assert.deepEqual(alone.tile, { least: 64, most: 512 });
    if (!isBatchInvariant(alone)) {
      alone.dispose();
      t.skip('matrices are multiplied in another way for single tokens on this processor');
      return;
    }
    const expected = bitsOf(alone, 11, [64, 64, 64, 64]);
    for (const pieces of [[256], [65, 64, 127], [130, 126], [100, 92, 64]])
      for (const threads of [1, 2])
        assert.deepEqual(
          bitsOf(open(false, threads), 11, pieces),
          expected,
          `${pieces.join()} with ${threads} threads`,
        );
    // Tiles do differ from single tokens, so this compares something.
    assert.notDeepEqual(bitsOf(open(false, 1), 75, [64, 64, 64]).slice(0, 3), expected.slice(64, 67));
  });

  it('gives the same bits behind the side branch of a tree', (t) => {
    const TREE_AT = 255;
    const text = texts[0]!;
    const [own, branch] = [sequenceId(0), sequenceId(2)];
    const alone = open(true, 1);
    if (!isBatchInvariant(alone)) {
      alone.dispose();
      t.skip('matrices are multiplied in another way for single tokens on this processor');
      return;
    }
    const [expected] = compute(alone, [text], [TREE_AT, 1]);
    const decoder = new LlamaDecoder(model, {
      contextSize: 512,
      maxSequences: 2,
      branchSequences: 1,
      threads: 1,
      ...exactCache(model.library),
    });
    const add = (id: Token, at: number, ...sequences: (typeof own)[]): number =>
      decoder.batch.addShared(id, position(at), sequences, true);
    text.slice(0, TREE_AT).forEach((id, at) => add(id, at, own));
    assert.equal(decoder.decode(), 'done');
    // Two wrong guesses, then two right ones in a branch, five times over: rows of the right ones.
    const bits: Int32Array[] = [];
    for (let at = TREE_AT; at < LENGTH; at += 5) {
      decoder.share(own, branch, position(decoder.lengthOf(branch)), position(at));
      decoder.batch.clear();
      const rows = [add(text[at]!, at, own, branch)];
      for (const depth of [1, 2]) add(token(9), at + depth, own);
      for (const depth of [1, 2]) rows.push(add(text[at + depth]!, at + depth, branch));
      assert.equal(decoder.decode(), 'done');
      for (const row of rows) bits.push(new Int32Array(decoder.logits(row).slice().buffer));
      decoder.truncate(own, position(at + 1));
      decoder.adopt(branch, own, position(at + 1));
      decoder.truncate(branch, position(at));
      decoder.batch.clear();
      for (const depth of [3, 4]) add(text[at + depth]!, at + depth, own);
      assert.equal(decoder.decode(), 'done');
      for (const row of [0, 1]) bits.push(new Int32Array(decoder.logits(row).slice().buffer));
    }
    assert.deepEqual(bits, expected);
    decoder.dispose();
  });

  it('is found to be none where rounding differs', () => {
    const decoder = open(true, 1);
    const logits = decoder.logits.bind(decoder);
    decoder.logits = (row: number): Float32Array => {
      const real = logits(row).slice();
      // As if the last of several rows were summed in another order.
      if (row === 4) real[17]! += 1e-4;
      return real;
    };
    assert.equal(isBatchInvariant(decoder), false);
    decoder.dispose();
  });
});
