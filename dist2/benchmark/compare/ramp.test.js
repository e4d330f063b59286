import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { overloadEndS, rampArrivalsMs, rampRate, rampShape, rampWindows, recoveryS } from './ramp.js';
describe('ramp', () => {
    const shape = rampShape(100, 30);
    it('goes up and comes down again', () => {
        assert.deepEqual([0, 7.5, 15, 22.5, 30].map((atS) => rampRate(shape, atS)), [5, 77.5, 150, 77.5, 5]);
        // Where the rate is what the server can do.
        const end = overloadEndS(shape, 100);
        assert.ok(Math.abs(rampRate(shape, end) - 100) < 1e-9);
        assert.ok(end > 15);
    });
    it('lets requests arrive at that rate, the same for the same seed', () => {
        const arrivals = rampArrivalsMs(shape, 3);
        // On average 77.5 a second; a Poisson process of 2325 strays by 48.
        assert.ok(Math.abs(arrivals.length - 2325) < 250, String(arrivals.length));
        const middle = arrivals.filter((atMs) => atMs >= 10_000 && atMs < 20_000).length;
        assert.ok(middle > arrivals.length / 2, 'a third of the time has more than half of the arrivals');
        assert.ok(arrivals.every((atMs, index) => atMs >= (arrivals[index - 1] ?? 0)));
        assert.deepEqual(rampArrivalsMs(shape, 3), arrivals);
        assert.notDeepEqual(rampArrivalsMs(shape, 4), arrivals);
    });
    it('has a request also where the server is slow and the ramp short', () => {
        // 0.015 requests expected: most seeds draw none.
        const slow = rampShape(0.01, 2);
        for (let seed = 0; seed < 20; seed++)
            assert.ok(rampArrivalsMs(slow, seed).length >= 1);
        assert.deepEqual(rampArrivalsMs(slow, 0), [1000]);
    });
    it('has recovered when no more requests are in flight than run at once, for good', () => {
        const request = (sentS, endS) => ({
            sentS,
            latencyS: endS - sentS,
        });
        // Three in flight from 2 s to 5 s, and again from 6 s to 7 s.
        const requests = [request(0, 10), request(1, 10), request(2, 5), request(6, 7)];
        assert.equal(recoveryS(requests, 2, 4), 3);
        assert.equal(recoveryS(requests, 3, 4), 0);
        assert.equal(recoveryS(requests, 2, 8), 0);
        // One ends at the moment when another comes.
        assert.equal(recoveryS([request(0, 1), request(1, 2)], 1, 0), 0);
    });
    it('compares TPOT among requests sent at about the same moment, over all repeats', () => {
        const run = (setting, repeat, requests) => ({
            setting,
            repeat,
            failed: 0,
            duration_s: 2,
            recovery_s: 0,
            samples: [],
            requests,
        });
        const windows = rampWindows([
            run('off', 0, [
                [0.2, 10, 100],
                [0.6, null, 50],
                [1.4, 30, 100],
            ]),
            run('off', 1, [[0.4, 20, 100]]),
            run('auto', 0, [
                [0.2, 8, 100],
                [1.4, 40, 100],
            ]),
        ], 2);
        assert.deepEqual(windows.map(({ at_s: atS }) => atS), [0.5, 1, 1.5]);
        const [first, , last] = windows;
        assert.equal(first.requests, 1);
        assert.ok(Math.abs(first.p99_tpot_ms['off'] - 19.9) < 1e-9);
        assert.equal(first.p99_tpot_ms['auto'], 8);
        assert.deepEqual(last.p99_tpot_ms, { off: 30, auto: 40 });
    });
});
//# sourceMappingURL=ramp.test.js.map