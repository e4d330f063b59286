/** Vectors of prompts from a model: an embedding GGUF's own, or the mean of a generating model's hidden states. */
import { BatchEmbedder } from '../../llama/embedding-batches.js';
import { LlamaModel } from '../../llama/model.js';
import { Vocabulary } from '../../llama/vocabulary.js';

/** Tokens of a prompt that are computed, of its beginning and its end, where instructions are. */
const HEAD_TOKENS = 96;
const TAIL_TOKENS = 32;
/** Tokens of one decode, of several prompts. More are no faster on a CPU and cost memory. */
const BATCH_TOKENS = 256;
/** Prompts between two reports of progress. */
const PART = 64;

export interface EmbeddingProgress {
  /** Of the different prompts. */
  readonly done: number;
  readonly prompts: number;
  readonly tokens: number;
  /** By the pace so far; undefined before the first are done. */
  readonly secondsLeft: number | undefined;
}

/**
 * One vector for each text; equal texts are computed once. Not for the thread that steps: it computes.
 * @throws ForetokenError `file_not_found`, `invalid_gguf`, `invalid_option` for a model without vectors
 */
export function embedTexts(
  modelPath: string,
  texts: readonly string[],
  options: { readonly threads?: number; readonly onProgress?: (progress: EmbeddingProgress) => void } = {},
): Float32Array[] {
  const model = LlamaModel.load(modelPath);
  const { threads, onProgress } = options;
  let embedder: BatchEmbedder | undefined;
  try {
    embedder = new BatchEmbedder(model, {
      tokens: BATCH_TOKENS,
      ...(threads === undefined ? {} : { threads }),
    });
    const vocabulary = Vocabulary.of(model);
    const different = [...new Set(texts)];
    const most = Math.min(HEAD_TOKENS + TAIL_TOKENS, embedder.mostTokens);
    const tokens = different.map((text) => bounded(vocabulary.tokenize(text, { addSpecial: true }), most));
    const total = tokens.reduce((sum, { length }) => sum + length, 0);
    const vectors = new Map<string, Float32Array>();
    const startMs = performance.now();
    let computed = 0;
    onProgress?.({ done: 0, prompts: different.length, tokens: total, secondsLeft: undefined });
    for (let from = 0; from < different.length; from += PART) {
      const part = tokens.slice(from, from + PART);
      embedder.embed(part).forEach((vector, at) => vectors.set(different[from + at]!, vector));
      computed += part.reduce((sum, { length }) => sum + length, 0);
      const pace = (performance.now() - startMs) / Math.max(1, computed) / 1000;
      const done = Math.min(from + PART, different.length);
      onProgress?.({
        done,
        prompts: different.length,
        tokens: total,
        secondsLeft: pace * (total - computed),
      });
    }
    return texts.map((text) => vectors.get(text)!);
  } finally {
    embedder?.dispose();
    model.dispose();
  }
}

/** The beginning and the end of a longer text. */
function bounded(tokens: Int32Array, most: number): Int32Array {
  if (tokens.length <= most) return tokens;
  const tail = Math.min(TAIL_TOKENS, most >> 2);
  return Int32Array.of(...tokens.subarray(0, most - tail), ...tokens.subarray(tokens.length - tail));
}
