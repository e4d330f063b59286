/**
 * The tokens of one decode, as flat arrays that a native decoder can lay over its own memory.
 *
 * A token may belong to several sequences at once (the shared stem of a token tree); all entries of one
 * batch are independent of the order in which sequences are added, but the tokens of one sequence must be
 * added in ascending position.
 */
import { assert } from '../base/errors.js';
import type { Position, SequenceId, Token } from '../base/types.js';

export interface BatchArrays {
  /** [capacity] */
  readonly tokens: Int32Array;
  /** [capacity] */
  readonly positions: Int32Array;
  /** [capacity]: how many sequences the token belongs to, >= 1. */
  readonly sequenceCounts: Int32Array;
  /** [capacity * sequencesPerToken], row-major. */
  readonly sequenceIds: Int32Array;
  /** [capacity]: 1 where logits are wanted. */
  readonly outputs: Int8Array;
}

export class TokenBatch {
  #length = 0;
  #outputCount = 0;

  constructor(
    readonly capacity: number,
    readonly sequencesPerToken: number,
    readonly arrays: BatchArrays = {
      tokens: new Int32Array(capacity),
      positions: new Int32Array(capacity),
      sequenceCounts: new Int32Array(capacity),
      sequenceIds: new Int32Array(capacity * sequencesPerToken),
      outputs: new Int8Array(capacity),
    },
  ) {}

  get length(): number {
    return this.#length;
  }

  /** Number of rows of logits that the decode of this batch yields. */
  get outputCount(): number {
    return this.#outputCount;
  }

  /** KV cells that the tokens attend to, summed: each to all before it in its sequence, and to itself. */
  get attendedCells(): number {
    let cells = 0;
    for (let index = 0; index < this.#length; index++) cells += this.arrays.positions[index]! + 1;
    return cells;
  }

  /** Tokens of each sequence that owns some, in the order of their first ones; a shared token counts for its first. */
  shares(): { sequence: number; tokens: number }[] {
    const shares: { sequence: number; tokens: number }[] = [];
    for (let index = 0; index < this.#length; index++) {
      const sequence = this.arrays.sequenceIds[index * this.sequencesPerToken]!;
      const last = shares.at(-1);
      if (last?.sequence === sequence) last.tokens += 1;
      else shares.push({ sequence, tokens: 1 });
    }
    return shares;
  }

  get free(): number {
    return this.capacity - this.#length;
  }

  clear(): void {
    this.#length = 0;
    this.#outputCount = 0;
  }

  /**
   * Adds one token.
   * @returns the row of its logits (`Decoder.logits(row)`), or -1 where none are wanted.
   */
  add(token: Token, position: Position, sequence: SequenceId, wantsLogits: boolean): number {
    const index = this.#append(token, position, wantsLogits);
    this.arrays.sequenceCounts[index] = 1;
    this.arrays.sequenceIds[index * this.sequencesPerToken] = sequence;
    return wantsLogits ? this.#outputCount++ : -1;
  }

  /** Adds one token that several sequences share. */
  addShared(
    token: Token,
    position: Position,
    sequences: readonly SequenceId[],
    wantsLogits: boolean,
  ): number {
    assert(
      sequences.length >= 1 && sequences.length <= this.sequencesPerToken,
      `a token of ${sequences.length} sequences in a batch for up to ${this.sequencesPerToken}`,
    );
    const index = this.#append(token, position, wantsLogits);
    this.arrays.sequenceCounts[index] = sequences.length;
    this.arrays.sequenceIds.set(sequences, index * this.sequencesPerToken);
    return wantsLogits ? this.#outputCount++ : -1;
  }

  #append(token: Token, position: Position, wantsLogits: boolean): number {
    assert(this.#length < this.capacity, `batch of ${this.capacity} tokens is full`);
    const index = this.#length++;
    this.arrays.tokens[index] = token;
    this.arrays.positions[index] = position;
    this.arrays.outputs[index] = wantsLogits ? 1 : 0;
    return index;
  }
}
