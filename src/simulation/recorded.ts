/**
 * Answers of real models and what drafts guess along them, as work for the simulator: what a planner makes of real texts,
 * without the models. Written by `bench/record-guesses.mjs`.
 *
 * Tokens are hashed to one byte, so that lookup finds what repeats itself. Where all guesses before it are right, a guess
 * depends on the text alone; behind a wrong one nothing counts but how sure the draft is, which is taken to be the same.
 */
import { AcceptanceModel, type AcceptanceSource } from '../acceptance/acceptance-model.js';
import type { DraftTruth } from './draft-truth.js';
import { PLAIN_TASK } from './tasks.js';
import { headOf, withItems, type SimRequest, type Workload } from './workload.js';

export interface RecordedDraft {
  readonly name: string;
  /** Whose specialist it is; undefined: it guesses all tasks. */
  readonly task?: string | undefined;
  /** [position] P(accepted | all before it are accepted), as its file tells; undefined: it tells nothing. */
  readonly acceptance?: readonly number[] | undefined;
}

export interface RecordedAnswer {
  readonly task: string;
  readonly temperature: number;
  /** Hashed tokens, base64. */
  readonly prompt: string;
  readonly output: string;
  /** By draft: a byte for each token of the output (`recordedGuess`), base64. */
  readonly guesses: Readonly<Record<string, string>>;
}

export interface Recording {
  readonly model: string;
  readonly drafts: readonly RecordedDraft[];
  readonly answers: readonly RecordedAnswer[];
}

/** Nats of margin for each step of the scale that a guess is written down in. */
const MARGIN_STEP = 0.1;
const MOST_MARGIN = 127;

/** 1 to 255: 0 is the end of a text. */
export const recordedToken = (token: number): number => 1 + ((Math.imul(token + 1, 2654435761) >>> 0) % 255);

/** @param margin nats between the draft's first and second choice */
export const recordedGuess = (right: boolean, margin: number): number =>
  2 * Math.min(MOST_MARGIN, Math.round(margin / MARGIN_STEP)) + (right ? 1 : 0);

/** Answers one after another, `inFlight` at a time; a kind of work is a task at a temperature. */
export function recordedWorkload(answers: readonly RecordedAnswer[], inFlight: number): Workload {
  const names = [...new Set(answers.map(kindOf))];
  const items = answers.map(({ prompt, output, ...answer }, index): SimRequest => {
    const head = Buffer.from(prompt, 'base64');
    const text = Int32Array.from([...head, ...Buffer.from(output, 'base64')]);
    // By its first tokens a simulated decoder knows whose text it is.
    text.set(headOf(index));
    const label = names.indexOf(kindOf(answer));
    return { index, label, arrivalMs: 0, text, promptLength: head.length, oddsOffset: 0 };
  });
  const tasks = names.map((name) => ({ ...PLAIN_TASK, name }));
  const arrivals = { kind: 'closed', inFlight } as const;
  return withItems({ requests: items.length, arrivals, tasks, shifts: [], seed: 1 }, items);
}

const kindOf = ({ task, temperature }: Pick<RecordedAnswer, 'task' | 'temperature'>): string =>
  `${task}, T = ${temperature}`;

/** What one of the drafts says along the answers. */
export class RecordedGuesses implements Pick<DraftTruth, 'guess'> {
  readonly acceptance: readonly number[] | undefined;
  readonly #answers: readonly RecordedAnswer[];
  /** [answer][token of the output] */
  readonly #guesses: readonly Uint8Array[];

  /** @param draft all of whose answers are of its task, if it has one */
  constructor(answers: readonly RecordedAnswer[], { name, acceptance }: RecordedDraft) {
    this.acceptance = acceptance;
    this.#answers = answers;
    this.#guesses = answers.map(({ guesses }) => Buffer.from(guesses[name] ?? '', 'base64'));
  }

  /** What learns of the answers, by task: the simulated texts are all the likeliest, the answers were not. */
  newAcceptance(): AcceptanceSource {
    const model = new AcceptanceModel();
    const tasks = [...new Set(this.#answers.map(({ task }) => task))];
    return {
      request: (_label, id, draft) => {
        const { task, temperature } = this.#answers[id]!;
        return model.request(tasks.indexOf(task), id, draft, temperature > 0);
      },
    };
  }

  guess({ index, promptLength }: SimRequest, position: number): ReturnType<DraftTruth['guess']> {
    const guess = this.#guesses[index]?.[position - promptLength] ?? 0;
    return { agrees: guess % 2 === 1, margin: (guess >> 1) * MARGIN_STEP, secondAgrees: false };
  }
}
