/**
 * The arrays of a `llama_batch` in one block of memory that JavaScript owns and the library reads: an
 * `ArrayBuffer` does not move, and lives for as long as anyone can still write to it.
 */
import koffi from 'koffi';
import type { BatchArrays } from '../decoder/batch.js';
import type { Batch, Pointer } from './declarations.js';

export class NativeBatch {
  readonly arrays: BatchArrays;
  /** [capacity, width] vectors to compute in place of tokens; empty where the model has vectors of its own. */
  readonly vectors: Float32Array;
  /** The struct for `llama_decode`; set `n_tokens` before each call. */
  readonly call: Batch;

  /** @param width numbers of a token's vector, where vectors are given; else 0 */
  constructor(capacity: number, sequencesPerToken: number, width = 0) {
    // Pointers first, so that they are aligned; bytes last.
    const sizes = {
      rows: capacity * 8,
      tokens: capacity * 4,
      positions: capacity * 4,
      sequenceCounts: capacity * 4,
      sequenceIds: capacity * sequencesPerToken * 4,
      vectors: capacity * width * 4,
      outputs: capacity,
    };
    const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
    const memory = new ArrayBuffer(total);
    const base = koffi.address(memory);
    let used = 0;
    const take = (size: number): number => (used += size) - size;
    const rows = take(sizes.rows);
    const tokens = take(sizes.tokens);
    const positions = take(sizes.positions);
    const sequenceCounts = take(sizes.sequenceCounts);
    const sequenceIds = take(sizes.sequenceIds);
    const vectors = take(sizes.vectors);
    const outputs = take(sizes.outputs);
    const at = (offset: number): Pointer => base + BigInt(offset);

    const rowPointers = new BigUint64Array(memory, rows, capacity);
    for (let i = 0; i < capacity; i += 1) rowPointers[i] = at(sequenceIds + i * sequencesPerToken * 4);
    this.arrays = {
      tokens: new Int32Array(memory, tokens, capacity),
      positions: new Int32Array(memory, positions, capacity),
      sequenceCounts: new Int32Array(memory, sequenceCounts, capacity),
      sequenceIds: new Int32Array(memory, sequenceIds, capacity * sequencesPerToken),
      outputs: new Int8Array(memory, outputs, capacity),
    };
    this.vectors = new Float32Array(memory, vectors, capacity * width);
    this.call = {
      n_tokens: 0,
      token: width > 0 ? null : at(tokens),
      embd: width > 0 ? at(vectors) : null,
      pos: at(positions),
      n_seq_id: at(sequenceCounts),
      seq_id: at(rows),
      logits: at(outputs),
    };
  }
}
