/**
 * How likely guesses are accepted: P(the guess at a position is accepted | all before it are), learned from what
 * verification showed, at three levels: where the guess came from (of a draft model, which version of it), the kind of work (label) within
 * that, and the request (docs/planner.md). Two views: by position before anything is drafted, and by the guess's own
 * signal afterwards.
 *
 * Survival by position instead of one rate follows Liu et al., "TurboSpec" (arXiv 2406.14066). What was
 * not reached by verification was not observed, and is not counted (the hazard of a censored survival curve:
 * Kaplan and Meier, 1958). The request's part is an online logistic regression with one coefficient.
 */
import { assert } from '../base/errors.js';
import { positionCell, POSITIONS, PRIORS, signalCell } from './acceptance-prior.js';
import { probabilityOf } from './log-odds.js';
import { fixedRates, RateTable, shiftedRates, type Rates } from './rate-table.js';
import type { GuessSource } from '../speculation/proposal.js';

/**
 * Guesses after which one counts half. Those of a label are soon outdone by new ones, those of all are not. With 400 for
 * a label, auto came back to a draft late that had become good again: it missed up to 20 % of the oracle's goodput across
 * shifts (simulated `gpu-7b`, 16 in flight, six seeds), with 200 at most 10 %.
 */
const LABEL_HALF_LIFE = 200;
const SOURCE_HALF_LIFE = 4000;
const LABEL_KEEP = 2 ** (-1 / LABEL_HALF_LIFE);
/** Guesses that the level above is worth in each cell. */
const PSEUDO = 32;
/** Labels kept; the one not asked for longest goes first. */
const MOST_LABELS = 64;
/**
 * A request's log-odds are taken to lie about its label's with a standard deviation of 1 / sqrt(precision); what it
 * showed counts half after so many guesses. Least log-loss on the recordings described in acceptance-prior.ts, played
 * back eight requests at a time (draft, greedy, nats a guess before drafting): as here .343, with precision 1 .345,
 * without .352; half-lives of 24 to 200 differ by less than .001.
 */
const REQUEST_PRECISION = 2;
const REQUEST_HALF_LIFE = 48;
/** Against a run of luck that no text can have. */
const MOST_OFFSET = 4;

/** Versions of drafts kept; the one not asked for longest goes first. */
const MOST_VERSIONS = 256;

/** One source, by position before drafting and by signal after it, of all work or of one kind. */
class SourceRates {
  readonly byPosition: RateTable;
  readonly bySignal: RateTable;
  /** Decayed observations, as they were at `#weighedAt` on the label's clock. */
  #weight = 0;
  #weighedAt = 0;

  /** @param parents what is taken for granted, or known of all kinds of work */
  constructor(
    source: GuessSource,
    parents: { readonly byPosition: Rates; readonly bySignal: Rates },
    halfLife: number,
  ) {
    const { bins, trend } = PRIORS[source];
    const pace = { halfLife, pseudo: PSEUDO };
    this.byPosition = new RateTable(parents.byPosition, { columns: POSITIONS, trend: 'free', ...pace });
    this.bySignal = new RateTable(parents.bySignal, { columns: bins.length, trend, ...pace });
  }

  /**
   * Decayed observations. They fade while other sources are observed, too: what was given up long ago may be worth
   * another try (discounted counts of Garivier and Moulines, "Upper-Confidence Bound Policies for Switching Bandit
   * Problems", 2011).
   */
  weight(clock: number): number {
    const missed = clock - this.#weighedAt;
    return this.#weight * (missed === 1 ? LABEL_KEEP : LABEL_KEEP ** missed);
  }

  /** A guess was verified. */
  count(clock: number): void {
    this.#weight = this.weight(clock) + 1;
    this.#weighedAt = clock;
  }
}

/** One kind of work. */
interface LabelRates {
  /** By the names of tables (`nameOf`), made when they are first asked for. */
  readonly sources: Map<string, SourceRates>;
  /** Verified guesses of all sources, ever. */
  clock: number;
}

/** What tells drafts apart, and what was measured of one before it came here. */
export interface KnownDraft {
  readonly version: string;
  /** [position] P(accepted | all before it are accepted), each from 0 to 1; undefined: not measured. */
  readonly acceptance?: readonly number[] | undefined;
}

/** Each version of a draft has tables of its own, and so has sampled text. */
const nameOf = (source: GuessSource, draft: KnownDraft | undefined, sampled: boolean): string =>
  (draft === undefined || (source !== 'draft' && source !== 'alternative')
    ? source
    : `${source}@${draft.version}`) + (sampled ? ', sampled' : '');

/** Whoever knows how likely guesses are accepted: an `AcceptanceModel` learns it, a simulation may know it. */
export interface AcceptanceSource {
  /**
   * @param draft that guesses for the request; undefined: none
   * @param sampled whether chance takes part in choosing its tokens
   */
  request(label: number, requestId: number, draft?: KnownDraft, sampled?: boolean): RequestRates;
}

/** What the planner asks and tells about one request. */
export type RequestRates = Pick<
  RequestAcceptance,
  'expected' | 'probability' | 'optimismBonus' | 'observe' | 'observeGuess'
>;

export class AcceptanceModel implements AcceptanceSource {
  /** By name, of all kinds of work together. */
  readonly #general = new Map<string, SourceRates>();
  /** Of greedy and of sampled texts; the label asked for last is last. */
  readonly #labels = [new Map<number, LabelRates>(), new Map<number, LabelRates>()] as const;
  /** The version asked for last is last. */
  readonly #versions = new Map<string, KnownDraft>();

  /**
   * What the planner asks and tells about one request, for as long as it runs.
   * @param label >= 0, the kind of work; any number of them.
   * @param draft that guesses for it: what is learned of one version says nothing of another
   * @param sampled whether chance takes part in choosing its tokens: such text is guessed worse
   */
  request(label: number, _requestId?: number, draft?: KnownDraft, sampled = false): RequestAcceptance {
    assert(Number.isSafeInteger(label) && label >= 0, `a request has the label ${label}`);
    const labels = this.#labels[Number(sampled)]!;
    const rates = labels.get(label) ?? { sources: new Map<string, SourceRates>(), clock: 0 };
    touch(labels, label, rates, MOST_LABELS);
    const oldest = draft && touch(this.#versions, draft.version, draft, MOST_VERSIONS);
    if (oldest !== undefined) this.#forget(oldest);
    return new RequestAcceptance(rates, (source) => this.#ratesOf(source, rates, draft, sampled));
  }

  #ratesOf(
    source: GuessSource,
    { sources }: LabelRates,
    draft: KnownDraft | undefined,
    sampled: boolean,
  ): RequestSource {
    const general = this.#generalOf(source, draft, sampled);
    const name = nameOf(source, draft, sampled);
    let own = sources.get(name);
    if (own === undefined) sources.set(name, (own = new SourceRates(source, general, LABEL_HALF_LIFE)));
    return { own, general, bins: PRIORS[source].bins, offset: new RequestOffset() };
  }

  #generalOf(source: GuessSource, draft: KnownDraft | undefined, sampled: boolean): SourceRates {
    const name = nameOf(source, draft, sampled);
    let general = this.#general.get(name);
    if (general !== undefined) return general;
    const { byPosition, bySignal, sampled: shift } = PRIORS[source];
    if (sampled) {
      const greedy = this.#generalOf(source, draft, false);
      const parents = {
        byPosition: shiftedRates(greedy.byPosition, shift),
        bySignal: shiftedRates(greedy.bySignal, shift),
      };
      general = new SourceRates(source, parents, SOURCE_HALF_LIFE);
    } else {
      const measured = source === 'draft' ? (draft?.acceptance ?? []) : [];
      // What was measured ends somewhere; later guesses are as the last of them, as the prior has it, too.
      const first = byPosition.map((rate, at) => measured[Math.min(at, measured.length - 1)] ?? rate);
      const parents = { byPosition: fixedRates(first), bySignal: fixedRates(bySignal) };
      general = new SourceRates(source, parents, SOURCE_HALF_LIFE);
    }
    this.#general.set(name, general);
    return general;
  }

  #forget(draft: KnownDraft): void {
    const kinds = this.#labels.flatMap((labels) => [...labels.values()]);
    for (const source of ['draft', 'alternative'] as const)
      for (const sampled of [false, true]) {
        const name = nameOf(source, draft, sampled);
        this.#general.delete(name);
        for (const { sources } of kinds) sources.delete(name);
      }
  }
}

/** One source for one request. */
interface RequestSource {
  /** Of its kind of work. */
  readonly own: SourceRates;
  readonly general: SourceRates;
  readonly bins: readonly number[];
  readonly offset: RequestOffset;
}

export class RequestAcceptance {
  readonly #rates: LabelRates;
  readonly #find: (source: GuessSource) => RequestSource;
  readonly #sources = new Map<GuessSource, RequestSource>();

  /** Made by `AcceptanceModel.request`. */
  constructor(rates: LabelRates, find: (source: GuessSource) => RequestSource) {
    this.#rates = rates;
    this.#find = find;
  }

  #of(source: GuessSource): RequestSource {
    let found = this.#sources.get(source);
    if (found === undefined) this.#sources.set(source, (found = this.#find(source)));
    return found;
  }

  /**
   * P(the guess at `position` is accepted | all before it are), before it is drafted. For `alternative`:
   * P(the second choice is accepted | the first is not, and all before it are).
   * @param position from 0, the next token
   * @param optimism log-odds added, as `optimismBonus` gives
   */
  expected(source: GuessSource, position: number, optimism = 0): number {
    const { own, offset } = this.#of(source);
    own.byPosition.refresh();
    return probabilityOf(own.byPosition.logOdds[positionCell(position)]! + (offset.value + optimism));
  }

  /** The same of a guess that was drafted, in the light of its signal (`Proposal.signals`). */
  probability(source: GuessSource, position: number, signal: number): number {
    const { own, bins } = this.#of(source);
    own.bySignal.refresh();
    return probabilityOf(own.bySignal.logOdds[signalCell(bins, position, signal)]!);
  }

  /**
   * Upper confidence bound: log-odds that a planner may add to what is expected of a source, one standard deviation of
   * the label's estimate; 1 when nothing is known. Observations are discounted (Garivier and Moulines, "On
   * Upper-Confidence Bound Policies for Switching Bandit Problems", ALT 2011), so it rises while a source is not used.
   */
  optimismBonus(source: GuessSource): number {
    const { own } = this.#of(source);
    own.byPosition.refresh();
    const first = probabilityOf(own.byPosition.logOdds[0]!);
    return 1 / Math.sqrt(1 + own.weight(this.#rates.clock) * first * (1 - first));
  }

  /**
   * What verification showed of a chain of guesses from position 0: the first `accepted` were accepted, and
   * when `rejected`, the next one was not. Those behind were not reached, and nothing is known of them.
   * @param signals [guess] of the whole chain
   */
  observe(source: GuessSource, signals: readonly number[], accepted: number, rejected: boolean): void {
    const reached = Math.min(accepted, signals.length);
    for (let position = 0; position < reached; position++)
      this.observeGuess(source, position, signals[position]!, true);
    if (rejected && reached < signals.length) this.observeGuess(source, reached, signals[reached]!, false);
  }

  /**
   * What it showed of one guess, all before which were accepted: for chains of several sources and for trees. An
   * `alternative` is observed only where the first choice was wrong.
   */
  observeGuess(source: GuessSource, position: number, signal: number, accepted: boolean): void {
    const { own, general, bins, offset } = this.#of(source);
    const place = positionCell(position);
    const cell = signalCell(bins, position, signal);
    own.byPosition.refresh();
    offset.learn(own.byPosition.logOdds[place]!, accepted);
    for (const { byPosition, bySignal } of [own, general]) {
      byPosition.observe(place, accepted);
      bySignal.observe(cell, accepted);
    }
    own.count(++this.#rates.clock);
  }
}

/**
 * [k] = P(the first k + 1 guesses are all accepted), before they are drafted.
 * @param optimism log-odds added to each, as `optimismBonus` gives
 */
export function survivalOf(
  rates: Pick<RequestRates, 'expected'>,
  source: GuessSource,
  length: number,
  optimism = 0,
): number[] {
  let product = 1;
  return Array.from({ length }, (_, position) => (product *= rates.expected(source, position, optimism)));
}

/** Puts an entry last, as the newest. @returns the oldest when there are more than `most`, which are taken out */
function touch<Key, Value>(map: Map<Key, Value>, key: Key, value: Value, most: number): Value | undefined {
  map.delete(key);
  map.set(key, value);
  if (map.size <= most) return undefined;
  const [oldest, dropped] = map.entries().next().value!;
  map.delete(oldest);
  return dropped;
}

const REQUEST_KEEP = 2 ** (-1 / REQUEST_HALF_LIFE);

/** How much better or worse a request's text is guessed than its label's, in log-odds. */
class RequestOffset {
  value = 0;
  /** Decayed Fisher information of the request's own guesses. */
  #information = 0;

  /**
   * One step of Newton's method on the decayed log-likelihood less precision / 2 * value^2. What decays
   * draws the value back to 0 by as much as it had held it away.
   * @param logOdds that the label gives the guess
   */
  learn(logOdds: number, accepted: boolean): void {
    const expected = probabilityOf(logOdds + this.value);
    this.#information = REQUEST_KEEP * this.#information + expected * (1 - expected);
    const pull = (1 - REQUEST_KEEP) * REQUEST_PRECISION * this.value;
    const slope = (accepted ? 1 : 0) - expected - pull;
    const moved = this.value + slope / (REQUEST_PRECISION + this.#information);
    this.value = Math.min(MOST_OFFSET, Math.max(-MOST_OFFSET, moved));
  }
}
