/**
 * Trains a draft on its target's answers: distillation on the target's own greedy text, with the target's
 * distribution as labels (in the manner of DistillSpec, arXiv 2310.08461). Learning rate: linear warm-up, then
 * half a cosine down.
 */
import { ForetokenError } from '../base/errors.js';
import { CUT_HEAD_KEYS } from '../gguf/cut-head.js';
import { TENSOR_TYPE } from '../gguf/types.js';
import { type BatchShape, headSizeOf, Trainer } from '../llama/training/training.js';
import { batchShapeFor } from './batch-shape.js';
import { makeBatches, type RowIndices, rowIndexOf, shuffle } from './batches.js';
import { readCheckpoint, removeCheckpoint, trainingKey, writeCheckpoint } from './checkpoint.js';
import { answerTokens, type CorpusText, promptHash, readCorpus } from './corpus.js';
import { readNetwork, writeNetwork } from './network.js';
import { UsedVectors } from './used-vectors.js';
import { randomNumbers } from '../base/random.js';

export interface TrainDraftOptions {
  /** Draft to start from; its weights may be of any type that can be read (F32, F16, BF16, Q8_0). */
  readonly draft: string;
  /** Files of `generateCorpus`. */
  readonly corpus: readonly string[];
  /** Where the trained draft goes; written at checkpoints, too. */
  readonly output: string;
  readonly type?: keyof typeof TENSOR_TYPE;
  /** Passes over the corpus. */
  readonly epochs?: number;
  /** Ends training, with its schedule, after this time, where `epochs` would take longer. */
  readonly minutes?: number;
  readonly learningRate?: number;
  /** Default: what nearly all texts fit in, from 256 to 1,024. */
  readonly tokensPerRow?: number;
  /** Rows of a batch (default: 1). */
  readonly rows?: number;
  readonly threads?: number;
  readonly seed?: number;
  /** Weight of the chance of refusal (total variation) beside cross entropy, 0 to 1. */
  readonly acceptanceShare?: number;
  /** Checkpoints in a row without a better share of right guesses, after which training ends. */
  readonly patience?: number;
  /** Text for the metadata key `foretoken.draft.recipe`. */
  readonly recipe?: string;
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly signal?: AbortSignal;
}

export interface TrainingProgress {
  readonly epoch: number;
  readonly step: number;
  /** 0 to 1 of what was asked for. */
  readonly done: number;
  /** Mean of the last steps, nats a token, against the target's distribution. */
  readonly loss: number;
  /** On texts not trained on, of the last checkpoint; undefined before the first. */
  readonly validationLoss: number | undefined;
  readonly agreement: number | undefined;
  readonly tokensPerSecond: number;
  readonly learningRate: number;
}

export interface TrainingResult {
  readonly steps: number;
  readonly tokens: number;
  readonly seconds: number;
  readonly loss: number;
  /** Of the weights that are kept: the best of all checkpoints. */
  readonly validationLoss: number;
  /** Share of their first choices that are the target's, on texts not trained on. */
  readonly agreement: number;
  /** Texts that were not trained on. */
  readonly heldOut: readonly CorpusText[];
}

const WARM_UP_SHARE = 0.04;
const FINAL_RATE_SHARE = 0.04;
/** Held-out texts by which checkpoints are judged: more say no more, and take time. */
const MOST_JUDGED = 64;
/** Of every so many texts one is held out. */
const HELD_OUT_OF = 10;
const LEAST_HELD_OUT = 3;
/** Fewest texts: with fewer none would be held out, and nothing could be said of what was learned. */
export const LEAST_TEXTS = HELD_OUT_OF;
/** A checkpoint comes after a twelfth of what was asked for, within these bounds. */
const CHECKPOINT_SHARE = 1 / 12;
const CHECKPOINT_SECONDS = 240;
const LEAST_CHECKPOINT_SECONDS = 10;
/** With fewer answer tokens held out, chance could say that a new network guesses better than a trained one. */
const LEAST_JUDGED = 200;
/** A step's loss beside the mean of those before it. */
const DIVERGED_FACTOR = 2;
const DIVERGED_NATS = 4;
const LEAST_CAUTION = 1 / 16;
const PATIENCE = 4;
/**
 * Of the loss. After 143 steps on the demo target's answers (2 layers of 128) 51 % of first choices were right with it,
 * 46 % with cross entropy alone; see docs/drafts-accuracy.md.
 */
export const ACCEPTANCE_SHARE = 0.5;

/**
 * The event loop stays free during training. Aborting saves what was learned until then. A training that was broken
 * off goes on from its last checkpoint when it is started again with the same settings.
 * @throws ForetokenError `invalid_option`, `unsupported_architecture`, `file_not_found`, `invalid_gguf`
 */
export async function trainDraft(options: TrainDraftOptions): Promise<TrainingResult> {
  const { epochs, minutes, learningRate, seed, rows, tokensPerRow, threads } = checked(options);
  const { acceptanceShare, patience } = checked(options);
  const network = readNetwork(options.draft);
  const { shape } = network;
  const head = network.headTokens && rowIndexOf(network.headTokens, shape.vocabularySize);
  const all = shuffle(
    options.corpus.flatMap((path) => readCorpus(path, shape.vocabularySize)),
    randomNumbers(seed),
  );
  requireTexts(all.length, 'corpus');
  const { texts, validation } = withoutHeldOut(all);
  const used = new UsedVectors(network, all);
  const rowOf: RowIndices = { input: used.index, head };
  const batchShape = batchShapeFor(all, headSizeOf(shape), { rows, tokensPerRow });
  const settings = { shape, batchShape, epochs, minutes, learningRate, seed, acceptanceShare };
  const id = trainingKey(settings, options.draft, texts.length, texts[0]?.tokens, texts.at(-1)?.tokens);

  const trainer = new Trainer(used.shape, batchShape, used.weights, { threads, acceptanceShare });
  const metadata = new Map(network.file.metadata);
  if (options.recipe !== undefined)
    metadata.set('foretoken.draft.recipe', { type: 'string', value: options.recipe });
  // What it has learned to read it can read.
  if (network.inputs !== undefined)
    metadata.set(CUT_HEAD_KEYS.inputs, {
      ...{ type: 'array', itemType: 'i32' },
      value: Int32Array.from(new Set([...network.inputs, ...used.tokens])).sort(),
    });
  const save = (weights: ReadonlyMap<string, Float32Array>): void => {
    writeNetwork(options.output, metadata, shape, used.whole(weights), TENSOR_TYPE[options.type ?? 'Q8_0']);
  };

  const resumed = readCheckpoint(options.output, id, used.shape);
  if (resumed !== undefined) trainer.restore(resumed.state);
  let { step, epoch, done, caution } = resumed ?? { step: 0, epoch: 0, done: 0, caution: 1 };
  const startMs = performance.now() - 1000 * (resumed?.seconds ?? 0);
  const elapsedSeconds = (): number => (performance.now() - startMs) / 1000;
  const batchesOf = (random: () => number) => makeBatches(texts, batchShape, random, rowOf);
  const stepsPerEpoch = [...batchesOf(randomNumbers(seed))].length;
  let loss = NaN;
  let [savedSeconds, savedDone] = [elapsedSeconds(), done];
  /** Where it goes back to when it diverges. */
  let good = trainer.state();
  /** Of the weights in the output. */
  let best: Validation | undefined = resumed && { loss: resumed.loss, agreement: resumed.agreement };
  let worseInARow = 0;
  let validated: Validation | undefined;
  const isAborted = (): boolean => options.signal?.aborted === true;
  const checkpoint = async (): Promise<void> => {
    [savedSeconds, savedDone] = [elapsedSeconds(), done];
    validated = await validate(validation, trainer, batchShape, rowOf);
    if (!Number.isFinite(validated.loss)) return;
    good = trainer.state();
    const before = best?.agreement ?? -1;
    worseInARow = validated.agreement > before ? 0 : worseInARow + 1;
    // Of few texts, as many are right before and after; then what has learned longer is kept.
    if (best === undefined || validated.agreement >= before) {
      best = validated;
      save(good.weights);
    }
    if (done < 1)
      writeCheckpoint(options.output, id, used.shape, {
        state: good,
        step,
        epoch,
        done,
        seconds: savedSeconds,
        caution,
        ...best,
      });
  };
  const stopped = (): boolean => done >= 1 || worseInARow > patience || isAborted();
  try {
    // What comes out is then never worse on held-out texts than what went in.
    if (resumed === undefined && answerTokens(validation) >= LEAST_JUDGED) await checkpoint();
    while (!stopped()) {
      for (const batch of batchesOf(randomNumbers(seed + 1 + epoch))) {
        const rate = learningRate * caution * schedule(done);
        const current = await trainer.stepAsync(batch, rate);
        if (diverged(current, loss)) {
          caution /= 2;
          if (caution < LEAST_CAUTION)
            throw new ForetokenError(
              'invalid_option',
              'Training diverges, also with a sixteenth of the step; take a lower learning rate.',
              { param: 'learningRate' },
            );
          trainer.restore(good);
          loss = NaN;
          continue;
        }
        loss = Number.isNaN(loss) ? current : loss + 0.02 * (current - loss);
        step += 1;
        done = Math.max(step / (epochs * stepsPerEpoch), elapsedSeconds() / 60 / minutes);
        const tokensPerSecond = (step * batch.tokens.length) / elapsedSeconds();
        options.onProgress?.({
          ...{ epoch, step, done: Math.min(1, done), loss, tokensPerSecond, learningRate: rate },
          ...{ validationLoss: validated?.loss, agreement: validated?.agreement },
        });
        if (stopped()) break;
        const sinceSeconds = elapsedSeconds() - savedSeconds;
        const isDue = done - savedDone > CHECKPOINT_SHARE && sinceSeconds > LEAST_CHECKPOINT_SECONDS;
        if (isDue || sinceSeconds > CHECKPOINT_SECONDS) await checkpoint();
      }
      epoch += 1;
    }
    await checkpoint();
    if (best === undefined)
      throw new ForetokenError('invalid_option', 'Training gave no numbers; take a lower learning rate.', {
        param: 'learningRate',
      });
    if (!isAborted()) removeCheckpoint(options.output);
    return {
      steps: step,
      tokens: step * batchShape.rows * batchShape.tokensPerRow,
      seconds: elapsedSeconds(),
      loss,
      validationLoss: best.loss,
      agreement: best.agreement,
      heldOut: validation,
    };
  } finally {
    trainer.dispose();
  }
}

/**
 * What the prompt's own hash says is held out, so that a draft that goes on from another one is judged by what neither was
 * trained on: by texts that the other one has learned, its start would look best. Of few texts, the least hashes.
 * @throws ForetokenError `invalid_option` when too few prompts are different
 */
export function withoutHeldOut(all: readonly CorpusText[]): {
  texts: CorpusText[];
  validation: CorpusText[];
} {
  // The beginning of the hash says what `splitTexts` holds out.
  const keys = all.map((text) => parseInt(promptHash(text).slice(8, 16), 16) / 2 ** 32);
  const few = Math.min(LEAST_HELD_OUT, Math.floor(all.length / HELD_OUT_OF));
  const limit = Math.max(1 / HELD_OUT_OF, keys.toSorted((a, b) => a - b)[few - 1]!);
  const of = (isHeldOut: boolean): CorpusText[] => all.filter((_, i) => keys[i]! <= limit === isHeldOut);
  const texts = of(false);
  if (texts.length === 0)
    throw new ForetokenError(
      'invalid_option',
      'The texts are answers to too few different prompts: some of them have to be held out to say what was learned.',
      { param: 'corpus' },
    );
  return { texts, validation: of(true).slice(0, MOST_JUDGED) };
}

interface Validation {
  /** Nats a token. */
  readonly loss: number;
  /** Share of first choices that are the target's, along answers: what speculation accepts of them, token by token. */
  readonly agreement: number;
}

/** A loss that is no number, or far above what it has been. */
function diverged(current: number, mean: number): boolean {
  return !Number.isFinite(current) || current > DIVERGED_FACTOR * mean + DIVERGED_NATS;
}

/** @param count texts, or prompts that will become texts. @throws ForetokenError `invalid_option` */
export function requireTexts(count: number, param: 'corpus' | 'prompts'): void {
  if (count < LEAST_TEXTS)
    throw new ForetokenError(
      'invalid_option',
      `Training needs at least ${LEAST_TEXTS} ${param === 'corpus' ? 'texts' : 'prompts'}, of which one in ${HELD_OUT_OF} ` +
        `is held out to say what was learned; got ${count}. Some hundreds of the kind that will be asked make a draft worth having.`,
      { param },
    );
}

/** Share of the highest learning rate at `done` (0 to 1). */
export function schedule(done: number): number {
  if (done < WARM_UP_SHARE) return Math.max(0.01, done / WARM_UP_SHARE);
  const fallen = (1 + Math.cos(Math.PI * Math.min(1, done))) / 2;
  return FINAL_RATE_SHARE + (1 - FINAL_RATE_SHARE) * fallen;
}

async function validate(
  texts: readonly CorpusText[],
  trainer: Trainer,
  shape: BatchShape,
  rowOf: RowIndices,
): Promise<Validation> {
  let [sum, agreed, answers, count] = [0, 0, 0, 0];
  // The same order each time, so that the figures can be compared.
  for (const batch of makeBatches(texts, shape, randomNumbers(0), rowOf)) {
    sum += await trainer.stepAsync(batch, 0);
    agreed += trainer.agreed(batch.answers);
    answers += batch.answers + batch.outside;
    count += 1;
  }
  return { loss: sum / count, agreement: answers === 0 ? 0 : agreed / answers };
}

function checked(options: TrainDraftOptions) {
  const number = (
    name: keyof TrainDraftOptions,
    fallback: number,
    from: number,
    to: number,
    whole = true,
  ) => {
    const value = (options[name] as number | undefined) ?? fallback;
    if (!(value >= from && value <= to) || (whole && !Number.isInteger(value)))
      throw new ForetokenError(
        'invalid_option',
        `${name} must be a ${whole ? 'whole ' : ''}number from ${from} to ${to}.`,
        { param: name },
      );
    return value;
  };
  if (options.corpus.length === 0)
    throw new ForetokenError('invalid_option', 'No corpus to train on.', { param: 'corpus' });
  return {
    acceptanceShare: number('acceptanceShare', ACCEPTANCE_SHARE, 0, 1, false),
    patience: number('patience', PATIENCE, 0, 1e6),
    epochs: number('epochs', 8, 0.01, 10000, false),
    minutes: number('minutes', 1e6, 0.001, 1e6, false),
    learningRate: number('learningRate', 2e-3, 1e-7, 1, false),
    seed: number('seed', 1, 0, 2 ** 32 - 1),
    threads: number('threads', 2, 1, 1024),
    tokensPerRow: options.tokensPerRow === undefined ? undefined : number('tokensPerRow', 512, 16, 8192),
    rows: options.rows === undefined ? undefined : number('rows', 1, 1, 256),
  };
}
