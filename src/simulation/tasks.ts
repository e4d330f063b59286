/**
 * Kinds of work as a simulation sees them: how well each can be guessed, and how its texts repeat themselves.
 */
import { ForetokenError } from '../base/errors.js';

export interface SimTask {
  readonly name: string;
  /** Weight among the requests. */
  readonly share: number;
  /** Mean probability that the draft's next token stands when all before it stood. */
  readonly acceptance: number;
  /** Factor on it for each guess further ahead in one step; 1: as likely as the first. */
  readonly decay: number;
  /** How far requests differ: standard deviation of their log-odds of acceptance. */
  readonly spread: number;
  /** How much the draft's margin tells whether it is right: 0 nothing, 1 nearly all. */
  readonly confidence: number;
  /** Probability that the draft's second choice is right when its first is wrong. */
  readonly second: number;
  /** Share of the output copied from earlier in the same text, in runs of `copyRun` tokens on average. */
  readonly copy: number;
  /** Share of the output copied from what all texts of the task have in common. */
  readonly common: number;
  readonly copyRun: number;
  /** Half-open ranges. */
  readonly promptTokens: readonly [from: number, to: number];
  readonly outputTokens: readonly [from: number, to: number];
}

/** A text that repeats nothing, guessed by a draft that is right in four of five cases. */
export const PLAIN_TASK: SimTask = {
  name: 'plain',
  share: 1,
  acceptance: 0.8,
  decay: 1,
  spread: 0.5,
  confidence: 0.5,
  second: 0.4,
  copy: 0,
  common: 0,
  copyRun: 12,
  promptTokens: [32, 96],
  outputTokens: [64, 192],
};

/**
 * Mixes by name. `demo` follows the bundled model's tasks as recorded (docs/benchmarks-former.md: share of next tokens
 * that draft and lookup had right), `copy` is work that mostly quotes, such as editing a file.
 */
export const MIXES = {
  plain: [PLAIN_TASK],
  copy: [
    {
      ...PLAIN_TASK,
      name: 'copy',
      acceptance: 0.8,
      copy: 0.9,
      copyRun: 32,
      promptTokens: [128, 256],
    },
  ],
  demo: [
    { ...PLAIN_TASK, name: 'math', acceptance: 0.91, copy: 0.2, copyRun: 4 },
    { ...PLAIN_TASK, name: 'translate', acceptance: 0.66, copy: 0 },
    { ...PLAIN_TASK, name: 'code', acceptance: 0.92, copy: 0.25, copyRun: 5 },
    { ...PLAIN_TASK, name: 'edit', acceptance: 0.91, copy: 0.8, copyRun: 16, promptTokens: [96, 192] },
    { ...PLAIN_TASK, name: 'summarize', acceptance: 0.9, copy: 0.4, copyRun: 6, promptTokens: [128, 256] },
  ],
} as const satisfies Record<string, readonly SimTask[]>;

export type MixName = keyof typeof MIXES;
export const MIX_NAMES = Object.keys(MIXES) as MixName[];

/** From a point of the workload on, the draft of all tasks (or one) is as good as this. */
export interface Shift {
  /** Share of the workload's output tokens after which it happens, 0 to 1: the same work for every policy. */
  readonly at: number;
  readonly acceptance: number;
}

const PROBABILITIES = ['acceptance', 'decay', 'confidence', 'second', 'copy', 'common'] as const;

/** @throws ForetokenError `invalid_option` naming the task and the field that cannot be. */
export function checkTask(task: SimTask): void {
  const refuse = (field: string, value: unknown, allowed: string): never => {
    throw new ForetokenError(
      'invalid_option',
      `Task ${task.name}: ${field} must be ${allowed}; got ${JSON.stringify(value)}.`,
    );
  };
  for (const field of PROBABILITIES) {
    if (!(task[field] >= 0 && task[field] <= 1)) refuse(field, task[field], 'from 0 to 1');
  }
  if (task.copy + task.common > 1) refuse('copy + common', task.copy + task.common, 'at most 1');
  if (!(task.share > 0 && task.share < Infinity)) refuse('share', task.share, 'a number above 0');
  if (!(task.spread >= 0 && task.spread <= 10)) refuse('spread', task.spread, 'from 0 to 10');
  if (!(task.copyRun >= 1 && task.copyRun < Infinity)) refuse('copyRun', task.copyRun, 'at least 1');
  const ranges = { promptTokens: [PROMPT_HEAD + 1, 65536], outputTokens: [2, 65536] } as const;
  for (const [field, [least, most]] of Object.entries(ranges)) {
    const [from, to] = task[field as keyof typeof ranges];
    const right = Number.isInteger(from) && Number.isInteger(to) && from >= least && from < to && to <= most;
    if (!right) refuse(field, [from, to], `two whole numbers from ${least} to ${most}, the first smaller`);
  }
}

/** Tokens at the beginning of a prompt that say whose it is. */
export const PROMPT_HEAD = 4;
