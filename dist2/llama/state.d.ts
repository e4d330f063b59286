import { type SequenceId } from '../base/types.js';
import type { LlamaDecoder } from './context.js';
/** A copy of the state of a sequence. */
export declare function saveSequence(decoder: LlamaDecoder, sequence: SequenceId): Uint8Array;
/**
 * Replaces a sequence by a saved one. When that fails the sequence is empty.
 * @throws ForetokenError `invalid_request` when the state is damaged, another model's, or does not fit.
 */
export declare function restoreSequence(decoder: LlamaDecoder, sequence: SequenceId, data: Uint8Array): void;
/** Saves a sequence and its tokens; the file is either whole or as it was before. */
export declare function saveSequenceFile(decoder: LlamaDecoder, sequence: SequenceId, tokens: Int32Array, path: string): void;
/**
 * Replaces a sequence by the one in a file.
 * @returns its tokens
 * @throws ForetokenError `file_not_found`, `invalid_request`
 */
export declare function restoreSequenceFile(decoder: LlamaDecoder, sequence: SequenceId, path: string): Int32Array;
