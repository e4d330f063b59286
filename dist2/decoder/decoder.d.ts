/**
 * What the engine needs of a language model, so that everything above runs the same over the real model
 * (`llama/`) and over a fake with known probabilities (`fake.ts`). Only one thread may call a decoder.
 */
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
    /** True when the end of a sequence can be removed (false for recurrent models: no speculation there). */
    readonly canTruncate: boolean;
    /** Filled by the caller, computed by `decode`; `batch.capacity` is the most tokens of one decode. */
    readonly batch: TokenBatch;
    /** Computes `batch`. Blocks for as long as the model takes. */
    decode(): DecodeOutcome;
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
/** A loaded target with its optional draft model, as the engine thread owns it. */
export interface EngineModel {
    readonly decoder: Decoder;
    /** Shares the target's vocabulary. */
    readonly draft: Decoder | undefined;
    /** Ends a generation (end of sequence, end of turn …). */
    isEndOfGeneration(token: Token): boolean;
    /** UTF-8 bytes of a token as it appears in text; special tokens are empty. */
    tokenBytes(token: Token): Uint8Array;
    /** The tokens of a text, none of them special; absent where there is no tokenizer. */
    tokenize?(text: string): Int32Array;
    /** Pooled (mean, or as the model says), L2-normalised embedding of one text's tokens: [width]. */
    embed(tokens: Int32Array): Float32Array;
    readonly embeddingWidth: number;
    dispose(): void;
}
