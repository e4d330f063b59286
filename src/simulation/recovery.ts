/**
 * How soon a policy is as good as it can be after an abrupt change of the work (`foretoken simulate --shifts`).
 */
import { AUTO, fixedPolicy, OFF, type Policy } from './policies.js';
import { simulate } from './simulate.js';
import { machineOf } from './study-set.js';
import type { CurveName } from './curves.js';
import { PLAIN_TASK } from './tasks.js';
import { makeWorkload, type Workload } from './workload.js';

export interface Change {
  readonly curve: CurveName;
  readonly inFlight: number;
  /** Share of the draft's guesses that are right before and after. */
  readonly from: number;
  readonly to: number;
}

const CHANGES_OF = [
  [0.85, 0.1],
  [0.1, 0.85],
] as const;
export const CHANGES: readonly Change[] = (['smollm2-q8_0', 'gpu-7b', 'h200-6b'] as const).flatMap((curve) =>
  [1, 16].flatMap((inFlight) => CHANGES_OF.map(([from, to]): Change => ({ curve, inFlight, from, to }))),
);

/** Requests of each run, half of them before the change. */
const REQUESTS = 180;
const CHANGE_AT = 0.5;
const LENGTHS = [0, 1, 2, 3, 5, 8, 12];
/** Goodput is that of so many requests in a row, and recovered when it is this share of what could be reached. */
const WINDOW = 15;
const RECOVERED = 0.95;

/** Steps as running sums: [step] tokens committed and milliseconds of work up to its end. */
interface Sums {
  readonly tokens: readonly number[];
  readonly ms: readonly number[];
}

function workloadOf({ inFlight, from, to }: Change, seed: number): Workload {
  return makeWorkload({
    requests: REQUESTS,
    arrivals: { kind: 'closed', inFlight },
    tasks: [{ ...PLAIN_TASK, acceptance: from, promptTokens: [16, 48], outputTokens: [32, 96] }],
    shifts: [{ at: CHANGE_AT, acceptance: to }],
    seed,
  });
}

function sumsOf(change: Change, workload: Workload, policy: Policy): Sums {
  const tokens: number[] = [];
  const ms: number[] = [];
  simulate(workload, machineOf(change.curve, change.inFlight), policy, (note) => {
    tokens.push((tokens.at(-1) ?? 0) + note.tokens);
    ms.push((ms.at(-1) ?? 0) + note.endMs - note.startMs);
  });
  return { tokens, ms };
}

/** Milliseconds of work until so many tokens are committed. */
function msAt({ tokens, ms }: Sums, wanted: number): number {
  const step = Math.max(
    0,
    tokens.findIndex((count) => count >= wanted),
  );
  const [before, beforeMs] = step === 0 ? [0, 0] : [tokens[step - 1]!, ms[step - 1]!];
  return beforeMs + ((ms[step]! - beforeMs) * (wanted - before)) / (tokens[step]! - before);
}

/**
 * Requests' worth of tokens after the change until goodput is back; undefined: not within the run.
 * @param length the best after the change, as `bestLengthAfter` finds it
 */
export function recoveryOf(change: Change, seed: number, length: number, policy = AUTO): number | undefined {
  const workload = workloadOf(change, seed);
  const auto = sumsOf(change, workload, policy);
  const best = sumsOf(change, workload, policyOf(length));
  const request = workload.outputTokens / REQUESTS;
  const at = CHANGE_AT * workload.outputTokens;
  const calm = REQUESTS * CHANGE_AT;
  for (let after = 0; after + WINDOW <= REQUESTS - calm; after++) {
    const from = at + after * request;
    const spent = (sums: Sums): number => msAt(sums, from + WINDOW * request) - msAt(sums, from);
    if (spent(best) >= RECOVERED * spent(auto)) return after;
  }
  return undefined;
}

/** The fixed length with the highest goodput after the change. */
export function bestLengthAfter(change: Change, seed: number): number {
  const workload = workloadOf(change, seed);
  const at = CHANGE_AT * workload.outputTokens;
  let best = 0;
  let leastMs = Infinity;
  for (const length of LENGTHS) {
    const sums = sumsOf(change, workload, policyOf(length));
    const spentMs = sums.ms.at(-1)! - msAt(sums, at);
    if (spentMs >= leastMs) continue;
    leastMs = spentMs;
    best = length;
  }
  return best;
}

const policyOf = (length: number): Policy =>
  length === 0 ? OFF : fixedPolicy({ length, proposer: 'draft' });
