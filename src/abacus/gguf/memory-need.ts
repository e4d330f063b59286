/**
 * The memory of a process that serves a language model, from the shape of the network: weights as they lie in the file and
 * as they are rearranged, the KV cache, what a batch is computed in, and the process itself.
 */
import { cacheBytesPerToken, cacheCells, type CacheElement } from '../../gguf/kv-cache.js';
import { kernelOf } from './decode-work.js';
import type { LanguageModel } from './language-model.js';

export interface MemoryOptions {
  /** Tokens of context over all sequences together. */
  readonly contextSize: number;
  /** Sequences with cells of their own. */
  readonly parallel: number;
  /** Most tokens that are computed at once. */
  readonly batchTokens: number;
  readonly repacked: boolean;
  readonly typeK?: CacheElement;
  readonly typeV?: CacheElement;
}

/** All in bytes. */
export interface MemoryNeed {
  readonly weightBytes: number;
  readonly kvBytes: number;
  /** Activations, masks, logits and work buffers of the largest batch. */
  readonly computeBytes: number;
  /** The vocabulary, and what the program and its libraries take whatever the model. */
  readonly processBytes: number;
  readonly totalBytes: number;
}

/** Node.js with the library, before any model: measured by `profile gguf` (Node 20, linux-x64). */
const PROCESS_BYTES = 55.3e6 + 9.2e6;
/** A context and a compute pool, whatever the model. */
const CONTEXT_BYTES = 3.0e6;
/** A word of the vocabulary in the library's tables. */
const WORD_BYTES = 330;

export function predictMemory(model: LanguageModel, options: MemoryOptions): MemoryNeed {
  const { contextSize, parallel, batchTokens, repacked } = options;
  const rearranged = model.matrices.filter((matrix) => kernelOf(matrix, { repacked }) !== matrix.type);
  // The token vectors stay as they are for looking up, beside the copy that the output head multiplies with.
  const copied = rearranged.reduce((sum, { bytes }) => sum + bytes, 0);
  const kvBytes =
    cacheCells(contextSize, parallel) * cacheBytesPerToken(model.cacheShape, options.typeK, options.typeV);
  const computeBytes = CONTEXT_BYTES + batchTokens * bytesPerBatchToken(model, contextSize / parallel);
  const processBytes = PROCESS_BYTES + model.vocabulary * WORD_BYTES;
  const weightBytes = model.weightBytes + copied;
  return {
    weightBytes,
    kvBytes,
    computeBytes,
    processBytes,
    totalBytes: weightBytes + kvBytes + computeBytes + processBytes,
  };
}

/** Numbers that live at once while a token is computed, four bytes each, and its row of the mask. */
function bytesPerBatchToken(model: LanguageModel, cells: number): number {
  const widest = model.matrices.reduce(
    (most, { layer, outputs }) => (layer === -1 ? most : Math.max(most, outputs)),
    0,
  );
  return 4 * (3 * model.width + 3 * widest) + 2 * cells;
}
