import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomNumbers } from '../base/random.js';
import { medianPolish } from './median-polish.js';
const SIZES = { one: 1, two: 1.6, four: 2.5, eight: 4 };
function sampled(paces, hiccup = () => 1) {
    return paces.flatMap((pace, round) => 
    // Later rounds leave out the largest, as a calibration does.
    Object.entries(SIZES)
        .filter(([name]) => name !== 'eight' || round % 2 === 0)
        .map(([name, value]) => ({ name, round, value: value * pace * hiccup() })));
}
describe('median polish', () => {
    it('finds how sizes compare, whatever the pace of the rounds that had them', () => {
        const found = medianPolish(sampled([2, 1.1, 0.7, 1, 1.5, 0.9]));
        for (const [name, value] of Object.entries(SIZES))
            assert.ok(Math.abs(found.get(name) / found.get('one') - value) < 1e-6, `${name}: ${found.get(name)}`);
    });
    it('leaves out hiccups', () => {
        for (let seed = 0; seed < 20; seed++) {
            const random = randomNumbers(seed);
            const found = medianPolish(sampled([1.4, 1, 0.8, 1, 1.2, 1, 0.9, 1.1], () => (random() < 0.1 ? 8 : 1)));
            for (const [name, value] of Object.entries(SIZES))
                assert.ok(Math.abs(found.get(name) / found.get('one') / value - 1) < 0.35, `${name}, seed ${seed}`);
        }
    });
    it('has nothing to say of nothing', () => {
        assert.equal(medianPolish([]).size, 0);
    });
});
//# sourceMappingURL=median-polish.test.js.map