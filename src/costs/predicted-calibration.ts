/**
 * A calibration that begins with predicted costs: a few sizes are timed, and the predicted curve is bent to go through them
 * (on a logarithmic scale between them, straight on beyond). What sizes cost beside each other is known in advance, so a
 * fraction of the time of `calibrate.ts` is enough.
 */
import type { Decoder } from '../decoder/decoder.js';
import type { CalibrationOptions } from './calibrate.js';
import { curveMs, type CostCurve, type ModelCosts } from './cost-table.js';
import { DecoderBench, type DecoderBenchOptions } from './decoder-bench.js';

export interface PredictedModel {
  readonly decoder: Decoder;
  readonly predicted: ModelCosts;
}

/** Beside the 1500 ms of a calibration that knows nothing; bench/prior.mjs has both. */
const BUDGET_MS = 400;
const DRAFT_SHARE = 0.25;
/**
 * Of each size the least of so many decodes is wanted, as other work may meet one of them; a large model has so many times
 * the budget for that, and no more, as somebody waits for the server.
 */
const WANTED_ROUNDS = 3;
const MOST_BUDGETS = 10;
/** A model of which a token takes so long is timed once in each round: its graph is made anew in no time beside that. */
const LARGE_MS = 5;
const TARGET_SIZES = [1, 2, 4, 8, 16, 32] as const;
const DRAFT_SIZES = [1, 4, 16] as const;
/** What logits cost is taken to be as far off as a decode of so many tokens. */
const OUTPUT_SIZE = 16;
const MOST_ROUNDS = 5;
/** A decode that was timed as this much more or less than predicted was no measurement. */
const MOST_FACTOR = 1000;

/** The decoders' caches must be empty, nobody else may use them, and they are empty afterwards. */
export function calibratePredicted(
  {
    target,
    draft,
  }: { readonly target?: PredictedModel | undefined; readonly draft?: PredictedModel | undefined },
  { now = (): number => performance.now(), budgetMs = BUDGET_MS }: CalibrationOptions = {},
): { readonly target: ModelCosts | undefined; readonly draft: ModelCosts | undefined } {
  const draftMs = draft === undefined ? 0 : budgetMs * (target === undefined ? 1 : DRAFT_SHARE);
  return {
    target: target && fitted(target, TARGET_SIZES, { now, budgetMs: budgetMs - draftMs, chooses: false }),
    draft: draft && fitted(draft, DRAFT_SIZES, { now, budgetMs: draftMs, chooses: true }),
  };
}

/** The predicted costs as the timed sizes have them. */
function fitted(model: PredictedModel, sizes: readonly number[], options: Timing): ModelCosts {
  const { curve, msPerTokenCell, msPerOutput, ...others } = model.predicted;
  const factor = factorsOf(model, sizes, options);
  const middle = sizes[sizes.length >> 1]!;
  return {
    curve: bent(curve, factor),
    msPerTokenCell: msPerTokenCell * factor(middle),
    msPerOutput: msPerOutput * factor(OUTPUT_SIZE),
    ...others,
  };
}

type Timing = Pick<DecoderBenchOptions, 'now' | 'budgetMs' | 'chooses'>;

/** By tokens, what a decode takes over what was predicted. */
function factorsOf(
  { decoder, predicted: { curve, msPerTokenCell } }: PredictedModel,
  sizes: readonly number[],
  options: Timing,
): (tokens: number) => number {
  const bench = new DecoderBench(decoder, { ...options, allOutputs: Infinity, name: 'predicted' });
  const { now, budgetMs } = options;
  const most = Math.min(decoder.batch.capacity, decoder.sequenceCapacity, decoder.cellCount);
  const least = new Map<number, number>();
  const startMs = now();
  try {
    // Reads the weights into the caches.
    bench.time(1);
    const isLarge = (bench.time(1) ?? 0) > LARGE_MS;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const endMs = startMs + budgetMs * (isLarge && round < WANTED_ROUNDS ? MOST_BUDGETS : 1);
      for (const size of sizes) {
        if (size > most) continue;
        const expectedMs = curveMs(curve, size) * Math.max(1, ...factorsNear(least, curve));
        const needed = size === 1 && round === 0;
        if (!needed && now() + (isLarge ? 1 : 2) * expectedMs > endMs) continue;
        // Once after another size, and once after itself.
        if (!isLarge) bench.time(size);
        const ms = bench.time(size);
        if (ms !== undefined) least.set(size, Math.min(least.get(size) ?? Infinity, ms));
      }
    }
  } finally {
    bench.end();
  }
  const points = [...least]
    .map(([size, ms]): [number, number] => {
      const own = (msPerTokenCell * size * (size + 1)) / 2;
      return [Math.log(size), Math.log(ms / (curveMs(curve, size) + own))];
    })
    .filter(([, factor]) => Math.abs(factor) < Math.log(MOST_FACTOR))
    .sort(([a], [b]) => a - b);
  return (tokens) => Math.exp(between(points, Math.log(Math.max(1, tokens))));
}

const factorsNear = (least: ReadonlyMap<number, number>, predicted: CostCurve): number[] =>
  [...least].map(([size, ms]) => ms / curveMs(predicted, size));

/** On straight lines between points; the first and the last go on. 0 without any. */
function between(points: readonly (readonly [number, number])[], at: number): number {
  const after = points.findIndex(([x]) => x >= at);
  if (after === -1) return points.at(-1)?.[1] ?? 0;
  if (after === 0) return points[0]![1];
  const [[x0, y0], [x1, y1]] = [points[after - 1]!, points[after]!];
  return y0 + ((at - x0) / (x1 - x0)) * (y1 - y0);
}

/** No size costs less than a smaller one. */
function bent({ tokens, ms }: CostCurve, factor: (tokens: number) => number): CostCurve {
  let most = 0;
  return { tokens, ms: tokens.map((size, at) => (most = Math.max(most, ms[at]! * factor(size)))) };
}
