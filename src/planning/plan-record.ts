/** A step's plan with all that it was made from, so that it can be logged, computed again and explained. */
import type { GoodputPlan, PlanInput } from './types.js';

export interface PlanRecord {
  /** Counts the steps of the engine. */
  readonly step: number;
  readonly input: PlanInput;
  readonly plan: GoodputPlan;
  /** [request, as in the input] what was drafted of its guesses, and what of that was verified. */
  readonly guesses: readonly {
    readonly source: string | undefined;
    readonly drafted: number;
    readonly verified: number;
    /** [node] probability that a drafted guess and all before it stand, as it is known after drafting. */
    readonly survival: readonly number[];
  }[];
  /** What came of it; milliseconds of the whole step, and what its batch was predicted to take, if that was done. */
  readonly outcome: {
    readonly predictedMs?: number | undefined;
    readonly ms: number;
    readonly committed: number;
  };
}

type Unknown = Readonly<Record<string, unknown>>;

/** Whether a value from outside is a record: everything that `explainStep` reads is there. */
export function isPlanRecord(value: unknown): value is PlanRecord {
  if (!isObject(value) || !areNumbers(value, ['step'])) return false;
  const { input, plan, guesses, outcome } = value;
  if (!isObject(input) || !isObject(plan) || !Array.isArray(guesses) || !isObject(outcome)) return false;
  const { requests, prefill, costs } = input;
  const { choices, forecast, without } = plan;
  if (!Array.isArray(requests) || !Array.isArray(choices) || !isObject(costs)) return false;
  return (
    areNumbers(input, ['prefillTokenCells']) &&
    typeof input['unified'] === 'boolean' &&
    Array.isArray(prefill) &&
    prefill.every((one) => areNumbers(one, ['sequence', 'tokens'])) &&
    areNumbers(plan, ['price', 'padTo']) &&
    areNumbers(outcome, ['ms', 'committed']) &&
    [forecast, without].every((one) => areNumbers(one, ['tokens', 'ms', 'draftMs', 'batchTokens'])) &&
    isCosts(costs) &&
    requests.length === choices.length &&
    requests.length === guesses.length &&
    requests.every(isRequest) &&
    choices.every((one) => areNumbers(one, ['id', 'option', 'length'])) &&
    guesses.every((one) => areNumbers(one, ['drafted', 'verified']) && isList(one['survival']))
  );
}

function isRequest(value: unknown): boolean {
  if (!areNumbers(value, ['id', 'sequence', 'context']) || typeof value['fixed'] !== 'boolean') return false;
  const { options } = value;
  return (
    Array.isArray(options) &&
    options.every((option) => areNumbers(option, ['catchUp', 'catchUpShare']) && isList(option['survival']))
  );
}

const COST_NUMBERS = [
  ...['version', 'targetMsPerTokenCell', 'targetMsPerOutput', 'targetResizeMs'],
  ...['targetAfterDraftMs', 'overheadMs', 'overheadMsPerRow', 'overheadMsGuessing'],
];

function isCosts(costs: Unknown): boolean {
  return (
    areNumbers(costs, COST_NUMBERS) &&
    isCurve(costs['target']) &&
    isObject(costs['drafts']) &&
    Object.values(costs['drafts']).every(
      (draft) => areNumbers(draft, ['msPerTokenCell', 'afterTargetMs']) && isCurve(draft['curve']),
    )
  );
}

function isCurve(value: unknown): boolean {
  if (!isObject(value) || !isList(value['tokens']) || !isList(value['ms'])) return false;
  return value['tokens'].length > 0 && value['tokens'].length === value['ms'].length;
}

function isObject(value: unknown): value is Unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'number' && Number.isFinite(each));
}

function areNumbers(value: unknown, names: readonly string[]): value is Unknown {
  return (
    isObject(value) && names.every((name) => typeof value[name] === 'number' && Number.isFinite(value[name]))
  );
}
