import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { position, sequenceId, token } from '../base/types.js';
import { decoderConformance } from '../decoder/conformance.js';
import { LlamaDecoder } from './context.js';
import type { ContextOptions } from './make-context.js';
import { LlamaModel } from './model.js';
import { DEMO_MODEL } from './test-models.js';

const model = LlamaModel.load(DEMO_MODEL);
after(() => {
  model.dispose();
});

/** One thread: these tests must not depend on what else the machine does. */
const SMALL: ContextOptions = {
  contextSize: 256,
  batchSize: 128,
  maxSequences: 4,
  branchSequences: 2,
  threads: 1,
};
/**
 * Logits range over some tens; kernels for one and for many tokens sum in another order, and attention over
 * another number of cells too.
 */
const TOLERANCE = 0.5;

decoderConformance('llama, unified', () => new LlamaDecoder(model, SMALL), TOLERANCE);
decoderConformance(
  'llama, a stream each',
  () => new LlamaDecoder(model, { ...SMALL, contextSize: 4 * 256, unified: false }),
  TOLERANCE,
);

/** The best token, and by how much. */
function best(logits: Float32Array): { readonly token: number; readonly lead: number } {
  const order = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]!);
  return { token: order[0]!, lead: logits[order[0]!]! - logits[order[1]!]! };
}

for (const unified of [true, false]) {
  describe(`rows of logits, ${unified ? 'unified' : 'a stream each'}`, () => {
    const options = { ...SMALL, contextSize: unified ? 512 : 2048, maxSequences: 8, unified };

    it('are in batch order for many interleaved sequences cut into micro-batches', () => {
      const decoder = new LlamaDecoder(model, { ...options, microBatchSize: 8 });
      const texts = [3, 11, 1, 7, 2, 19, 5, 4].map((length, index) =>
        Array.from({ length }, (_, i) => token((index * 701 + i * 37) % decoder.vocabularySize)),
      );
      const alone = texts.map((text) => {
        decoder.clear();
        decoder.batch.clear();
        const rows = text.map((id, i) => decoder.batch.add(id, position(i), sequenceId(0), true));
        assert.equal(decoder.decode(), 'done');
        return rows.map((row) => decoder.logits(row).slice());
      });
      // Round-robin: one token of each sequence in turn; only every second wants logits.
      decoder.clear();
      decoder.batch.clear();
      const expected: Float32Array[] = [];
      for (let i = 0; i < 19; i += 1)
        texts.forEach((text, index) => {
          if (i >= text.length) return;
          const wants = (i + index) % 2 === 0;
          const row = decoder.batch.add(text[i]!, position(i), sequenceId(index), wants);
          assert.equal(row, wants ? expected.length : -1);
          if (wants) expected.push(alone[index]![i]!);
        });
      assert.equal(decoder.decode(), 'done');
      expected.forEach((logits, row) => {
        const actual = decoder.logits(row);
        const worst = actual.reduce((most, value, i) => Math.max(most, Math.abs(value - logits[i]!)), 0);
        assert.ok(worst <= TOLERANCE, `row ${row} differs by ${worst}`);
        const { token: likeliest, lead } = best(logits);
        if (lead > 2 * TOLERANCE) assert.equal(best(actual).token, likeliest, `row ${row}`);
      });
      decoder.dispose();
    });

    it('follow the buffer when it grows', () => {
      const decoder = new LlamaDecoder(model, options);
      const step = (count: number): Float32Array[] => {
        decoder.clear();
        decoder.batch.clear();
        for (let i = 0; i < count; i += 1) decoder.batch.add(token(i + 5), position(i), sequenceId(0), true);
        assert.equal(decoder.decode(), 'done');
        return Array.from({ length: count }, (_, row) => decoder.logits(row));
      };
      const one = step(1).map((row) => row.slice());
      const many = step(100);
      assert.ok(many.every((row) => row.length === decoder.vocabularySize && row.some((v) => v !== 0)));
      assert.ok(many[0]!.every((value, i) => Math.abs(value - one[0]![i]!) <= TOLERANCE));
      const first = decoder.logits(0);
      assert.equal(decoder.logits(0), first, 'one view a row');
      assert.throws(() => decoder.logits(100), /row 100 of 100/);
      step(2);
      assert.throws(() => decoder.logits(2), /row 2 of 2/);
      decoder.dispose();
    });
  });
}

describe('llama decoder', () => {
  it('copies a prefix between separate pools', () => {
    const decoder = new LlamaDecoder(model, { ...SMALL, contextSize: 1024, unified: false });
    const [a, b] = [sequenceId(0), sequenceId(1)];
    const run = (sequence: typeof a, ids: readonly number[], from: number): Float32Array => {
      decoder.batch.clear();
      ids.forEach((id, i) =>
        decoder.batch.add(token(id), position(from + i), sequence, i === ids.length - 1),
      );
      assert.equal(decoder.decode(), 'done');
      return decoder.logits(0).slice();
    };
    const expected = run(a, [5, 9, 17, 33], 0);
    decoder.truncate(a, position(0));
    run(a, [5, 9, 17, 21, 22], 0);
    decoder.copyPrefix(a, b, position(3));
    assert.equal(decoder.lengthOf(b), 3);
    // What happens to the source before the copy is made must not matter.
    decoder.truncate(a, position(1));
    const actual = run(b, [33], 3);
    assert.ok(actual.every((value, i) => Math.abs(value - expected[i]!) <= TOLERANCE));
    assert.equal(decoder.lengthOf(a), 1);
    decoder.dispose();
  });

  it('refuses what would end the process', () => {
    const decoder = new LlamaDecoder(model, SMALL);
    assert.throws(() => decoder.lengthOf(sequenceId(6)), /sequence 6 of 6/);
    assert.throws(() => {
      decoder.truncate(sequenceId(-1), position(0));
    }, /sequence -1/);
    assert.throws(() => {
      decoder.copyPrefix(sequenceId(1), sequenceId(1), position(1));
    }, /itself/);
    decoder.batch.clear();
    assert.equal(decoder.decode(), 'invalid', 'an empty batch');
    decoder.batch.add(token(decoder.vocabularySize), position(0), sequenceId(0), true);
    assert.equal(decoder.decode(), 'invalid', 'a token out of range');
    assert.throws(() => decoder.logits(0), /row 0 of 0/);
    decoder.dispose();
  });

  it('can be written to after disposal without harm', () => {
    const decoder = new LlamaDecoder(model, SMALL);
    const { batch } = decoder;
    decoder.dispose();
    for (let i = 0; i < batch.capacity; i += 1) batch.add(token(i), position(i), sequenceId(0), true);
    assert.equal(batch.arrays.tokens[batch.capacity - 1], batch.capacity - 1);
    assert.throws(() => decoder.decode(), { code: 'disposed' });
    assert.throws(() => decoder.logits(0), { code: 'disposed' });
  });

  it('never gives a sequence more than the model was trained for', () => {
    const decoder = new LlamaDecoder(model, {
      contextSize: 2 * model.contextTrain,
      maxSequences: 2,
      threads: 1,
    });
    assert.equal(decoder.sequenceCapacity, model.contextTrain);
    assert.ok(decoder.cellCount >= 2 * model.contextTrain);
    decoder.dispose();
  });

  it('says what does not fit into memory', () => {
    assert.throws(() => new LlamaDecoder(model, { contextSize: 2 ** 31 - 256, threads: 1 }), {
      code: 'out_of_memory',
      param: 'contextSize',
      message: /needs [\d.]+ GiB for its KV cache/,
    });
  });
});
