/**
 * Says which task a prompt belongs to, and how sure that is: words and edges of the text (`discovery/features.ts`),
 * a linear model over them, and probabilities whose temperature was set on prompts it had not learned from. It takes
 * a fraction of a millisecond, on the caller's thread.
 */
import { Vectorizer, type SparseRow } from '../discovery/tf-idf.js';
import { GENERAL, readTaskModel, type TaskInfo, type TaskModel } from './model.js';

export interface Classification {
  /** Id of a task, or `general` where it is too unsure. */
  readonly task: string;
  /** Calibrated probability of the likeliest task, whether or not it is the answer. */
  readonly confidence: number;
}

export class TaskClassifier {
  readonly tasks: readonly TaskInfo[];
  readonly #vectorizer: Vectorizer;
  /** [task][term], then the bias. */
  readonly #weights: readonly Float32Array[];
  readonly #temperature: number;
  readonly #threshold: number;

  constructor(model: TaskModel) {
    const { terms, idf, weights, temperature, threshold } = model.classifier;
    this.tasks = model.tasks;
    this.#vectorizer = new Vectorizer({ terms, weights: Float32Array.from(idf, (value) => value / 1000) });
    this.#weights = weights.map((row) => Float32Array.from(row, (value) => value / 1000));
    this.#temperature = temperature;
    this.#threshold = threshold;
  }

  /** @throws ForetokenError `file_not_found`, or `invalid_option` for a file that is none of tasks */
  static read(file: string): TaskClassifier {
    return new TaskClassifier(readTaskModel(file));
  }

  /** @param text from `promptText` */
  classify(text: string): Classification {
    const { index, confidence } = this.likeliest(text);
    const task = this.tasks[index];
    return { task: task === undefined || confidence < this.#threshold ? GENERAL : task.id, confidence };
  }

  /**
   * The same once the answer has begun: its beginning tells more where the prompt alone was unsure.
   * @param beginning first words of the answer; a few hundred characters are enough
   */
  reclassify(text: string, beginning: string): Classification {
    const first = this.classify(text);
    if (first.task !== GENERAL) return first;
    const second = this.classify(`${text}\n\n${beginning.slice(0, BEGINNING)}`);
    return second.confidence > first.confidence ? second : first;
  }

  /** The likeliest task, however unsure. `index` is -1 and the confidence 0 where no word of the text is known. */
  likeliest(text: string): { readonly index: number; readonly confidence: number } {
    const row = this.#vectorizer.row(text);
    if (row.columns.length === 0 || this.tasks.length === 0) return { index: -1, confidence: 0 };
    return mostLikely(
      this.#weights.map((weights) => score(weights, row)),
      this.#temperature,
    );
  }
}

const BEGINNING = 400;

export function score(weights: Float32Array, { columns, values }: SparseRow): number {
  let sum = weights[weights.length - 1]!;
  for (let at = 0; at < columns.length; at += 1) sum += weights[columns[at]!]! * values[at]!;
  return sum;
}

/** The highest of the scores, and its probability at a temperature. */
export function mostLikely(
  scores: readonly number[],
  temperature: number,
): { index: number; confidence: number } {
  let index = 0;
  for (let i = 1; i < scores.length; i += 1) if (scores[i]! > scores[index]!) index = i;
  let total = 0;
  for (const value of scores) total += Math.exp((value - scores[index]!) / temperature);
  return { index, confidence: 1 / total };
}
