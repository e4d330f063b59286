/**
 * Texts that a draft can learn from, made by its target: answers that it writes to prompts, and labels of answers that
 * are there already, such as those a server has given. Reading a text costs a fraction of writing it: all its
 * positions are computed at once.
 */
import { ForetokenError } from '../base/errors.js';
import { position, sequenceId, token } from '../base/types.js';
import { calibrate } from '../costs/calibrate.js';
import type { ModelCosts } from '../costs/cost-table.js';
import type { Decoder } from '../decoder/decoder.js';
import type { ChatMessage } from '../llama/chat-message.js';
import { ChatTemplate } from '../llama/chat-template.js';
import { LlamaDecoder } from '../llama/context.js';
import { LlamaModel } from '../llama/model.js';
import { Vocabulary } from '../llama/vocabulary.js';
import { noteCandidates } from './candidates.js';
import type { CorpusText } from './corpus.js';
import { answerPrompts, type Prompt } from './answers.js';

/** A text without labels. */
export type PlainText = Pick<CorpusText, 'task' | 'tokens' | 'promptLength'>;

export interface TargetTextsOptions {
  readonly target: string;
  /** Conversations answered at the same time. */
  readonly parallel?: number;
  /** Most tokens of one conversation. */
  readonly maxTokens?: number;
  /** Candidates noted for each token of an answer. */
  readonly candidates?: number;
  readonly threads?: number;
}

/** Rows of logits asked for in one decode: those of a large vocabulary take 0.2 MB each. */
const MOST_ROWS = 256;

export class TargetTexts {
  readonly maxTokens: number;
  readonly #model: LlamaModel;
  readonly #vocabulary: Vocabulary;
  readonly #template: ChatTemplate;
  readonly #decoder: LlamaDecoder;
  readonly #candidates: number;

  /** @throws ForetokenError as loading a model */
  constructor(options: TargetTextsOptions) {
    const parallel = options.parallel ?? 16;
    this.maxTokens = options.maxTokens ?? 512;
    this.#model = LlamaModel.load(options.target);
    try {
      this.#vocabulary = Vocabulary.of(this.#model);
      this.#template = ChatTemplate.of(this.#vocabulary);
      this.#decoder = new LlamaDecoder(this.#model, {
        contextSize: parallel * this.maxTokens,
        batchSize: Math.max(512, this.maxTokens),
        maxSequences: parallel,
        // Nothing is shared between the sequences, and attention over one of them is cheaper.
        unified: false,
        ...(options.threads === undefined ? {} : { threads: options.threads }),
      });
    } catch (error) {
      this.#model.dispose();
      throw error;
    }
    this.#candidates = Math.min(options.candidates ?? 8, this.#decoder.vocabularySize);
  }

  get decoder(): LlamaDecoder {
    return this.#decoder;
  }

  /**
   * What the target's decodes cost with one stream.
   * @param threads of the server; 0: physical cores
   */
  costs(threads: number): ModelCosts {
    const contextSize = Math.min(this.#model.contextTrain, 1024);
    const decoder = new LlamaDecoder(this.#model, {
      contextSize,
      batchSize: 512,
      threads,
      adaptThreads: true,
    });
    try {
      decoder.warmUp();
      return calibrate({ target: decoder }).target;
    } finally {
      decoder.dispose();
    }
  }

  tokenize(messages: readonly ChatMessage[]): Int32Array {
    return this.#template.tokenize(this.#vocabulary, messages);
  }

  /** Writes answers to prompts; `onText` is told of each with its prompt's index. */
  async answer(
    prompts: readonly Prompt[],
    onText: (text: CorpusText, index: number) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    await answerPrompts(this.#decoder, prompts, {
      maxTokens: this.maxTokens,
      candidates: this.#candidates,
      isEndOfGeneration: (id) => this.#vocabulary.isEndOfGeneration(id),
      onText,
      signal,
    });
    this.#forget();
  }

  /** Reads texts and labels their answers; texts that are too long lose their end. */
  async label(
    texts: readonly PlainText[],
    onText: (text: CorpusText, index: number) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    for (const [index, text] of texts.entries()) {
      if (signal?.aborted === true) break;
      const labelled = labelText(this.#decoder, text, this.#candidates, this.maxTokens);
      if (labelled !== undefined) onText(labelled, index);
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#forget();
  }

  #forget(): void {
    for (let sequence = 0; sequence < this.#decoder.maxSequences; sequence++)
      this.#decoder.truncate(sequenceId(sequence), position(0));
  }

  dispose(): void {
    this.#decoder.dispose();
    this.#vocabulary.dispose();
    this.#model.dispose();
  }
}

/**
 * Notes what the target finds likeliest at each place of a text's answer.
 * @returns undefined where no answer is left within `maxTokens`
 */
export function labelText(
  decoder: Decoder,
  { task, tokens: all, promptLength }: PlainText,
  count: number,
  maxTokens: number,
): CorpusText | undefined {
  const { batch } = decoder;
  const first = sequenceId(0);
  const tokens = all.slice(0, Math.min(all.length, maxTokens, decoder.sequenceCapacity));
  if (tokens.length <= promptLength || promptLength < 1) return undefined;
  decoder.truncate(first, position(0));
  const noted = { candidates: [] as number[], shares: [] as number[] };
  for (let place = 0; place + 1 < tokens.length;) {
    batch.clear();
    const rows: number[] = [];
    for (; place + 1 < tokens.length && batch.free > 0 && rows.length < MOST_ROWS; place++) {
      const wanted = place + 1 >= promptLength;
      const row = batch.add(token(tokens[place]!), position(place), first, wanted);
      if (wanted) rows.push(row);
    }
    const outcome = decoder.decode();
    if (outcome !== 'done')
      throw new ForetokenError('decode_failed', `The target's decode ended with "${outcome}".`);
    for (const row of rows) noteCandidates(decoder.logits(row), count, noted);
  }
  return { task, tokens, promptLength, ...noted };
}
