/**
 * Lets the target answer prompts, greedily and many at a time, and writes prompt and answer down as a corpus
 * for its draft. Greedy, because that is the text whose next token a draft will have to guess.
 */
import { position, sequenceId, token } from '../base/types.js';
import { ForetokenError } from '../base/errors.js';
import type { Decoder } from '../decoder/decoder.js';
import { ChatTemplate } from '../llama/chat-template.js';
import { LlamaDecoder } from '../llama/context.js';
import { LlamaModel } from '../llama/model.js';
import { Vocabulary } from '../llama/vocabulary.js';
import { noteCandidates } from './candidates.js';
import { type CorpusText, CorpusWriter } from './corpus.js';

export interface Prompt {
  readonly task?: string | undefined;
  readonly tokens: Int32Array;
}

export interface AnswerOptions {
  /** Most tokens of prompt and answer together; longer prompts are left out. */
  readonly maxTokens: number;
  /** Candidates noted for each token of an answer. */
  readonly candidates: number;
  readonly isEndOfGeneration: (id: number) => boolean;
  readonly onText: (text: CorpusText, index: number) => void;
  readonly signal?: AbortSignal | undefined;
}

interface Slot {
  readonly prompt: Prompt;
  readonly index: number;
  readonly tokens: number[];
  readonly candidates: number[];
  readonly shares: number[];
}

/**
 * Answers all prompts with continuous batching: a sequence that ends makes room for the next prompt at once.
 * Yields to the event loop between decodes. Answers that reach `maxTokens` are written as far as they came.
 */
export async function answerPrompts(
  decoder: Decoder,
  prompts: readonly Prompt[],
  options: AnswerOptions,
): Promise<void> {
  const slots: (Slot | undefined)[] = Array.from({ length: decoder.maxSequences }, () => undefined);
  const { batch } = decoder;
  const limit = Math.min(options.maxTokens, decoder.sequenceCapacity, batch.capacity);
  let next = 0;
  while (true) {
    batch.clear();
    const rows: [sequence: number, row: number][] = [];
    slots.forEach((slot, sequence) => {
      if (slot === undefined) return;
      const last = slot.tokens.length - 1;
      rows.push([sequence, batch.add(token(slot.tokens[last]!), position(last), sequenceId(sequence), true)]);
    });
    for (let sequence = 0; sequence < slots.length; sequence++) {
      while (next < prompts.length && prompts[next]!.tokens.length >= limit) next++;
      const prompt = prompts[next];
      if (slots[sequence] !== undefined || prompt === undefined) continue;
      if (prompt.tokens.length > batch.free) break;
      slots[sequence] = {
        prompt,
        index: next++,
        tokens: [...prompt.tokens],
        candidates: [],
        shares: [],
      };
      let row = -1;
      prompt.tokens.forEach((id, place) => {
        const isLast = place === prompt.tokens.length - 1;
        row = batch.add(token(id), position(place), sequenceId(sequence), isLast);
      });
      rows.push([sequence, row]);
    }
    if (rows.length === 0 || options.signal?.aborted === true) return;
    const outcome = decoder.decode();
    if (outcome !== 'done')
      throw new ForetokenError('decode_failed', `The target's decode ended with "${outcome}".`);
    for (const [sequence, row] of rows) {
      const slot = slots[sequence]!;
      const chosen = noteCandidates(decoder.logits(row), options.candidates, slot);
      slot.tokens.push(chosen);
      if (options.isEndOfGeneration(chosen) || slot.tokens.length >= limit) {
        const { prompt, tokens, candidates, shares } = slot;
        const text = { task: prompt.task, tokens, promptLength: prompt.tokens.length, candidates, shares };
        options.onText(text, slot.index);
        decoder.truncate(sequenceId(sequence), position(0));
        slots[sequence] = undefined;
      }
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export interface GenerateCorpusOptions {
  readonly target: string;
  /** User messages, one conversation each. */
  readonly prompts: readonly { readonly task?: string | undefined; readonly prompt: string }[];
  /** File to write, one text a line. */
  readonly output: string;
  /** Conversations answered at the same time. */
  readonly parallel?: number;
  /** Most tokens of one conversation. */
  readonly maxTokens?: number;
  readonly candidates?: number;
  readonly threads?: number;
  readonly onProgress?: (progress: CorpusProgress) => void;
  readonly signal?: AbortSignal;
}

export interface CorpusProgress {
  readonly texts: number;
  readonly prompts: number;
  readonly promptTokens: number;
  readonly answerTokens: number;
  readonly tokensPerSecond: number;
}

/** @throws ForetokenError of loading the target, or `invalid_option`. */
export async function generateCorpus(options: GenerateCorpusOptions): Promise<CorpusProgress> {
  const parallel = options.parallel ?? 32;
  const maxTokens = options.maxTokens ?? 512;
  const candidates = options.candidates ?? 8;
  for (const [name, value, most] of [
    ['parallel', parallel, 256],
    ['maxTokens', maxTokens, 1 << 20],
    ['candidates', candidates, 64],
  ] as const)
    if (!Number.isInteger(value) || value < 1 || value > most)
      throw new ForetokenError('invalid_option', `${name} must be a whole number from 1 to ${most}.`, {
        param: name,
      });

  const model = LlamaModel.load(options.target);
  const vocabulary = Vocabulary.of(model);
  const decoder = new LlamaDecoder(model, {
    contextSize: parallel * maxTokens,
    batchSize: Math.max(512, maxTokens),
    maxSequences: parallel,
    // Nothing is shared between the sequences, and attention over one of them is cheaper.
    unified: false,
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  });
  const writer = new CorpusWriter(options.output, { append: false });
  const counts = { texts: 0, promptTokens: 0, answerTokens: 0 };
  const startMs = performance.now();
  const progress = (): CorpusProgress => ({
    ...counts,
    prompts: options.prompts.length,
    tokensPerSecond: ((counts.promptTokens + counts.answerTokens) / (performance.now() - startMs)) * 1000,
  });
  try {
    const template = ChatTemplate.of(vocabulary);
    const prompts = options.prompts.map(({ task, prompt }) => ({
      task,
      tokens: template.tokenize(vocabulary, [{ role: 'user', content: prompt }]),
    }));
    await answerPrompts(decoder, prompts, {
      maxTokens,
      candidates: Math.min(candidates, decoder.vocabularySize),
      isEndOfGeneration: (id) => vocabulary.isEndOfGeneration(id),
      onText: (text) => {
        writer.add(text);
        counts.texts += 1;
        counts.promptTokens += text.promptLength;
        counts.answerTokens += text.tokens.length - text.promptLength;
        options.onProgress?.(progress());
      },
      signal: options.signal,
    });
    return progress();
  } finally {
    writer.close();
    decoder.dispose();
    vocabulary.dispose();
    model.dispose();
  }
}
