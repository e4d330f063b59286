/** The step loop when the decoder fails, and under random loads. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomIndices } from '../base/random.js';
import { GREEDY } from '../base/sampling-options.js';
import { EngineCore } from './core.js';
import { generate, optionsOf, pair, requestOf, runAll, textsOf } from './test-support.js';
describe('faults of the decoder', () => {
    it('makes room when the library finds no slot, and loses nothing', () => {
        const model = pair();
        const core = new EngineCore(model, optionsOf({ parallel: 2 }));
        const requests = [1, 2, 3].map((id) => requestOf(id, [id, 4, 4]));
        for (const request of requests)
            core.submit(request);
        core.step();
        core.step();
        model.decoder.faults.push('no-slot', 'done', 'done', 'no-slot');
        const outcomes = runAll(core);
        assert.deepEqual(textsOf(outcomes), textsOf(generate(pair(), optionsOf(), requests)));
    });
    it('answers those concerned when a decode fails, and serves the next', () => {
        for (const fault of ['failed', 'aborted', 'invalid']) {
            const model = pair();
            const core = new EngineCore(model, optionsOf({ parallel: 2 }));
            for (const id of [1, 2, 3])
                core.submit(requestOf(id, [id, 4, 4]));
            core.step();
            model.decoder.faults.push(fault);
            const outcomes = runAll(core);
            assert.deepEqual([1, 2, 3].map((id) => outcomes.get(id).finish.error?.code), ['decode_failed', 'decode_failed', undefined]);
        }
    });
});
describe('random loads', () => {
    it('answers every request, with its own text, whatever comes when (fixed seeds)', () => {
        for (let seed = 1; seed <= 25; seed++) {
            const random = randomIndices(seed);
            const unified = random(3) > 0;
            const requests = Array.from({ length: 12 }, (_, id) => requestOf(id, Array.from({ length: 1 + random(40) }, () => 1 + random(4)), {
                maxTokens: 1 + random(40),
                ignoreEndOfGeneration: random(2) === 0,
                sampling: { ...GREEDY, temperature: random(2), seed: id },
                speculation: {
                    mode: ['auto', 'off', 'fixed', undefined][random(4)],
                    length: 1 + random(9),
                    proposers: [undefined, ['draft'], ['lookup', 'suffix']][random(3)],
                },
            }));
            const cells = unified ? 90 + random(200) : 400;
            const core = new EngineCore(pair({
                cellCount: cells,
                unified,
                maxSequences: unified ? 12 : 4,
                batchSize: 8 + random(40),
                exactRows: 4 + random(60),
            }), optionsOf({ parallel: 1 + random(4), prefillChunk: 4 + random(16) }));
            const cancelled = new Set();
            const outcomes = new Map();
            const arrivals = requests.map((request) => ({ request, at: random(60) }));
            const late = new EngineCore(pair({ cellCount: 4096 }), optionsOf({ parallel: 1, mode: 'off' }));
            for (let step = 0; arrivals.length > 0; step++) {
                for (const arrival of arrivals.filter(({ at }) => at === step))
                    core.submit(arrival.request);
                arrivals.splice(0, arrivals.length, ...arrivals.filter(({ at }) => at > step));
                if (random(20) === 0) {
                    const id = random(12);
                    core.cancel(id);
                    cancelled.add(id);
                }
                if (!core.idle)
                    core.step();
            }
            for (const [id, outcome] of runAll(core))
                outcomes.set(id, outcome);
            assert.equal(outcomes.size, requests.length, `seed ${seed}`);
            for (const request of requests)
                late.submit(request);
            const expected = runAll(late);
            for (const [id, outcome] of outcomes) {
                if (outcome.finish.reason === 'cancelled') {
                    assert.ok(cancelled.has(id));
                    assert.deepEqual(outcome.tokens, expected.get(id).tokens.slice(0, outcome.tokens.length));
                }
                else
                    assert.deepEqual(outcome.tokens, expected.get(id).tokens, `seed ${seed}, request ${id}`);
            }
        }
    });
});
//# sourceMappingURL=faults.test.js.map