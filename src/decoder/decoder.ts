/**
 * What the engine needs of a language model, so that everything above runs the same over the real model
 * (`llama/`) and over a fake with known probabilities (`fake.ts`). Only one thread may call a decoder.
 */
import type { DraftId } from '../base/draft-id.js';
import type { Position, SequenceId, Token } from '../base/types.js';
import type { TokenBatch } from './batch.js';

/**
 * Outcome of one decode:
 * - `done`: every token of the batch is in the KV cache, its logits can be read;
 * - `no-slot`: the cache has no room; nothing has changed;
 * - `aborted`: stopped by request; a part of the batch may be in the cache;
 * - `invalid`: the batch contradicts the cache (a gap in positions, a bad sequence); nothing has changed;
 * - `failed`: the library gave up; a part of the batch may be in the cache.
 */
export type DecodeOutcome = 'done' | 'no-slot' | 'aborted' | 'invalid' | 'failed';

export interface Decoder {
  readonly vocabularySize: number;
  /** KV cells for all sequences together. */
  readonly cellCount: number;
  /** Most tokens that one sequence may hold (equal to `cellCount` when `unified`). */
  readonly sequenceCapacity: number;
  /** Sequences for texts, numbered from 0. */
  readonly maxSequences: number;
  /**
   * Further sequences, numbered from `maxSequences` on, for the side branches of token trees; 0 unless
   * `unified`, for only there can a token belong to several sequences.
   */
  readonly branchSequences: number;
  /** True when all sequences draw from one pool of cells and may share them. */
  readonly unified: boolean;
  /**
   * Most tokens of one decode for which a token's logits do not depend on what else is in the batch, as far
   * as this decoder knows; `batch.capacity` where it makes no difference.
   */
  readonly exactRows: number;
  /**
   * How many tokens of one sequence `decode(true)` can compute with attention in tiles. Such a token has other bits than when
   * it is computed by `decode()`, but the same ones however many are computed at once. Undefined where it cannot.
   */
  readonly tile: { readonly least: number; readonly most: number } | undefined;
  /** True when the end of a sequence can be removed (false for recurrent models: no speculation there). */
  readonly canTruncate: boolean;

  /** Filled by the caller, computed by `decode`; `batch.capacity` is the most tokens of one decode. */
  readonly batch: TokenBatch;

  /**
   * Computes `batch`, and returns when that is done.
   * @param tiled with attention in tiles: `tile.least` to `tile.most` tokens of one sequence
   */
  decode(tiled?: boolean): DecodeOutcome;
  /** Logits of output row `row` of the last decode: [vocabularySize], a view valid until the next decode. */
  logits(row: number): Float32Array;

  /** Forgets positions `[from, ∞)` of a sequence. */
  truncate(sequence: SequenceId, from: Position): void;
  /**
   * Makes positions `[0, to)` of `source` also those of `destination`, which must be empty. Shares the cells
   * when `unified`; otherwise the cells are copied.
   */
  copyPrefix(source: SequenceId, destination: SequenceId, to: Position): void;
  /**
   * Makes positions `[from, to)` of `source` also those of `destination`, which must hold `[0, from)`: the
   * same cells, nothing is copied. Only when `unified`.
   */
  share(source: SequenceId, destination: SequenceId, from: Position, to: Position): void;
  /**
   * Moves positions `[from, ∞)` of `source` to the end of `destination`, which must hold `[0, from)`. Only when
   * `unified`. When what was computed beside them has been forgotten before, the cache is as if they had been
   * computed alone, also in the order of its cells.
   */
  adopt(source: SequenceId, destination: SequenceId, from: Position): void;
  /** Tokens held for a sequence: its last position + 1; 0 when empty. */
  lengthOf(sequence: SequenceId): number;

  /** Frees native memory; later calls throw `disposed`. */
  dispose(): void;
}

/**
 * What a draft guesses from: the text alone, or also the target's hidden states, which its decoder is then given
 * after each verification (no such draft is there yet; `DraftModel.reads` is where its proposer will look).
 */
export type DraftInput = 'tokens' | 'hidden-states';

/** A draft model: shares the target's vocabulary, and has a context of its own. */
export interface DraftModel {
  readonly id: DraftId;
  /** Tells files under one id apart: what was learned of one says nothing of another. */
  readonly version: string;
  readonly reads: DraftInput;
  readonly decoder: Decoder;
  /** Of weights and KV cache. */
  readonly bytes: number;
  /** Bytes of its weights over those of the target's. */
  readonly share: number;
  /** [position] P(a guess is accepted | all before it are), as it was measured when the draft was made; undefined: not. */
  readonly acceptance?: readonly number[] | undefined;
  /** Frees it; later calls of the decoder throw `disposed`. */
  dispose(): void;
}

/** A loaded target with the draft models that were loaded beside it, as the engine thread owns them. */
export interface EngineModel {
  readonly decoder: Decoder;
  readonly drafts: readonly DraftModel[];
  /** Frees a draft that nobody uses any more. */
  unloadDraft(draft: DraftModel): void;
  /** Ends a generation (end of sequence, end of turn …). */
  isEndOfGeneration(token: Token): boolean;
  /** The tokens with which an answer begins in a conversation; undefined or none where nobody knows, or nothing is tiled. */
  readonly answerStart?: readonly number[] | undefined;
  /** UTF-8 bytes of a token as it appears in text; special tokens are empty. */
  tokenBytes(token: Token): Uint8Array;
  /** The tokens of a text, none of them special; absent where there is no tokenizer. */
  tokenize?(text: string): Int32Array;
  /** Pooled (mean, or as the model says), L2-normalised embedding of one text's tokens: [width]. */
  embed(tokens: Int32Array): Float32Array;
  readonly embeddingWidth: number;
  dispose(): void;
}
