/** Least lengths, stop tokens and kept stop texts: the same ending whatever is guessed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GREEDY } from '../base/sampling-options.js';
import { compileGbnf } from '../constraints/compile.js';
import { generate, optionsOf, pair, PROMPTS, requestOf, textsOf } from './test-support.js';
const SAMPLINGS = [GREEDY, { ...GREEDY, temperature: 1.3 }, { ...GREEDY, temperature: 1, topP: 0.9 }];
const END = 0;
function requests(more) {
    return PROMPTS.flatMap((prompt, index) => SAMPLINGS.map((sampling, which) => requestOf(10 * index + which, prompt, {
        maxTokens: 200,
        ignoreEndOfGeneration: false,
        sampling: { ...sampling, seed: index },
        ...more,
    })));
}
/** Run without guesses, and with every kind of them: all the same. */
function outcomesOf(more) {
    const all = requests(more);
    const off = generate(pair(), optionsOf({ mode: 'off', parallel: 1 }), all);
    for (const length of [1, 4, 9])
        for (const proposers of [['draft'], ['lookup', 'suffix', 'tree']]) {
            const on = generate(pair(), optionsOf({ length, proposers, parallel: 3 }), all);
            assert.deepEqual(textsOf(on), textsOf(off), `${proposers.join()} ${length}`);
            for (const [id, { finish }] of on) {
                assert.equal(finish.reason, off.get(id).finish.reason);
                assert.equal(finish.stopTrimBytes, off.get(id).finish.stopTrimBytes);
            }
        }
    return [...off].sort(([a], [b]) => a - b).map(([, outcome]) => outcome);
}
/** The fake model's text: token t is the letter chr(97 + t % 26). */
const textOf = (tokens) => tokens.map((token) => (token === END ? '' : String.fromCharCode(97 + (token % 26)))).join('');
describe('minTokens', () => {
    const short = outcomesOf({}).map(({ tokens }) => tokens.length);
    it('keeps the model from ending earlier, and lets it end afterwards', () => {
        assert.ok(short.some((length) => length < 30) && short.some((length) => length < 200));
        const least = 30;
        const outcomes = outcomesOf({ minTokens: least });
        for (const { tokens, finish } of outcomes) {
            assert.ok(!tokens.slice(0, least).includes(END));
            assert.equal(finish.reason, tokens.at(-1) === END ? 'finished' : 'length');
        }
        assert.ok(outcomes.some(({ finish, tokens }) => finish.reason === 'finished' && tokens.length < 200));
    });
    it('changes nothing of a text that is long enough', () => {
        const long = outcomesOf({});
        const least = outcomesOf({ minTokens: 3 });
        long.forEach(({ tokens }, index) => {
            if (tokens.length > 3)
                assert.deepEqual(least[index].tokens, tokens);
        });
    });
    it('keeps stop texts and stop tokens from ending it earlier', () => {
        const letters = Array.from('bcdefghijklmnopqrstuvwx');
        for (const { tokens, finish } of outcomesOf({
            minTokens: 12,
            stop: letters,
            ignoreEndOfGeneration: true,
        })) {
            // One token more, and ends in between, which have no letter.
            assert.ok(tokens.length > 12 && tokens.slice(12, -1).every((token) => token === END));
            assert.equal(finish.reason, 'stopped');
            assert.equal(finish.stopTrimBytes, 1);
        }
        for (const { tokens, finish } of outcomesOf({ minTokens: 12, stopTokens: [3, 4, 5, 6, 7, 8] })) {
            assert.ok(tokens.slice(0, 12).every((token) => token < 3 || token > 8));
            assert.ok(finish.reason !== 'stopped' || tokens.length > 12);
        }
    });
    it('gives way to a grammar that allows nothing but the end', () => {
        const grammar = compileGbnf('root ::= [b-x] [b-x] [b-x]');
        for (const { tokens, finish } of outcomesOf({ minTokens: 12, grammar })) {
            assert.equal(tokens.length, 4);
            assert.equal(finish.reason, 'finished');
        }
    });
    it('cannot ask for more than the limit', () => {
        for (const { tokens, finish } of outcomesOf({ minTokens: 60, maxTokens: 20 })) {
            assert.equal(tokens.length, 20);
            assert.equal(finish.reason, 'length');
        }
    });
});
describe('stop tokens', () => {
    it('end the text, and are not part of it', () => {
        const stopTokens = [3, 7, 11, 15];
        const free = outcomesOf({});
        outcomesOf({ stopTokens }).forEach(({ tokens, finish }, index) => {
            const at = free[index].tokens.findIndex((token) => stopTokens.includes(token));
            if (at === -1)
                return;
            assert.deepEqual(tokens, free[index].tokens.slice(0, at + 1));
            assert.equal(finish.reason, 'stopped');
            assert.equal(finish.stopTrimBytes, 1);
        });
    });
    it('are part of it where that is asked for', () => {
        for (const { finish } of outcomesOf({ stopTokens: [3, 7, 11, 15], includeStop: true }))
            assert.equal(finish.stopTrimBytes, 0);
    });
});
describe('stop texts', () => {
    it('are part of the text where that is asked for', () => {
        const stop = ['d', 'k', 'hq'];
        const without = outcomesOf({ stop });
        outcomesOf({ stop, includeStop: true }).forEach(({ tokens, finish }, index) => {
            assert.deepEqual(tokens, without[index].tokens);
            if (finish.reason !== 'stopped')
                return;
            const text = textOf(tokens);
            assert.ok(stop.some((one) => text.slice(0, text.length - finish.stopTrimBytes).endsWith(one)));
        });
    });
});
//# sourceMappingURL=endings.test.js.map