/** A native context: its cache, its batch, its threads. */
import { ForetokenError } from '../base/errors.js';
import { FlashAttention, GgmlType, type Pointer } from './declarations.js';
import { availableBytes, cacheBytesPerToken } from './memory.js';
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
  /** On the processor, attention by one kernel also over F16 keys and values (`reference-kernels.ts`); where the library can. */
  readonly referenceKernels?: boolean;
}

/** What options leave open is decided before. */
interface Decided {
  readonly threads: number;
  readonly unified: boolean;
  readonly branchSequences: number;
}

/** Sequences beside those of requests: of side branches, and one more in which adopted tokens are on their way. */
export const spareSequences = (branchSequences: number): number =>
  branchSequences > 0 ? branchSequences + 1 : 0;

/** @throws ForetokenError `out_of_memory` */
export function makeContext(model: LlamaModel, options: ContextOptions, decided: Decided): Pointer {
  const { llama } = model.library;
  const { threads, unified, branchSequences } = decided;
  const maxSequences = options.maxSequences ?? 1;
  assertCacheFits(model, options);
  const context = llama.contextInit(model.pointer, {
    ...llama.contextDefaults(),
    n_ctx: options.contextSize ?? 0,
    n_batch: options.batchSize ?? 2048,
    n_ubatch: options.microBatchSize ?? 512,
    n_seq_max: maxSequences + spareSequences(branchSequences),
    n_threads: threads,
    n_threads_batch: threads,
    flash_attn_type: FlashAttention[options.flashAttention ?? 'auto'],
    type_k: GgmlType[options.typeK ?? 'F16'],
    type_v: GgmlType[options.typeV ?? 'F16'],
    no_perf: true,
    // The whole of a sliding window's past is kept, so that the end of a sequence can be taken back.
    swa_full: true,
    kv_unified: unified,
  });
  if (context === null)
    throw new ForetokenError(
      'out_of_memory',
      `Cannot make a context of ${options.contextSize ?? model.contextTrain} tokens for ${maxSequences} sequences of ${model.path}; most likely its memory does not fit. Choose a smaller context size.`,
      { param: 'contextSize' },
    );
  return context;
}

/** @throws ForetokenError `out_of_memory` */
function assertCacheFits(model: LlamaModel, options: ContextOptions): void {
  // Recurrent layers need far less, and on a GPU the cache lies elsewhere.
  if (!model.canTruncate || model.computing.gpuLayers > 0) return;
  const cells =
    options.contextSize === undefined || options.contextSize === 0 ? model.contextTrain : options.contextSize;
  const needed = cells * cacheBytesPerToken(model.cacheShape, options.typeK, options.typeV);
  const available = availableBytes();
  if (needed <= available) return;
  const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  throw new ForetokenError(
    'out_of_memory',
    `A context of ${cells} tokens needs ${gib(needed)} for its KV cache, and ${gib(available)} are free. Choose a smaller context size.`,
    { param: 'contextSize' },
  );
}
