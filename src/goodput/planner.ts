/**
 * Which guesses pay: the plan with the highest predicted token goodput, the tokens that a step is expected to
 * commit over the time it is expected to take (Liu et al., "Optimizing Speculative Decoding for Serving Large
 * Language Models Using Goodput", arXiv 2406.14066, section 4). Pure functions of plain records, so that a plan
 * can be logged, computed again and explained.
 *
 * Guesses are taken in the order of their survival over all requests, and every beginning of that order is
 * priced with the whole table of costs: not only until goodput first falls, for curves have bends.
 */
import { curveMs, draftMs, overheadMs, targetMs, type CostTable } from './cost-table.js';
import { mergeShares, partsOf, type SequenceShare } from './parts.js';

/** One way of guessing for a request. */
export interface PlanOption {
  readonly source: 'lookup' | 'suffix' | 'draft';
  /** [i] probability that the guesses 0 to i all stand; never rises. Its length is the most to guess. */
  readonly survival: readonly number[];
  /** Tokens the draft model computes before its first guess, >= 1; 0 where guessing costs nothing. */
  readonly catchUp: number;
  /** Share of a long catch-up that this step must earn, (0, 1]; later steps of the request earn the rest. */
  readonly catchUpShare: number;
}

export interface PlanRequest {
  readonly id: number;
  /** Number of its KV sequence; requests come in this order. */
  readonly sequence: number;
  /** Tokens in its KV cache. */
  readonly context: number;
  /** Ways of guessing; the planner takes one of them or none. */
  readonly options: readonly PlanOption[];
  /** True when not the planner but the request says how much is guessed: the first option, in full. */
  readonly fixed: boolean;
}

export interface PlanInput {
  readonly requests: readonly PlanRequest[];
  /** Prompt tokens computed in the same decode, by sequence in ascending order. */
  readonly prefill: readonly SequenceShare[];
  /** KV cells that they attend to, summed over tokens. */
  readonly prefillTokenCells: number;
  /** One pool of KV cells; otherwise the library computes a batch in parts (`parts.ts`). */
  readonly unified: boolean;
  /** Tokens of the decode before. */
  readonly previousTokens: number;
  readonly costs: CostTable;
}

/** What a step is expected to do. */
export interface Forecast {
  /** Tokens committed. */
  readonly tokens: number;
  readonly ms: number;
  /** Of these, inside the draft model's decodes. */
  readonly draftMs: number;
  /** Tokens in the target's batch. */
  readonly batchTokens: number;
}

/** `option` is an index into the request's options, -1 for no guesses. */
export interface Choice {
  readonly id: number;
  readonly option: number;
  /** Guesses in a row. */
  readonly length: number;
}

export interface GoodputPlan {
  readonly choices: readonly Choice[];
  readonly forecast: Forecast;
  /** The same step without guesses, but for those of requests that fix them. */
  readonly without: Forecast;
  /** Tokens per millisecond that a millisecond more must bring: the goodput of the plan, prompts apart. */
  readonly price: number;
}

/**
 * A plan must promise this much more than no guesses: predictions err, and then doing nothing is the safe side.
 */
export const LEAST_GAIN = 1.02;

/** A catch-up of more tokens than this counts as long: a draft that guessed last step lacks one or two. */
const USUAL_CATCH_UP = 2;

export function planGuesses(input: PlanInput): GoodputPlan {
  const base = new StepSum(input);
  base.addFixed();
  const without = base.forecast();
  if (input.requests.every(({ options, fixed }) => fixed || options.length === 0)) {
    return { choices: choicesOf(input, []), forecast: without, without, price: base.tokens / base.ms };
  }
  const { price, score } = objectiveOf(input);
  let best: Beginning = { sum: base, score: score(base), taken: [] };
  // The price of time decides between draft and lookup, and depends itself on what is chosen: twice is enough.
  for (let pass = 0; pass < 2; pass++) {
    const beginning = bestBeginning(input, bestOptions(input, price ?? best.sum.tokens / best.sum.ms), score);
    if (beginning.score > best.score) best = beginning;
  }
  const gain = price === undefined ? best.score / score(base) - 1 : (best.score - score(base)) / base.tokens;
  if (gain < LEAST_GAIN - 1) best = { sum: base, score: score(base), taken: [] };
  return {
    choices: choicesOf(input, best.taken),
    forecast: best.sum.forecast(),
    without,
    price: price ?? best.sum.tokens / best.sum.ms,
  };
}

/**
 * What is made as large as possible: tokens a millisecond. Where prompts share the step, tokens a millisecond
 * would let every guess seem free beside them, so there a millisecond costs what it would bring without them.
 */
function objectiveOf(input: PlanInput): { price: number | undefined; score: (sum: StepSum) => number } {
  if (input.prefill.length === 0) return { price: undefined, score: ({ tokens, ms }) => tokens / ms };
  const { price } = planGuesses({ ...input, prefill: [], prefillTokenCells: 0 });
  return { price, score: ({ tokens, ms }) => tokens - price * ms };
}

/** What a step would come to with given choices, for comparing a plan with others. */
export function forecastOf(input: PlanInput, choices: readonly Choice[]): Forecast {
  const sum = new StepSum(input);
  choices.forEach(({ option, length }, request) => {
    const survival = input.requests[request]!.options[option]?.survival ?? [];
    survival.slice(0, length).forEach((each, index) => {
      sum.add({ request, option, index, survival: each });
    });
  });
  return sum.forecast();
}

/** For each request the option that is worth most at this price of time, when all guess about as much. */
function bestOptions(input: PlanInput, price: number): number[] {
  const { requests, costs } = input;
  const count = requests.length;
  const batch = tokensOf(input.prefill) + count;
  const alone = curveMs(costs.target, batch);
  const verifyMs: number[] = [0];
  const guessMs: number[] = [0];
  return requests.map(({ options, fixed, context }) => {
    if (fixed) return 0;
    let chosen = -1;
    // Whether any pays at all is seen when they are taken; this compares them with each other.
    let highest = -Infinity;
    options.forEach(({ survival, catchUp, catchUpShare }, option) => {
      let tokens = 0;
      for (let length = 1; length <= survival.length; length++) {
        tokens += survival[length - 1]!;
        verifyMs[length] ??= (curveMs(costs.target, batch + count * length) - alone) / count;
        guessMs[length] ??= guessMs[length - 1]! + draftMs(costs, count, 0) / count;
        const drafting = catchUp === 0 ? 0 : guessMs[length]! + longCatchUpMs(costs, catchUp, catchUpShare);
        const reading = costs.targetMsPerTokenCell * context * length;
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

function longCatchUpMs(costs: CostTable, catchUp: number, share: number): number {
  if (catchUp <= USUAL_CATCH_UP) return 0;
  return share * (draftMs(costs, catchUp, (catchUp * catchUp) / 2) - draftMs(costs, 1, 0));
}

/** Guesses taken in an order, and what the step comes to with them. */
interface Beginning {
  readonly sum: StepSum;
  readonly score: number;
  readonly taken: readonly Candidate[];
}

interface Candidate {
  readonly request: number;
  readonly option: number;
  /** Place among the guesses of its request. */
  readonly index: number;
  readonly survival: number;
}

/** The best that can be taken of the options' guesses. */
function bestBeginning(
  input: PlanInput,
  options: readonly number[],
  score: (sum: StepSum) => number,
): Beginning {
  // In parts, guesses of different lengths cost a decode for each length.
  const parts = !input.unified && input.requests.length > 1;
  return parts ? bestLevel(input, options, score) : bestInOrder(input, options, score);
}

/** Takes guesses in the order of survival; the best of all beginnings of that order. */
function bestInOrder(
  input: PlanInput,
  options: readonly number[],
  score: (sum: StepSum) => number,
): Beginning {
  const order: Candidate[] = [];
  input.requests.forEach((request, at) => {
    const option = options[at]!;
    if (request.fixed || option < 0) return;
    request.options[option]!.survival.forEach((survival, index) => {
      order.push({ request: at, option, index, survival });
    });
  });
  order.sort((a, b) => b.survival - a.survival || a.index - b.index);
  const sum = new StepSum(input);
  sum.addFixed();
  const begin = sum.copy();
  let best = score(sum);
  let taken = 0;
  order.forEach((candidate, index) => {
    sum.add(candidate);
    const reached = score(sum);
    if (reached <= best) return;
    best = reached;
    taken = index + 1;
  });
  const chosen = order.slice(0, taken);
  for (const candidate of chosen) begin.add(candidate);
  return { sum: begin, score: best, taken: chosen };
}

/** A length this share worse than the best so far ends the search: longer ones only fall further behind. */
const HOPELESS = 0.2;
/** Up to so many requests any number of them may be left out; above, those that are likelier to fail than not. */
const FEW_REQUESTS = 4;

/** Gives the likeliest requests guesses of the same length; the best of all lengths. */
function bestLevel(input: PlanInput, options: readonly number[], score: (sum: StepSum) => number): Beginning {
  const fixed = new StepSum(input);
  fixed.addFixed();
  let best: Beginning = { sum: fixed, score: score(fixed), taken: [] };
  const open = input.requests.flatMap((request, at) => {
    const option = request.fixed ? undefined : request.options[options[at]!];
    return option === undefined ? [] : [{ request: at, option: options[at]!, survival: option.survival }];
  });
  const longest = Math.max(0, ...open.map(({ survival }) => survival.length));
  for (let length = 1; length <= longest; length++) {
    const likely = open
      .filter(({ survival }) => survival.length > 0)
      .sort((a, b) => (b.survival[length - 1] ?? 0) - (a.survival[length - 1] ?? 0));
    const good = likely.filter(({ survival }) => (survival[length - 1] ?? 0) >= 0.5).length;
    const counts =
      likely.length <= FEW_REQUESTS
        ? likely.map((_, index) => index + 1)
        : [...new Set([good, likely.length])];
    let reached = -Infinity;
    for (const count of counts) {
      const sum = fixed.copy();
      const taken = likely.slice(0, count).flatMap(({ request, option, survival }) =>
        survival.slice(0, length).map((each, index): Candidate => {
          return { request, option, index, survival: each };
        }),
      );
      for (const candidate of taken) sum.add(candidate);
      const level = { sum, score: score(sum), taken };
      reached = Math.max(reached, level.score);
      if (level.score > best.score) best = level;
    }
    if (reached < best.score - HOPELESS * Math.abs(best.score)) break;
  }
  return best;
}

function tokensOf(shares: readonly SequenceShare[]): number {
  return shares.reduce((sum, { tokens }) => sum + tokens, 0);
}

function choicesOf({ requests }: PlanInput, taken: readonly Candidate[]): Choice[] {
  const choices = requests.map(({ id, fixed, options }) => {
    const length = fixed ? (options[0]?.survival.length ?? 0) : 0;
    return { id, option: length > 0 ? 0 : -1, length };
  });
  for (const { request, option } of taken) {
    const choice = choices[request]!;
    choice.option = option;
    choice.length += 1;
  }
  return choices;
}

/** A step as it grows by one guess after another. */
class StepSum {
  /** Expected to be committed. */
  tokens: number;
  readonly #input: PlanInput;
  /** [depth] tokens in the draft's decode of this depth. */
  #drafting: number[] = [];
  #draftMs = 0;
  #guesses = 0;
  #tokenCells: number;
  readonly #prefillTokens: number;
  /** [request] */
  #lengths: number[];

  constructor(input: PlanInput) {
    this.#input = input;
    this.#prefillTokens = tokensOf(input.prefill);
    this.#lengths = input.requests.map(() => 0);
    this.tokens = input.requests.length;
    this.#tokenCells = input.prefillTokenCells;
    for (const { context } of input.requests) this.#tokenCells += context;
  }

  copy(): StepSum {
    const copy = new StepSum(this.#input);
    copy.tokens = this.tokens;
    copy.#drafting = [...this.#drafting];
    copy.#lengths = [...this.#lengths];
    copy.#draftMs = this.#draftMs;
    copy.#guesses = this.#guesses;
    copy.#tokenCells = this.#tokenCells;
    return copy;
  }

  /** The guesses of those requests that fix them. */
  addFixed(): void {
    this.#input.requests.forEach(({ fixed, options }, request) => {
      if (!fixed) return;
      options[0]?.survival.forEach((survival, index) => {
        this.add({ request, option: 0, index, survival });
      });
    });
  }

  add({ request, option, index, survival }: Candidate): void {
    const { requests, costs } = this.#input;
    const { context, options } = requests[request]!;
    const { catchUp, catchUpShare } = options[option]!;
    this.tokens += survival;
    this.#guesses += 1;
    this.#lengths[request]! += 1;
    this.#tokenCells += context;
    if (catchUp === 0) return;
    const before = this.#drafting[index] ?? 0;
    const after = before + (index === 0 ? Math.min(catchUp, USUAL_CATCH_UP) : 1);
    this.#drafting[index] = after;
    this.#draftMs += draftMs(costs, after, context) - draftMs(costs, before, context);
    if (index === 0) this.#draftMs += longCatchUpMs(costs, catchUp, catchUpShare);
  }

  get ms(): number {
    const { costs, requests, previousTokens } = this.#input;
    const outputs = requests.length + this.#guesses;
    const tokens = this.#prefillTokens + outputs;
    const resized = tokens !== previousTokens;
    const work = { tokens, outputs, tokenCells: this.#tokenCells, resized, parts: this.#parts };
    return targetMs(costs, work) + this.#draftMs + overheadMs(costs, outputs);
  }

  /** In which the library computes the batch; undefined for one. */
  get #parts(): number[] | undefined {
    const { requests, prefill, unified } = this.#input;
    if (unified || requests.length + prefill.length < 2) return undefined;
    const shares = requests.map(({ sequence }, request) => {
      return { sequence, tokens: 1 + this.#lengths[request]! };
    });
    return partsOf(prefill.length === 0 ? shares : mergeShares(prefill, shares), false);
  }

  forecast(): Forecast {
    const { requests } = this.#input;
    return {
      tokens: this.tokens,
      ms: this.ms,
      draftMs: this.#draftMs,
      batchTokens: this.#prefillTokens + requests.length + this.#guesses,
    };
  }
}

/** The guesses of a request after drafting. */
export interface Drafted {
  readonly sequence: number;
  readonly context: number;
  /** [node] probability that the guess and all before it stand; no node's is above its parent's. */
  readonly survival: readonly number[];
  /** Verified as they are. */
  readonly fixed: boolean;
}

/** What of the drafted guesses to verify, now that it is known how sure each is and drafting has been paid. */
export function selectGuesses(
  input: Omit<PlanInput, 'requests'> & { readonly price: number; readonly spentMs: number },
  drafted: readonly Drafted[],
): boolean[][] {
  const requests = drafted.map(({ sequence, context, survival, fixed }, id): PlanRequest => {
    const options = [{ source: 'lookup' as const, survival, catchUp: 0, catchUpShare: 1 }];
    return { id, sequence, context, fixed, options };
  });
  const { price, spentMs } = input;
  const { taken } = bestBeginning(
    { ...input, requests },
    requests.map(() => 0),
    input.prefill.length > 0
      ? ({ tokens, ms }) => tokens - price * ms
      : ({ tokens, ms }) => tokens / (ms + spentMs),
  );
  const kept = drafted.map(({ survival, fixed }) => survival.map(() => fixed));
  for (const { request, index } of taken) kept[request]![index] = true;
  return kept;
}
