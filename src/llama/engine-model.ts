/** The target, the drafts beside it and their contexts, as the engine thread owns them. */
import { draftIdOf, type DraftId } from '../base/draft-id.js';
import type { Token } from '../base/types.js';
import type { DraftModel, EngineModel } from '../decoder/decoder.js';
import { ChatTemplate } from './chat-template.js';
import type { LlamaDecoder } from './context.js';
import { LlamaDraft, type DraftLoadOptions, type DraftPlace } from './draft.js';
import { Embedder } from './embeddings.js';
import type { CacheType } from './cache-types.js';
import type { Exactness } from './invariance.js';
import { availableBytes, cacheBytesPerToken, type CacheShape } from './memory.js';
import type { Gpu } from './packages.js';
import { loadTarget, type Target } from './target.js';
import { Vocabulary } from './vocabulary.js';

export interface EngineModelOptions {
  readonly modelPath: string;
  /** A draft to begin with; its id is its file's name. */
  readonly draftPath: string | undefined;
  /** Tokens of context over all requests together; 0 = chosen from the model and `parallel`. */
  readonly contextSize: number;
  /** Requests that run at the same time. */
  readonly parallel: number;
  readonly batchSize: number;
  readonly microBatchSize: number;
  /** 0 = physical cores, or one where a GPU computes everything. */
  readonly threads: number;
  readonly gpu: Gpu;
  readonly gpuLayers: number;
  /** Name of the only GPU to use; undefined: all. */
  readonly device?: string | undefined;
  /** Attention in one kernel where the backend has one (undefined, too), or as products of matrices. */
  readonly flashAttention?: 'auto' | 'disabled' | undefined;
  /**
   * One pool of KV cells for all sequences; false or undefined: a stream for each.
   *
   * In a stream of its own a text's cells are always in order, so the same text gives the same numbers, bit by
   * bit; in a pool they lie where there was room, and sums over them round differently. One pool shares the
   * cells of common beginnings, but every token looks at the cells of all. EPYC Genoa, demo model, 2 threads,
   * 128 tokens in each sequence, one or four tokens a sequence, ms in one pool / in streams: 4 sequences
   * 3.0 / 2.9 and 8.1 / 7.1; 8 sequences 4.9 / 4.6 and 17 / 18; 16 sequences 12.9 / 12.5 and 54 / 39.
   */
  readonly kvUnified: boolean | undefined;
  /** False: weights are copied into memory instead of mapped, and the file may be written to while it is served. */
  readonly mmap?: boolean | undefined;
  /** Types of the KV cache's keys and values; undefined: those that make texts exact, where that is asked for, or else F16. */
  readonly cacheTypeK?: CacheType | undefined;
  readonly cacheTypeV?: CacheType | undefined;
  readonly loraPaths: readonly string[];
  /** Jinja text in place of the model's own. */
  readonly chatTemplate?: string | undefined;
  /**
   * Make logits independent of batching to the last bit, where kernels allow (`target.ts`); the default on the
   * processor.
   */
  readonly exact?: boolean | undefined;
}

/** Context given to each request when none is asked for: as the model was trained, but no more than this. */
const DEFAULT_CONTEXT_PER_REQUEST = 4096;
/** Where memory is short it is less, so that all of it takes no more than this share of what is free, but not less than: */
const MOST_OF_MEMORY = 0.5;
const LEAST_CONTEXT_PER_REQUEST = 512;
/** Sequences for each running request in one pool, so that finished ones can stay as a prefix cache. */
const SEQUENCES_PER_REQUEST = 4;
const MOST_CACHED_SEQUENCES = 64;
/**
 * Sequences for side branches of token trees, for each of as many requests as are likely to have trees: with
 * more of them, a step is full without. (The library has 256 sequences, and the decoder needs one of them.)
 */
const BRANCHES_PER_REQUEST = 4;
const MOST_BRANCHES = 16;
const MOST_SEQUENCES = 255;

/** Sizes of the KV cache: see `EngineModelOptions`. */
export function planContext(
  options: Pick<EngineModelOptions, 'contextSize' | 'parallel' | 'kvUnified' | 'cacheTypeK' | 'cacheTypeV'>,
  model: {
    readonly contextTrain: number;
    readonly canTruncate: boolean;
    readonly cacheShape?: CacheShape;
  },
  freeBytes = availableBytes(),
): {
  readonly unified: boolean;
  readonly maxSequences: number;
  readonly branchSequences: number;
  readonly contextSize: number;
} {
  const { parallel } = options;
  const unified = options.kvUnified ?? false;
  // A recurrent model has one state a sequence and cannot reuse a prefix, so spare sequences are of no use.
  const spare = unified && model.canTruncate;
  const maxSequences = spare
    ? Math.max(parallel, Math.min(MOST_CACHED_SEQUENCES, SEQUENCES_PER_REQUEST * parallel))
    : parallel;
  const branchSequences = spare
    ? Math.max(0, Math.min(BRANCHES_PER_REQUEST * parallel, MOST_BRANCHES, MOST_SEQUENCES - maxSequences))
    : 0;
  const usual = Math.min(model.contextTrain, DEFAULT_CONTEXT_PER_REQUEST);
  const bytes =
    model.cacheShape === undefined || !model.canTruncate
      ? 0
      : cacheBytesPerToken(model.cacheShape, options.cacheTypeK, options.cacheTypeV);
  // Cells come in blocks of 256.
  const fitting =
    bytes === 0 ? usual : 256 * Math.floor((MOST_OF_MEMORY * freeBytes) / bytes / parallel / 256);
  const perRequest = Math.min(usual, Math.max(fitting, LEAST_CONTEXT_PER_REQUEST));
  const contextSize = options.contextSize > 0 ? options.contextSize : perRequest * parallel;
  return { unified, maxSequences, branchSequences, contextSize };
}

export class LlamaEngineModel implements EngineModel {
  readonly decoder: LlamaDecoder;
  readonly vocabulary: Vocabulary;
  readonly embeddingWidth: number;
  /** As in `EngineInfo`. */
  readonly ranks: boolean;
  readonly answerStart: readonly number[];
  /** What is promised of texts. */
  readonly exactness: Exactness;
  /** Why, in words for the operator. */
  readonly exactnessReason: string;
  /** False where the weights were left as they are in the file, for the sake of exactness. */
  readonly repacked: boolean;
  readonly #embedder: Embedder;
  readonly #place: DraftPlace;
  #drafts: readonly LlamaDraft[] = [];
  /** In the order in which they are disposed of. */
  readonly #owned: readonly { dispose(): void }[];

  private constructor(
    target: Target,
    place: DraftPlace,
    chatTemplate: string | undefined,
    owned: readonly { dispose(): void }[],
  ) {
    const { decoder } = target;
    const { vocabulary } = place;
    this.decoder = decoder;
    this.exactness = target.exactness;
    this.exactnessReason = target.reason;
    this.repacked = target.repacked;
    this.vocabulary = vocabulary;
    // Nobody asks where nothing is tiled.
    this.answerStart = decoder.tile ? ChatTemplate.of(vocabulary, chatTemplate).answerStart(vocabulary) : [];
    this.#place = place;
    this.#embedder = new Embedder(decoder.model, { threads: () => decoder.threadsInUse });
    this.embeddingWidth = this.#embedder.width;
    this.ranks = decoder.model.ranks;
    this.#owned = [this.#embedder, ...owned];
  }

  /**
   * @param onProgress told how much of the target is loaded, 0 to 1
   * @throws ForetokenError `file_not_found`, `invalid_gguf`, `unsupported_architecture`, `vocabulary_mismatch`,
   *   `out_of_memory`, `library_unavailable`.
   */
  static load(
    options: EngineModelOptions,
    onProgress: (progress: number) => void = () => undefined,
  ): LlamaEngineModel {
    const target = loadTarget(options, (model) => planContext(options, model), onProgress);
    const owned = [...target.owned];
    try {
      const vocabulary = Vocabulary.of(target.model);
      owned.unshift(vocabulary);
      const { gpu, gpuLayers, device, mmap } = options;
      const model = new LlamaEngineModel(
        target,
        {
          ...{ target: target.model, vocabulary, context: target.context, gpu, gpuLayers, device, mmap },
          cellCount: target.decoder.cellCount,
        },
        options.chatTemplate,
        owned,
      );
      if (options.draftPath !== undefined)
        try {
          model.loadDraft(draftIdOf(options.draftPath), options.draftPath);
        } catch (error) {
          model.#embedder.dispose();
          throw error;
        }
      return model;
    } catch (error) {
      for (const object of owned) object.dispose();
      throw error;
    }
  }

  /** Those that are loaded, in the order of their loading. */
  get drafts(): readonly LlamaDraft[] {
    return this.#drafts;
  }

  /**
   * Loads a draft beside those there are. Blocks while its weights are read and a token is computed twice.
   * @throws ForetokenError as `LlamaDraft.load`
   */
  loadDraft(id: DraftId, file: string, options: DraftLoadOptions = {}): LlamaDraft {
    const draft = LlamaDraft.load(id, file, this.#place, options);
    this.#drafts = [...this.#drafts, draft];
    return draft;
  }

  unloadDraft(draft: DraftModel): void {
    this.#drafts = this.#drafts.filter((one) => one !== draft);
    draft.dispose();
  }

  isEndOfGeneration(token: Token): boolean {
    return this.vocabulary.isEndOfGeneration(token);
  }

  tokenBytes(token: Token): Uint8Array {
    return this.vocabulary.tokenBytes(token);
  }

  tokenize(text: string): Int32Array {
    return this.vocabulary.tokenize(text);
  }

  embed(tokens: Int32Array): Float32Array {
    return this.#embedder.embed(tokens);
  }

  /** The embedding of a text, a piece at a time: see `Embedder`. */
  embedInPieces(tokens: Int32Array): Generator<void, Float32Array, void> {
    return this.#embedder.embedInPieces(tokens);
  }

  dispose(): void {
    for (const object of [...this.#drafts, ...this.#owned]) object.dispose();
  }
}
