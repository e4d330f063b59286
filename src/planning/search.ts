/**
 * The two ways to look for the guesses that make a step worth most. In one pool of KV cells guesses are taken one
 * by one in the order of their survival. With a stream for each request, where unequal lengths are computed one
 * after another (`parts.ts`), all that guess guess equally many, and those that have fewer may be filled up.
 */
import { StepForecast } from './step-forecast.js';
import type { Forecast, PlanInput } from './types.js';

/** The more a step is worth, the higher. */
export type Score = (sum: Pick<Forecast, 'tokens' | 'ms'>) => number;

export interface Found {
  readonly sum: StepForecast;
  readonly score: number;
  /** Guesses taken, as their request and place among its guesses. */
  readonly taken: readonly { readonly request: number; readonly index: number }[];
}

/** Whether guesses of unequal length cost a decode for each length; a request alone has nobody to differ from. */
export function splitsIntoUbatches({
  unified,
  requests,
}: {
  readonly unified: boolean;
  readonly requests: readonly unknown[];
}): boolean {
  return !unified && requests.length > 1;
}

/** @param options [request] by which of its options it guesses, or -1 */
export function bestGuesses(input: PlanInput, options: readonly number[], score: Score): Found {
  return splitsIntoUbatches(input) ? bestLength(input, options, score) : bestInOrder(input, options, score);
}

/**
 * Takes guesses in the order of survival; the best of all beginnings of that order. Those of a request alone may be filled
 * up to the size of the batch before.
 */
function bestInOrder(input: PlanInput, options: readonly number[], score: Score): Found {
  const order: { request: number; index: number; survival: number }[] = [];
  input.requests.forEach((_, request) => {
    survivalOf(input, options, request).forEach((survival, index) =>
      order.push({ request, index, survival }),
    );
  });
  order.sort((a, b) => b.survival - a.survival || a.index - b.index);
  const sum = new StepForecast(input, options);
  let best = score(sum);
  let count = 0;
  let padTo = 0;
  const filled = asManyAsBefore(input);
  order.forEach(({ request, survival }, index) => {
    sum.add(request, survival);
    for (const fill of filled > index + 1 ? [0, filled] : [0]) {
      sum.padTo = fill;
      const reached = score(sum);
      if (reached <= best) continue;
      best = reached;
      count = index + 1;
      padTo = fill;
    }
    sum.padTo = 0;
  });
  const taken = order.slice(0, count);
  const chosen = new StepForecast(input, options);
  for (const { request, survival } of taken) chosen.add(request, survival);
  chosen.padTo = padTo;
  return { sum: chosen, score: best, taken };
}

/** Guesses with which the batch of a request alone is as large as the one before it; 0 where that is not known. */
function asManyAsBefore({ requests, prefill, previousTokens = 0 }: PlanInput): number {
  return requests.length === 1 && prefill.length === 0 ? Math.max(0, previousTokens - 1) : 0;
}

/** Gives the likeliest requests guesses of the same length; the best of all lengths and of some numbers of requests. */
function bestLength(input: PlanInput, options: readonly number[], score: Score): Found {
  const base = new StepForecast(input, options);
  let best = { members: [] as readonly number[], length: 0, padTo: 0, score: score(base) };
  const open = input.requests
    .map((_, request) => request)
    .filter((request) => survivalOf(input, options, request).length > 0)
    .sort((a, b) => survivalOf(input, options, b)[0]! - survivalOf(input, options, a)[0]!);
  const longest = Math.max(0, ...open.map((request) => survivalOf(input, options, request).length));
  for (const count of countsOf(open.length)) {
    const members = open.slice(0, count);
    const sum = new StepForecast(input, options);
    /** [length] tokens that are expected of all guesses beyond it. */
    const beyond = tokensBeyond(input, options, members, longest);
    for (let length = 1; length <= longest; length++) {
      addLevel(input, options, members, length, sum);
      const equal = sum.lengths.every((each) => each === length);
      for (const padTo of count === open.length && !equal ? [0, length] : [0]) {
        sum.padTo = padTo;
        const level = score(sum);
        if (level > best.score) best = { members, length, padTo, score: level };
      }
      sum.padTo = 0;
      // Curves have cliffs, behind which much may be cheap again: the search ends only where not even guesses that
      // cost nothing would do.
      const most = { tokens: sum.tokens + beyond[length]!, ms: sum.ms };
      if (score(most) <= best.score) break;
    }
  }
  const sum = new StepForecast(input, options);
  const taken: { request: number; index: number }[] = [];
  for (let length = 1; length <= best.length; length++) {
    for (const request of addLevel(input, options, best.members, length, sum)) {
      taken.push({ request, index: length - 1 });
    }
  }
  sum.padTo = best.padTo;
  return { sum, score: best.score, taken };
}

function tokensBeyond(
  input: PlanInput,
  options: readonly number[],
  members: readonly number[],
  longest: number,
): number[] {
  const beyond = new Array<number>(longest + 1).fill(0);
  for (const request of members)
    survivalOf(input, options, request).forEach((survival, index) => (beyond[index]! += survival));
  for (let length = longest - 1; length >= 0; length--) beyond[length]! += beyond[length + 1]!;
  return beyond;
}

/** Gives those members that have so many guesses their guess number `length`; returns them. */
function addLevel(
  input: PlanInput,
  options: readonly number[],
  members: readonly number[],
  length: number,
  sum: StepForecast,
): readonly number[] {
  return members.filter((request) => {
    const survival = survivalOf(input, options, request)[length - 1];
    if (survival !== undefined) sum.add(request, survival);
    return survival !== undefined;
  });
}

/** Of few requests any number is tried, of many all, a half, a quarter and one (half of four is 10 % too few at worst). */
function countsOf(requests: number): number[] {
  if (requests <= 4) return Array.from({ length: requests }, (_, index) => requests - index);
  return [requests, requests >> 1, ...(requests >= 8 ? [requests >> 2] : []), 1];
}

const NONE: readonly number[] = [];

function survivalOf(input: PlanInput, options: readonly number[], request: number): readonly number[] {
  const { fixed, options: all } = input.requests[request]!;
  return fixed ? NONE : (all[options[request]!]?.survival ?? NONE);
}
