/** A step's plan with all that it was made from, so that it can be logged, computed again and explained. */
import { hasFields, isBoolean, isListOf, isMapOf, isNumber, numbers, type Check } from '../base/shape.js';
import type { CostCurve } from '../costs/cost-table.js';
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

const isList = isListOf(isNumber);

const isCurve: Check = (value) => {
  if (!hasFields({ tokens: isList, ms: isList })(value)) return false;
  const { tokens, ms } = value as CostCurve;
  return tokens.length > 0 && tokens.length === ms.length;
};

const isModel = hasFields({
  ...numbers('msPerTokenCell', 'msPerOutput', 'resizeMs', 'coldMs'),
  curve: isCurve,
});

const isCosts = hasFields({
  ...numbers('version', 'overheadMs', 'overheadMsPerRow', 'overheadMsGuessing'),
  ...{ target: isModel, drafts: isMapOf(isModel) },
});

const isOption = hasFields({ ...numbers('catchUp', 'catchUpShare'), survival: isList });
const isRequest = hasFields({
  ...numbers('id', 'sequence', 'context'),
  fixed: isBoolean,
  options: isListOf(isOption),
});
const isForecast = hasFields(numbers('tokens', 'ms', 'draftMs', 'batchTokens'));

const hasParts = hasFields({
  step: isNumber,
  input: hasFields({
    requests: isListOf(isRequest),
    prefill: isListOf(hasFields(numbers('sequence', 'tokens'))),
    prefillTokenCells: isNumber,
    unified: isBoolean,
    costs: isCosts,
  }),
  plan: hasFields({
    choices: isListOf(hasFields(numbers('id', 'option', 'length'))),
    ...numbers('price', 'padTo'),
    ...{ forecast: isForecast, without: isForecast },
  }),
  guesses: isListOf(hasFields({ ...numbers('drafted', 'verified'), survival: isList })),
  outcome: hasFields(numbers('ms', 'committed')),
});

/** Whether a value from outside is a record: everything that `explainStep` reads is there. */
export function isPlanRecord(value: unknown): value is PlanRecord {
  if (!hasParts(value)) return false;
  const { input, plan, guesses } = value as PlanRecord;
  return input.requests.length === plan.choices.length && input.requests.length === guesses.length;
}
