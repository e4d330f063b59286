/** The choice against plain loops, over rows as wide as a vocabulary and of every sign. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomNumbers } from '../base/random.js';
import { Choice } from './choice.js';
import { PositionNoise } from './noise.js';
const WIDTH = 5003;
/** The best two of all scores; ties go to the lower id, and what is no number is never chosen. */
function bestTwo(scores) {
    const best = (but) => scores.reduce((found, score, id) => id !== but && score > -Infinity && (found < 0 || score > scores[found]) ? id : found, -1);
    const token = best(-1);
    return { token, second: token < 0 ? -1 : best(token) };
}
/** Rows around `centre`, rounded so that ties are frequent; some with zeros of both signs, infinities and NaN. */
function rowOf(seed, centre, odd) {
    const next = randomNumbers(seed);
    const row = Float32Array.from({ length: WIDTH }, () => centre + Math.round(40 * (next() + next() + next() - 1.5)) / 8);
    if (!odd)
        return row;
    for (const value of [0, -0, NaN, -NaN, -Infinity, 1e-42, -1e-42])
        for (let count = 0; count < 20; count++)
            row[Math.floor(next() * WIDTH)] = value;
    return row;
}
const CENTRES = [8, 0, -0.5, -3, -20];
describe('Choice', () => {
    it('finds the best two of wide rows, whatever their signs', () => {
        const choice = new Choice();
        for (let seed = 1; seed <= 40; seed++)
            for (const centre of CENTRES) {
                // Not at the beginning of its buffer, as rows of a decoder are not.
                const row = new Float32Array(WIDTH + 3).subarray(3);
                row.set(rowOf(seed, centre, seed % 2 === 0));
                choice.greedy(row);
                const { token, second } = choice;
                assert.deepEqual({ token, second }, bestTwo([...row]), `seed ${seed} around ${centre}`);
            }
        for (const only of [[], [-Infinity, -Infinity], [NaN], [5], [-Infinity, 2], [Infinity, 3, Infinity]]) {
            choice.greedy(Float32Array.from(only));
            assert.deepEqual({ token: choice.token, second: choice.second }, bestTwo(only), only.join());
        }
    });
    it('finds the best two with noise, without drawing for all', () => {
        const choice = new Choice();
        const noise = new PositionNoise();
        for (let seed = 1; seed <= 40; seed++)
            for (const centre of CENTRES)
                for (const temperature of [0.3, 1, 2.5]) {
                    const row = rowOf(seed, centre, false);
                    const expected = bestTwo(Array.from(row, (logit, id) => logit / temperature + noise.at(seed, 7).gumbel(id)));
                    choice.noisy(row, temperature, noise.at(seed, 7), 2);
                    assert.deepEqual({ token: choice.token, second: choice.second }, expected);
                    choice.noisy(row, temperature, noise.at(seed, 7), 1);
                    assert.equal(choice.token, expected.token);
                }
    });
});
//# sourceMappingURL=choice.test.js.map