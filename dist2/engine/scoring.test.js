/** Log-probabilities of a prompt's own tokens, and requests that ask for nothing beyond their prompt. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fakeModel, hashedModel } from '../decoder/fake.js';
import { logprobsOf } from '../sampling/logprobs.js';
import { EngineCore } from './core.js';
import { optionsOf, pair, requestOf } from './test-support.js';
const VOCABULARY = 24;
const next = hashedModel({ salt: 3, sharpness: 5 });
/** What each token of a text, from the second one on, has for log-probabilities. */
function expected(text, top) {
    const logits = new Float32Array(VOCABULARY);
    return text.slice(1).map((token, at) => {
        next(text.slice(0, at + 1), logits);
        return logprobsOf(logits, token, top);
    });
}
function run(core, between = () => undefined) {
    const scored = new Map();
    for (let step = 0;; step++) {
        for (const event of core.takeEvents()) {
            const one = scored.get(event.id) ?? { prompt: [], tokens: [], events: [] };
            scored.set(event.id, one);
            assert.ok(event.promptLogprobs === undefined || one.tokens.length === 0, 'the prompt comes first');
            one.prompt.push(...(event.promptLogprobs ?? []));
            one.tokens.push(...event.tokens);
            one.events.push(event);
        }
        if (core.idle)
            break;
        assert.ok(step < 5000);
        core.step();
        between(step);
    }
    core.pool.checkIntegrity();
    assert.equal(core.pool.inUse, 0);
    return scored;
}
const LONG = Array.from({ length: 53 }, (_, index) => (index * 7 + (index % 5)) % VOCABULARY);
const scoring = (id, prompt, more = {}) => requestOf(id, prompt, { topLogprobs: 2, promptLogprobs: true, maxTokens: 0, ...more });
describe('scoring a prompt', () => {
    for (const unified of [false, true])
        it(`gives every token what the model says of it, beside others, ${unified ? 'in one pool' : 'apart'}`, () => {
            const core = new EngineCore(pair({ next, unified }), optionsOf());
            const prompts = [LONG, [5, 6], LONG.slice(0, 33), [1, 2, 3, 4, 5, 6, 7, 8]];
            prompts.forEach((prompt, index) => {
                core.submit(scoring(index, prompt));
            });
            core.submit(requestOf(9, [3, 1, 4, 1, 5]));
            const scored = run(core);
            prompts.forEach((prompt, index) => {
                assert.deepEqual(scored.get(index).prompt, expected(prompt, 2));
                const { finish } = scored.get(index).events.at(-1);
                assert.equal(finish?.reason, 'length');
                assert.equal(finish.statistics.outputTokens, 0);
                assert.equal(finish.statistics.cachedTokens, 0);
            });
            assert.equal(scored.get(9).tokens.length, 40);
            assert.equal(scored.get(9).prompt.length, 0);
        });
    it('also where the prompt is in the cache, and leaves nothing there that others begin with', () => {
        const core = new EngineCore(pair({ next }), optionsOf());
        core.submit(requestOf(1, LONG, { maxTokens: 1 }));
        run(core);
        core.submit(scoring(2, LONG));
        assert.deepEqual(run(core).get(2).prompt, expected(LONG, 2));
        const fresh = new EngineCore(pair({ next }), optionsOf());
        fresh.submit(scoring(3, LONG));
        run(fresh);
        assert.equal(fresh.pool.cached, 0);
        fresh.submit(requestOf(4, LONG, { maxTokens: 1 }));
        assert.equal(run(fresh).get(4).events.at(-1).finish.statistics.cachedTokens, 0);
    });
    it('goes on with the same text as without it', () => {
        const texts = [false, true].map((promptLogprobs) => {
            const core = new EngineCore(pair({ next }), optionsOf());
            core.submit(requestOf(1, LONG, { promptLogprobs, topLogprobs: 0, maxTokens: 30 }));
            return run(core).get(1);
        });
        assert.deepEqual(texts[0].tokens, texts[1].tokens);
        assert.deepEqual(texts[1].prompt, expected(LONG, 0));
    });
    it('reports each token once when it is put back into the queue', () => {
        const core = new EngineCore(fakeModel({ next, vocabularySize: VOCABULARY, cellCount: 96, maxSequences: 4, unified: true }), optionsOf({ prefillChunk: 8, mode: 'off' }));
        core.submit(requestOf(1, [1, 2, 3], { maxTokens: 60 }));
        core.submit(scoring(2, LONG, { maxTokens: 20 }));
        const scored = run(core);
        assert.ok(scored.get(2).events.at(-1).finish.statistics.preemptions > 0, 'nobody was put back');
        assert.deepEqual(scored.get(2).prompt, expected(LONG, 2));
        assert.equal(scored.get(2).tokens.length, 20);
    });
    it('is cancelled between pieces', () => {
        const core = new EngineCore(pair({ next }), optionsOf({ prefillChunk: 8 }));
        core.submit(scoring(1, LONG));
        const scored = run(core, (step) => {
            if (step === 1)
                core.cancel(1);
        });
        assert.equal(scored.get(1).events.at(-1).finish.reason, 'cancelled');
        assert.ok(scored.get(1).prompt.length < LONG.length - 1);
    });
});
it('a request for no tokens ends when its prompt is computed, which others then begin with', () => {
    const core = new EngineCore(pair({ next }), optionsOf());
    for (const [id, prompt] of [
        [1, LONG],
        [2, [7]],
    ])
        core.submit(requestOf(id, prompt, { maxTokens: 0 }));
    const ended = run(core);
    for (const id of [1, 2]) {
        assert.equal(ended.get(id).events.length, 1);
        assert.equal(ended.get(id).events[0].finish.reason, 'length');
    }
    core.submit(requestOf(3, LONG, { maxTokens: 1 }));
    assert.equal(run(core).get(3).events.at(-1).finish.statistics.cachedTokens, LONG.length - 1);
});
//# sourceMappingURL=scoring.test.js.map