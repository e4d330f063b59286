/**
 * Which guesses pay: the plan with the highest predicted token goodput, the tokens that a step is expected to
 * commit over the time it is expected to take (Liu et al., "Optimizing Speculative Decoding for Serving Large
 * Language Models Using Goodput", arXiv 2406.14066, section 4). Pure functions of plain records, so that a plan
 * can be logged, computed again and explained.
 *
 * Guesses are taken in the order of their survival over all requests, and every beginning of that order is
 * priced with the whole table of costs: not only until goodput first falls, for curves have bends.
 */
import { curveMs, decodeMs, ONLY_DRAFT } from '../costs/cost-table.js';
import { bestGuesses, type Score } from './search.js';
import { longCatchUpMs, StepForecast, tokensOf } from './step-forecast.js';
import type { PlanRequest, PlanInput, Forecast, GoodputPlan } from './types.js';

export function planGuesses(input: PlanInput): GoodputPlan {
  const { requests, prefill } = input;
  const none = requests.map(() => -1);
  const base = new StepForecast(input, none);
  const without = base.forecast();
  const goodput = without.tokens / without.ms;
  if (requests.every(({ options, fixed }) => fixed || options.length === 0))
    return planOf(requests, none, base, without, goodput, 0);
  // Beside prompts tokens a millisecond would let every guess seem free, so there a millisecond costs what it would
  // bring without them.
  const price =
    prefill.length === 0 ? undefined : planGuesses({ ...input, prefill: [], prefillTokenCells: 0 }).price;
  const score = scoreAt(price);
  const options = bestOptions(input, price ?? goodput);
  const { sum, score: reached } = bestGuesses(input, options, score);
  const start = score(base);
  const gain = price === undefined ? reached / start - 1 : (reached - start) / base.tokens;
  const best = gain > 0 ? sum : base;
  return planOf(requests, options, best, without, price ?? best.tokens / best.ms, gain);
}

function planOf(
  requests: readonly PlanRequest[],
  options: readonly number[],
  sum: StepForecast,
  without: Forecast,
  price: number,
  gain: number,
): GoodputPlan {
  const choices = requests.map(({ id, fixed }, request) => {
    const length = sum.lengths[request]!;
    return { id, option: length === 0 ? -1 : fixed ? 0 : options[request]!, length };
  });
  return { choices, padTo: sum.padTo, forecast: sum.forecast(), without, price, gain };
}

/**
 * @param price tokens that a millisecond must bring; undefined: what it brings is to be as much as possible
 * @param spentMs of the step already
 */
function scoreAt(price: number | undefined, spentMs = 0): Score {
  if (price === undefined) return ({ worth, ms }) => worth / (ms + spentMs);
  return ({ worth, ms }) => worth - price * ms;
}

/** What a step would come to with given choices, for comparing a plan with others. */
export function forecastOf(
  input: PlanInput,
  { choices, padTo }: Pick<GoodputPlan, 'choices' | 'padTo'>,
): Forecast {
  const sum = new StepForecast(
    input,
    choices.map(({ option }) => option),
  );
  choices.forEach(({ option, length }, request) => {
    const { fixed, options } = input.requests[request]!;
    if (fixed) return;
    for (const survival of options[option]?.survival.slice(0, length) ?? []) sum.add(request, survival);
  });
  sum.padTo = padTo;
  return sum.forecast();
}

/** For each request the option that is worth most at this price of time, when all guess about as much. */
function bestOptions(input: PlanInput, price: number): number[] {
  const { requests, costs } = input;
  const count = requests.length;
  const batch = tokensOf(input.prefill) + count;
  const alone = curveMs(costs.target.curve, batch);
  const verifyMs: number[] = [0];
  /** [draft][length] milliseconds of its decodes for each, when all guess by it. */
  const guessMs = new Map<string, number[]>();
  return requests.map(({ options, fixed, context }) => {
    if (fixed) return 0;
    let chosen = -1;
    // Whether any pays at all is seen when they are taken; this compares them with each other.
    let highest = -Infinity;
    options.forEach(({ survival, catchUp, catchUpShare, draft = ONLY_DRAFT }, option) => {
      let tokens = 0;
      const draftCosts = costs.drafts[draft];
      const decodesMs = guessMs.get(draft) ?? [(costs.target.coldMs + (draftCosts?.coldMs ?? 0)) / count];
      guessMs.set(draft, decodesMs);
      for (let length = 1; length <= survival.length; length++) {
        tokens += survival[length - 1]!;
        verifyMs[length] ??= (curveMs(costs.target.curve, batch + count * length) - alone) / count;
        decodesMs[length] ??= decodesMs[length - 1]! + decodeMs(draftCosts, { tokens: count }) / count;
        const drafting =
          catchUp === 0 ? 0 : decodesMs[length]! + longCatchUpMs(draftCosts, catchUp, catchUpShare);
        const reading = costs.target.msPerTokenCell * context * length;
        const value = tokens - price * (verifyMs[length]! + reading + drafting);
        if (value > highest) {
          highest = value;
          chosen = option;
        }
      }
    });
    return chosen;
  });
}

/** Of the drafted guesses those to verify. */
export interface Kept {
  /** [request][node] */
  readonly nodes: readonly (readonly boolean[])[];
  /** Requests with fewer guesses are filled up to so many; 0 for not. */
  readonly padTo: number;
}

/**
 * What of the drafted guesses to verify, now that it is known how sure each is and drafting has been paid.
 * @param input requests with what was drafted as their only option; no node's survival is above its parent's
 */
export function selectGuesses(input: PlanInput & { readonly price: number; readonly spentMs: number }): Kept {
  const { requests, prefill, price, spentMs } = input;
  const score = scoreAt(prefill.length > 0 ? price : undefined, spentMs);
  const { taken, sum } = bestGuesses(
    input,
    requests.map(() => 0),
    score,
  );
  const nodes = requests.map(({ options, fixed }) => options[0]!.survival.map(() => fixed));
  for (const { request, index } of taken) nodes[request]![index] = true;
  return { nodes, padTo: sum.padTo };
}
