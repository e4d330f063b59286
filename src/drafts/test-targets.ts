/** Tiny models for the tests of this folder. */
import { GgufStrings } from '../gguf/strings.js';
import { type MetadataValue, TENSOR_TYPE } from '../gguf/types.js';
import { LlamaDecoder } from '../llama/context.js';
import { LlamaModel } from '../llama/model.js';
import { type NetworkShape, weightShapes } from '../llama/training/training.js';
import { answerPrompts, type Prompt } from './answers.js';
import type { CorpusText } from './corpus.js';
import { writeNetwork } from './network.js';
import { fillNormal, randomNumbers } from '../base/random.js';

export { temporaryFolder } from '../base/test-folder.js';

export const TINY: NetworkShape = {
  vocabularySize: 64,
  width: 64,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  feedForward: 96,
  ropeBase: 10000,
  normEpsilon: 1e-5,
};

const u32 = (value: number): MetadataValue => ({ type: 'u32', value });
const f32 = (value: number): MetadataValue => ({ type: 'f32', value });

/** Random weights behind a vocabulary that only counts ("no_vocab"): it has ids and no text. */
export function writeTinyTarget(file: string, shape: NetworkShape = TINY, seed = 7): void {
  const random = randomNumbers(seed);
  const weights = new Map<string, Float32Array>();
  for (const [name, [fast, slow]] of weightShapes(shape)) {
    const values = new Float32Array(fast * slow);
    weights.set(name, slow === 1 ? values.fill(1) : fillNormal(values, 1 / Math.sqrt(fast), random));
  }
  const words = Array.from({ length: shape.vocabularySize }, (_, id) => `w${id}`);
  const metadata = new Map<string, MetadataValue>([
    ['general.architecture', { type: 'string', value: 'llama' }],
    ['general.name', { type: 'string', value: 'Tiny' }],
    ['general.license', { type: 'string', value: 'apache-2.0' }],
    ['llama.context_length', u32(128)],
    ['llama.vocab_size', u32(shape.vocabularySize)],
    ['llama.embedding_length', u32(shape.width)],
    ['llama.block_count', u32(shape.layers)],
    ['llama.feed_forward_length', u32(shape.feedForward)],
    ['llama.attention.head_count', u32(shape.heads)],
    ['llama.attention.head_count_kv', u32(shape.kvHeads)],
    ['llama.attention.layer_norm_rms_epsilon', f32(shape.normEpsilon)],
    ['llama.rope.freq_base', f32(shape.ropeBase)],
    ['llama.rope.dimension_count', u32(shape.width / shape.heads)],
    ['tokenizer.ggml.model', { type: 'string', value: 'no_vocab' }],
    ['tokenizer.ggml.tokens', { type: 'array', itemType: 'string', value: GgufStrings.from(words) }],
    ['tokenizer.chat_template', { type: 'string', value: '{{ messages[0].content }}' }],
  ]);
  writeNetwork(file, metadata, shape, weights, TENSOR_TYPE.F32);
}

/** What a tiny target itself answers, `sequences` prompts at a time; token 5 ends an answer. */
export async function tinyAnswers(
  target: string,
  prompts: readonly Prompt[],
  sizes: { readonly sequences: number; readonly contextSize: number; readonly batchSize: number },
  maxTokens: number,
): Promise<CorpusText[]> {
  const model = LlamaModel.load(target);
  const decoder = new LlamaDecoder(model, {
    contextSize: sizes.contextSize,
    batchSize: sizes.batchSize,
    maxSequences: sizes.sequences,
    unified: false,
    threads: 1,
  });
  const texts: CorpusText[] = [];
  try {
    await answerPrompts(decoder, prompts, {
      maxTokens,
      candidates: 4,
      isEndOfGeneration: (id) => id === 5,
      onText: (text, index) => (texts[index] = text),
    });
  } finally {
    decoder.dispose();
    model.dispose();
  }
  return texts;
}
