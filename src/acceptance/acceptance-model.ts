/**
 * How likely guesses stand: P(the guess at a position stands | all before it stand), learned from what
 * verification showed, at three levels: where the guess came from (of a draft model, which version of it), the kind of work (label) within that, and
 * the request (docs/planner.md). Two views: by position before anything is drafted, and by the guess's own
 * signal afterwards.
 *
 * Survival by position instead of one rate follows Liu et al., "TurboSpec" (arXiv 2406.14066). What was
 * not reached by verification was not observed, and is not counted (the hazard of a censored survival curve:
 * Kaplan and Meier, 1958). The request's part is an online logistic regression with one coefficient.
 */
import { assert } from '../base/errors.js';
import { Cusum } from './cusum.js';
import { classOf, positionCell, POSITIONS, PRIORS, signalCell, SOURCES } from './acceptance-prior.js';
import { probabilityOf } from './log-odds.js';
import { tiltedTo, type SignalDistribution } from './signal-distribution.js';
import { fixedRates, RateTable, type Rates } from './rate-table.js';
import type { GuessSource } from '../speculation/proposal.js';

/** Guesses after which one counts half. Those of a label are soon outdone by new ones, those of all are not. */
const LABEL_HALF_LIFE = 400;
const SOURCE_HALF_LIFE = 4000;
const LABEL_KEEP = 2 ** (-1 / LABEL_HALF_LIFE);
/** Of what was learned, what still counts when text is suddenly guessed much better or worse. */
const KEPT_AT_CHANGE = 0.1;
/** Guesses that the level above is worth in each cell. */
const PSEUDO = 32;
/** Labels kept; the one not asked for longest goes first. */
const MOST_LABELS = 64;
/** So many guesses at the beginning are much the same whether a chain goes on while it is sure or has a fixed length. */
const ALIKE = 2;
/** Later positions have the distribution of the last of these. */
const DISTRIBUTION_POSITIONS = 4;

/**
 * A request's log-odds are taken to lie about its label's with a standard deviation of 1 / sqrt(precision),
 * less where the guesses' signals tell some of the difference already; what it showed counts half after so
 * many guesses. The least log-loss on the recordings described in acceptance-prior.ts, played back eight
 * requests at a time (draft, greedy, before / after drafting, nats a guess): as here .343 / .206, both
 * precisions 1 .345 / .207, no offsets .352 / .207; half-lives of 24 to 200 differ by less than .001.
 * Later guesses have an offset more, as tasks differ most in how long they go on: one at a time, before drafting,
 * .352 with it and .356 without (translations said to stand .70 instead of .79 of the time, where .65 did).
 */
const POSITION_PRECISION = 2;
const LATER_PRECISION = 3;
const SIGNAL_PRECISION = 6;
const REQUEST_HALF_LIFE = 48;
/** Of a request's standard deviation, what is worth hoping for: a trial costs a few steps and may gain all others. */
const REQUEST_OPTIMISM = 0.5;
/** Against a run of luck that no text can have. */
const MOST_OFFSET = 4;

/** One source, by position before drafting and by signal after it. */
interface Views<Table extends Rates = RateTable> {
  readonly byPosition: Table;
  /** The same of chains that go on only while they are sure: what comes late in those is surer than usual. */
  readonly whileSure: Table;
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
    whileSure: new RateTable(parents.whileSure, { columns: POSITIONS, trend: 'free', ...pace }),
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
  readonly #changes: (Cusum | undefined)[] = [];
  /** Verified guesses of all sources, ever. */
  #clock = 0;
  readonly #onChange: () => void;

  /** @param onChange told whenever the work seems to have changed */
  constructor(parents: readonly Views[], onChange: () => void) {
    this.#parents = parents;
    this.#onChange = onChange;
  }

  view(source: number): Views {
    const pace = { halfLife: LABEL_HALF_LIFE, pseudo: PSEUDO };
    return (this.#views[source] ??= viewsOf(kindAt(source), this.#parents[source]!, pace));
  }

  /** Another draft takes this place. */
  forget(source: number): void {
    for (const each of [this.#views, this.#weights, this.#weighedAt, this.#changes]) each[source] = undefined;
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

  /** A guess was verified, which was `expected` to stand with a probability between 0 and 1. */
  count(source: number, expected: number, stood: boolean): void {
    this.#clock += 1;
    const changed = (this.#changes[source] ??= new Cusum()).observe(expected, stood);
    if (changed) {
      this.#onChange();
      const { byPosition, whileSure, bySignal } = this.view(source);
      for (const table of [byPosition, whileSure, bySignal]) table.forget(KEPT_AT_CHANGE);
    }
    this.#weights[source] = (changed ? KEPT_AT_CHANGE : 1) * this.weight(source) + 1;
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

/** What the tables at a place are of: behind those of all sources stand two for each draft's version. */
function kindAt(place: number): GuessSource {
  return SOURCES[place] ?? ((place - SOURCES.length) % 2 === 0 ? 'draft' : 'alternative');
}

export class AcceptanceModel {
  /** [source] */
  readonly #sources: Views[];
  /** The label asked for last stands last. */
  readonly #labels = new Map<number, LabelRates>();
  /** How often work seemed to have changed. */
  resets = 0;
  /** [version] place of its tables; the one asked for last stands last. */
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
    const rates = this.#labels.get(label) ?? new LabelRates(this.#sources, () => (this.resets += 1));
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
  const byPosition = fixedRates(first);
  const priors = { byPosition, whileSure: byPosition, bySignal: fixedRates(PRIORS[source].bySignal) };
  return viewsOf(source, priors, { halfLife: SOURCE_HALF_LIFE, pseudo: PSEUDO });
}

export class RequestAcceptance {
  readonly #rates: LabelRates;
  readonly #sources: readonly Views[];
  /** Place of the tables of its draft. */
  readonly #draft: number;
  /** By source, before and after drafting. */
  readonly #byPosition = SOURCES.map(() => new RequestOffset(POSITION_PRECISION));
  /** What comes on top for all guesses but the first. */
  readonly #later = SOURCES.map(() => new RequestOffset(LATER_PRECISION));
  readonly #bySignal = SOURCES.map(() => new RequestOffset(SIGNAL_PRECISION));

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
   * P(the guess at `position` stands | all before it stand), before it is drafted. For `alternative`:
   * P(the second choice stands | the first does not, and all before it stand).
   * @param position from 0, the next token
   * @param optimism log-odds added, as `hope` gives
   * @param whileSure of a chain that goes on only while it is sure
   */
  expected(source: GuessSource, position: number, optimism = 0, whileSure = false): number {
    const index = INDEX[source];
    const rates = this.#rates.view(this.#placeOf(source))[kindOf(whileSure)];
    rates.refresh();
    const offset = this.#offset(index, position) + optimism;
    return probabilityOf(rates.logOdds[positionCell(position)]! + offset);
  }

  #offset(source: number, position: number): number {
    const later = position > 0 ? this.#later[source]!.value : 0;
    return this.#byPosition[source]!.value + later;
  }

  /** The same of a guess that was drafted, in the light of its signal (`Proposal.signals`). */
  probability(source: GuessSource, position: number, signal: number): number {
    const index = INDEX[source];
    const { bySignal } = this.#rates.view(this.#placeOf(source));
    bySignal.refresh();
    const cell = signalCell(BINS[index]!, position, signal);
    return probabilityOf(bySignal.logOdds[cell]! + this.#bySignal[index]!.value);
  }

  /**
   * [k] = P(the first k + 1 guesses all stand), before they are drafted.
   * @param optimism log-odds added to each, as `hope` gives.
   * @param whileSure as for `expected`
   */
  survival(source: GuessSource, length: number, optimism = 0, whileSure = false): number[] {
    const index = INDEX[source];
    const rates = this.#rates.view(this.#placeOf(source))[kindOf(whileSure)];
    rates.refresh();
    const survival: number[] = [];
    let product = 1;
    for (let position = 0; position < length; position++) {
      const offset = this.#offset(index, position) + optimism;
      product *= probabilityOf(rates.logOdds[positionCell(position)]! + offset);
      survival.push(product);
    }
    return survival;
  }

  /**
   * [position, the last for all later ones] how sure the guesses of a chain that goes on while it is sure may be.
   * @param optimism as for `survival`
   */
  signalDistribution(source: GuessSource, optimism = 0): SignalDistribution[] {
    const index = INDEX[source];
    const { bySignal } = this.#rates.view(this.#placeOf(source));
    bySignal.refresh();
    const offset = this.#bySignal[index]!.value;
    const bins = BINS[index]!.length;
    return Array.from({ length: DISTRIBUTION_POSITIONS }, (_, position) => {
      const row = classOf(position) * bins;
      const stands = Array.from({ length: bins }, (__, bin) =>
        probabilityOf(bySignal.logOdds[row + bin]! + offset),
      );
      const mean = this.expected(source, position, optimism, true);
      return tiltedTo(this.#sharesOf(source, row, bins), stands, mean);
    });
  }

  /** [bin] how often guesses of the label have such signals; what is seen elsewhere counts as some of its own. */
  #sharesOf(source: GuessSource, row: number, bins: number): number[] {
    const place = this.#placeOf(source);
    const label = this.#rates.view(place).bySignal;
    const general = this.#sources[place]!.bySignal;
    const prior = PRIORS[source].shares;
    let sum = PSEUDO;
    for (let bin = 0; bin < bins; bin++) sum += general.trials(row + bin);
    return Array.from({ length: bins }, (_, bin) => {
      const usual = (general.trials(row + bin) + PSEUDO * prior[row + bin]!) / sum;
      return label.trials(row + bin) + PSEUDO * usual;
    });
  }

  /**
   * Log-odds that a hopeful planner may add to what is expected of a source: one standard deviation of the
   * label's estimate, 1 when nothing is known, and for a request alone, as far as trying pays for what it teaches,
   * of its own. To be given to `survival`.
   * @param alone whether no other request shares the step: while one learns by trying, all wait
   */
  optimismBonus(source: GuessSource, alone: boolean): number {
    const index = INDEX[source];
    const place = this.#placeOf(source);
    const { byPosition } = this.#rates.view(place);
    byPosition.refresh();
    const first = probabilityOf(byPosition.logOdds[0]!);
    const label = 1 / (1 + this.#rates.weight(place) * first * (1 - first));
    const own = alone ? REQUEST_OPTIMISM * this.#byPosition[index]!.deviation : 0;
    return Math.sqrt(label + own * own);
  }

  /**
   * What verification showed of a chain of guesses from position 0: the first `accepted` stood, and
   * when `rejected`, the next one did not. Those behind were not reached, and nothing is known of them.
   * @param signals [guess] of the whole chain
   * @param whileSure whether it went on only while it was sure
   */
  observe(
    source: GuessSource,
    signals: readonly number[],
    accepted: number,
    rejected: boolean,
    whileSure = false,
  ): void {
    const stood = Math.min(accepted, signals.length);
    for (let position = 0; position < stood; position++)
      this.observeGuess(source, position, signals[position]!, true, whileSure);
    if (rejected && stood < signals.length)
      this.observeGuess(source, stood, signals[stood]!, false, whileSure);
  }

  /**
   * What it showed of one guess, all before which stood: for chains of several sources and for trees. An
   * `alternative` is observed only where the first choice was wrong.
   */
  observeGuess(
    source: GuessSource,
    position: number,
    signal: number,
    stood: boolean,
    whileSure = false,
  ): void {
    const index = INDEX[source];
    const place = this.#placeOf(source);
    const view = this.#rates.view(place);
    const general = this.#sources[place]!;
    const at = positionCell(position);
    const cell = signalCell(BINS[index]!, position, signal);
    const rates = view[kindOf(whileSure)];
    rates.refresh();
    const usual = rates.logOdds[at]!;
    const expected = probabilityOf(usual + this.#offset(index, position));
    const offset = this.#byPosition[index]!;
    const later = this.#later[index]!;
    if (position > 0) {
      const before = offset.value;
      offset.learn(usual + later.value, stood);
      later.learn(usual + before, stood);
    } else offset.learn(usual, stood);
    // As the planner saw it: this table is brought up to date when it is read, once for many guesses.
    this.#bySignal[index]!.learn(view.bySignal.logOdds[cell]!, stood);
    for (const { byPosition, whileSure: sure, bySignal } of [view, general]) {
      if (!whileSure || position < ALIKE) byPosition.observe(at, stood);
      if (whileSure || position < ALIKE) sure.observe(at, stood);
      bySignal.observe(cell, stood);
    }
    this.#rates.count(place, expected, stood);
  }
}

const kindOf = (whileSure: boolean): 'whileSure' | 'byPosition' => (whileSure ? 'whileSure' : 'byPosition');

const REQUEST_KEEP = 2 ** (-1 / REQUEST_HALF_LIFE);

/** How much better or worse a request's text is guessed than its label's, in log-odds. */
class RequestOffset {
  value = 0;
  /** Decayed Fisher information of the request's own guesses. */
  #information = 0;
  readonly #precision: number;

  constructor(precision: number) {
    this.#precision = precision;
  }

  /** Standard deviation of what the value may really be. */
  get deviation(): number {
    return 1 / Math.sqrt(this.#precision + this.#information);
  }

  /**
   * One step of Newton's method on the decayed log-likelihood less precision / 2 * value^2. What decays
   * draws the value back to 0 by as much as it had held it away.
   * @param logOdds that the label gives the guess
   */
  learn(logOdds: number, stood: boolean): void {
    const expected = probabilityOf(logOdds + this.value);
    this.#information = REQUEST_KEEP * this.#information + expected * (1 - expected);
    const pull = (1 - REQUEST_KEEP) * this.#precision * this.value;
    const slope = (stood ? 1 : 0) - expected - pull;
    const moved = this.value + slope / (this.#precision + this.#information);
    this.value = Math.min(MOST_OFFSET, Math.max(-MOST_OFFSET, moved));
  }
}
