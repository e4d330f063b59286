/**
 * Measures what decodes of an idle model cost, in about a second. The machine's pace may change by a half
 * meanwhile, so draft and target take turns in short rounds, and what counts is how sizes compare within rounds
 * (`median-polish.ts`). What the time does not suffice for follows the prior's shape (`prior-costs.ts`); the online
 * correction (`cost-model.ts`) does the rest. Each model's costs are kept by themselves (`calibration-file.ts`), so a draft
 * that is new beside a known target is measured alone.
 */
import type { Decoder, EngineModel } from '../decoder/decoder.js';
import { tableOf, type CostTable, type ModelCosts } from './cost-table.js';
import { DecoderBench, ROUNDS } from './decoder-bench.js';
import { medianPolish } from './median-polish.js';
import {
  completeCurve,
  PRIOR_CELL_SHARE,
  PRIOR_COLD_MS,
  PRIOR_COLD_SHARE,
  PRIOR_STEP_COSTS,
  priorDraftCosts,
  priorTargetCosts,
} from './prior-costs.js';

export interface CalibrationOptions {
  /** Milliseconds on a clock of any origin. */
  readonly now?: () => number;
  /** Time to spend; one decode may go beyond it. */
  readonly budgetMs?: number;
}

const BUDGET_MS = 1500;
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
/** Sizes from which the cost of another size is taken. */
const RESIZE_SIZES = 16;

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
  const now = options.now ?? ((): number => performance.now());
  const budgetMs = options.budgetMs ?? BUDGET_MS;
  const draftMs = budgetMs * (models.draft === undefined ? 0 : models.target === undefined ? 1 : DRAFT_SHARE);
  const target =
    models.target &&
    new DecoderBench(models.target, {
      ...{ name: 'target', now, allOutputs: Infinity, chooses: false },
      budgetMs: budgetMs - draftMs,
    });
  const draft =
    models.draft &&
    new DecoderBench(models.draft, {
      // Of what it catches up on, a draft needs the last token's logits only; a batch of guesses needs all.
      ...{ name: 'draft', now, allOutputs: models.draft.maxSequences, chooses: true },
      budgetMs: draftMs,
    });
  try {
    if (known === undefined) target?.begin();
    draft?.begin();
    const oneMs = known?.curve.ms[0] ?? target?.oneMs ?? Infinity;
    // Between two uses of the draft the target's weights go through the processor's caches.
    const isSmall = oneMs <= MOST_MS_BETWEEN;
    for (let round = 0; round < ROUNDS.length; round++) {
      draft?.sweep(round, (first) => {
        if (!isSmall || target === undefined) return;
        if (first) target.time(1);
        else target.disturbed(round);
      });
      if (known === undefined) target?.sweep(round);
    }
    const times = medianPolish([...(target?.samples ?? []), ...(draft?.samples ?? [])]);
    const verifying = known ?? (target && costsOf(target, models.target, times)) ?? priorTargetCosts();
    if (draft === undefined) return { target: verifying, draft: undefined };
    const drafting = costsOf(draft, models.draft!, times);
    return {
      target: verifying,
      draft:
        drafting === undefined
          ? priorDraftCosts(verifying)
          : // The first decode of a step is after the target's and mostly of another size than the draft's last one.
            { ...drafting, msPerOutput: 0, resizeMs: 0, coldMs: drafting.resizeMs },
    };
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

/** What one token takes more after another model has run; undefined where that was not tried. */
function disturbanceMs(bench: DecoderBench, times: ReadonlyMap<string, number>): number | undefined {
  const disturbed = times.get(bench.disturbedName);
  const undisturbed = times.get(bench.nameOf(1, true));
  if (disturbed === undefined || undisturbed === undefined) return undefined;
  // A step drafts more and does more in between than this tries.
  const least = Math.min(PRIOR_COLD_MS, PRIOR_COLD_SHARE * undisturbed);
  return Math.min(Math.max(disturbed - undisturbed, least), undisturbed);
}

/**
 * Undefined when not even one token could be timed.
 * @param times of the samples, by name
 */
function costsOf(
  bench: DecoderBench,
  { batch }: Decoder,
  times: ReadonlyMap<string, number>,
): ModelCosts | undefined {
  const typical = (size: number): number | undefined =>
    times.get(bench.nameOf(size, true)) ?? times.get(bench.nameOf(size, false));
  const oneMs = typical(1);
  if (oneMs === undefined) return undefined;
  const context = bench.measureContext();
  const msPerTokenCell = Math.min(
    context?.msPerTokenCell ?? oneMs * PRIOR_CELL_SHARE,
    oneMs * MOST_CELL_SHARE,
    mostPerTokenCell(bench.sizes.map((size) => [size, typical(size)!])),
  );
  const msPerOutput = bench.measureOutputs();
  const points = bench.sizes.map((size): [number, number] => [
    size,
    Math.max(typical(size)! - (msPerTokenCell * size * (size + 1)) / 2, oneMs / 2),
  ]);
  if (context !== undefined && context.cells > points.at(-1)![0]) {
    const { cells, ms } = context;
    const read = (msPerTokenCell * cells * (cells + 1)) / 2;
    points.push([cells, ms - read + msPerOutput * (cells - 1)]);
  }
  const slackOf = (size: number): number => (bench.timesOf(size) < SURE_TIMES ? BATCH_SLACK : CLIFF_SLACK);
  const curve = completeCurve(withoutHiccups(points, slackOf), batch.capacity);
  return {
    ...{ curve, msPerTokenCell, msPerOutput },
    resizeMs: Math.min(resizeMs(bench, times), oneMs),
    coldMs: disturbanceMs(bench, times) ?? Math.min(PRIOR_COLD_MS, PRIOR_COLD_SHARE * curve.ms[0]!),
  };
}

/**
 * The most that a pair of token and cell can cost: without it no size would cost less than a smaller one. Where many
 * tokens cost as much as few, a slope that is only noise would otherwise be taken off large batches a hundred thousand
 * times, until nothing was left of them.
 * @param points [point] tokens and milliseconds, in ascending order of tokens
 */
function mostPerTokenCell(points: readonly (readonly [number, number])[]): number {
  let most = Infinity;
  for (let at = 1; at < points.length; at++) {
    const [size, ms] = points[at]!;
    const [smaller, smallerMs] = points[at - 1]!;
    if (size < LARGE) continue;
    most = Math.min(most, (2 * Math.max(0, ms * NOISE - smallerMs)) / (size ** 2 - smaller ** 2));
  }
  return most;
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

/**
 * Points without the time that others took: hiccups only ever add, so no size costs more than a larger one was
 * seen to cost, and none much more than the same tokens in several decodes.
 * @param points [point] tokens and milliseconds, in ascending order of tokens
 * @param slackOf how much more of them a size may cost
 */
function withoutHiccups(
  points: readonly [number, number][],
  slackOf: (size: number) => number,
): [number, number][] {
  const result = points.map(([size, ms]): [number, number] => [size, ms]);
  let leastPerToken = Infinity;
  for (const point of result) {
    point[1] = Math.min(point[1], leastPerToken * point[0] * slackOf(point[0]));
    leastPerToken = Math.min(leastPerToken, point[1] / point[0]);
  }
  for (let index = result.length - 2; index >= 0; index--)
    result[index]![1] = Math.min(result[index]![1], result[index + 1]![1]);
  return result;
}
