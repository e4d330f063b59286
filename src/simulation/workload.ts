/**
 * What is asked of the engine in a simulation: requests with their whole texts, made once and then given to
 * every policy alike.
 */
import { ForetokenError } from '../base/errors.js';
import { sum } from '../base/statistics.js';
import { Dice } from './dice.js';
import { checkTask, PROMPT_HEAD, type Shift, type SimTask } from './tasks.js';

/** Small, so that a row of logits is cheap; large enough that a text does not repeat itself by chance. */
export const VOCABULARY = 256;

/**
 * `closed`: so many requests are in flight at all times, each end starts the next. `poisson`: requests come at
 * a rate, whatever the engine does. `ramp`: the rate rises evenly to `toPerSecond` at half of the requests and
 * falls back.
 */
export type Arrivals =
  | { readonly kind: 'closed'; readonly inFlight: number }
  | { readonly kind: 'poisson'; readonly perSecond: number }
  | { readonly kind: 'ramp'; readonly fromPerSecond: number; readonly toPerSecond: number };

export interface WorkloadOptions {
  readonly requests: number;
  readonly arrivals: Arrivals;
  readonly tasks: readonly SimTask[];
  readonly shifts: readonly Shift[];
  /** 32-bit unsigned. */
  readonly seed: number;
}

export interface SimRequest {
  readonly index: number;
  /** Index of its task in `Workload.tasks`. */
  readonly label: number;
  /** 0 in a closed loop. */
  readonly arrivalMs: number;
  /** Prompt and output; no token is 0. */
  readonly text: Int32Array;
  readonly promptLength: number;
  /** Added to the log-odds of its task's acceptance. */
  readonly oddsOffset: number;
}

export interface Workload extends WorkloadOptions {
  readonly items: readonly SimRequest[];
  readonly outputTokens: number;
  /** With the prompts. */
  readonly totalTokens: number;
  /** Longest text. */
  readonly mostTokens: number;
}

/** Streams of luck. */
const TASK = 1;
const ARRIVAL = 2;
const LENGTHS = 3;
const OFFSET = 5;
const COMMON = 7;
const TOKENS = 8;

/** Tokens that all texts of a task have in common, to copy from. */
const COMMON_TOKENS = 2048;

/** @throws ForetokenError `invalid_option` when the workload cannot be. */
export function makeWorkload(options: WorkloadOptions): Workload {
  check(options);
  const dice = new Dice(options.seed);
  const commons = options.tasks.map((_, label) =>
    randomTokens(COMMON_TOKENS, dice.fork(COMMON * 4096 + label)),
  );
  const total = sum(options.tasks, ({ share }) => share);
  let arrivalMs = 0;
  const items = Array.from({ length: options.requests }, (_, index): SimRequest => {
    let point = dice.uniform(index, TASK) * total;
    let label = 0;
    while (label < options.tasks.length - 1 && (point -= options.tasks[label]!.share) > 0) label += 1;
    const task = options.tasks[label]!;
    arrivalMs += gapMs(options, index, dice);
    const promptLength = dice.whole(...task.promptTokens, index, LENGTHS);
    const length = promptLength + dice.whole(...task.outputTokens, index, LENGTHS + 1);
    return {
      index,
      label,
      arrivalMs,
      text: textOf(index, promptLength, length, task, commons[label]!, dice.fork(TOKENS * 4096 + index)),
      promptLength,
      oddsOffset: task.spread * dice.normal(index, OFFSET),
    };
  });
  return withItems(options, items);
}

export function withItems(options: WorkloadOptions, items: readonly SimRequest[]): Workload {
  return {
    ...options,
    items,
    outputTokens: sum(items, ({ text, promptLength }) => text.length - promptLength),
    totalTokens: sum(items, ({ text }) => text.length),
    mostTokens: items.reduce((most, { text }) => Math.max(most, text.length), 0),
  };
}

function gapMs({ arrivals, requests }: WorkloadOptions, index: number, dice: Dice): number {
  if (arrivals.kind === 'closed') return 0;
  if (arrivals.kind === 'poisson') return dice.exponential(1000 / arrivals.perSecond, index, ARRIVAL);
  const { fromPerSecond, toPerSecond } = arrivals;
  const height = 1 - Math.abs((2 * index) / requests - 1);
  return dice.exponential(1000 / (fromPerSecond + (toPerSecond - fromPerSecond) * height), index, ARRIVAL);
}

function randomTokens(count: number, dice: Dice): Int32Array {
  return Int32Array.from({ length: count }, (_, index) => dice.whole(1, VOCABULARY, index, TOKENS));
}

/**
 * New tokens and copied runs in turn. The first tokens of the prompt are the request's number in base 256,
 * lowest digit first, by which the simulated decoders know whose text a sequence holds.
 */
function textOf(
  index: number,
  promptLength: number,
  length: number,
  task: SimTask,
  common: Int32Array,
  dice: Dice,
): Int32Array {
  const text = randomTokens(length, dice);
  text.set(headOf(index));
  // Runs begin so often that the wanted share of the text is copied.
  const copied = task.copy + task.common;
  const start = copied / (copied + task.copyRun * (1 - copied));
  for (let at = promptLength; at < length; at++) {
    if (dice.uniform(at, 1) >= start) continue;
    const run = Math.min(length - at, 1 + Math.floor(dice.exponential(task.copyRun - 0.5, at, 2)));
    const own = dice.uniform(at, 3) * copied < task.copy;
    const source = own ? text : common;
    // Own text is copied without running into itself, so at most from half of what there is.
    const from = own
      ? dice.whole(PROMPT_HEAD, Math.max(PROMPT_HEAD + 1, at - run), at, 4)
      : dice.whole(0, common.length - 1, at, 4);
    for (let offset = 0; offset < run; offset++) text[at + offset] = source[(from + offset) % source.length]!;
    at += run - 1;
  }
  return text;
}

export function headOf(index: number): number[] {
  return Array.from({ length: PROMPT_HEAD }, (_, digit) => Math.floor(index / 256 ** digit) % 256);
}

/** The request whose prompt begins so. */
export function indexOfHead(head: ArrayLike<number>, from = 0): number {
  let index = 0;
  for (let digit = PROMPT_HEAD - 1; digit >= 0; digit--) index = index * 256 + head[from + digit]!;
  return index;
}

function check({ requests, arrivals, tasks, shifts, seed }: WorkloadOptions): void {
  const refuse = (what: string): never => {
    throw new ForetokenError('invalid_option', what);
  };
  if (!Number.isInteger(requests) || requests < 1 || requests > 1_000_000)
    refuse(`A workload has a whole number of requests from 1 to 1000000; got ${requests}.`);
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff)
    refuse(`A seed is a whole number from 0 to 4294967295; got ${seed}.`);
  if (tasks.length === 0) refuse('A workload needs at least one task.');
  for (const task of tasks) checkTask(task);
  const rates =
    arrivals.kind === 'closed'
      ? [arrivals.inFlight]
      : arrivals.kind === 'poisson'
        ? [arrivals.perSecond]
        : [arrivals.fromPerSecond, arrivals.toPerSecond];
  for (const rate of rates) {
    if (!(rate > 0 && rate < Infinity)) refuse(`Arrivals need numbers above 0; got ${rate}.`);
  }
  for (const { at, acceptance } of shifts) {
    if (!(at >= 0 && at <= 1 && acceptance >= 0 && acceptance <= 1))
      refuse(
        `A shift is a share of the workload and an acceptance, each from 0 to 1; got ${at}:${acceptance}.`,
      );
  }
}
