/** A corpus for a draft: prompts and their target's own answers, written down as they are made. */
import { ForetokenError } from '../base/errors.js';
import { CorpusWriter } from './corpus.js';
import { TargetTexts } from './target-texts.js';

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

  const source = new TargetTexts({
    target: options.target,
    parallel,
    maxTokens,
    candidates,
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
    const prompts = options.prompts.map(({ task, prompt }) => ({
      task,
      tokens: source.tokenize([{ role: 'user', content: prompt }]),
    }));
    await source.answer(
      prompts,
      (text) => {
        writer.add(text);
        counts.texts += 1;
        counts.promptTokens += text.promptLength;
        counts.answerTokens += text.tokens.length - text.promptLength;
        options.onProgress?.(progress());
      },
      options.signal,
    );
    return progress();
  } finally {
    writer.close();
    source.dispose();
  }
}
