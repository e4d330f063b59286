/**
 * Aligns a draft with its target on the texts of one task (TaskSpec, arXiv 2505.08600, section 4: fine-tuning on the
 * target's own outputs for the task's prompts). Texts are split by prompt, and always in the same way, so that no draft
 * is ever measured on what another one, from which it comes, was trained on. What comes out is kept only where it guesses
 * better on held-out prompts than what it started from.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { countText } from '../base/count-text.js';
import { ForetokenError } from '../base/errors.js';
import { readPlausibleModel } from '../gguf/plausibility.js';
import { answerTokens, type CorpusText, CorpusWriter, promptHash } from './corpus.js';
import type { Agreement } from './evaluate.js';
import { measureDraftOn } from './measure-on.js';
import { networkShape } from './network.js';
import { passFlops } from './training-cost.js';
import { LEAST_TEXTS, trainDraft, type TrainingProgress } from './train.js';

export interface SplitTexts {
  readonly training: readonly CorpusText[];
  /** Held out for measuring. */
  readonly held: readonly CorpusText[];
}

/** Of so many prompts one is held out. */
const HELD_OUT_OF = 6;
/** Fewer say nothing. */
export const LEAST_HELD = 3;
/** More say no more, and take time. */
const MOST_HELD = 32;

/**
 * One text a prompt, the latest; held out is what the prompt's own hash says. Where chance leaves too few of those, the ones
 * with the least hashes are, too: what a draft has been trained on is never held out later, when there are more.
 */
export function splitTexts(texts: readonly CorpusText[]): SplitTexts {
  const byPrompt = new Map<string, CorpusText>();
  for (const text of texts) byPrompt.set(promptHash(text), text);
  const hashes = [...byPrompt.keys()];
  const chosen = new Set(hashes.filter((hash) => parseInt(hash.slice(0, 8), 16) % HELD_OUT_OF === 0));
  if (hashes.length >= LEAST_TEXTS + LEAST_HELD)
    for (const hash of hashes.toSorted()) if (chosen.size < LEAST_HELD) chosen.add(hash);
  const of = (isHeld: boolean): CorpusText[] =>
    [...byPrompt].flatMap(([hash, text]) => (chosen.has(hash) === isHeld ? [text] : []));
  return { training: of(false), held: of(true).slice(0, MOST_HELD) };
}

export interface AlignOptions {
  /** Draft to start from. */
  readonly base: string;
  readonly texts: SplitTexts;
  /** Folder for what is made on the way; the same one lets a broken training go on. */
  readonly work: string;
  /** Names the files in it. */
  readonly name: string;
  readonly minutes: number;
  readonly epochs?: number;
  readonly learningRate?: number;
  readonly threads?: number;
  readonly seed?: number;
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly signal?: AbortSignal;
}

export interface Aligned {
  /** The trained draft. */
  readonly file: string;
  readonly before: Agreement;
  readonly after: Agreement;
  /** Share of right guesses on as many texts that it was trained on. */
  readonly onTrained: number;
  /** Whether it guesses better than what it started from. */
  readonly better: boolean;
  /** Of the texts it was trained on. */
  readonly sha256: string;
  readonly answerTokens: number;
  readonly seconds: number;
}

/**
 * Between what few texts and many want. After a minute on 110, 220 and 340 answers of the demo target, first choices right in %: sql
 * 73, 80, 82 with 2e-3, 77, 81, 82 with 1e-3, 77, 79, 81 with 5e-4; translate with 110: 59.0, 59.2, 60.1.
 */
const LEARNING_RATE = 1e-3;
const EPOCHS = 40;
/** Time is bounded, the best checkpoint is kept, and the last ones, with low rates, are mostly the best. */
const PATIENCE = 1000;

/**
 * @throws ForetokenError `invalid_option` when there are too few texts or training diverges, `cancelled`; what was there
 *   before is then as it was
 */
export async function alignDraft(options: AlignOptions): Promise<Aligned> {
  const { base, texts, work, name, signal } = options;
  const { training, held } = texts;
  requireEnough(texts);
  const common = {
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    ...(signal === undefined ? {} : { signal }),
  };
  const before = await agreementOn(base, held, common);
  const corpus = path.join(work, `${name}.corpus.jsonl`);
  const sha256 = writeCorpus(corpus, training);
  const file = path.join(work, `${name}.gguf`);
  const { seconds } = await trainDraft({
    draft: base,
    corpus: [corpus],
    output: file,
    minutes: options.minutes,
    epochs: options.epochs ?? EPOCHS,
    learningRate: options.learningRate ?? LEARNING_RATE,
    patience: PATIENCE,
    recipe: `foretoken adapt: ${training.length} texts (${sha256.slice(0, 12)}), ${options.minutes.toFixed(2)} min`,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    ...common,
  });
  if (signal?.aborted === true || !existsSync(file))
    throw new ForetokenError('cancelled', 'Aligning the draft was broken off; started again it goes on.');
  const after = await agreementOn(file, held, common);
  const trainedOn = await agreementOn(file, training.slice(0, held.length), common);
  return {
    ...{ file, before, after, sha256, seconds },
    onTrained: trainedOn.rate,
    better: after.rate > before.rate,
    answerTokens: answerTokens(training),
  };
}

/** Minutes after which aligning has made all its passes. @param flopsPerSecond `trainingPace` */
export function alignMinutes(draft: string, { training }: SplitTexts, flopsPerSecond: number): number {
  const shape = networkShape(readPlausibleModel(draft)[0]);
  return (EPOCHS * passFlops(shape, training)) / flopsPerSecond / 60;
}

/** @throws ForetokenError `invalid_option` */
export function requireEnough({ training, held }: SplitTexts): void {
  if (training.length >= LEAST_TEXTS && held.length >= LEAST_HELD) return;
  const count = training.length + held.length;
  throw new ForetokenError(
    'invalid_option',
    `${countText(count, 'text')} with ${count === 1 ? 'a prompt of its' : 'prompts of their'} own ` +
      `${count === 1 ? 'is' : 'are'} too few to align a draft with: ${LEAST_TEXTS} to train on and ${LEAST_HELD} to ` +
      'measure with are the least, some hundreds are worth having.',
    { param: 'prompts' },
  );
}

async function agreementOn(
  draft: string,
  texts: readonly CorpusText[],
  options: { readonly threads?: number; readonly signal?: AbortSignal },
): Promise<Agreement> {
  const all = texts.map((text) => ({ ...text, task: '' }));
  const agreement = (await measureDraftOn(draft, all, options)).get('');
  if (agreement === undefined)
    throw new ForetokenError('cancelled', 'Measuring the draft was broken off before its first text.');
  return agreement;
}

/** @returns the hash of the texts */
function writeCorpus(file: string, texts: readonly CorpusText[]): string {
  const hash = createHash('sha256');
  const writer = new CorpusWriter(file, { append: false });
  try {
    for (const text of texts) {
      writer.add(text);
      hash.update(JSON.stringify(text));
    }
  } finally {
    writer.close();
  }
  return hash.digest('hex');
}

/** A gap between trained and held-out texts below this is as good as none. */
const SMALL_GAP = 0.02;
/** More prompts than so many times those there are would be a promise that nobody can check. */
const MOST_TIMES = 16;

/** The result in plain words: whether it is worth serving, and what more prompts would bring. */
export function alignedText(
  { before, after, better, onTrained }: Aligned,
  texts: SplitTexts,
  timesAsFast: { readonly before: number; readonly after: number },
): string {
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  const right = `guesses ${percent(after.rate)} right (${percent(before.rate)} before), ${timesAsFast.after.toFixed(2)}x here (${timesAsFast.before.toFixed(2)}x before)`;
  const worth =
    better && timesAsFast.after > 1
      ? 'worth serving'
      : better
        ? 'not worth serving: guesses do not pay here'
        : 'not worth serving: what it started from guesses as well';
  return `${right}: ${worth}. ${morePrompts(after.rate, onTrained, texts.training.length)}`;
}

/**
 * What is guessed worse on new prompts than on trained ones is lack of prompts, and falls with the square root of
 * their number.
 */
function morePrompts(held: number, trained: number, count: number): string {
  const gap = trained - held;
  if (gap < SMALL_GAP) return 'More prompts would hardly help; more minutes or a larger draft might.';
  const times = Math.min(MOST_TIMES, (gap / SMALL_GAP) ** 2);
  const more = Math.ceil((count * (times - 1)) / 10) * 10;
  const reached = trained - gap / Math.sqrt(times);
  return `About ${more} more prompts of this kind could bring it to ${Math.round(100 * reached)} %.`;
}
