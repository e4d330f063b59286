/** What the engine did during a run: differences of its counters, and the plans that it keeps. */
import { isPlanRecord } from '../../planning/plan-record.js';
import type { Samples } from './server.js';
import type { EngineFigures, PlanFigures } from './types.js';
import { quantile } from '../../base/quantile.js';
import type { SpeculationCounts } from '../types.js';

/** `alternative`: a draft's second choice. */
const SOURCES = ['lookup', 'suffix', 'draft', 'alternative'];

export function engineFigures(
  before: Samples,
  after: Samples,
  speculation: SpeculationCounts | undefined,
): EngineFigures {
  const grown = (name: string): number =>
    (after.get(`foretoken_${name}`) ?? 0) - (before.get(`foretoken_${name}`) ?? 0);
  const committed = grown('committed_tokens_total');
  const stepSeconds = grown('step_duration_seconds_sum');
  return {
    steps: grown('step_duration_seconds_count'),
    step_s: stepSeconds,
    target_s: grown('step_target_seconds_sum'),
    draft_s: grown('step_draft_seconds_sum'),
    outside_s: grown('step_outside_native_seconds_sum'),
    plan_s: grown('planning_seconds_total'),
    committed_tokens: committed,
    token_goodput: stepSeconds > 0 ? committed / stepSeconds : 0,
    drafts: speculation?.drafts ?? 0,
    draft_tokens: speculation?.draftTokens ?? 0,
    accepted_tokens: speculation?.acceptedTokens ?? 0,
    accepted_per_position: speculation?.acceptedPerPosition ?? [],
    mean_length: meanLength(before, after),
    latency_model_error: latencyModelError(after),
    steps_without_guesses: grown('steps_without_guesses_total'),
    sources: Object.fromEntries(
      SOURCES.flatMap((source) => {
        const of = (state: string): number =>
          grown(`spec_decode_source_tokens_total{source="${source}",state="${state}"}`);
        const drafted = of('drafted');
        return drafted === 0 ? [] : [[source, { drafted, accepted: of('accepted') }]];
      }),
    ),
  };
}

function latencyModelError(samples: Samples): EngineFigures['latency_model_error'] {
  const quantileOf = (share: string): number | undefined =>
    samples.get(`foretoken_latency_model_error{quantile="${share}"}`);
  const [median, p90] = [quantileOf('0.5'), quantileOf('0.9')];
  return median === undefined || p90 === undefined ? null : { median, p90 };
}

/**
 * Guesses for a request in a step: a decoding request has one token in the target's batch, and its guesses
 * beside it, so what remains of the batches without prompts and guesses counts how often requests decoded.
 */
export function meanLength(before: Samples, after: Samples): number {
  const grown = (name: string): number =>
    (after.get(`foretoken_${name}_total`) ?? 0) - (before.get(`foretoken_${name}_total`) ?? 0);
  const guesses = grown('spec_decode_num_draft_tokens');
  const padding = 'foretoken_spec_decode_source_tokens_total{source="padding",state="drafted"}';
  const padded = (after.get(padding) ?? 0) - (before.get(padding) ?? 0);
  const decoded = grown('batch_tokens') - grown('prefill_tokens') - guesses - padded;
  return decoded > 0 ? guesses / decoded : 0;
}

/** The number of the latest plan, to tell plans of a run from those before it. */
export const lastStep = (plans: readonly unknown[]): number =>
  plans.reduce<number>((last, plan) => (isPlanRecord(plan) ? Math.max(last, plan.step) : last), -1);

/** @param after only plans of later steps than this count. Null where there are none. */
export function planFigures(plans: readonly unknown[], after: number): PlanFigures | null {
  const records = plans.filter(isPlanRecord).filter(({ step }) => step > after);
  if (records.length === 0) return null;
  const lengths: Record<string, number[]> = {};
  for (const { input, plan } of records)
    for (const [index, { option, length }] of plan.choices.entries()) {
      const source = length === 0 ? 'none' : (input.requests[index]?.options[option]?.source ?? 'none');
      const counts = (lengths[source] ??= []);
      while (counts.length <= length) counts.push(0);
      counts[length]! += 1;
    }
  const errors = records.flatMap(({ outcome: { predictedMs, ms } }) =>
    predictedMs !== undefined && predictedMs > 0 && ms > 0 ? [Math.abs(predictedMs / ms - 1)] : [],
  );
  return {
    steps: records.length,
    lengths,
    latency_error_median: errors.length === 0 ? null : quantile(errors, 0.5),
    latency_error_p90: errors.length === 0 ? null : quantile(errors, 0.9),
  };
}
