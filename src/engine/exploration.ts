/**
 * Keeps what is known of the draft model fresh while it is not used, at a bounded cost: a small share of the
 * time that passes may be spent on drafting a little where the planner sees no gain. A guess is judged by the
 * token that the target chooses anyway, so a probe need not be verified.
 */
import { draftMs } from '../goodput/cost-table.js';
import type { PlanInput } from '../goodput/planner.js';

/** Of the engine's time. */
const SHARE = 0.005;
/** Once a draft's cache has caught up, further probes are cheap: so many are saved up for. */
const PROBES_IN_A_ROW = 4;

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
   * The request to probe in this step, as an index into the input, or -1.
   * @param catchUpOf tokens that a probe of a request computes before its first guess
   */
  choose({ requests, costs }: PlanInput, catchUpOf: (request: number) => number): number {
    let cheapest = -1;
    let catchUp = Infinity;
    requests.forEach(({ fixed, options }, request) => {
      if (fixed || !options.some(({ source }) => source === 'draft')) return;
      const tokens = catchUpOf(request);
      if (tokens >= catchUp) return;
      cheapest = request;
      catchUp = tokens;
    });
    if (cheapest < 0) return -1;
    const costMs = draftMs(costs, catchUp, (catchUp * catchUp) / 2) + draftMs(costs, 1, 0);
    const startMs = costMs + (PROBES_IN_A_ROW - 1) * 2 * draftMs(costs, 1, 0);
    // Credit is not hoarded: a long quiet time must not be followed by a long time of probes.
    this.#creditMs = Math.min(this.#creditMs, startMs);
    this.#probing = this.#creditMs >= (this.#probing ? costMs : startMs);
    if (!this.#probing) return -1;
    this.#creditMs -= costMs;
    return cheapest;
  }
}
