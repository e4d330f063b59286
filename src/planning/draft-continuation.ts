/**
 * How far the draft model goes on, decided anew after each depth: what has been guessed tells more than the plan
 * knew. One decode of the draft serves all who draft, so its cost is weighed against what it promises to all of
 * them together, and each request only bears what it costs beside the others.
 */
import { curveMs, decodeMs, type CostTable, type ModelCosts } from '../costs/cost-table.js';
import { otherSizeMs } from './step-forecast.js';
import type { DraftTask } from '../speculation/proposer.js';
import type { RequestRates } from '../acceptance/acceptance-model.js';

/** Guesses ahead for which going on may pay together: costs have bends, and two more may cost little more than one. */
const LOOK_AHEAD = 8;

export interface DraftTerms {
  readonly costs: CostTable;
  /** Those of the draft; undefined: it costs nothing. */
  readonly draft: ModelCosts | undefined;
  /** Tokens that a millisecond must bring. */
  readonly price: number;
  /** Requests that it guesses for. */
  readonly drafting: number;
  /** As in `PlanInput`. */
  readonly previousTokens?: number | undefined;
}

/**
 * What further guesses of a request are worth, given how sure its newest one is: tokens less what their time must
 * bring, the draft's decodes themselves left out. Asked once after each guess.
 * @param most guesses in a row
 * @param context tokens of its text
 * @param others tokens that are planned in the batch beside its guesses
 */
export function worthOf(
  terms: DraftTerms,
  rates: RequestRates,
  most: number,
  context: number,
  others: number,
): NonNullable<DraftTask['worth']> {
  const { costs, draft, price, previousTokens = 0 } = terms;
  const readMs = costs.target.msPerTokenCell * context + costs.overheadMsPerRow;
  const ownMs = (draft?.msPerTokenCell ?? 0) * context + besideMs(terms);
  const verifyMs = (tokens: number): number =>
    curveMs(costs.target.curve, tokens) + otherSizeMs(costs.target, tokens, previousTokens);
  let survival = 1;
  let depth = 0;
  return (signal) => {
    survival *= rates.probability('draft', depth, signal);
    depth += 1;
    const hereMs = verifyMs(others + depth);
    const worth: number[] = [];
    let reached = survival;
    let tokens = 0;
    for (let next = depth; next < most && next < depth + LOOK_AHEAD; next++) {
      reached *= rates.expected('draft', next);
      tokens += reached;
      const more = next + 1 - depth;
      worth.push(tokens - price * (verifyMs(others + next + 1) - hereMs + more * (readMs + ownMs)));
    }
    return worth;
  };
}

/** Whether one more decode of the draft pays for those who would go on: perhaps not by itself, but with some after it. */
export function paysTogether(terms: DraftTerms): NonNullable<DraftTask['pays']> {
  const { draft, price } = terms;
  return (worths) => {
    const count = worths.length;
    const togetherMs = Math.max(0, decodeMs(draft, { tokens: count }) - count * besideMs(terms));
    const longest = Math.max(0, ...worths.map(({ length }) => length));
    for (let ahead = 0; ahead < longest; ahead++) {
      let worth = -price * (ahead + 1) * togetherMs;
      for (const one of worths) worth += one[Math.min(ahead, one.length - 1)] ?? 0;
      if (worth > 0) return true;
    }
    return false;
  };
}

/** What a token of one request adds to a draft's decode for others, milliseconds. */
function besideMs({ draft, drafting }: DraftTerms): number {
  return drafting < 2 ? 0 : decodeMs(draft, { tokens: drafting }) - decodeMs(draft, { tokens: drafting - 1 });
}
