/** How all drafts guess along the held-out texts of all tasks, and what a token of each costs. */
import type { ModelCosts } from '../../costs/cost-table.js';
import type { SplitTexts } from '../../drafts/align.js';
import type { DraftCandidate } from '../../drafts/assign.js';
import type { Agreement } from '../../drafts/evaluate.js';
import { draftCostsOf, measureDraftOn } from '../../drafts/measure-on.js';
import { priorDraftCosts } from '../../costs/prior-costs.js';
import { networkShape } from '../../drafts/network.js';
import { GENERAL, type MeasuredAcceptance } from '../../drafts/registry/entry.js';
import { readPlausibleModel } from '../../gguf/plausibility.js';

export interface DraftFile {
  readonly id: string;
  /** That it was aligned with, or `general`. */
  readonly task: string;
  readonly file: string;
}

/** A draft on one task. */
export interface TaskMeasure extends DraftFile {
  readonly agreement: Agreement;
  readonly costs: ModelCosts;
}

export class Measured {
  readonly #target: ModelCosts;
  readonly #all: readonly TaskMeasure[];

  constructor(target: ModelCosts, all: readonly TaskMeasure[]) {
    this.#target = target;
    this.#all = all;
  }

  of(task: string): TaskMeasure[] {
    return this.#all.filter((one) => one.task === task);
  }

  /** The draft that guesses the task best; undefined where none was measured. */
  best(task: string): TaskMeasure | undefined {
    return this.of(task).sort((a, b) => b.agreement.rate - a.agreement.rate)[0];
  }

  /** A draft over all tasks together, each counting as its tokens do. */
  over(id: string): DraftCandidate | undefined {
    const all = this.#all.filter((one) => one.id === id);
    if (all.length === 0) return undefined;
    const tokens = all.reduce((sum, { agreement }) => sum + agreement.tokens, 0);
    const survival = all[0]!.agreement.survival.map((_, k) =>
      all.reduce((sum, { agreement }) => sum + ((agreement.survival[k] ?? 0) * agreement.tokens) / tokens, 0),
    );
    return { id, survival, costs: all[0]!.costs };
  }

  /** Of some draft here, or guessed where there is none. */
  get anyCosts(): ModelCosts {
    return this.#all[0]?.costs ?? priorDraftCosts(this.#target);
  }

  /** [id] as the registry keeps it. */
  acceptanceById(): ReadonlyMap<string, { acceptance: Record<string, MeasuredAcceptance>; tokenMs: number }> {
    const byId = new Map<string, { acceptance: Record<string, MeasuredAcceptance>; tokenMs: number }>();
    for (const { id, task, agreement, costs } of this.#all) {
      const known = byId.get(id) ?? { acceptance: {}, tokenMs: costs.curve.ms[0]! };
      known.acceptance[task] = measuredOf(agreement);
      byId.set(id, known);
    }
    return byId;
  }
}

/** As the registry keeps it. */
export const measuredOf = ({ texts, tokens, rate, survival }: Agreement): MeasuredAcceptance => ({
  texts,
  tokens,
  rate,
  survival,
});

/** [position] P(accepted | all before it are), as the engine learns it. */
export function conditionalRates(survival: readonly number[]): number[] {
  const rates: number[] = [];
  let before = 1;
  for (const share of survival) {
    if (before <= 0) break;
    rates.push(Math.min(1, share / before));
    before = share;
  }
  return rates;
}

/** A specialist is measured on its own task; the general draft on all. */
export async function measureAll(
  drafts: readonly DraftFile[],
  texts: ReadonlyMap<string, SplitTexts>,
  target: ModelCosts,
  options: {
    readonly threads?: number;
    readonly servingThreads: number;
    /** [shape] what drafts of a shape cost: those of one shape cost the same, and noise must not choose among them. */
    readonly costs: Map<string, ModelCosts>;
    readonly signal?: AbortSignal;
    readonly onProgress: (done: number, note: string) => void;
  },
): Promise<Measured> {
  const all: TaskMeasure[] = [];
  for (const [index, { id, task: own, file }] of drafts.entries()) {
    options.onProgress(index / drafts.length, id);
    const held = [...texts].flatMap(([task, split]) =>
      own === task || own === GENERAL ? split.held.map((text) => ({ ...text, task })) : [],
    );
    if (held.length === 0) continue;
    const shape = shapeOf(file);
    const costs = options.costs.get(shape) ?? draftCostsOf(file, target, options.servingThreads);
    options.costs.set(shape, costs);
    const byTask = await measureDraftOn(file, held, options);
    for (const [task, agreement] of byTask) all.push({ id, task, file, agreement, costs });
  }
  return new Measured(target, all);
}

/** What the cost of a draft's token follows from. */
function shapeOf(file: string): string {
  const [head] = readPlausibleModel(file);
  const types = new Set(head.tensors.map(({ type }) => type));
  return JSON.stringify([networkShape(head), [...types].sort()]);
}
