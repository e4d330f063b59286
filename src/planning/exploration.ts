/**
 * Keeps what is known of the draft model fresh while it is not used, at a bounded cost: a small share of the
 * time that passes may be spent on drafting a little where the planner sees no gain. A guess is judged by the
 * token that the target chooses anyway, so a probe need not be verified.
 */
import { decodeMs, ONLY_DRAFT } from '../costs/cost-table.js';
import type { PlanInput } from './types.js';

/** Of the engine's time. */
const SHARE = 0.005;
/** Once a draft's cache has caught up, further probes are cheap: so many are saved up for. */
const PROBES_IN_A_ROW = 4;
/** A probe of several requests costs no more than so many of one. */
const MOST_FOR_MANY = 2;

const NOBODY: readonly number[] = [];

export class Exploration {
  #creditMs = 0;
  #probing = false;

  /** A step has taken this long. */
  earn(stepMs: number): void {
    if (stepMs > 0) this.#creditMs += SHARE * stepMs;
  }

  /** The draft is in use: nothing to explore. */
  rest(): void {
    this.#creditMs = 0;
    this.#probing = false;
  }

  /**
   * The requests to probe in this step, as indices into the input; mostly none. A decode of the draft for several
   * costs little more than for one and teaches as much about each.
   * @param catchUpOf tokens that a probe of a request computes before its first guess
   */
  choose({ requests, costs }: PlanInput, catchUpOf: (request: number) => number): readonly number[] {
    const open = requests
      .flatMap(({ fixed, options }, request) => {
        const option = fixed ? undefined : options.find(({ source }) => source === 'draft');
        if (option === undefined) return [];
        return [{ request, draft: option.draft ?? ONLY_DRAFT, catchUp: catchUpOf(request) }];
      })
      .sort((a, b) => a.catchUp - b.catchUp);
    const [cheapest] = open;
    if (cheapest === undefined) return NOBODY;
    // One draft at a time: the one whose probe costs least, for all that guess by it.
    const asked = open.filter(({ draft }) => draft === cheapest.draft);
    const draft = costs.drafts[cheapest.draft];
    const costMs = (tokens: number, count: number): number =>
      decodeMs(draft, { tokens, tokenCells: tokens ** 2 / 2 / count }) + decodeMs(draft, { tokens: count });
    const leastMs = costMs(cheapest.catchUp, 1);
    const startMs = leastMs + (PROBES_IN_A_ROW - 1) * 2 * decodeMs(draft, { tokens: 1 });
    // Credit is not hoarded: a long quiet time must not be followed by a long time of probes.
    this.#creditMs = Math.min(this.#creditMs, startMs);
    this.#probing = this.#creditMs >= (this.#probing ? leastMs : startMs);
    if (!this.#probing) return NOBODY;
    let count = 1;
    let { catchUp: tokens } = cheapest;
    let spentMs = leastMs;
    for (const { catchUp } of asked.slice(1)) {
      const ms = costMs(tokens + catchUp, count + 1);
      if (ms > MOST_FOR_MANY * leastMs) break;
      tokens += catchUp;
      count += 1;
      spentMs = ms;
    }
    this.#creditMs -= spentMs;
    return asked.slice(0, count).map(({ request }) => request);
  }
}
