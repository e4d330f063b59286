/** Readers that do not read: the stream asks the engine to pause, and pausing changes no text. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EngineCore } from './core.js';
import { EventStream } from './request-stream.js';
import { generate, optionsOf, pair, PROMPTS, requestOf, textsOf } from './test-support.js';
describe('a stream that nobody reads', () => {
    it('asks the engine to pause before it has grown large, and to go on when it has been read', async () => {
        const wishes = [];
        const stream = new EventStream(1, (wish) => wishes.push(wish));
        const event = { id: 1, tokens: [1], accepted: 0 };
        let pushed = 0;
        for (; wishes.length === 0; pushed++) {
            assert.ok(pushed < 100);
            stream.push(event);
        }
        assert.deepEqual(wishes, ['pause']);
        // What was under way still comes, and asks nothing more.
        stream.push(event);
        let read = 0;
        for await (const one of stream) {
            assert.equal(one, event);
            if (++read === pushed + 1)
                break;
        }
        assert.deepEqual(wishes, ['pause', 'resume', 'cancel']);
    });
    it('asks nothing after its end', () => {
        const wishes = [];
        const stream = new EventStream(1, (wish) => wishes.push(wish));
        const { finish } = generate(pair(), optionsOf(), [requestOf(1, [1, 2])]).get(1);
        stream.push({ id: 1, tokens: [], accepted: 0, finish });
        for (let more = 0; more < 100; more++)
            stream.push({ id: 1, tokens: [], accepted: 0, finish });
        stream.cancel();
        assert.deepEqual(wishes, []);
    });
});
describe('a paused request', () => {
    const requests = PROMPTS.map((prompt, index) => requestOf(index + 1, prompt, { maxTokens: 60 }));
    for (const [name, more, options] of [
        ['one pool', {}, {}],
        ['few cells', { cellCount: 120 }, {}],
        ['streams of their own', { unified: false, cellCount: 512, maxSequences: 4 }, {}],
        ['two places', {}, { parallel: 2 }],
    ])
        it(`writes the same text as any other (${name})`, () => {
            const expected = textsOf(generate(pair({ cellCount: 2048 }), optionsOf(), requests));
            const core = new EngineCore(pair(more), optionsOf(options));
            for (const request of requests)
                core.submit(request);
            const texts = new Map();
            const paused = new Set();
            const left = new Set(requests.map(({ id }) => id));
            for (let round = 0; left.size > 0; round++) {
                assert.ok(round < 2000, `${left.size} requests do not end`);
                // Each is stopped and goes on in a rhythm of its own.
                for (const id of left) {
                    if (round % (3 + id) !== 0)
                        continue;
                    if (paused.delete(id))
                        core.resume(id);
                    else if (texts.has(id)) {
                        paused.add(id);
                        core.pause(id);
                    }
                }
                if (!core.idle)
                    core.step();
                for (const { id, tokens, finish } of core.takeEvents()) {
                    assert.ok(!paused.has(id), `${id} is paused and goes on`);
                    texts.set(id, [...(texts.get(id) ?? []), ...tokens]);
                    if (finish)
                        left.delete(id);
                }
            }
            assert.deepEqual(requests.map(({ id }) => texts.get(id)), expected);
            core.pool.checkIntegrity();
            assert.equal(core.pool.inUse, 0);
            assert.ok(core.idle);
        });
    it('keeps its place while nobody waits, gives it to who does, and can be cancelled in every state', () => {
        const core = new EngineCore(pair(), optionsOf({ parallel: 1 }));
        core.submit(requestOf(1, [1, 2, 3], { maxTokens: 300 }));
        core.step();
        core.pause(1);
        assert.ok(core.idle);
        assert.equal(core.running, 1);
        core.submit(requestOf(2, [4, 5, 6], { maxTokens: 300 }));
        assert.ok(!core.idle);
        core.step();
        assert.deepEqual([core.running, core.waiting], [1, 1]);
        core.pause(2);
        assert.ok(core.idle);
        core.cancel(1);
        core.cancel(2);
        const ends = core.takeEvents().filter(({ finish }) => finish?.reason === 'cancelled');
        assert.equal(ends.length, 2);
        assert.deepEqual([core.running, core.waiting, core.pool.inUse], [0, 0, 0]);
    });
    it('gets no further places for its other choices', () => {
        const core = new EngineCore(pair(), optionsOf({ parallel: 2 }));
        for (const id of [1, 2, 3, 4, 5])
            core.submit(requestOf(id, [id, 2], { group: 1, maxTokens: 300 }));
        core.step();
        core.takeEvents();
        core.pause(1);
        core.cancel(2);
        core.takeEvents();
        assert.ok(core.idle, 'a choice of a stalled answer is started');
        core.submit(requestOf(9, [7, 7, 7], { group: 2, maxTokens: 5 }));
        for (let step = 0; step < 20; step++)
            core.step();
        assert.deepEqual(new Set(core.takeEvents().map(({ id }) => id)), new Set([9]));
        core.resume(1);
        core.step();
        core.step();
        assert.equal(core.running, 2);
        core.failAll({ code: 'shutting_down', message: 'the end' });
        core.pool.checkIntegrity();
    });
});
//# sourceMappingURL=reading.test.js.map