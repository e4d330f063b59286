import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tiltedTo } from './signal-distribution.js';

const SHARES = [0.2, 0.3, 0.5];
const STANDS = [0.3, 0.7, 0.95];

describe('tiltedTo', () => {
  const meanOf = ({ shares, stands }: ReturnType<typeof tiltedTo>): number =>
    shares.reduce((sum, share, bin) => sum + share * stands[bin]!, 0);

  it('has guesses stand as often as is expected, and shares that make one', () => {
    for (const mean of [0.4, 0.6, 0.745, 0.9]) {
      const distribution = tiltedTo(SHARES, STANDS, mean);
      assert.ok(Math.abs(meanOf(distribution) - mean) < 0.01, `${meanOf(distribution)}, not ${mean}`);
      assert.ok(Math.abs(distribution.shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-9);
    }
  });

  it('leaves shares as they are where they are right, whatever their sum', () => {
    const { shares } = tiltedTo([2, 3, 5], STANDS, 0.2 * 0.3 + 0.3 * 0.7 + 0.5 * 0.95);
    shares.forEach((share, bin) => {
      assert.ok(Math.abs(share - SHARES[bin]!) < 0.01, `${share}, not ${SHARES[bin]}`);
    });
  });

  it('takes the nearest that can be', () => {
    assert.ok(meanOf(tiltedTo(SHARES, STANDS, 0)) < 0.32);
    assert.ok(meanOf(tiltedTo(SHARES, STANDS, 1)) > 0.94);
    assert.deepEqual(tiltedTo([1], [0.5], 0.9), { shares: [1], stands: [0.5] });
  });
});
