/**
 * The memory of a process that serves a language model, from the shape of the network: weights as they lie in the file and
 * as they are rearranged, the KV cache, what a batch is computed in, and the process itself.
 */
import { cacheBytesPerToken, cacheCells, type CacheElement } from '../../gguf/kv-cache.js';
import { kernelOf } from './matrix-passes.js';
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

/**
 * Least squares of relative errors over 119 random models of `profile gguf` (Node 20, linux-x64, library 0.5.0): 0.9 % in the
 * middle of them. Node.js with the library, before any model:
 */
const PROCESS_BYTES = 67.7e6;
/** A context and its graphs. */
const CONTEXT_BYTES = 3.0e6;
const LAYER_BYTES = 90e3;
/** A word of the vocabulary in the library's tables. */
const WORD_BYTES = 229;
/** For each token computed at once: of the hidden state, of the widest matrix, of all that a layer's matrices put out. */
const WIDTH_BYTES = 1.38;
const WIDEST_BYTES = 0.41;
const OUTPUT_BYTES = 4.38;
/** A token's row of the mask has half-precision numbers. */
const MASK_BYTES = 2;

export function predictMemory(model: LanguageModel, options: MemoryOptions): MemoryNeed {
  const { contextSize, parallel, batchTokens, repacked } = options;
  const rearranged = model.matrices.filter((matrix) => kernelOf(matrix, { repacked }) !== matrix.type);
  // The token vectors stay as they are for looking up, beside the copy that the output head multiplies with.
  const copied = rearranged.reduce((sum, { bytes }) => sum + bytes, 0);
  const kvBytes =
    cacheCells(contextSize, parallel) * cacheBytesPerToken(model.cacheShape, options.typeK, options.typeV);
  const computeBytes =
    CONTEXT_BYTES +
    LAYER_BYTES * model.layers +
    batchTokens * bytesPerBatchToken(model, contextSize / parallel);
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

/** What lives at once while a token is computed, and its row of the mask. */
function bytesPerBatchToken({ matrices, width, experts, expertsUsed }: LanguageModel, cells: number): number {
  let widest = 0;
  let all = 0;
  for (const { layer, outputs, experts: many } of matrices) {
    if (layer === -1) continue;
    widest = Math.max(widest, outputs);
    if (layer === 0) all += outputs * (experts > 0 && many > 1 ? expertsUsed : 1);
  }
  return WIDTH_BYTES * width + WIDEST_BYTES * widest + OUTPUT_BYTES * all + MASK_BYTES * cells;
}
