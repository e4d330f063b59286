/** Predicted costs in the form that the planner reads (`costs/cost-table.ts`): its prior for a model that has never run here. */
import type { ComputeOptions } from './matrix-passes.js';
import type { LanguageModel } from './language-model.js';
import { decodeMs, type ProcessorMachine } from './step-time.js';

export interface PredictedCosts {
  readonly curve: { readonly tokens: readonly number[]; readonly ms: readonly number[] };
  readonly msPerTokenCell: number;
  readonly msPerOutput: number;
  readonly resizeMs: number;
  readonly coldMs: number;
}

const OUTPUT_TOKENS = 16;
const CELLS = 1024;
/** Rebuilding a graph, for each of its layers: 0.25 ms with the 10 layers of the demo model (EPYC Milan). */
const RESIZE_MS_PER_LAYER = 0.025;
/** As `costs/prior-costs.ts`: what a model takes longer when another has been through the caches. */
const COLD_MS = 0.3;
const COLD_SHARE = 0.3;
/** Arg-max over a row of logits in JavaScript: 35 us for 32,000 of them. */
const CHOICE_MS_PER_LOGIT = 0.035 / 32_000;

/** @param sizes tokens of the curve's points, ascending from 1 */
export function predictedTargetCosts(
  model: LanguageModel,
  sizes: readonly number[],
  options: ComputeOptions,
  machine: ProcessorMachine,
): PredictedCosts {
  const ms = (tokens: number, outputs = tokens, cells = 0): number =>
    decodeMs(model, { tokens, outputs, cells }, options, machine);
  const msPerTokenCell = (ms(1, 1, CELLS) - ms(1)) / CELLS;
  return {
    curve: {
      tokens: sizes,
      // The curve is without what is read of the context: the tokens' own cells.
      ms: ascending(sizes.map((size) => ms(size) - (msPerTokenCell * size * (size + 1)) / 2)),
    },
    msPerTokenCell,
    msPerOutput: Math.max(0, (ms(OUTPUT_TOKENS) - ms(OUTPUT_TOKENS, 1)) / (OUTPUT_TOKENS - 1)),
    resizeMs: RESIZE_MS_PER_LAYER * model.layers,
    coldMs: Math.min(COLD_MS, COLD_SHARE * ms(1)),
  };
}

/** Of a draft, the choice of its tokens included. */
export function predictedDraftCosts(
  model: LanguageModel,
  sizes: readonly number[],
  options: ComputeOptions,
  machine: ProcessorMachine,
): PredictedCosts {
  const { curve, msPerTokenCell } = predictedTargetCosts(model, sizes, options, machine);
  const choiceMs = CHOICE_MS_PER_LOGIT * model.vocabulary;
  return {
    curve: { tokens: curve.tokens, ms: curve.ms.map((ms) => ms + choiceMs) },
    ...{ msPerTokenCell, msPerOutput: 0, resizeMs: 0 },
    coldMs: Math.min(COLD_MS, COLD_SHARE * curve.ms[0]!),
  };
}

/** More tokens cost no less, and none costs nothing. */
function ascending(times: readonly number[]): number[] {
  let most = 1e-4;
  return times.map((ms) => (most = Math.max(most, ms)));
}
