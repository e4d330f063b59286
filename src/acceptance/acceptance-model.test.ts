/** The acceptance model on invented traffic whose truth is known. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomNumbers } from '../base/random.js';
import { AcceptanceModel, survivalOf, type RequestAcceptance } from './acceptance-model.js';
import { PRIORS } from './acceptance-prior.js';
import { probabilityOf } from './log-odds.js';
import type { GuessSource } from '../speculation/proposal.js';

const SOURCES = Object.keys(PRIORS) as GuessSource[];

/** One verified chain: stands as far as `rate` by position lets it. */
function verify(
  request: RequestAcceptance,
  source: GuessSource,
  signals: readonly number[],
  rate: (position: number, signal: number) => number,
  uniform: () => number,
): void {
  let accepted = 0;
  while (accepted < signals.length && uniform() < rate(accepted, signals[accepted]!)) accepted += 1;
  request.observe(source, signals, accepted, accepted < signals.length);
}

/** Chains of one label over many requests of some length. */
function traffic(
  model: AcceptanceModel,
  chains: number,
  options: {
    readonly label?: number;
    readonly source?: GuessSource;
    readonly rate: (position: number, signal: number) => number;
    readonly signals?: (uniform: () => number) => number[];
    readonly uniform: () => number;
  },
): void {
  const { label = 0, source = 'draft', rate, uniform, signals = () => [2, 2, 2, 2, 2, 2] } = options;
  let request = model.request(label);
  for (let chain = 0; chain < chains; chain++) {
    if (chain % 20 === 0) request = model.request(label);
    verify(request, source, signals(uniform), rate, uniform);
  }
}

const near = (actual: number, expected: number, tolerance: number, what: string): void => {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual.toFixed(3)}, not ${expected}`);
};

describe('AcceptanceModel', () => {
  it('recovers survival by position of every source', () => {
    const curves = [
      [0.9, 0.6, 0.85, 0.7, 0.8, 0.75],
      [0.3, 0.95, 0.9, 0.9, 0.9, 0.9],
    ];
    SOURCES.forEach((source, index) => {
      const model = new AcceptanceModel();
      const curve = curves[index % 2]!;
      traffic(model, 3000, {
        source,
        rate: (position) => curve[position]!,
        uniform: randomNumbers(index + 7),
      });
      const request = model.request(0);
      curve.forEach((rate, position) => {
        near(request.expected(source, position), rate, 0.07, `${source} at ${position}`);
      });
      let product = 1;
      survivalOf(request, source, 6).forEach((survival, position) => {
        product *= curve[position]!;
        near(survival, product, 0.06, `survival of ${source} to ${position}`);
      });
    });
  });

  it('is not fooled by chains that all stood, as counting accepted over drafted at each length is', () => {
    // Chains of 2 all the time: nothing says how the third guess would fare but the first two.
    const model = new AcceptanceModel();
    const uniform = randomNumbers(3);
    const rate = (): number => 0.9;
    traffic(model, 2000, { rate, uniform, signals: () => [2, 2] });
    const request = model.request(0);
    near(request.expected('draft', 1), 0.9, 0.04, 'the last position');
    assert.ok(request.expected('draft', 2) > 0.85, 'a position never tried does as the tried ones do');

    // Lengths from 1 to 6. Who takes each position's share of all chains in which it was drafted for its
    // rate takes those that were never reached for failures.
    const mixed = new AcceptanceModel();
    let drafted = 0;
    let stood = 0;
    const again = randomNumbers(4);
    const requests = mixed.request(0);
    for (let chain = 0; chain < 3000; chain++) {
      const signals = Array.from({ length: 1 + Math.floor(again() * 6) }, () => 2);
      let accepted = 0;
      while (accepted < signals.length && again() < 0.8) accepted += 1;
      if (signals.length > 3) {
        drafted += 1;
        if (accepted > 3) stood += 1;
      }
      requests.observe('draft', signals, accepted, accepted < signals.length);
    }
    assert.ok(stood / drafted < 0.5, 'the naive estimate is biased');
    near(mixed.request(0).expected('draft', 3), 0.8, 0.05, 'the fourth position');
  });

  it('says of a chain cut short by something else that nothing is known of the rest', () => {
    const cut = new AcceptanceModel();
    const full = new AcceptanceModel();
    for (let chain = 0; chain < 300; chain++) {
      cut.request(0).observe('draft', [2, 2, 2, 2], 2, false);
      full.request(0).observe('draft', [2, 2], 2, false);
    }
    assert.deepEqual(survivalOf(cut.request(0), 'draft', 6), survivalOf(full.request(0), 'draft', 6));
  });

  it('follows an abrupt change within some hundred guesses', () => {
    const model = new AcceptanceModel();
    const uniform = randomNumbers(5);
    traffic(model, 5000, { rate: () => 0.9, uniform });
    near(model.request(0).expected('draft', 0), 0.9, 0.04, 'before');
    traffic(model, 200, { rate: () => 0.2, uniform });
    assert.ok(model.request(0).expected('draft', 0) < 0.5, 'half way after one half-life');
    traffic(model, 1600, { rate: () => 0.2, uniform });
    near(model.request(0).expected('draft', 0), 0.2, 0.06, 'after four');
    near(model.request(0).probability('draft', 0, 2), 0.2, 0.06, 'after four, by signal');
  });

  it('notices within ten guesses that one request is guessed better or worse than its kind', () => {
    const model = new AcceptanceModel();
    traffic(model, 2000, { rate: () => 0.7, uniform: randomNumbers(6) });
    const [bad, good, plain] = [model.request(0), model.request(0), model.request(0)];
    const before = plain.expected('draft', 0);
    for (let chain = 0; chain < 8; chain++) bad.observe('draft', [2, 2], 0, true);
    for (let chain = 0; chain < 4; chain++) good.observe('draft', [2, 2], 2, false);
    assert.ok(bad.expected('draft', 0) < before - 0.25, `${bad.expected('draft', 0)} against ${before}`);
    assert.ok(good.expected('draft', 0) > before + 0.05, `${good.expected('draft', 0)} against ${before}`);
    near(plain.expected('draft', 0), before, 0.04, 'another request of the label');
    near(bad.expected('lookup', 0), plain.expected('lookup', 0), 1e-9, 'another source of the request');

    // One that turns out like its kind is soon taken for it again.
    const uniform = randomNumbers(7);
    for (let chain = 0; chain < 100; chain++) verify(bad, 'draft', [2, 2], () => 0.7, uniform);
    near(bad.expected('draft', 0), 0.7, 0.15, 'after a hundred chains like its kind');
  });

  it('tells labels apart, and lets a new one begin with what holds for all', () => {
    const model = new AcceptanceModel();
    const uniform = randomNumbers(8);
    for (let round = 0; round < 60; round++) {
      traffic(model, 20, { label: 1, rate: () => 0.95, uniform });
      traffic(model, 20, { label: 2, rate: () => 0.4, uniform });
    }
    near(model.request(1).expected('draft', 0), 0.95, 0.03, 'label 1');
    near(model.request(2).expected('draft', 0), 0.4, 0.06, 'label 2');
    near(model.request(1).probability('draft', 0, 2), 0.95, 0.03, 'label 1 by signal');
    near(model.request(2).probability('draft', 0, 2), 0.4, 0.08, 'label 2 by signal');
    const fresh = model.request(3).expected('draft', 0);
    assert.ok(fresh > 0.5 && fresh < 0.93, `a label between: ${fresh}`);
    // Few guesses at the first position say something of all positions and signals.
    for (let chain = 0; chain < 30; chain++) model.request(4).observe('draft', [2], 0, true);
    assert.ok(model.request(4).expected('draft', 5) < model.request(3).expected('draft', 5) - 0.2);
    assert.ok(model.request(4).probability('draft', 0, 7) < model.request(3).probability('draft', 0, 7));
  });

  it('is calibrated by signal within 0.05, also where signals mean something else than they usually do', () => {
    const truths: Readonly<Record<string, (position: number, signal: number) => number>> = {
      usual: (_, signal) => probabilityOf(0.9 * signal - 1),
      flat: (_, signal) => probabilityOf(0.2 * signal - 0.5),
      'worse later': (position, signal) => probabilityOf(1.2 * signal - 0.5 - 0.4 * position),
    };
    for (const [name, truth] of Object.entries(truths)) {
      const uniform = randomNumbers(9);
      const model = new AcceptanceModel();
      // Most margins are small, some large: bins are filled unevenly.
      const signals = (): number[] => Array.from({ length: 6 }, () => -2.5 * Math.log(1 - uniform()));
      traffic(model, 3000, { rate: truth, uniform, signals });
      const sums = Array.from({ length: 10 }, () => ({ predicted: 0, stood: 0, count: 0 }));
      for (let chain = 0; chain < 10_000; chain++) {
        const request = model.request(0);
        const margins = signals();
        let accepted = 0;
        let stands = true;
        for (let position = 0; position < margins.length && stands; position++) {
          const predicted = request.probability('draft', position, margins[position]!);
          stands = uniform() < truth(position, margins[position]!);
          const bin = sums[Math.min(9, Math.floor(predicted * 10))]!;
          bin.predicted += predicted;
          bin.stood += stands ? 1 : 0;
          bin.count += 1;
          if (stands) accepted += 1;
        }
        request.observe('draft', margins, accepted, !stands);
      }
      const filled = sums.filter(({ count }) => count >= 800);
      assert.ok(filled.length >= 4, `${name}: ${filled.length} bins`);
      for (const { predicted, stood, count } of filled)
        near(predicted / count, stood / count, 0.05, `${name}, of ${count} guesses`);
    }
  });

  it('rises with the signal, and falls with it for second choices, whatever few guesses say', () => {
    const uniform = randomNumbers(10);
    for (const source of SOURCES) {
      const model = new AcceptanceModel();
      const request = model.request(0);
      for (let round = 0; round < 60; round++) {
        request.observeGuess(source, round % 5, uniform() * 40, uniform() < 0.5);
        for (let position = 0; position < 6; position++) {
          const ladder = [0, 1, 2, 3, 5, 7, 9, 20, 40].map((signal) =>
            request.probability(source, position, signal),
          );
          if (source === 'alternative') ladder.reverse();
          for (let step = 1; step < ladder.length; step++)
            assert.ok(ladder[step]! >= ladder[step - 1]!, `${source} at ${position}: ${ladder.join(' ')}`);
        }
      }
    }
  });

  it('learns how often a second choice stands, apart from the first', () => {
    const model = new AcceptanceModel();
    const uniform = randomNumbers(11);
    for (let guess = 0; guess < 2000; guess++) {
      const margin = uniform() * 4;
      const rate = margin < 1 ? 0.6 : 0.1;
      model.request(0).observeGuess('alternative', guess % 4, margin, uniform() < rate);
    }
    const request = model.request(0);
    near(request.probability('alternative', 1, 0.4), 0.6, 0.09, 'close to the first choice');
    near(request.probability('alternative', 1, 3.5), 0.1, 0.06, 'far from it');
    near(request.expected('draft', 0), new AcceptanceModel().request(0).expected('draft', 0), 1e-9, 'draft');
  });

  it('adds the more optimism the less it knows', () => {
    const model = new AcceptanceModel();
    const uniform = randomNumbers(12);
    /** Guesses that the label's estimate rests on, by the hope that they leave. */
    const weight = (): number => {
      const first = model.request(0).expected('draft', 0);
      return (model.request(0).optimismBonus('draft') ** -2 - 1) / (first * (1 - first));
    };
    assert.equal(model.request(0).optimismBonus('draft'), 1);
    traffic(model, 2, { rate: () => 1, uniform });
    near(weight(), 12, 0.3, 'all that was seen so far');
    traffic(model, 3000, { rate: () => 0.7, uniform });
    const known = weight();
    near(known, 200 / Math.LN2, 2, 'never more than the half-life lets stand');
    assert.ok(model.request(0).optimismBonus('draft') < 0.15);
    assert.equal(model.request(1).optimismBonus('draft'), 1);
    // The draft is given up: what is known of it fades while lookup is observed, but not the estimate.
    const before = model.request(0).expected('draft', 0);
    for (let guess = 0; guess < 200; guess++) model.request(0).observe('lookup', [4], 1, false);
    near(weight(), known / 2, 1, 'one half-life later');
    assert.equal(model.request(0).expected('draft', 0), before);
    const request = model.request(0);
    const optimistic = survivalOf(request, 'draft', 3, 1);
    survivalOf(request, 'draft', 3).forEach((survival, position) => {
      assert.ok(optimistic[position]! > survival);
    });
  });

  it('stays finite and between 0.001 and 0.999 for any numbers', () => {
    const model = new AcceptanceModel();
    const strange = [NaN, Infinity, -Infinity, -1, 0, 1e300, -0, 0.5];
    for (const [round, stood] of [true, false].entries()) {
      for (let repeat = 0; repeat < 3000; repeat++) {
        const request = model.request(round);
        for (const source of SOURCES)
          request.observeGuess(source, strange[repeat % 8]!, strange[(repeat >> 3) % 8]!, stood);
      }
    }
    for (const label of [0, 1, 2]) {
      const request = model.request(label);
      for (let repeat = 0; repeat < 500; repeat++) request.observe('draft', strange, 8, false);
      request.observe('draft', [], 5, true);
      for (const source of SOURCES) {
        for (const position of strange) {
          for (const signal of strange) {
            for (const value of [
              request.expected(source, position),
              request.probability(source, position, signal),
            ])
              assert.ok(value > 0.001 && value < 0.999, `${source} ${position} ${signal}: ${value}`);
          }
        }
        assert.ok(Number.isFinite(model.request(label).optimismBonus(source)));
      }
      assert.equal(survivalOf(request, 'draft', 40).length, 40);
    }
    for (const label of [-1, 1.5, NaN]) assert.throws(() => model.request(label), { code: 'internal_error' });
  });

  it('keeps the labels asked for last, and a bounded number of them', () => {
    const model = new AcceptanceModel();
    const first = model.request(7);
    for (let label = 1000; label < 3000; label++) {
      model.request(label).observe('draft', [2], 1, false);
      model.request(7).observe('lookup', [2], 1, false);
    }
    // 63 others beside the one in use.
    assert.ok(model.request(2937).optimismBonus('draft') < 1);
    assert.equal(model.request(2936).optimismBonus('draft'), 1);
    assert.ok(model.request(7).optimismBonus('lookup') < 1);
    assert.equal(first.expected('lookup', 0) > 0.9, true, 'a label in use is one and the same');
    // A request whose label was dropped goes on.
    const old = new AcceptanceModel();
    const request = old.request(0);
    for (let label = 1; label < 100; label++) old.request(label);
    request.observe('draft', [2], 0, true);
    assert.ok(request.expected('draft', 0) < 0.7);
  });

  it('learns of each version of a draft apart, and of the rest together', () => {
    const model = new AcceptanceModel();
    const old = { version: 'old' };
    const before = model.request(0, 1, { version: 'new' }).expected('draft', 0);
    const request = model.request(0, 2, old);
    for (let step = 0; step < 400; step++) {
      request.observe('draft', [4, 4], 0, true);
      request.observe('lookup', [2, 2], 0, true);
    }
    assert.ok(model.request(0, 3, old).expected('draft', 0) < 0.2);
    assert.equal(model.request(0, 4, { version: 'new' }).expected('draft', 0), before);
    assert.equal(model.request(0, 5, { version: 'newer' }).expected('draft', 0), before);
    assert.ok(model.request(0, 6, { version: 'new' }).expected('lookup', 0) < 0.2);
  });

  it('begins with what was measured of a draft, and forgets versions that are long gone', () => {
    const model = new AcceptanceModel();
    const measured = model.request(0, 1, { version: 'measured', acceptance: [0.9, 0.5] });
    assert.ok(Math.abs(measured.expected('draft', 0) - 0.9) < 0.01);
    assert.ok(Math.abs(measured.expected('draft', 1) - 0.5) < 0.01);
    assert.ok(Math.abs(measured.expected('draft', 9) - 0.5) < 0.01);
    for (let step = 0; step < 100; step++) measured.observe('draft', [4], 0, true);
    for (let at = 0; at < 300; at++) model.request(0, at, { version: `v${at}` });
    const again = model.request(0, 1, { version: 'measured' });
    assert.equal(again.expected('draft', 0), model.request(0, 1, { version: 'v299' }).expected('draft', 0));
  });

  it('learns of sampled text apart, and begins with less than of greedy text', () => {
    const model = new AcceptanceModel();
    const expected = (sampled: boolean, source: GuessSource = 'draft'): number =>
      model.request(0, 0, { version: 'one' }, sampled).expected(source, 0);
    const odds = (rate: number): number => Math.log(rate / (1 - rate));
    near(odds(expected(true)), odds(expected(false)) - 1, 0.01, 'a draft');
    assert.ok(expected(true, 'lookup') < expected(false, 'lookup'));
    assert.equal(expected(true, 'grammar'), expected(false, 'grammar'));
    const sampled = model.request(0, 1, { version: 'one' }, true);
    const [greedyBefore, before] = [expected(false), sampled.probability('draft', 0, 2.5)];
    for (let step = 0; step < 200; step++) sampled.observe('draft', [2.5], 0, true);
    assert.ok(expected(true) < 0.1 && sampled.probability('draft', 0, 2.5) < before / 2);
    assert.equal(expected(false), greedyBefore);
    // What greedy text tells of a draft is not lost on sampled text of another kind.
    const other = (): number => model.request(1, 2, { version: 'two' }, true).expected('draft', 0);
    const first = other();
    const greedy = model.request(0, 3, { version: 'two' });
    for (let step = 0; step < 200; step++) greedy.observe('draft', [2.5], 0, true);
    assert.ok(other() < first / 2);
  });
});
