/**
 * Measures what decodes of an idle model cost, in about a second. It begins with a curve, as it is predicted for the model
 * or else of the usual shape (`prior-costs.ts`), and bends it to go through the sizes that are timed. The machine's pace may
 * change by a half meanwhile, so draft and target take turns in short rounds, and what counts is how sizes compare within
 * rounds (`median-polish.ts`). The online correction (`cost-model.ts`) does the rest. Each model's costs are kept by
 * themselves (`calibration-file.ts`), so a draft that is new beside a known target is measured alone.
 */
import type { Decoder, EngineModel } from '../decoder/decoder.js';
import { curveMs, tableOf, type CostCurve, type CostTable, type ModelCosts } from './cost-table.js';
import { DecoderBench, MOST_ROUNDS } from './decoder-bench.js';
import { medianPolish } from './median-polish.js';
import {
  PRIOR_CELL_SHARE,
  PRIOR_COLD_MS,
  PRIOR_COLD_SHARE,
  PRIOR_STEP_COSTS,
  priorCurve,
  priorDraftCosts,
  priorTargetCosts,
} from './prior-costs.js';

export interface CalibrationOptions {
  /** Milliseconds on a clock of any origin. */
  readonly now?: () => number;
  /** Time to spend; one decode may go beyond it, and a large model whose costs are predicted may have more. */
  readonly budgetMs?: number;
  /** What is predicted of the models: a few sizes are enough then, and the other costs are taken as they are. */
  readonly predicted?: { readonly target?: ModelCosts | undefined; readonly draft?: ModelCosts | undefined };
}

/** bench/calibration.mjs and bench/prior.mjs have what they are good for. */
const BUDGET_MS = 1500;
const PREDICTED_BUDGET_MS = 400;
/** A draft is small: this share of the budget is plenty. */
const DRAFT_SHARE = 0.15;
/** With a larger target there is no time to run it between the draft's decodes, and caches matter less. */
const MOST_MS_BETWEEN = 4;
/** Bends of a curve may make a batch this much dearer than its tokens in smaller batches. */
const BATCH_SLACK = 1.1;
/** A size that was timed so often is what it seems to be, and may lie above a cliff: on GPUs 9 tokens cost twice 8. */
const SURE_TIMES = 4;
const CLIFF_SLACK = 2.5;
/** A cell that seemed to cost more of a token than this was measured while something else ran. */
const MOST_CELL_SHARE = 0.005;
/** Sizes from which reading their own cells can be seen, and how much of their time may be noise. */
const LARGE = 64;
const NOISE = 1.05;
/** Sizes up to which the cost of another size is taken. */
const RESIZE_SIZES = 16;
/** What logits cost is taken to be predicted as well as a decode of so many tokens. */
const OUTPUT_SIZE = 16;
/** A decode that was timed as this much more or less than predicted was no measurement. */
const MOST_FACTOR = 1000;

/** What is measured: the target, unless it is `known`, and the draft, if any. */
export interface CalibrationSubjects {
  /** May be left out where it is known; a draft is then measured with the processor's caches to itself. */
  readonly target?: Decoder | undefined;
  readonly known?: ModelCosts | undefined;
  readonly draft?: Decoder | undefined;
}

export interface Calibration {
  readonly target: ModelCosts;
  /** Undefined without one. */
  readonly draft: ModelCosts | undefined;
}

/**
 * Costs of these models on this machine. Their caches must be empty and nobody else may use them; they are empty
 * afterwards.
 */
export function calibrate(models: CalibrationSubjects, options: CalibrationOptions = {}): Calibration {
  const { known } = models;
  const { predicted = {}, now = (): number => performance.now() } = options;
  const isPredicted = predicted.target !== undefined || predicted.draft !== undefined;
  const budgetMs = options.budgetMs ?? (isPredicted ? PREDICTED_BUDGET_MS : BUDGET_MS);
  const draftMs = budgetMs * (models.draft === undefined ? 0 : models.target === undefined ? 1 : DRAFT_SHARE);
  const benchOf = (name: 'target' | 'draft', ms: number): DecoderBench | undefined =>
    models[name] &&
    new DecoderBench(models[name], { name, now, budgetMs: ms, few: predicted[name] !== undefined });
  const target = benchOf('target', budgetMs - draftMs);
  const draft = benchOf('draft', draftMs);
  try {
    if (known === undefined) target?.begin();
    draft?.begin();
    const oneMs = known?.curve.ms[0] ?? target?.oneMs ?? Infinity;
    // Between two uses of the draft the target's weights go through the processor's caches.
    const isSmall = oneMs <= MOST_MS_BETWEEN;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      draft?.sweep(round, (first) => {
        if (!isSmall || target === undefined) return;
        if (first) target.time(1);
        else target.disturbed(round);
      });
      if (known === undefined) target?.sweep(round);
    }
    const times = medianPolish([...(target?.samples ?? []), ...(draft?.samples ?? [])]);
    const verifying =
      known ?? (target && costsOf(target, times, predicted.target)) ?? predicted.target ?? priorTargetCosts();
    if (draft === undefined) return { target: verifying, draft: undefined };
    const drafting = costsOf(draft, times, predicted.draft);
    if (drafting === undefined || predicted.draft !== undefined)
      return { target: verifying, draft: drafting ?? predicted.draft ?? priorDraftCosts(verifying) };
    // The first decode of a step is after the target's and mostly of another size than the draft's last one.
    const { resizeMs } = drafting;
    return { target: verifying, draft: { ...drafting, msPerOutput: 0, resizeMs: 0, coldMs: resizeMs } };
  } finally {
    target?.end();
    draft?.end();
  }
}

/** The table of a model that has not been measured before. */
export function calibrateModel(
  { decoder, drafts }: Pick<EngineModel, 'decoder' | 'drafts'>,
  options: CalibrationOptions = {},
): CostTable {
  const [one] = drafts;
  const { target, draft } = calibrate({ target: decoder, draft: one?.decoder }, options);
  return tableOf(target, one === undefined ? {} : { [one.id]: draft! }, PRIOR_STEP_COSTS);
}

/**
 * Undefined when not even one token could be timed.
 * @param times of the samples, by name
 */
function costsOf(
  bench: DecoderBench,
  times: ReadonlyMap<string, number>,
  predicted: ModelCosts | undefined,
): ModelCosts | undefined {
  const typical = (size: number): number | undefined =>
    times.get(bench.nameOf(size, true)) ?? times.get(bench.nameOf(size, false));
  const oneMs = typical(1);
  if (oneMs === undefined) return undefined;
  const msPerTokenCell =
    predicted?.msPerTokenCell ??
    Math.min(
      bench.measureContext() ?? oneMs * PRIOR_CELL_SHARE,
      oneMs * MOST_CELL_SHARE,
      mostPerTokenCell(bench.sizes.map((size) => [size, typical(size)!])),
    );
  const prior = predicted?.curve ?? priorCurve(oneMs, bench.capacity);
  let leastPerToken = Infinity;
  const points = bench.sizes.map((size): [number, number] => {
    const timedMs = typical(size)!;
    const readingMs = (msPerTokenCell * size * (size + 1)) / 2;
    // What is predicted is as far off for reading cells as for the rest.
    const predictedMs = predicted && curveMs(prior, size);
    const restMs = predictedMs
      ? (timedMs * predictedMs) / (predictedMs + readingMs)
      : Math.max(timedMs - readingMs, oneMs / 2);
    // Hiccups only ever add, so no size costs much more than the same tokens in several decodes.
    const slack = bench.timesOf(size) < SURE_TIMES ? BATCH_SLACK : CLIFF_SLACK;
    const ms = Math.min(restMs, leastPerToken * size * slack);
    leastPerToken = Math.min(leastPerToken, ms / size);
    return [size, ms];
  });
  const factor = factorsOf(prior, points);
  const curve = bent(prior, factor);
  if (predicted !== undefined)
    return {
      ...predicted,
      curve,
      msPerTokenCell: msPerTokenCell * factor(bench.sizes[bench.sizes.length >> 1]!),
      msPerOutput: predicted.msPerOutput * factor(OUTPUT_SIZE),
    };
  const coldMs = disturbanceMs(bench, times) ?? Math.min(PRIOR_COLD_MS, PRIOR_COLD_SHARE * oneMs);
  const msPerOutput = bench.measureOutputs();
  return { curve, msPerTokenCell, msPerOutput, resizeMs: Math.min(resizeMs(bench, times), oneMs), coldMs };
}

/**
 * The most that a pair of token and cell can cost: without it no size would cost less than a smaller one. Where many
 * tokens cost as much as few, a slope that is only noise would otherwise be taken off large batches a hundred thousand
 * times, until nothing was left of them.
 * @param points [point] tokens and milliseconds, in ascending order of tokens
 */
function mostPerTokenCell(points: readonly (readonly [number, number])[]): number {
  const most = points.slice(1).map(([size, ms], before) => {
    const [smaller, smallerMs] = points[before]!;
    return size < LARGE ? Infinity : (2 * Math.max(0, ms * NOISE - smallerMs)) / (size ** 2 - smaller ** 2);
  });
  return Math.min(...most);
}

/**
 * By tokens, what a decode takes over what the curve says: on straight lines between points, of logarithms; the first and
 * the last go on.
 * @param points [point] tokens and milliseconds, in ascending order of tokens
 */
function factorsOf(
  curve: CostCurve,
  points: readonly (readonly [number, number])[],
): (tokens: number) => number {
  const known = points
    .map(([size, ms]) => [Math.log(size), Math.log(ms / curveMs(curve, size))] as const)
    .filter(([, factor]) => Math.abs(factor) < Math.log(MOST_FACTOR));
  return (tokens) => {
    const at = Math.log(Math.max(1, tokens));
    const after = known.findIndex(([x]) => x >= at);
    const next = known[after] ?? known.at(-1);
    if (after < 1) return Math.exp(next?.[1] ?? 0);
    const [[x0, y0], [x1, y1]] = [known[after - 1]!, known[after]!];
    return Math.exp(y0 + ((at - x0) / (x1 - x0)) * (y1 - y0));
  };
}

/** Without the time that others took: hiccups only ever add, so no size costs more than a larger one was seen to cost. */
function bent({ tokens, ms }: CostCurve, factor: (tokens: number) => number): CostCurve {
  let least = Infinity;
  const descending = tokens.map((size, at) => ms[at]! * factor(size)).reverse();
  return { tokens, ms: descending.map((each) => (least = Math.min(least, each))).reverse() };
}

/** What one token takes more after another model has run; undefined where that was not tried. */
function disturbanceMs(bench: DecoderBench, times: ReadonlyMap<string, number>): number | undefined {
  const disturbed = times.get(bench.disturbedName);
  const undisturbed = times.get(bench.nameOf(1, true));
  if (disturbed === undefined || undisturbed === undefined) return undefined;
  // A step drafts more and does more in between than this tries.
  const least = Math.min(PRIOR_COLD_MS, PRIOR_COLD_SHARE * undisturbed);
  return Math.min(Math.max(disturbed - undisturbed, least), undisturbed);
}

/** Median over the small sizes of what the first decode of a size takes more. */
function resizeMs(bench: DecoderBench, times: ReadonlyMap<string, number>): number {
  const more = bench.sizes.flatMap((size) => {
    const first = times.get(bench.nameOf(size, false));
    const again = times.get(bench.nameOf(size, true));
    return first === undefined || again === undefined || size > RESIZE_SIZES ? [] : [first - again];
  });
  return Math.max(more.sort((a, b) => a - b)[more.length >> 1] ?? 0, 0);
}
