/** Vectors of prompts from a model: an embedding GGUF's own, or the mean of a generating model's hidden states. */
import { Embedder } from '../../llama/embeddings.js';
import { LlamaModel } from '../../llama/model.js';
import { Vocabulary } from '../../llama/vocabulary.js';

/** Tokens of a prompt that are computed. */
const MOST_TOKENS = 512;

/**
 * One vector for each text; equal texts are computed once. Not for the thread that steps: it computes.
 * @throws ForetokenError `file_not_found`, `invalid_gguf`, `context_length_exceeded`
 */
export function embedTexts(
  modelPath: string,
  texts: readonly string[],
  options: { readonly threads?: number; readonly onProgress?: (done: number) => void } = {},
): Float32Array[] {
  const model = LlamaModel.load(modelPath);
  const { threads, onProgress } = options;
  const embedder = new Embedder(model, threads === undefined ? {} : { threads: () => threads });
  try {
    const vocabulary = Vocabulary.of(model);
    const most = Math.min(MOST_TOKENS, model.contextTrain);
    const known = new Map<string, Float32Array>();
    return texts.map((text, index) => {
      let vector = known.get(text);
      if (vector === undefined) {
        const tokens = vocabulary.tokenize(text, { addSpecial: true }).subarray(0, most);
        vector = tokens.length === 0 ? new Float32Array(embedder.width) : embedder.embed(tokens);
        known.set(text, vector);
      }
      onProgress?.((index + 1) / texts.length);
      return vector;
    });
  } finally {
    embedder.dispose();
    model.dispose();
  }
}
