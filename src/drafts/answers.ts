/**
 * Lets a target answer prompts, greedily and many at a time. Greedy, because that is the text whose next token a draft
 * will have to guess.
 */
import { position, sequenceId, token } from '../base/types.js';
import { ForetokenError } from '../base/errors.js';
import type { Decoder } from '../decoder/decoder.js';
import { noteCandidates } from './candidates.js';
import type { CorpusText } from './corpus.js';

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
