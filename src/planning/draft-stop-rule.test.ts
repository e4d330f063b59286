/** When to stop drafting, against chains that are drawn at random and all ways to end them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomNumbers } from '../base/random.js';
import type { SignalDistribution } from '../acceptance/signal-distribution.js';
import { DraftStopRule, type ChainCosts } from './draft-stop-rule.js';

/** Half of the guesses are nearly sure, and the others mostly wrong, as those of the demo's draft are. */
const BIMODAL: SignalDistribution = { shares: [0.3, 0.2, 0.5], stands: [0.3, 0.75, 0.99] };
/** The same mean, and signals that tell nothing. */
const VAGUE: SignalDistribution = { shares: [1], stands: [0.3 * 0.3 + 0.2 * 0.75 + 0.5 * 0.99] };
const COSTS: ChainCosts = costsOf(8, 0.22, 0.5);

function costsOf(most: number, draftMs: number, verifyMs: number): ChainCosts {
  return {
    draftMs: Array.from({ length: most }, () => draftMs),
    verifyMs: Array.from({ length: most }, () => verifyMs),
  };
}

/** What a rule brings on average: guesses that are expected to stand, and milliseconds. */
function play(
  distribution: SignalDistribution,
  { draftMs, verifyMs }: ChainCosts,
  goesOn: (depth: number, survival: number) => boolean,
  takes: (depth: number, survival: number) => boolean,
): { tokens: number; ms: number } {
  const uniform = randomNumbers(5);
  const chains = 40_000;
  let tokens = 0;
  let ms = 0;
  for (let chain = 0; chain < chains; chain++) {
    let survival = 1;
    for (let depth = 0; depth < draftMs.length && goesOn(depth, survival); depth++) {
      ms += draftMs[depth]!;
      let bin = 0;
      for (let luck = uniform() - distribution.shares[0]!; luck > 0 && bin + 1 < distribution.shares.length;)
        luck -= distribution.shares[++bin]!;
      survival *= distribution.stands[bin]!;
      if (!takes(depth, survival)) break;
      tokens += survival;
      ms += verifyMs[depth]!;
    }
  }
  return { tokens: tokens / chains, ms: ms / chains };
}

describe('stopRule', () => {
  it('promises what the rule brings', () => {
    for (const price of [0.5, 0.8, 1]) {
      const stopRule = new DraftStopRule([BIMODAL], COSTS, price);
      const { tokens, ms, draftMs, guesses } = stopRule.promised;
      const came = play(
        BIMODAL,
        COSTS,
        (depth, survival) => stopRule.worth(depth, survival) > 0,
        (depth, survival) => survival + stopRule.worth(depth + 1, survival) > price * COSTS.verifyMs[depth]!,
      );
      // Near the end of what pays, a little more or less is worth the same.
      assert.ok(Math.abs(tokens / came.tokens - 1) < 0.08, `${tokens} tokens, ${came.tokens} came`);
      const worth = tokens - price * ms;
      assert.ok(Math.abs(worth - (came.tokens - price * came.ms)) < 0.03, `worth ${worth}`);
      assert.ok(draftMs < ms && guesses >= tokens);
    }
  });

  it('is worth no less than any threshold of survival', () => {
    const price = 0.9;
    const best = new DraftStopRule([BIMODAL], COSTS, price).worth(0, 1);
    for (const least of [0.1, 0.3, 0.5, 0.7, 0.9]) {
      const sure = (_: number, survival: number): boolean => survival >= least;
      const { tokens, ms } = play(BIMODAL, COSTS, sure, sure);
      assert.ok(tokens - price * ms <= best + 0.02, `${least}: ${tokens - price * ms}, not ${best}`);
    }
  });

  it('drafts where half of the guesses are nearly sure, though the same mean would not pay', () => {
    const price = 1 / 1.15;
    const dear = costsOf(8, 0.25, 0.6);
    assert.equal(new DraftStopRule([VAGUE], dear, price).promised.tokens, 0);
    assert.ok(new DraftStopRule([BIMODAL], dear, price).promised.tokens > 0.5);
  });

  it('drafts nothing where time is dear, and goes to the end where it costs nothing', () => {
    assert.deepEqual(new DraftStopRule([BIMODAL], COSTS, 10).promised, {
      tokens: 0,
      ms: 0,
      draftMs: 0,
      guesses: 0,
    });
    assert.equal(new DraftStopRule([BIMODAL], COSTS, 10).worth(3, 1), 0);
    assert.ok(new DraftStopRule([BIMODAL], COSTS, 0).promised.guesses > 6);
    assert.equal(new DraftStopRule([BIMODAL], COSTS, 0).worth(8, 1), 0, 'there is no more to come');
  });

  it('knows that later guesses may be surer', () => {
    const sure: SignalDistribution = { shares: [1], stands: [0.99] };
    assert.ok(new DraftStopRule([VAGUE], COSTS, 1).promised.tokens < 0.8);
    assert.ok(new DraftStopRule([VAGUE, sure], COSTS, 1).promised.tokens > 1.3);
  });
});
