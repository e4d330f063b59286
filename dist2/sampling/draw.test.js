/** `draw` against brute force over every combination of options, ties and forbidden tokens included. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomNumbers as random } from '../base/random.js';
import { GREEDY } from '../base/sampling-options.js';
import { PositionNoise } from './noise.js';
import { TokenSampler } from './sampler.js';
const PROMPT = Int32Array.of(3, 5, 8);
class AllowedSet {
    fault = undefined;
    masks = 0;
    #allowed;
    #listed;
    constructor(allowed, listed = false) {
        this.#allowed = allowed;
        this.#listed = listed;
    }
    few() {
        return this.#listed ? Int32Array.from(this.#allowed).sort() : undefined;
    }
    allows(token) {
        return this.#allowed.has(token);
    }
    mask(logits) {
        this.masks += 1;
        for (let id = 0; id < logits.length; id++)
            if (!this.#allowed.has(id))
                logits[id] = -Infinity;
    }
    accept() {
        // The set stays the same.
    }
    likely() {
        return undefined;
    }
    learn() {
        // It guesses nothing.
    }
    clone() {
        return this;
    }
}
/** Penalties and bias, written down once more. */
function processed(logits, output, options) {
    const row = logits.slice();
    for (const id of new Set(output)) {
        const count = output.filter((one) => one === id).length;
        if (options.presencePenalty !== 0 || options.frequencyPenalty !== 0)
            row[id] -= options.presencePenalty + count * options.frequencyPenalty;
    }
    if (options.repeatPenalty !== 1) {
        for (const id of new Set([...PROMPT, ...output].slice(-options.repeatLastN))) {
            const logit = row[id];
            row[id] = logit <= 0 ? logit * options.repeatPenalty : logit / options.repeatPenalty;
        }
    }
    for (const [id, bias] of options.logitBias)
        row[id] += bias;
    return row;
}
/** Top-k, top-p and min-p by sorting everything. */
function kept(row, { topK, topP, minP, temperature }) {
    let ids = [...row.keys()].filter((id) => row[id] !== -Infinity);
    if (temperature === 0)
        return ids;
    ids.sort((a, b) => row[b] - row[a] || a - b);
    const highest = row[ids[0]];
    if (topK > 0)
        ids = ids.slice(0, topK);
    if (topP < 1) {
        const weights = ids.map((id) => Math.exp(row[id] - highest));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        let mass = 0;
        const count = weights.findIndex((weight) => (mass += weight) >= topP * total);
        if (count >= 0)
            ids = ids.slice(0, count + 1);
    }
    return minP > 0 ? ids.filter((id) => row[id] >= highest + Math.log(minP)) : ids;
}
function bruteForce(row, position, options, allowed) {
    const noise = new PositionNoise().at(options.seed, position);
    const { temperature } = options;
    const scores = Array.from(row, (logit, id) => temperature === 0 ? logit : logit / temperature + noise.gumbel(id));
    const score = (id) => scores[id];
    const order = (ids) => [...ids].sort((a, b) => (score(a) === score(b) ? a - b : score(b) - score(a)));
    let ranked = order(kept(row, options));
    if (allowed !== undefined) {
        if (ranked.length > 0 && allowed.has(ranked[0]))
            ranked = ranked.filter((id) => allowed.has(id));
        else {
            const masked = row.map((logit, id) => (allowed.has(id) ? logit : -Infinity));
            ranked = order(kept(masked, options));
        }
    }
    const [token = -1, second = -1] = ranked;
    return { token, second, margin: second < 0 ? Infinity : Math.abs(score(token) - score(second)) };
}
const VARIANTS = [
    {},
    { topK: 1 },
    { topK: 2 },
    { topK: 20 },
    { topP: 0.6 },
    { topP: 0.95, topK: 40 },
    { minP: 0.1 },
    { minP: 0.02, topP: 0.9, topK: 10 },
    { presencePenalty: 0.7, frequencyPenalty: 0.3 },
    { repeatPenalty: 1.3, repeatLastN: 4 },
    {
        logitBias: [
            [5, -Infinity],
            [9, 4],
            [11, -3],
        ],
    },
    { repeatPenalty: 1.2, presencePenalty: 0.2, logitBias: [[2, 3]], topK: 8, topP: 0.9 },
];
describe('draw', () => {
    it('gives the token of sample() and the true runner-up, in all combinations of options', () => {
        const uniform = random(11);
        let rows = 0;
        let alone = 0;
        let ties = 0;
        for (const temperature of [0, 0.05, 0.7, 1, 3]) {
            for (const variant of VARIANTS) {
                for (const grammatical of [false, true]) {
                    for (let trial = 0; trial < 60; trial++) {
                        const size = [12, 40, 300][trial % 3];
                        const seed = Math.floor(uniform() * 4294967296);
                        const options = { ...GREEDY, temperature, ...variant, seed };
                        // Peaked rows, flat rows, and rows of few distinct values, which tie.
                        const spread = [0.1, 2, 15][Math.floor(uniform() * 3)];
                        const coarse = uniform() < 0.3;
                        const logits = Float32Array.from({ length: size }, () => {
                            const value = (uniform() + uniform() - 1) * spread;
                            return coarse ? Math.round(value) : value;
                        });
                        const sampler = new TokenSampler(PROMPT, options);
                        const output = Array.from({ length: trial % 5 }, () => Math.floor(uniform() * 12));
                        for (const id of output)
                            sampler.history.push(id);
                        const share = [0.02, 0.3, 0.9][Math.floor(uniform() * 3)];
                        const allowed = new Set([7, ...[...logits.keys()].filter(() => uniform() < share)]);
                        const grammar = grammatical ? new AllowedSet(allowed, uniform() < 0.5) : undefined;
                        const position = Math.floor(uniform() * 10_000);
                        const before = logits.slice();
                        const draw = pick(sampler.draw(logits, position, grammar));
                        assert.deepEqual(logits, before, 'the logits stay');
                        assert.equal(sampler.sample(logits, position, grammar), draw.token);
                        const row = processed(logits, output, options);
                        const expected = bruteForce(row, position, options, grammatical ? allowed : undefined);
                        const place = JSON.stringify({ temperature, variant, grammatical, trial });
                        assert.deepEqual(draw, expected, place);
                        rows += 1;
                        if (draw.second < 0)
                            alone += 1;
                        if (draw.margin === 0)
                            ties += 1;
                    }
                }
            }
        }
        assert.equal(rows, 7200);
        assert.ok(alone > 100 && ties > 100, `${alone} rows left one token, ${ties} tied`);
    });
    it('prunes a large vocabulary exactly', () => {
        const uniform = random(5);
        for (let trial = 0; trial < 150; trial++) {
            const temperature = [0.3, 1, 2][trial % 3];
            // A peak of up to 25 nats over a body: the pruning works near its bound.
            const peak = uniform() * 25;
            const logits = Float32Array.from({ length: 8192 }, (_, id) => uniform() * 4 + (id === 4000 ? peak : 0));
            const options = { ...GREEDY, temperature, seed: trial };
            const sampler = new TokenSampler(PROMPT, options);
            const expected = bruteForce(logits, trial, options, undefined);
            assert.deepEqual(pick(sampler.draw(logits, trial)), expected);
            assert.equal(sampler.sample(logits, trial), expected.token);
        }
    });
    it('has no runner-up where all but one or all tokens are impossible', () => {
        for (const temperature of [0, 1]) {
            const sampler = new TokenSampler(PROMPT, { ...GREEDY, temperature });
            const logits = new Float32Array(16).fill(-Infinity);
            assert.deepEqual(pick(sampler.draw(logits, 0)), { token: -1, second: -1, margin: Infinity });
            logits[9] = -2;
            assert.deepEqual(pick(sampler.draw(logits, 0)), { token: 9, second: -1, margin: Infinity });
        }
    });
    it('masks the vocabulary for the runner-up only when several in a row are forbidden', () => {
        const logits = Float32Array.from({ length: 64 }, (_, id) => -id);
        const sampler = new TokenSampler(PROMPT, GREEDY);
        const near = new AllowedSet(new Set([0, 4]));
        assert.deepEqual(pick(sampler.draw(logits, 0, near)), { token: 0, second: 4, margin: 4 });
        assert.equal(near.masks, 0);
        const far = new AllowedSet(new Set([0, 60]));
        assert.deepEqual(pick(sampler.draw(logits, 0, far)), { token: 0, second: 60, margin: 60 });
        assert.equal(far.masks, 1);
    });
});
/** `draw` answers with an object that it uses again. */
function pick({ token, second, margin }) {
    return { token, second, margin };
}
//# sourceMappingURL=draw.test.js.map