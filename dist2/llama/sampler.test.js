import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { token } from '../base/types.js';
import { loadLibrary } from './library.js';
import { SamplerChain } from './sampler.js';
const SIZE = 8;
const LOGITS = Float32Array.of(0.5, 3, -1, 2, 2.5, -4, 1, 0);
/** Probabilities of a softmax at a temperature, token by token. */
function softmax(logits, temperature = 1) {
    const weights = Array.from(logits, (logit) => Math.exp((logit - 3) / temperature));
    const sum = weights.reduce((a, b) => a + b);
    return weights.map((weight) => weight / sum);
}
describe('sampler chain', () => {
    const library = loadLibrary();
    const chain = (...steps) => SamplerChain.create(library, SIZE, steps);
    it('takes the likeliest token', () => {
        const greedy = chain({ kind: 'greedy' });
        const logits = LOGITS.slice();
        assert.equal(greedy.sample(logits), 1);
        assert.deepEqual(logits, LOGITS, 'the logits stay');
        greedy.dispose();
    });
    it('cuts the unlikely ones off', () => {
        const left = (...steps) => {
            const sampler = chain(...steps, { kind: 'dist', seed: 1 });
            const { tokens } = sampler.apply(LOGITS);
            sampler.dispose();
            return [...tokens].sort((a, b) => a - b);
        };
        assert.deepEqual(left({ kind: 'top-k', k: 3 }), [1, 3, 4]);
        assert.deepEqual(left({ kind: 'top-p', p: 0.6 }), [1, 4]);
        assert.deepEqual(left({ kind: 'min-p', p: Math.exp(-1.1) }), [1, 3, 4]);
        assert.deepEqual(left(), [0, 1, 2, 3, 4, 5, 6, 7]);
    });
    it('draws by the probabilities, the same for the same seed', () => {
        const draws = (seed, count) => {
            const sampler = chain({ kind: 'temperature', temperature: 0.7 }, { kind: 'dist', seed });
            const drawn = Array.from({ length: count }, () => sampler.sample(LOGITS));
            sampler.dispose();
            return drawn;
        };
        assert.deepEqual(draws(7, 50), draws(7, 50));
        assert.notDeepEqual(draws(7, 50), draws(8, 50));
        const count = 20_000;
        const seen = new Array(SIZE).fill(0);
        for (const id of draws(42, count))
            seen[id] += 1;
        softmax(LOGITS, 0.7).forEach((p, id) => {
            const sigma = Math.sqrt((p * (1 - p)) / count);
            assert.ok(Math.abs(seen[id] / count - p) < 5 * sigma + 1e-4, `token ${id}: ${seen[id] / count}, ${p}`);
        });
    });
    it('gives probabilities', () => {
        const sampler = chain({ kind: 'dist', seed: 1 });
        const { tokens, probabilities } = sampler.apply(LOGITS);
        const expected = softmax(LOGITS);
        tokens.forEach((id, i) => {
            assert.ok(Math.abs(probabilities[i] - expected[id]) < 1e-5);
        });
        sampler.dispose();
    });
    it('remembers accepted tokens until it is reset; a clone remembers its own', () => {
        const sampler = chain({ kind: 'penalties', lastN: 4, presence: 10 }, { kind: 'greedy' });
        assert.equal(sampler.sample(LOGITS), 1);
        sampler.accept(token(1));
        const copy = sampler.clone();
        assert.equal(copy.sample(LOGITS), 4);
        copy.accept(token(4));
        assert.equal(copy.sample(LOGITS), 3);
        assert.equal(sampler.sample(LOGITS), 4);
        sampler.reset();
        assert.equal(sampler.sample(LOGITS), 1);
        sampler.dispose();
        assert.equal(copy.sample(LOGITS), 3);
        copy.dispose();
    });
    it('refuses a wrong size, a chain that does not choose, and use after disposal', () => {
        const sampler = chain({ kind: 'top-k', k: 2 });
        assert.throws(() => sampler.sample(LOGITS.subarray(1)), /7 logits for a sampler over 8/);
        assert.throws(() => sampler.sample(LOGITS), { code: 'invalid_option' });
        sampler.dispose();
        sampler.dispose();
        assert.throws(() => sampler.sample(LOGITS), { code: 'disposed' });
        assert.throws(() => {
            sampler.reset();
        }, { code: 'disposed' });
    });
});
//# sourceMappingURL=sampler.test.js.map