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
import { positionCell, POSITIONS, PRIORS, signalCell, SOURCES } from './acceptance-prior.js';
import { probabilityOf } from './log-odds.js';
import { fixedRates, RateTable, type Rates } from './rate-table.js';
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

/** One source, by position before drafting and by signal after it. */
interface Views<Table extends Rates = RateTable> {
  readonly byPosition: Table;
  readonly bySignal: Table;
}

interface Pace {
  readonly halfLife: number;
  readonly pseudo: number;
}

function viewsOf(source: GuessSource, parents: Views<Rates>, pace: Pace): Views {
  const { bins, trend } = PRIORS[source];
  return {
    byPosition: new RateTable(parents.byPosition, { columns: POSITIONS, trend: 'free', ...pace }),
    bySignal: new RateTable(parents.bySignal, { columns: bins.length, trend, ...pace }),
  };
}

/** What is known of one kind of work. */
class LabelRates {
  /** [source], made when they are first asked for. */
  readonly #views: (Views | undefined)[] = [];
  readonly #parents: readonly Views[];
  /** [source] decayed observations, as they were at `#weighedAt` on the label's clock. */
  readonly #weights: (number | undefined)[] = [];
  readonly #weighedAt: (number | undefined)[] = [];
  /** Verified guesses of all sources, ever. */
  #clock = 0;

  constructor(parents: readonly Views[]) {
    this.#parents = parents;
  }

  view(source: number): Views {
    const pace = { halfLife: LABEL_HALF_LIFE, pseudo: PSEUDO };
    return (this.#views[source] ??= viewsOf(kindAt(source), this.#parents[source]!, pace));
  }

  /** Another draft takes this place. */
  forget(source: number): void {
    for (const each of [this.#views, this.#weights, this.#weighedAt]) each[source] = undefined;
  }

  /**
   * Decayed observations of a source. They fade while others are observed, too: what was given up long ago may be
   * worth another try (discounted counts of Garivier and Moulines, "Upper-Confidence Bound Policies for Switching
   * Bandit Problems", 2011).
   */
  weight(source: number): number {
    const missed = this.#clock - (this.#weighedAt[source] ?? 0);
    return (this.#weights[source] ?? 0) * (missed === 1 ? LABEL_KEEP : LABEL_KEEP ** missed);
  }

  /** A guess was verified. */
  count(source: number): void {
    this.#clock += 1;
    this.#weights[source] = this.weight(source) + 1;
    this.#weighedAt[source] = this.#clock;
  }
}

/** What tells drafts apart, and what was measured of one before it came here. */
export interface KnownDraft {
  readonly version: string;
  /** [position] P(accepted | all before it are accepted), each from 0 to 1; undefined: not measured. */
  readonly acceptance?: readonly number[] | undefined;
}

const INDEX: Readonly<Record<GuessSource, number>> = {
  lookup: 0,
  suffix: 1,
  draft: 2,
  alternative: 3,
  grammar: 4,
};
const BINS = SOURCES.map((source) => PRIORS[source].bins);

/** Versions of drafts kept; the one not asked for longest goes first. */
const MOST_VERSIONS = 256;

/** What the tables at a place are of: after those of all sources come two for each draft's version. */
function kindAt(place: number): GuessSource {
  return SOURCES[place] ?? ((place - SOURCES.length) % 2 === 0 ? 'draft' : 'alternative');
}

export class AcceptanceModel {
  /** [source] */
  readonly #sources: Views[];
  /** The label asked for last is last. */
  readonly #labels = new Map<number, LabelRates>();
  /** [version] place of its tables; the one asked for last is last. */
  readonly #versions = new Map<string, number>();

  constructor() {
    this.#sources = SOURCES.map((source) => generalViews(source, PRIORS[source].byPosition));
  }

  /**
   * What the planner asks and tells about one request, for as long as it runs.
   * @param label >= 0, the kind of work; any number of them.
   * @param draft that guesses for it: what is learned of one version says nothing of another
   */
  request(label: number, _requestId?: number, draft?: KnownDraft): RequestAcceptance {
    assert(Number.isSafeInteger(label) && label >= 0, `a request has the label ${label}`);
    const rates = this.#labels.get(label) ?? new LabelRates(this.#sources);
    this.#labels.delete(label);
    this.#labels.set(label, rates);
    if (this.#labels.size > MOST_LABELS) this.#labels.delete(this.#labels.keys().next().value!);
    const place = draft === undefined ? INDEX.draft : this.#placeOf(draft);
    return new RequestAcceptance(rates, this.#sources, place);
  }

  #placeOf({ version, acceptance = [] }: KnownDraft): number {
    const known = this.#versions.get(version);
    this.#versions.delete(version);
    let place = known ?? SOURCES.length + 2 * this.#versions.size;
    if (known === undefined) {
      if (this.#versions.size >= MOST_VERSIONS) {
        const [oldest, freed] = this.#versions.entries().next().value!;
        this.#versions.delete(oldest);
        place = freed;
        for (const label of this.#labels.values()) {
          label.forget(place);
          label.forget(place + 1);
        }
      }
      const usual = PRIORS.draft.byPosition;
      // What was measured ends somewhere; later guesses are as the last of them, as the prior has it, too.
      const first = usual.map(
        (rate, position) => acceptance[Math.min(position, acceptance.length - 1)] ?? rate,
      );
      this.#sources[place] = generalViews('draft', first);
      this.#sources[place + 1] = generalViews('alternative', PRIORS.alternative.byPosition);
    }
    this.#versions.set(version, place);
    return place;
  }
}

/** @param first [position] P(accepted | all before it are accepted) before anything was seen */
function generalViews(source: GuessSource, first: readonly number[]): Views {
  const priors = { byPosition: fixedRates(first), bySignal: fixedRates(PRIORS[source].bySignal) };
  return viewsOf(source, priors, { halfLife: SOURCE_HALF_LIFE, pseudo: PSEUDO });
}

export class RequestAcceptance {
  readonly #rates: LabelRates;
  readonly #sources: readonly Views[];
  /** Place of the tables of its draft. */
  readonly #draft: number;
  /** [source] */
  readonly #offsets = SOURCES.map(() => new RequestOffset());

  /** Made by `AcceptanceModel.request`. */
  constructor(rates: LabelRates, sources: readonly Views[], draft: number) {
    this.#rates = rates;
    this.#sources = sources;
    this.#draft = draft;
  }

  /** Place of the tables of a source. */
  #placeOf(source: GuessSource): number {
    return source === 'draft' ? this.#draft : source === 'alternative' ? this.#draft + 1 : INDEX[source];
  }

  /**
   * P(the guess at `position` is accepted | all before it are), before it is drafted. For `alternative`:
   * P(the second choice is accepted | the first is not, and all before it are).
   * @param position from 0, the next token
   * @param optimism log-odds added, as `optimismBonus` gives
   */
  expected(source: GuessSource, position: number, optimism = 0): number {
    const index = INDEX[source];
    const { byPosition } = this.#rates.view(this.#placeOf(source));
    byPosition.refresh();
    const offset = this.#offsets[index]!.value + optimism;
    return probabilityOf(byPosition.logOdds[positionCell(position)]! + offset);
  }

  /** The same of a guess that was drafted, in the light of its signal (`Proposal.signals`). */
  probability(source: GuessSource, position: number, signal: number): number {
    const index = INDEX[source];
    const { bySignal } = this.#rates.view(this.#placeOf(source));
    bySignal.refresh();
    return probabilityOf(bySignal.logOdds[signalCell(BINS[index]!, position, signal)]!);
  }

  /**
   * [k] = P(the first k + 1 guesses are all accepted), before they are drafted.
   * @param optimism log-odds added to each, as `optimismBonus` gives
   */
  survival(source: GuessSource, length: number, optimism = 0): number[] {
    let product = 1;
    return Array.from({ length }, (_, position) => (product *= this.expected(source, position, optimism)));
  }

  /**
   * Upper confidence bound: log-odds that a planner may add to what is expected of a source, one standard deviation of
   * the label's estimate; 1 when nothing is known. Observations are discounted (Garivier and Moulines, "On
   * Upper-Confidence Bound Policies for Switching Bandit Problems", ALT 2011), so it rises while a source is not used.
   */
  optimismBonus(source: GuessSource): number {
    const place = this.#placeOf(source);
    const { byPosition } = this.#rates.view(place);
    byPosition.refresh();
    const first = probabilityOf(byPosition.logOdds[0]!);
    return 1 / Math.sqrt(1 + this.#rates.weight(place) * first * (1 - first));
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
    const index = INDEX[source];
    const view = this.#rates.view(this.#placeOf(source));
    const place = positionCell(position);
    const cell = signalCell(BINS[index]!, position, signal);
    view.byPosition.refresh();
    this.#offsets[index]!.learn(view.byPosition.logOdds[place]!, accepted);
    for (const { byPosition, bySignal } of [view, this.#sources[this.#placeOf(source)]!]) {
      byPosition.observe(place, accepted);
      bySignal.observe(cell, accepted);
    }
    this.#rates.count(this.#placeOf(source));
  }
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
