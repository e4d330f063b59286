/**
 * Trains the classifier on prompts whose task discovery has found: multinomial logistic regression by AdaGrad
 * (Duchi et al. 2011), on each prompt as it is and on copies of it with typing errors, in small letters, or behind a
 * system prompt that says nothing about the task; then one temperature for all scores (Guo et al. 2017, section
 * 4.2), from models that have not seen the prompts they are asked about.
 */
import { randomNumbers, shuffled } from '../../base/random.js';
import { Vectorizer, vocabularyOf, type SparseRow } from '../discovery/tf-idf.js';
import { mostLikely, score } from './classifier.js';
import { MOST_TERMS, type TaskInfo, type TaskModel } from './model.js';
import { disturbed } from './disturb.js';

const FOLDS = 3;
const PASSES = 8;
const RATE = 0.5;
/** Pull of weights towards zero at each step. */
const DECAY = 1e-5;
/** Prompts of each task that are learned from, so that the time of learning is bounded. */
const MOST_OF_A_TASK = 600;
/** Below it an answer is `general`: more often wrong than right. */
const THRESHOLD = 0.5;

export interface LabelledText {
  readonly text: string;
  /** Index of its task. */
  readonly task: number;
}

interface Example {
  readonly row: SparseRow;
  readonly task: number;
}

export interface Trained {
  readonly model: TaskModel;
  /** On prompts that were not learned from, in folds: share that was right, and the calibration error. */
  readonly accuracy: number;
  readonly calibrationError: number;
}

/** @param tasks in the order of `LabelledText.task` */
export function trainClassifier(
  tasks: readonly TaskInfo[],
  texts: readonly LabelledText[],
  { seed = 1, now = new Date() }: { readonly seed?: number; readonly now?: Date } = {},
): Trained {
  const random = randomNumbers(seed);
  const chosen = balanced(texts, tasks.length, random);
  const vocabulary = vocabularyOf(
    chosen.map(({ text }) => text),
    { leastShare: 0.003, most: MOST_TERMS },
  );
  const vectorizer = new Vectorizer(vocabulary);
  const examples = chosen.map(({ text, task }) =>
    [text, disturbed(text, random), disturbed(text, random)].map((each) => ({
      row: vectorizer.row(each),
      task,
    })),
  );
  const terms = vocabulary.terms.length;
  const answers: { scores: number[]; task: number }[] = [];
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const learned = examples.filter((_, i) => i % FOLDS !== fold).flat();
    if (learned.length === 0) continue;
    const weights = fit(learned, tasks.length, terms, random);
    examples.forEach((copies, i) => {
      if (i % FOLDS !== fold) return;
      // The prompt and one of its disturbed copies: confidence has to hold for both.
      for (const { row, task } of copies.slice(0, 2))
        answers.push({ scores: weights.map((each) => score(each, row)), task });
    });
  }
  const temperature = bestTemperature(answers);
  const said = answers.map(({ scores, task }) => {
    const { index, confidence } = mostLikely(scores, temperature);
    return { right: index === task, confidence };
  });
  const weights = fit(examples.flat(), tasks.length, terms, random);
  return {
    model: {
      version: 1,
      madeAt: now.toISOString(),
      tasks,
      classifier: {
        terms: vocabulary.terms,
        idf: thousandths(vocabulary.weights),
        weights: weights.map(thousandths),
        temperature,
        threshold: THRESHOLD,
      },
    },
    accuracy: said.filter(({ right }) => right).length / Math.max(1, said.length),
    calibrationError: expectedCalibrationError(said),
  };
}

function balanced(texts: readonly LabelledText[], tasks: number, random: () => number): LabelledText[] {
  const taken = new Int32Array(tasks);
  return shuffled(texts, random).filter(({ task }) => {
    taken[task]! += 1;
    return taken[task]! <= MOST_OF_A_TASK;
  });
}

function fit(
  examples: readonly Example[],
  tasks: number,
  terms: number,
  random: () => number,
): Float32Array[] {
  const weights = Array.from({ length: tasks }, () => new Float32Array(terms + 1));
  const squares = Array.from({ length: tasks }, () => new Float32Array(terms + 1).fill(1e-4));
  for (let pass = 0; pass < PASSES; pass += 1)
    for (const { row, task } of shuffled(examples, random)) {
      const scores = weights.map((each) => score(each, row));
      const highest = Math.max(...scores);
      const shares = scores.map((value) => Math.exp(value - highest));
      const total = shares.reduce((a, b) => a + b, 0);
      for (let t = 0; t < tasks; t += 1) {
        const error = shares[t]! / total - (t === task ? 1 : 0);
        if (Math.abs(error) < 1e-4) continue;
        const own = weights[t]!;
        const seen = squares[t]!;
        for (let at = 0; at < row.columns.length; at += 1) {
          const column = row.columns[at]!;
          const slope = error * row.values[at]! + DECAY * own[column]!;
          seen[column]! += slope * slope;
          own[column]! -= (RATE * slope) / Math.sqrt(seen[column]!);
        }
        seen[terms]! += error * error;
        own[terms]! -= (RATE * error) / Math.sqrt(seen[terms]!);
      }
    }
  return weights;
}

/** The one of least negative log-likelihood, by golden section over its logarithm. */
function bestTemperature(answers: readonly { scores: number[]; task: number }[]): number {
  if (answers.length === 0) return 1;
  const loss = (logarithm: number): number => {
    const temperature = Math.exp(logarithm);
    let sum = 0;
    for (const { scores, task } of answers) {
      const { index, confidence } = mostLikely(scores, temperature);
      sum -= Math.log(confidence) + (scores[task]! - scores[index]!) / temperature;
    }
    return sum;
  };
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [Math.log(0.2), Math.log(20)];
  for (let round = 0; round < 30; round += 1) {
    const left = high - golden * (high - low);
    const right = low + golden * (high - low);
    if (loss(left) < loss(right)) high = right;
    else low = left;
  }
  return Math.exp((low + high) / 2);
}

const BINS = 10;

/** Expected calibration error (Naeini et al. 2015), in ten bins of equal width. */
export function expectedCalibrationError(
  said: readonly { readonly right: boolean; readonly confidence: number }[],
): number {
  return reliability(said).reduce(
    (sum, { count, confidence, accuracy }) =>
      sum + (count / Math.max(1, said.length)) * Math.abs(accuracy - confidence),
    0,
  );
}

/** A reliability diagram's rows: bins that something fell into. */
export function reliability(
  said: readonly { readonly right: boolean; readonly confidence: number }[],
): { from: number; count: number; confidence: number; accuracy: number }[] {
  return Array.from({ length: BINS }, (_, bin) => {
    const within = said.filter(({ confidence }) => Math.min(BINS - 1, Math.floor(confidence * BINS)) === bin);
    const share = (of: (one: (typeof within)[number]) => number): number =>
      within.reduce((sum, one) => sum + of(one), 0) / within.length;
    return {
      from: bin / BINS,
      count: within.length,
      confidence: share(({ confidence }) => confidence),
      accuracy: share(({ right }) => Number(right)),
    };
  }).filter(({ count }) => count > 0);
}

const thousandths = (values: Float32Array): number[] =>
  Array.from(values, (value) => Math.round(value * 1000));
