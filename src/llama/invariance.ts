/**
 * Whether a decoder's logits are the same to the last bit however tokens are batched: one at a time or many,
 * alone or among other sequences, on one thread or several. Then speculation cannot change a text, not even by
 * rounding.
 *
 * What it takes, on the processor:
 * - Attention by one kernel. With flash attention llama.cpp has three: one for single tokens over 512 cells and
 *   more, which splits the cells among the threads; one for 64 tokens and more; and one for the rest. The first
 *   two are for caches whose keys and values are of the same type, so `EXACT_CACHE` has two types.
 * - Matrices whose product with one vector is summed up as with many. So it is for quantised weights (Q4_0,
 *   Q4_K, Q6_K and Q8_0 on AVX2 and AVX-512), not for F16, BF16 and F32, where single tokens take another way.
 *
 * Measured with the demo model over 300 tokens of 4 texts, batches of 1 to 300 tokens, 1 and 2 threads, one pool
 * of cells and separate ones: no bit differs with `EXACT_CACHE`, and logits by up to 0.46 with F16 for both.
 * Precision is that of the quantised weights either way: divergence from an F32 cache is 0.0010 nats a token,
 * with F16 for both 0.0007. Time for 8 tokens at 900 is 20 % less on EPYC Genoa and the same with AVX2; a
 * prompt of 512 takes 45 % and 70 % longer, less for larger models, where attention is a smaller part.
 */
import { assert } from '../base/errors.js';
import { position, sequenceId, token } from '../base/types.js';
import type { Decoder } from '../decoder/decoder.js';

/** Types of keys and values of a cache. */
export const EXACT_CACHE = { typeK: 'BF16', typeV: 'F16' } as const;

const TOKENS = 5;

/**
 * Tries it with a few tokens, which shows the way of the matrices, not of attention over many cells: the
 * decoder must have an exact cache. Its cache must be empty, and is empty afterwards.
 */
export function isBatchInvariant(decoder: Decoder): boolean {
  const sequence = sequenceId(0);
  assert(decoder.lengthOf(sequence) === 0, 'the cache is empty');
  const ids = Array.from({ length: TOKENS }, (_, i) => token((i * 7919 + 1) % decoder.vocabularySize));
  const add = (index: number): void => {
    decoder.batch.add(ids[index]!, position(index), sequence, true);
  };
  const single = ids.map((_, index) => {
    decoder.batch.clear();
    add(index);
    return decoder.decode() === 'done' ? decoder.logits(0).slice() : undefined;
  });
  decoder.truncate(sequence, position(0));
  decoder.batch.clear();
  ids.forEach((_, index) => {
    add(index);
  });
  const same =
    decoder.decode() === 'done' &&
    single.every((logits, row) => {
      const together = decoder.logits(row);
      return logits?.every((value, id) => Object.is(value, together[id])) ?? false;
    });
  decoder.truncate(sequence, position(0));
  decoder.batch.clear();
  return same;
}
