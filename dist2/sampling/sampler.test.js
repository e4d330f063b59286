/** The sampler against exact references: distributions, penalties, truncation. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GREEDY } from '../base/sampling-options.js';
import { logprobsOf } from './logprobs.js';
import { TokenSampler } from './sampler.js';
const PROMPT = Int32Array.of(1, 2, 3);
const LOGITS = Float32Array.of(2, 1.5, 0.3, -1, 1.9, -4, 0, 0.9);
function softmax(logits) {
    const highest = Math.max(...logits);
    const weights = logits.map((logit) => Math.exp(logit - highest));
    const sum = weights.reduce((a, b) => a + b);
    return weights.map((weight) => weight / sum);
}
/** Chi-square of draws over positions and seeds against expected probabilities; degrees of freedom too. */
function chiSquare(options, expected, draws) {
    const counts = new Array(expected.length).fill(0);
    for (let draw = 0; draw < draws; draw++) {
        const seed = 1000 + (draw % 97);
        const sampler = new TokenSampler(PROMPT, { ...GREEDY, temperature: 1, ...options, seed });
        counts[sampler.sample(LOGITS, Math.floor(draw / 97))] += 1;
    }
    let sum = 0;
    let freedom = -1;
    expected.forEach((probability, token) => {
        if (probability === 0) {
            assert.equal(counts[token], 0, `token ${token} is impossible and was drawn`);
            return;
        }
        freedom += 1;
        sum += (counts[token] - draws * probability) ** 2 / (draws * probability);
    });
    return [sum, freedom];
}
/** Far in the tail: a right sampler fails once in over 10,000 runs, and seeds are fixed anyway. */
function assertFits([sum, freedom]) {
    const limit = freedom + 4 * Math.sqrt(2 * freedom) + 8;
    assert.ok(sum < limit, `chi-square ${sum.toFixed(1)} with ${freedom} degrees of freedom`);
}
describe('TokenSampler', () => {
    it('draws from softmax(logits / T)', () => {
        for (const temperature of [0.5, 1, 1.7]) {
            const expected = softmax([...LOGITS].map((logit) => logit / temperature));
            assertFits(chiSquare({ temperature }, expected, 40_000));
        }
    });
    it('draws from the truncated distribution', () => {
        const keep = (tokens) => {
            const kept = softmax(tokens.map((token) => LOGITS[token]));
            return [...LOGITS].map((_, token) => (tokens.includes(token) ? kept[tokens.indexOf(token)] : 0));
        };
        assertFits(chiSquare({ topK: 3 }, keep([0, 4, 1]), 20_000));
        // Probabilities: 0 .33, 4 .30, 1 .20, 7 .11: the first two hold .63, the first three .83.
        assertFits(chiSquare({ topP: 0.7 }, keep([0, 4, 1]), 20_000));
        assertFits(chiSquare({ minP: 0.5 }, keep([0, 4, 1]), 20_000));
        assertFits(chiSquare({ topK: 4, topP: 0.6 }, keep([0, 4]), 20_000));
        assert.equal(new TokenSampler(PROMPT, { ...GREEDY, temperature: 5, topK: 1 }).sample(LOGITS, 3), 0);
    });
    it('is a pure function of seed, position and logits', () => {
        const draw = (seed, position) => new TokenSampler(PROMPT, { ...GREEDY, temperature: 1, seed }).sample(LOGITS, position);
        const first = Array.from({ length: 200 }, (_, position) => draw(7, position));
        assert.deepEqual(Array.from({ length: 200 }, (_, position) => draw(7, position)), first);
        assert.notDeepEqual(Array.from({ length: 200 }, (_, position) => draw(8, position)), first);
        assert.ok(new Set(first).size > 3);
    });
    it('applies bias and penalties, and takes guesses back exactly', () => {
        const sampler = new TokenSampler(PROMPT, {
            ...GREEDY,
            logitBias: [[7, 1.05]],
            frequencyPenalty: 0.2,
            repeatPenalty: 1.5,
            repeatLastN: 2,
        });
        const before = sampler.sample(LOGITS, 3);
        assert.equal(before, 0);
        sampler.history.push(0);
        sampler.history.push(4);
        // Token 0: 2 / 1.5 - .2; token 4: 1.9 / 1.5 - .2; token 7: .9 + 1.05.
        assert.equal(sampler.sample(LOGITS, 5), 7);
        sampler.history.pop([0, 4]);
        assert.equal(sampler.sample(LOGITS, 3), before);
        assert.deepEqual([...sampler.history.recentCounts].sort(), [
            [2, 1],
            [3, 1],
        ]);
    });
    it('bans a token with a bias of -Infinity and leaves the logits as they were', () => {
        const logits = LOGITS.slice();
        const sampler = new TokenSampler(PROMPT, { ...GREEDY, logitBias: [[0, -Infinity]] });
        assert.equal(sampler.sample(logits, 0), 4);
        assert.deepEqual(logits, LOGITS);
    });
    it('reports log-probabilities that sum to one', () => {
        const { logprob, top } = logprobsOf(LOGITS, 4, 8);
        assert.equal(top.length, 8);
        assert.ok(Math.abs(top.reduce((sum, { logprob: value }) => sum + Math.exp(value), 0) - 1) < 1e-6);
        assert.deepEqual(top.slice(0, 3).map(({ token }) => token), [0, 4, 1]);
        assert.equal(top[1].logprob, logprob);
    });
});
//# sourceMappingURL=sampler.test.js.map