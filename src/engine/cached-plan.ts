/** A plan as it was made, and whether it still serves a few steps later: most of what it rests on changes slowly. */
import type { DraftStopRule } from '../planning/draft-stop-rule.js';
import type { Guessing } from './guessing.js';
import type { GoodputPlan, PlanInput } from '../planning/types.js';

/** A plan serves for so many steps if nothing changes. */
export const PLAN_SERVES_STEPS = 8;
/** It serves no longer when its guesses have become so much likelier or less likely to stand. */
const MOST_SHIFT = 0.06;

export interface CachedPlan {
  /** Step for which it was made. */
  readonly at: number;
  readonly input: PlanInput;
  readonly plan: GoodputPlan;
  /** When to end the draft, where the plan leaves that open. */
  readonly stopRule: DraftStopRule | undefined;
  /** Whether anybody guesses. */
  readonly guesses: boolean;
  readonly requests: readonly Guessing[];
  /** Who of the free proposers had something to offer. */
  readonly offers: string;
  /** [request] `Guessing.promise` */
  readonly promises: readonly number[];
}

/** Whether a plan serves again at a step, for these requests and what they are offered. */
export function serves(
  { at, guesses, requests, offers, promises }: CachedPlan,
  step: number,
  now: readonly Guessing[],
  offered: string,
): boolean {
  return (
    guesses &&
    step - at < PLAN_SERVES_STEPS &&
    offered === offers &&
    now.length === requests.length &&
    now.every(
      (guessing, index) =>
        guessing === requests[index] && Math.abs(guessing.promise - promises[index]!) < MOST_SHIFT,
    )
  );
}
