/**
 * The two ways to look for the guesses that make a step worth most. In one pool of KV cells guesses are taken one
 * by one in the order of their survival. With a stream for each request, where unequal lengths are computed one
 * after another (`costs/ubatches.ts`), all that guess guess equally many, and those that have fewer may be filled up.
 */
import { StepForecast } from './step-forecast.js';
import type { PlanInput } from './types.js';

/** The more a step is worth, the higher. */
export type Score = (sum: Pick<StepForecast, 'worth' | 'ms'>) => number;

/** A guess of a request, by its place among the request's guesses. */
interface Taken {
  readonly request: number;
  readonly index: number;
}

interface Selection {
  readonly taken: readonly Taken[];
  /** As in `StepForecast`. */
  readonly padTo: number;
}

export interface Found {
  readonly sum: StepForecast;
  readonly score: number;
  readonly taken: readonly Taken[];
}

/** What there is to take from. */
interface Offered {
  readonly input: PlanInput;
  /** [request] by which of its options it guesses, or -1. */
  readonly options: readonly number[];
  /** [request][guess] survival; none where that is fixed. */
  readonly survivals: readonly (readonly number[])[];
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
  const survivals = input.requests.map(({ fixed, options: all }, request) =>
    fixed ? [] : (all[options[request]!]?.survival ?? []),
  );
  const offered = { input, options, survivals };
  const { taken, padTo } = splitsIntoUbatches(input)
    ? bestLength(offered, score)
    : bestInOrder(offered, score);
  const sum = new StepForecast(input, options);
  for (const { request, index } of taken) sum.add(request, survivals[request]![index]!);
  sum.padTo = padTo;
  return { sum, score: score(sum), taken };
}

/** Takes guesses in the order of survival; the best of all beginnings of that order. */
function bestInOrder({ input, options, survivals }: Offered, score: Score): Selection {
  const order = survivals.flatMap((own, request) =>
    own.map((survival, index) => ({ request, index, survival })),
  );
  order.sort((a, b) => b.survival - a.survival || a.index - b.index);
  const sum = new StepForecast(input, options);
  let best = { count: 0, score: score(sum) };
  order.forEach(({ request, survival }, index) => {
    sum.add(request, survival);
    const reached = score(sum);
    if (reached > best.score) best = { count: index + 1, score: reached };
  });
  return { taken: order.slice(0, best.count), padTo: 0 };
}

/** Gives the likeliest requests guesses of the same length; the best of all lengths and of some numbers of requests. */
function bestLength({ input, options, survivals }: Offered, score: Score): Selection {
  let best = {
    members: [] as readonly number[],
    length: 0,
    padTo: 0,
    score: score(new StepForecast(input, options)),
  };
  const open = survivals
    .flatMap(({ length }, request) => (length > 0 ? [request] : []))
    .sort((a, b) => survivals[b]![0]! - survivals[a]![0]!);
  const longest = Math.max(0, ...survivals.map(({ length }) => length));
  for (const count of countsOf(open.length)) {
    const members = open.slice(0, count);
    const sum = new StepForecast(input, options);
    /** Tokens that are expected of all guesses not taken yet. */
    let beyond = 0;
    for (const request of members) for (const survival of survivals[request]!) beyond += survival;
    for (let length = 1; length <= longest; length++) {
      for (const request of members) {
        const survival = survivals[request]![length - 1];
        if (survival === undefined) continue;
        sum.add(request, survival);
        beyond -= survival;
      }
      const equal = sum.lengths.every((each) => each === length);
      for (const padTo of count === open.length && !equal ? [0, length] : [0]) {
        sum.padTo = padTo;
        const level = score(sum);
        if (level > best.score) best = { members, length, padTo, score: level };
      }
      sum.padTo = 0;
      // Curves have cliffs, behind which much may be cheap again: the search ends only where not even guesses that
      // cost nothing would do.
      if (score({ worth: sum.worth + beyond, ms: sum.ms }) <= best.score) break;
    }
  }
  const taken = best.members.flatMap((request) =>
    survivals[request]!.slice(0, best.length).map((_, index) => ({ request, index })),
  );
  return { taken: taken.sort((a, b) => a.index - b.index), padTo: best.padTo };
}

/** Of few requests any number is tried, of many all, a half, a quarter and one (half of four is 10 % too few at worst). */
function countsOf(requests: number): number[] {
  if (requests <= 4) return Array.from({ length: requests }, (_, index) => requests - index);
  return [requests, requests >> 1, ...(requests >= 8 ? [requests >> 2] : []), 1];
}
