/**
 * Which draft guesses for a request of a task: the one that promises the most tokens a second, as measured when it was
 * made and learned since. Exploration is Thompson sampling (Russo et al., "A tutorial on Thompson sampling", 2018) within
 * a bound on its share of the requests. A task whose acceptance falls is noticed by a CUSUM of the shortfall (Page,
 * "Continuous inspection schemes", 1954): then each other draft is tried once, whatever was known of it before.
 */
import { countText } from '../../base/count-text.js';
import { quantile } from '../../base/quantile.js';
import { randomNumbers } from '../../base/random.js';
import type { GuessCount } from '../../engine/guess-counts.js';
import { TaskAcceptance, talliesOf } from './acceptance.js';
import { bestGoodput, goodputOf, type AcceptanceRates, type RoutingCosts } from './goodput.js';

/** The task of whatever is unsure. */
export const GENERAL = 'general';

export interface RoutedDraft {
  readonly id: string;
  /** Milliseconds of one token where the draft was made, which may be another machine; undefined: not known. */
  readonly tokenMs: number | undefined;
  /** [task] as it was measured. */
  readonly measured: Readonly<Record<string, AcceptanceRates>>;
}

export interface RoutingOptions {
  /** Most of all requests that may go to another draft than the best known. */
  readonly explorationShare: number;
  readonly seed: number;
}

export interface DraftChoice {
  /** Undefined: there is none. */
  readonly draft: string | undefined;
  /** In words. */
  readonly reason: string;
  readonly explored: boolean;
}

/** A task whose guesses are no longer accepted as they were. */
export interface TaskChange {
  readonly task: string;
  readonly draft: string;
  readonly was: number;
  readonly is: number;
}

/** What measured acceptance counts as in guesses: a validation set of some texts. */
const MEASURED_WEIGHT = 40;
/** Milliseconds of a draft's token that was timed nowhere. */
const UNKNOWN_TOKEN_MS = 0.5;
/** Nothing is known of a draft in a task. */
const UNKNOWN: AcceptanceRates = { first: 0.5, later: 0.6 };
/** Of a draft that has learned other tasks only: less than of a general one of which nothing is known. */
const OUTSIDE: AcceptanceRates = { first: 0.4, later: 0.5 };
/** Exploration that may be spent at once, when none was spent before. */
const BURST = 3;
/**
 * CUSUM of shares of first guesses: what is taken for chance in one answer, and the sum that is no chance any more. Tuned
 * in `bench/routing.mjs`, where answers of one task differ by about 0.12 and 3 % are classified wrongly: no false alarm in
 * 40,000 requests (62 at 0.8, 6 at 1.2), and the same goodput after a change as at 0.8.
 */
const SLACK = 0.06;
const ALARM = 1.6;

interface Arm {
  acceptance: TaskAcceptance;
  shortfall: number;
  /** Share of first guesses accepted lately. */
  recent: number | undefined;
}

export class RoutingPolicy {
  readonly #options: RoutingOptions;
  readonly #random: () => number;
  #drafts: readonly RoutedDraft[] = [];
  /** Of this machine beside that where the drafts were made. */
  #slowness = 1;
  #costs: RoutingCosts = { oneTokenMs: 1, eightTokensMs: 4 };
  /** [task][draft] */
  readonly #arms = new Map<string, Map<string, Arm>>();
  /** [task] drafts to be tried once each. */
  readonly #trials = new Map<string, string[]>();
  #credit: number;

  constructor(options: Partial<RoutingOptions> = {}) {
    this.#options = { explorationShare: 0.03, seed: 1, ...options };
    this.#random = randomNumbers(this.#options.seed);
    this.#credit = this.#options.explorationShare > 0 ? BURST : 0;
  }

  /** What was learned of drafts that stay is kept. */
  setDrafts(drafts: readonly RoutedDraft[]): void {
    const before = new Map(this.#drafts.map((draft) => [draft.id, JSON.stringify(draft)]));
    this.#drafts = drafts;
    for (const arms of this.#arms.values())
      for (const id of [...arms.keys()])
        if (before.get(id) !== JSON.stringify(drafts.find((draft) => draft.id === id))) arms.delete(id);
  }

  setCosts(costs: RoutingCosts): void {
    this.#costs = costs;
    const ratios = this.#drafts.flatMap(({ id, tokenMs }) => {
      const here = costs.draftTokenMs?.[id];
      return here === undefined || tokenMs === undefined ? [] : [here / tokenMs];
    });
    if (ratios.length > 0) this.#slowness = quantile(ratios, 0.5);
  }

  /** The draft for a request of a task. */
  choose(task: string): DraftChoice {
    this.#credit = Math.min(BURST, this.#credit + this.#options.explorationShare);
    const best = this.#best(task, ({ mean }) => mean);
    if (best === undefined) return { draft: undefined, reason: 'there is no draft', explored: false };
    const trial = this.#nextTrial(task, best.id);
    if (trial !== undefined)
      return { draft: trial, reason: `tried again, since the task '${task}' has changed`, explored: true };
    if (this.#credit >= 1) {
      const drawn = this.#best(task, (acceptance) => acceptance.sample(this.#random))!;
      if (drawn.id !== best.id) {
        this.#credit -= 1;
        return { draft: drawn.id, reason: `tried, since it may be better than '${best.id}'`, explored: true };
      }
    }
    const { answers, mean } = this.#arm(task, best).acceptance;
    const known = answers === 0 ? 'as measured' : `learned from ${countText(answers, 'answer')}`;
    const rate = `${(100 * mean.first).toFixed(0)} % of first guesses right, ${known}`;
    return { draft: best.id, reason: `promises most for '${task}' (${rate})`, explored: false };
  }

  /**
   * An answer of a task has ended.
   * @param guesses of its draft, by position
   * @returns a change of the task, where this answer shows it
   */
  observe(task: string, draftId: string, guesses: Readonly<GuessCount>): TaskChange | undefined {
    const draft = this.#drafts.find(({ id }) => id === draftId);
    const tallies = talliesOf(guesses);
    if (draft === undefined || tallies === undefined) return undefined;
    const arm = this.#arm(task, draft);
    for (const [id, other] of this.#arms.get(task)!) if (id !== draftId) other.acceptance.age();
    const expected = arm.acceptance.mean.first;
    const { accepted, refused } = tallies.first;
    const share = accepted / (accepted + refused);
    // A short answer says little: it counts for as much as it is long.
    const weight = Math.min(1, (accepted + refused) / 10);
    arm.recent = arm.recent === undefined ? share : arm.recent + 0.4 * (share - arm.recent);
    arm.shortfall = Math.max(0, arm.shortfall + weight * (expected - share - SLACK));
    arm.acceptance.learn(tallies);
    if (arm.shortfall < ALARM) return undefined;
    const change = { task, draft: draftId, was: expected, is: arm.recent };
    this.#forget(task, draftId, arm.recent);
    return change;
  }

  /** What was known of a task holds no longer: each draft is tried once. */
  reconsider(task: string): void {
    this.#forget(task, undefined, 0);
  }

  /** Expected tokens a second of a draft in a task; undefined without that draft. */
  goodput(task: string, draftId: string): number | undefined {
    const draft = this.#drafts.find(({ id }) => id === draftId);
    const rates = draft && this.#arm(task, draft).acceptance.mean;
    return rates && 1000 * bestGoodput(rates, this.#tokenMs(draft), this.#costs);
  }

  /** [task][draft] acceptance of first guesses, and the answers that it was learned from. */
  known(): Readonly<
    Record<string, Readonly<Record<string, { readonly rate: number; readonly answers: number }>>>
  > {
    return Object.fromEntries(
      [...this.#arms].map(([task, arms]) => [
        task,
        Object.fromEntries(
          [...arms].map(([id, { acceptance }]) => [
            id,
            { rate: acceptance.mean.first, answers: acceptance.answers },
          ]),
        ),
      ]),
    );
  }

  /** As it is here; of drafts that have not run here, as the others' times are here to theirs where they were made. */
  #tokenMs({ id, tokenMs = UNKNOWN_TOKEN_MS }: RoutedDraft): number {
    return this.#costs.draftTokenMs?.[id] ?? tokenMs * this.#slowness;
  }

  #forget(task: string, current: string | undefined, recent: number): void {
    const arms = new Map<string, Arm>();
    for (const draft of this.#drafts) {
      const prior = draft.id === current ? { first: recent, later: recent } : UNKNOWN;
      arms.set(draft.id, armOf(new TaskAcceptance(prior, draft.id === current ? MEASURED_WEIGHT / 2 : 1)));
    }
    this.#arms.set(task, arms);
    this.#trials.set(
      task,
      this.#drafts.flatMap(({ id }) => (id === current ? [] : [id])),
    );
  }

  #nextTrial(task: string, best: string): string | undefined {
    const trials = this.#trials.get(task);
    for (let next = trials?.shift(); next !== undefined; next = trials?.shift())
      if (next !== best && this.#drafts.some(({ id }) => id === next)) return next;
    this.#trials.delete(task);
    return undefined;
  }

  #best(task: string, ratesOf: (acceptance: TaskAcceptance) => AcceptanceRates): RoutedDraft | undefined {
    let best: RoutedDraft | undefined;
    let most = -Infinity;
    let mostOfOne = -Infinity;
    for (const draft of this.#drafts) {
      const rates = ratesOf(this.#arm(task, draft).acceptance);
      const tokenMs = this.#tokenMs(draft);
      const goodput = bestGoodput(rates, tokenMs, this.#costs);
      // Where guessing pays with none of them, the engine may still find a moment in which it does.
      const ofOne = goodputOf(rates, tokenMs, this.#costs, 1);
      if (goodput < most || (goodput === most && ofOne <= mostOfOne)) continue;
      [best, most, mostOfOne] = [draft, goodput, ofOne];
    }
    return best;
  }

  #arm(task: string, draft: RoutedDraft): Arm {
    let arms = this.#arms.get(task);
    if (arms === undefined) this.#arms.set(task, (arms = new Map<string, Arm>()));
    let arm = arms.get(draft.id);
    if (arm === undefined) {
      const measured = draft.measured[task];
      const isSpecialist = Object.keys(draft.measured).length > 0;
      const elsewhere = draft.measured[GENERAL] ?? (isSpecialist ? OUTSIDE : UNKNOWN);
      arm = armOf(
        measured === undefined
          ? new TaskAcceptance(elsewhere)
          : new TaskAcceptance(measured, MEASURED_WEIGHT),
      );
      arms.set(draft.id, arm);
    }
    return arm;
  }
}

const armOf = (acceptance: TaskAcceptance): Arm => ({ acceptance, shortfall: 0, recent: undefined });
