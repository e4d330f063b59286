/** A draft model beside its target: the file is looked at, weights and context are made, and what it takes is known. */
import type { DraftId } from '../base/draft-id.js';
import { ForetokenError } from '../base/errors.js';
import { fileFingerprint } from '../base/file-fingerprint.js';
import type { DraftModel } from '../decoder/decoder.js';
import { LlamaDecoder } from './context.js';
import type { ContextOptions } from './make-context.js';
import { cacheBytesPerToken } from './memory.js';
import { checkHead, LlamaModel } from './model.js';
import type { Gpu } from './packages.js';
import { Vocabulary, vocabularyDifference } from './vocabulary.js';

/** What a draft is loaded beside. */
export interface DraftPlace {
  readonly target: LlamaModel;
  /** Of the target. */
  readonly vocabulary: Vocabulary;
  /** Of the target's decoder. */
  readonly context: ContextOptions;
  /** As many cells as the target has, so that a draft never runs out before it. */
  readonly cellCount: number;
  readonly gpu: Gpu;
  readonly gpuLayers: number;
  readonly device?: string | undefined;
  /** False: weights are copied, not mapped. */
  readonly mmap?: boolean | undefined;
}

/** Where a draft's file says how its guesses fared when it was made: rates by position, with commas between them. */
export const ACCEPTANCE_KEY = 'foretoken.acceptance.by_position';
const MOST_RATES = 16;

/** As metadata. @param rates [position] P(accepted | all before it are accepted) */
export function acceptanceText(rates: readonly number[]): string {
  return rates
    .slice(0, MOST_RATES)
    .map((rate) => rate.toFixed(4))
    .join(',');
}

/** Undefined where a file has none, or anything else than rates from 0 to 1: a prior is a help and no more. */
export function readAcceptance(text: string | undefined): readonly number[] | undefined {
  if (text === undefined || !/^(0|1|[01]\.\d{1,8})(,(0|1|[01]\.\d{1,8}))*$/.test(text.slice(0, 256)))
    return undefined;
  const rates = text.split(',').map(Number);
  return text.length <= 256 && rates.length <= MOST_RATES && rates.every((rate) => rate <= 1)
    ? rates
    : undefined;
}

export interface DraftLoadOptions {
  /** Version whose vocabulary is known to be the target's; another one is refused. Undefined: looked at here. */
  readonly checkedVersion?: string | undefined;
  /** Told of the bytes that weights and KV cache take, before the cache is made; what it throws ends the loading. */
  readonly admit?: ((bytes: number) => void) | undefined;
}

export class LlamaDraft implements DraftModel {
  readonly id: DraftId;
  readonly version: string;
  readonly reads = 'tokens';
  readonly model: LlamaModel;
  readonly decoder: LlamaDecoder;
  readonly bytes: number;
  readonly share: number;
  readonly acceptance: readonly number[] | undefined;

  private constructor(
    id: DraftId,
    version: string,
    model: LlamaModel,
    decoder: LlamaDecoder,
    bytes: number,
    share: number,
  ) {
    this.id = id;
    this.version = version;
    this.model = model;
    this.decoder = decoder;
    this.bytes = bytes;
    this.share = share;
    this.acceptance = readAcceptance(model.metadata(ACCEPTANCE_KEY));
  }

  /**
   * @throws ForetokenError `file_not_found`, `invalid_gguf`, `unsupported_architecture`, `vocabulary_mismatch`,
   *   `out_of_memory`, `gpu_unavailable`, and what `admit` throws; nothing is left in memory then
   */
  static load(id: DraftId, file: string, place: DraftPlace, options: DraftLoadOptions = {}): LlamaDraft {
    const version = draftVersion(file);
    const { checkedVersion } = options;
    if (checkedVersion !== undefined && checkedVersion !== version)
      throw new ForetokenError(
        'invalid_gguf',
        `The draft ${file} has changed while it was being loaded; load it again.`,
      );
    const { gpu, gpuLayers, device, mmap, target } = place;
    const model = LlamaModel.load(file, { gpu, gpuLayers, device, mmap });
    let decoder: LlamaDecoder | undefined;
    try {
      if (checkedVersion === undefined) {
        const vocabulary = Vocabulary.of(model);
        assertSameVocabulary(place.vocabulary, vocabulary, file, target.path);
        vocabulary.dispose();
      }
      if (!model.canTruncate)
        throw new ForetokenError(
          'unsupported_architecture',
          `The model ${file} cannot be a draft: it folds a text into one state, from which no token can be taken back.`,
        );
      const { context, cellCount } = place;
      const bytes =
        model.bytes +
        (model.cutHead?.vectors.byteLength ?? 0) +
        cellCount * cacheBytesPerToken(model.cacheShape, context.typeK, context.typeV);
      options.admit?.(bytes);
      // In one pool, for there a batch is computed at once, however many tokens each sequence has in it.
      const sizes = { ...context, unified: true, contextSize: cellCount, branchSequences: 0 };
      // Guesses need not be the same to the last bit: reading 1,500 tokens takes SmolLM2's draft 58 instead of 135 ms (Xeon).
      decoder = new LlamaDecoder(model, { ...sizes, referenceKernels: false });
      decoder.warmUp();
      return new LlamaDraft(id, version, model, decoder, bytes, model.bytes / target.bytes);
    } catch (error) {
      decoder?.dispose();
      model.dispose();
      throw error;
    }
  }

  dispose(): void {
    this.decoder.dispose();
    this.model.dispose();
  }
}

/**
 * Bytes that a draft's version follows to the last: the whole of a small draft, and of a larger one all metadata, which
 * take up to 20 MB with a vocabulary of 262,144 tokens. They take 35 ms.
 */
const VERSION_BYTES = 32 * 1024 * 1024;

/** @throws ForetokenError `file_not_found`, `invalid_gguf` */
export function draftVersion(file: string): string {
  checkHead(file);
  try {
    return fileFingerprint(file, VERSION_BYTES).slice(0, 16);
  } catch (error) {
    throw new ForetokenError(
      'file_not_found',
      `The draft ${file} cannot be read any more (${(error as Error).message}).`,
    );
  }
}

/** @throws ForetokenError `vocabulary_mismatch` */
export function assertSameVocabulary(
  target: Vocabulary,
  draft: Vocabulary,
  draftFile: string,
  targetFile: string,
): void {
  const difference = vocabularyDifference(target, draft);
  if (difference !== undefined)
    throw new ForetokenError(
      'vocabulary_mismatch',
      `The draft ${draftFile} cannot guess for ${targetFile}: ${difference}.`,
      { param: 'draft' },
    );
}
