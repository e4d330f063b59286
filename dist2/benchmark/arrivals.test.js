/** Arrivals as a process: rate, evenness, ramps, and the same again for the same seed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mean } from '../base/statistics.js';
import { arrivalTimesMs } from './arrivals.js';
import { Random } from './random.js';
const COUNT = 20_000;
const gapsOf = (times) => times.map((time, index) => time - (index === 0 ? 0 : times[index - 1]));
const variance = (values) => {
    const middle = mean(values);
    return mean(values.map((value) => (value - middle) ** 2));
};
const near = (actual, expected, share) => {
    assert.ok(Math.abs(actual / expected - 1) < share, `${actual} is not within ${share} of ${expected}`);
};
describe('arrivals', () => {
    for (const burstiness of [0.25, 1, 4])
        it(`of burstiness ${burstiness} keep the rate and have the gamma distribution's spread`, () => {
            const times = arrivalTimesMs({ count: COUNT, requestRate: 50, burstiness, seed: 7 });
            const gaps = gapsOf(times);
            assert.ok(gaps.every((gap) => gap >= 0));
            near(times.at(-1), (1000 * COUNT) / 50, 1e-9);
            // The coefficient of variation of a gamma distribution is 1 / sqrt(shape).
            near(Math.sqrt(variance(gaps)) / mean(gaps), 1 / Math.sqrt(burstiness), 0.05);
        });
    it('of a Poisson process fall into equal windows with a variance equal to the mean', () => {
        const times = arrivalTimesMs({ count: COUNT, requestRate: 50, burstiness: 1, seed: 3 });
        const counts = Array.from({ length: 400 }, () => 0);
        for (const time of times)
            counts[Math.min(399, Math.floor(time / 1000))] += 1;
        near(variance(counts) / mean(counts), 1, 0.2);
    });
    it('of infinite burstiness are even, and of infinite rate all at once', () => {
        const even = arrivalTimesMs({ count: 4, requestRate: 2, burstiness: Infinity, seed: 1 });
        assert.deepEqual(even, [500, 1000, 1500, 2000]);
        const atOnce = arrivalTimesMs({ count: 3, requestRate: Infinity, burstiness: 1, seed: 1 });
        assert.deepEqual(atOnce, [0, 0, 0]);
    });
    it('are the same for a seed, and others for another', () => {
        const of = (seed) => arrivalTimesMs({ count: 50, requestRate: 9, burstiness: 0.5, seed });
        assert.deepEqual(of(11), of(11));
        assert.notDeepEqual(of(11), of(12));
    });
    it('ramp up and down, linearly or by a constant factor', () => {
        const rateAt = (strategy, startRps, endRps) => gapsOf(arrivalTimesMs({
            count: 5,
            requestRate: Infinity,
            burstiness: Infinity,
            rampUp: { strategy, startRps, endRps },
            seed: 1,
        })).map((gap) => Math.round(1e6 / gap) / 1000);
        assert.deepEqual(rateAt('linear', 2, 10), [2, 4, 6, 8, 10]);
        assert.deepEqual(rateAt('exponential', 1, 16), [1, 2, 4, 8, 16]);
        assert.deepEqual(rateAt('linear', 10, 2), [10, 8, 6, 4, 2]);
    });
    it('ramp with random gaps of the right mean', () => {
        const rampUp = { strategy: 'linear', startRps: 10, endRps: 30 };
        const times = arrivalTimesMs({ count: COUNT, requestRate: Infinity, burstiness: 1, rampUp, seed: 5 });
        const gaps = gapsOf(times);
        near(1000 / mean(gaps.slice(0, 1000)), 10.5, 0.1);
        near(1000 / mean(gaps.slice(-1000)), 29.5, 0.1);
    });
    it('need rates and a burstiness above 0', () => {
        for (const wrong of [{ requestRate: 0 }, { requestRate: NaN }, { burstiness: -1 }])
            assert.throws(() => arrivalTimesMs({ count: 1, requestRate: 1, burstiness: 1, seed: 1, ...wrong }), {
                code: 'invalid_option',
            });
    });
});
it('shuffling keeps every item and puts each of them everywhere', () => {
    const random = new Random(9);
    const places = new Set();
    for (let round = 0; round < 200; round += 1) {
        const shuffled = random.shuffled([0, 1, 2, 3]);
        assert.deepEqual([...shuffled].sort(), [0, 1, 2, 3]);
        places.add(shuffled.indexOf(0));
    }
    assert.equal(places.size, 4);
});
//# sourceMappingURL=arrivals.test.js.map