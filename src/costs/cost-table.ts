/**
 * What a step costs, as one plain immutable record: the planner reads it, the latency model writes a new one
 * now and then, and a logged plan can be computed again from the very table it was made with.
 */

/**
 * Time of a decode of n tokens: straight lines between measured points, so that the dear step from one token
 * to two and other bends are in it; beyond the last point it goes on as between the last two.
 */
export interface CostCurve {
  /** Ascending; the first is 1. */
  readonly tokens: readonly number[];
  /** [point] milliseconds. */
  readonly ms: readonly number[];
}

/** What decodes of one model cost: of the target, or of a draft, where the choice of guesses after them is included. */
export interface ModelCosts {
  /** A decode with logits for every token, before any context is read. */
  readonly curve: CostCurve;
  /** Milliseconds for each pair of a batch token and a KV cell that it attends to. */
  readonly msPerTokenCell: number;
  /** Milliseconds less for each token that needs no logits. */
  readonly msPerOutput: number;
  /**
   * Added when a decode has another number of tokens than the one before: the library rebuilds its graph. 0 of a draft, whose
   * first decode in a step is mostly of another size: that is in `coldMs`.
   */
  readonly resizeMs: number;
  /** Added when another model has run since the decode before: its weights are now where this one's were in the caches. */
  readonly coldMs: number;
}

/** What a step costs outside all decodes. */
export interface StepCosts {
  /** Per step, and more for each verified row: sampling, bookkeeping, events. */
  readonly overheadMs: number;
  readonly overheadMsPerRow: number;
  /** More for a step that guesses: planning, asking, learning. */
  readonly overheadMsGuessing: number;
}

export interface CostTable extends StepCosts {
  /** Counts the tables of one run, so that plans can say which they used. */
  readonly version: number;
  readonly target: ModelCosts;
  /** [key of a draft] */
  readonly drafts: Readonly<Record<string, ModelCosts>>;
}

/** The key of a draft where there is only one, as in simulations. */
export const ONLY_DRAFT = 'draft';

/** The table with which a run begins, of what is known of each model by itself. */
export function tableOf(target: ModelCosts, drafts: CostTable['drafts'], step: StepCosts): CostTable {
  return { version: 0, target, drafts, ...step };
}

/** The work of one decode. */
export interface DecodeWork {
  readonly tokens: number;
  /** Sum over tokens of the cells each attends to; undefined: not to be counted. */
  readonly tokenCells?: number;
  /** Tokens whose logits are wanted; undefined: all. */
  readonly outputs?: number;
  /** Whether the decode before had another number of tokens; undefined: no, or not to be counted. */
  readonly resized?: boolean;
  /** Whether another model has run since; undefined: no. */
  readonly cold?: boolean;
  /**
   * Tokens of each part in which the library computes the batch, one after the other (`ubatches.ts`); undefined
   * or one part: in one piece.
   */
  readonly parts?: readonly number[] | undefined;
}

/** The point at which the stretch of a curve begins that `tokens` >= 1 tokens lie on. */
export function stretchOf(points: readonly number[], tokens: number): number {
  let low = 0;
  let high = points.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle]! <= tokens) low = middle;
    else high = middle;
  }
  return low;
}

/** Milliseconds for a decode of `tokens` >= 0 tokens by a curve; 0 for none. */
export function curveMs({ tokens: points, ms }: CostCurve, tokens: number): number {
  if (tokens <= 0) return 0;
  if (points.length === 1) return (ms[0]! * tokens) / points[0]!;
  const low = stretchOf(points, tokens);
  const share = (tokens - points[low]!) / (points[low + 1]! - points[low]!);
  return ms[low]! + share * (ms[low + 1]! - ms[low]!);
}

/** Milliseconds of a decode; 0 of no tokens, and of a model that is not there. */
export function decodeMs(costs: ModelCosts | undefined, work: DecodeWork): number {
  const { tokens, outputs = tokens, tokenCells = 0, parts, cold = false } = work;
  if (costs === undefined || tokens === 0) return 0;
  let base = 0;
  if (parts === undefined) base = curveMs(costs.curve, tokens);
  else for (const part of parts) base += curveMs(costs.curve, part);
  base -= costs.msPerOutput * (tokens - outputs);
  const reading = costs.msPerTokenCell * tokenCells;
  return Math.max(base, 0) + reading + costs.resizeMs * resizesOf(work) + (cold ? costs.coldMs : 0);
}

/** Graphs that the library builds anew for a decode: parts mostly differ in size. */
export function resizesOf({ resized = false, parts }: DecodeWork): number {
  return parts !== undefined && parts.length > 1 ? parts.length : resized ? 1 : 0;
}

/** Milliseconds of a step outside the decodes, when `rows` rows of logits are sampled from. */
export function overheadMs(table: CostTable, rows: number, guessed: boolean): number {
  return table.overheadMs + table.overheadMsPerRow * rows + (guessed ? table.overheadMsGuessing : 0);
}
