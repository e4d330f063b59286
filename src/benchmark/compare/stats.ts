/** What a Foretoken server tells of a model at `/v1/stats`, read field by field. */
import { isObject } from '../../base/shape.js';

/** Guesses by position in the draft. */
interface Guesses {
  readonly drafted: readonly number[];
  readonly accepted: readonly number[];
}

/** Sums since the server's start. */
export interface StatsTotals extends Readonly<Record<(typeof NUMBERS)[number], number>> {
  readonly proposers: Readonly<Record<string, Guesses>>;
}

export interface ModelStats {
  /** What can guess. */
  readonly proposers: readonly string[];
  readonly inFlight: number;
  readonly stepTimeError: { readonly median: number; readonly p90: number } | null;
  readonly total: StatsTotals;
}

const NUMBERS = [
  ...(['steps', 'step_ms', 'target_ms', 'draft_ms', 'outside_ms', 'planning_ms'] as const),
  ...(['committed_tokens', 'decoding_requests', 'steps_without_guesses'] as const),
  ...(['drafts', 'draft_tokens', 'accepted_tokens'] as const),
];

/** Undefined where the body is not that of such a server, or the model is not loaded there. */
export function readStats(body: unknown, model: string): ModelStats | undefined {
  if (!isObject(body) || !Array.isArray(body['models'])) return undefined;
  const found = (body['models'] as unknown[]).find((one) => isObject(one) && one['model'] === model);
  if (!isObject(found)) return undefined;
  const { proposers, requests_in_flight: inFlight, step_time_error: error, total } = found;
  if (!isList(proposers, 'string') || typeof inFlight !== 'number' || !isTotals(total)) return undefined;
  const told = isObject(error) ? [error['p50'], error['p90']] : [];
  return {
    proposers,
    inFlight,
    stepTimeError: isList(told, 'number') && told.length === 2 ? { median: told[0]!, p90: told[1]! } : null,
    total,
  };
}

function isTotals(value: unknown): value is StatsTotals {
  if (!isObject(value) || !isObject(value['proposers'])) return false;
  return (
    NUMBERS.every((name) => Number.isFinite(value[name])) &&
    Object.values(value['proposers']).every(
      (one) => isObject(one) && isList(one['drafted'], 'number') && isList(one['accepted'], 'number'),
    )
  );
}

/** What the sums grew by. */
export function grown(before: StatsTotals, after: StatsTotals): StatsTotals {
  const less = (counts: readonly number[], earlier: readonly number[] = []): number[] =>
    counts.map((count, position) => count - (earlier[position] ?? 0));
  const proposers = Object.entries(after.proposers).map(([name, { drafted, accepted }]) => {
    const earlier = before.proposers[name];
    return [
      name,
      { drafted: less(drafted, earlier?.drafted), accepted: less(accepted, earlier?.accepted) },
    ] as const;
  });
  const numbers = NUMBERS.map((name) => [name, after[name] - before[name]] as const);
  return {
    ...(Object.fromEntries(numbers) as Record<(typeof NUMBERS)[number], number>),
    proposers: Object.fromEntries(proposers),
  };
}

/** Guesses for a request in a step, on average; 0 where none were made. */
export const meanLength = ({ draft_tokens: guesses, decoding_requests: decoding }: StatsTotals): number =>
  decoding > 0 ? guesses / decoding : 0;

function isList(value: unknown, kind: 'string'): value is readonly string[];
function isList(value: unknown, kind: 'number'): value is readonly number[];
function isList(value: unknown, kind: 'string' | 'number'): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === kind);
}
