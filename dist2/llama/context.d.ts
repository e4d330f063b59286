import { type Position, type SequenceId } from '../base/types.js';
import { TokenBatch } from '../decoder/batch.js';
import type { DecodeOutcome, Decoder } from '../decoder/decoder.js';
import { FlashAttention, GgmlType } from './declarations.js';
import { NativeHandle } from './handle.js';
import type { LlamaModel } from './model.js';
import type { ThreadPool } from './thread-pool.js';
export interface ContextOptions {
    /** KV cells for all sequences together; 0 = the model's trained context. */
    readonly contextSize?: number;
    /** Most tokens of one decode. */
    readonly batchSize?: number;
    /** Most tokens the library computes at a time. */
    readonly microBatchSize?: number;
    readonly maxSequences?: number;
    /** Further sequences for the side branches of token trees; only when `unified`. */
    readonly branchSequences?: number;
    /** 0 = physical cores, or one where a GPU computes everything. */
    readonly threads?: number;
    /** Keeps threads from one decode to the next; for as many as `threads`. */
    readonly pool?: ThreadPool | undefined;
    /** Fall back to one thread while other processes want the cores; call `warmUp` first. */
    readonly adaptThreads?: boolean;
    /** One pool of cells for all sequences, which may then share tokens. */
    readonly unified?: boolean;
    readonly flashAttention?: keyof typeof FlashAttention;
    /** Types of the KV cache. */
    readonly typeK?: keyof typeof GgmlType;
    readonly typeV?: keyof typeof GgmlType;
}
export declare class LlamaDecoder implements Decoder {
    #private;
    readonly vocabularySize: number;
    readonly cellCount: number;
    readonly sequenceCapacity: number;
    readonly maxSequences: number;
    readonly branchSequences: number;
    readonly unified: boolean;
    readonly canTruncate: boolean;
    readonly exactRows: number;
    readonly batch: TokenBatch;
    readonly threads: number;
    readonly model: LlamaModel;
    /** The native context, for what is declared elsewhere (state, training). */
    readonly handle: NativeHandle;
    /** @throws ForetokenError `out_of_memory` */
    constructor(model: LlamaModel, options?: ContextOptions);
    /** Threads of the last decode: all, or one while other processes want the cores. */
    get threadsInUse(): number;
    /**
     * Computes a token once or twice, which reads the weights into memory and tells what one thread takes.
     * The cache must be empty, and is empty afterwards.
     */
    warmUp(): void;
    decode(): DecodeOutcome;
    logits(row: number): Float32Array;
    truncate(sequence: SequenceId, from: Position): void;
    copyPrefix(source: SequenceId, destination: SequenceId, to: Position): void;
    share(source: SequenceId, destination: SequenceId, from: Position, to: Position): void;
    /**
     * A sum over cells rounds as they lie, and in the library a token stays where it was computed: behind those
     * beside it in the batch, while tokens to come fill the gap before it. So it is taken out and put back, which
     * finds it the first free cells. On a GPU sums are not the same to the last bit anyway.
     */
    adopt(source: SequenceId, destination: SequenceId, from: Position): void;
    lengthOf(sequence: SequenceId): number;
    /** Forgets all sequences. */
    clear(): void;
    dispose(): void;
}
