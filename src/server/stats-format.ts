/** The JSON of `/v1/stats` and its events: sums, ended requests, and what holds at the moment. Units stand in the names. */
import { sum } from '../base/statistics.js';
import { quantile } from '../base/quantile.js';
import { guessTotals, type GuessCounts } from '../engine/guess-counts.js';
import { notSpeculatedText } from '../engine/request-record.js';
import type { EngineHandle } from '../engine/types.js';
import type { Router } from '../tasks/router/router.js';
import type { ListedModel } from './further-models.js';
import {
  latencyOf,
  type EndedRequest,
  type EngineStatistics,
  type Latency,
  type Sums,
} from './statistics.js';

/** What ended requests came to; a reader takes differences over its own time. */
const requestsField = (sums: Sums) => ({
  requests: sums.requests,
  not_speculated: sums.notSpeculated,
  prompt_tokens: sums.promptTokens,
  cached_prompt_tokens: sums.cachedTokens,
  output_tokens: sums.outputTokens,
});

/** What steps came to. */
export function stepsField(sums: Sums) {
  const { draftTokens, acceptedTokens } = guessTotals(sums.guesses);
  return {
    steps: sums.steps,
    step_ms: sums.stepMs,
    target_ms: sums.targetMs,
    draft_ms: sums.draftMs,
    outside_ms: sums.outsideMs,
    planning_ms: sums.planMs,
    target_decodes: sums.targetDecodes,
    draft_decodes: sums.draftDecodes,
    decoding_requests: sums.decodingRequests,
    steps_without_guesses: sums.stepsWithoutGuesses,
    batch_tokens: sums.batchTokens,
    prefill_tokens: sums.prefillTokens,
    committed_tokens: sums.committedTokens,
    token_goodput: ratio(1000 * sums.committedTokens, sums.stepMs),
    drafts: sums.drafts,
    draft_tokens: draftTokens,
    accepted_tokens: acceptedTokens,
    acceptance_rate: ratio(acceptedTokens, draftTokens),
    acceptance_length: sums.drafts === 0 ? null : 1 + acceptedTokens / sums.drafts,
    proposers: proposersField(sums.guesses),
    preemptions: sums.preemptions,
    proposer_errors: sums.proposerErrors,
    kv_conservation_errors: sums.booksMended,
  };
}

function proposersField(guesses: Readonly<GuessCounts>) {
  return Object.fromEntries(
    Object.entries(guesses).map(([source, { drafted, accepted }]) => [
      source,
      {
        drafted,
        accepted: drafted.map((_, position) => accepted[position] ?? 0),
        acceptance_rate: ratio(sum(accepted), sum(drafted)),
      },
    ]),
  );
}

/** Null of nothing. */
const ratio = (over: number, under: number): number | null => (under > 0 ? over / under : null);

function latenciesField(latencies: readonly Latency[]) {
  const of = (values: readonly number[]) =>
    values.length === 0
      ? null
      : { p50: quantile(values, 0.5), p90: quantile(values, 0.9), p99: quantile(values, 0.99) };
  return {
    ttft_ms: of(latencies.map(({ ttftMs }) => ttftMs)),
    tpot_ms: of(latencies.flatMap(({ tpotMs }) => tpotMs ?? [])),
    e2el_ms: of(latencies.map(({ e2elMs }) => e2elMs)),
  };
}

/** What the router has done since the start, and what it knows. */
function routingField(router: Router) {
  const { requests, unsure, explored, relabelled, changed, newTasks, drifts, routed, policy } = router;
  return {
    requests,
    unsure_requests: unsure,
    explored_requests: explored,
    relabelled_requests: relabelled,
    task_changes: changed,
    new_tasks: newTasks,
    routed: Object.fromEntries([...routed].map(([task, drafts]) => [task, Object.fromEntries(drafts)])),
    acceptance: policy.known(),
    drifts: drifts.map(({ atMs, ...drift }) => ({ at: atMs / 1000, ...drift })),
  };
}

/** @param text of prompt and output, where the operator lets them be told */
export function requestField({ endedAt, record, route }: EndedRequest, text?: unknown) {
  const { id, label, reason, error, speculation, guesses, statistics } = record;
  const { drafts, draftTokens, acceptedTokens } = statistics;
  const latency = latencyOf(record);
  return {
    id,
    label,
    ended_at: endedAt,
    finish_reason: reason,
    ...(error !== undefined && { error: { code: error.code, message: error.message } }),
    prompt_tokens: statistics.promptTokens,
    cached_prompt_tokens: statistics.cachedTokens,
    output_tokens: statistics.outputTokens,
    queue_ms: statistics.queueMs,
    prefill_ms: statistics.prefillMs,
    decode_ms: statistics.decodeMs,
    ttft_ms: latency?.ttftMs ?? null,
    tpot_ms: latency?.tpotMs ?? null,
    decode_steps: statistics.decodeSteps,
    preemptions: statistics.preemptions,
    speculation,
    draft: record.draft ?? null,
    ...(route !== undefined && {
      task: route.task,
      task_confidence: route.confidence,
      routing: { draft: route.draft ?? null, reason: route.reason, explored: route.explored },
    }),
    not_speculated: notSpeculatedText(record) ?? null,
    drafts,
    draft_tokens: draftTokens,
    accepted_tokens: acceptedTokens,
    acceptance_rate: ratio(acceptedTokens, draftTokens),
    acceptance_length: drafts === 0 ? null : 1 + acceptedTokens / drafts,
    proposers: proposersField(guesses),
    ...(text !== undefined && { text }),
  };
}

export interface NowField {
  readonly requests_in_flight: number;
  readonly requests_running: number;
  readonly requests_waiting: number;
  readonly kv_cells: { readonly in_use: number; readonly cached: number; readonly free: number };
}

/** What holds at the moment; zeros of a model that is not loaded. */
export function nowField(engine: EngineHandle | undefined, { latestStep }: EngineStatistics): NowField {
  const inFlight = engine?.inFlight ?? 0;
  // A report holds until the next step, so an engine with nothing in flight runs nothing whatever it says.
  const running = inFlight === 0 ? 0 : (latestStep?.running ?? 0);
  const cells = engine?.cells;
  return {
    requests_in_flight: inFlight,
    requests_running: running,
    requests_waiting: inFlight === 0 ? 0 : (latestStep?.waiting ?? 0),
    kv_cells: { in_use: cells?.inUse ?? 0, cached: cells?.cached ?? 0, free: cells?.free ?? 0 },
  };
}

export function modelField(
  { id, state, engine }: ListedModel,
  statistics: EngineStatistics,
  router?: Router,
) {
  const { total, errors, latest } = statistics;
  const lastMinute = statistics.lastMinute();
  const costs = engine?.costs;
  return {
    model: id,
    status: state,
    slots: engine?.info.parallel ?? null,
    proposers: engine?.info.proposers ?? null,
    ...nowField(engine, statistics),
    costs:
      costs === undefined
        ? null
        : {
            one_token_ms: costs.oneTokenMs,
            eight_tokens_ms: costs.eightTokensMs,
            draft_token_ms: Object.values(costs.draftTokenMs)[0] ?? null,
          },
    step_time_error:
      errors.length === 0
        ? null
        : { steps: errors.length, p50: quantile(errors, 0.5), p90: quantile(errors, 0.9) },
    ...(router !== undefined && { routing: routingField(router) }),
    total: { ...requestsField(total), ...stepsField(total), ...latenciesField(statistics.latencies(false)) },
    last_minute: {
      ...requestsField(lastMinute),
      ...stepsField(lastMinute),
      ...latenciesField(statistics.latencies(true)),
    },
    latest_requests: latest.toArray().map((ended) => requestField(ended)),
  };
}
