import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { quantile } from '../base/quantile.js';
import { mean, median, pairedRatio } from './statistics.js';
describe('statistics', () => {
    it('takes quantiles on a straight line between neighbours, in any order of the values', () => {
        assert.equal(quantile([30, 10, 20], 0), 10);
        assert.equal(quantile([30, 10, 20], 0.25), 15);
        assert.equal(quantile([30, 10, 20], 1), 30);
        assert.equal(median([4, 1, 3, 2]), 2.5);
        assert.equal(mean([1, 2, 6]), 3);
    });
    it('says of nothing that it is no number', () => {
        assert.ok(Number.isNaN(quantile([], 0.5)));
        assert.ok(Number.isNaN(mean([])));
    });
    it('compares pair by pair: what both have in common cancels out', () => {
        // The second pair was measured while the machine was ten times as slow.
        assert.deepEqual(pairedRatio([90, 1000, 80], [100, 1000, 100]), {
            median: 0.9,
            min: 0.8,
            max: 1,
            pairs: 3,
        });
    });
    it('leaves out pairs without both sides', () => {
        assert.deepEqual(pairedRatio([50, 60, undefined, 9], [100, undefined, 3, 0]), {
            median: 0.5,
            min: 0.5,
            max: 0.5,
            pairs: 1,
        });
        assert.equal(pairedRatio([undefined], [1]), undefined);
    });
});
//# sourceMappingURL=statistics.test.js.map