/** The text is the same whatever is guessed, over a fake model. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GREEDY } from '../base/sampling-options.js';
import { compileGbnf } from '../constraints/compile.js';
import { fakeModel, hashedModel } from '../decoder/fake.js';
import { EngineCore } from './core.js';
import { EVERY_THIRD, generate, optionsOf, pair, PROMPTS, requestOf, runAll, textsOf, } from './test-support.js';
import { AS_THE_ENGINE } from './types.js';
const PROPOSERS = [['draft'], ['lookup'], ['suffix'], ['tree'], ['lookup', 'suffix', 'tree']];
describe('lossless speculation', () => {
    const samplings = {
        greedy: GREEDY,
        sampled: { ...GREEDY, temperature: 1 },
        chain: { ...GREEDY, temperature: 0.9, topK: 12, topP: 0.9, minP: 0.02 },
        penalised: {
            ...GREEDY,
            temperature: 0.7,
            presencePenalty: 0.5,
            frequencyPenalty: 0.3,
            repeatPenalty: 1.2,
        },
    };
    for (const [name, sampling] of Object.entries(samplings)) {
        it(`gives the same text at every length, load and proposer: ${name}`, () => {
            const requests = PROMPTS.map((prompt, id) => requestOf(id, prompt, { sampling: { ...sampling, seed: id } }));
            const off = requests.map((request) => ({
                ...request,
                speculation: { ...AS_THE_ENGINE, mode: 'off' },
            }));
            const expected = textsOf(generate(pair(), optionsOf({ parallel: 1 }), off));
            for (const length of [1, 2, 3, 5, 8, 16]) {
                for (const parallel of [1, 3, 5]) {
                    for (const proposers of PROPOSERS) {
                        const outcomes = generate(pair(), optionsOf({ length, parallel, proposers }), requests);
                        assert.deepEqual(textsOf(outcomes), expected, `${proposers.join()} ${length}, ${parallel} in parallel`);
                    }
                    const planned = generate(pair(), optionsOf({ mode: 'auto', length, parallel }), requests);
                    assert.deepEqual(textsOf(planned), expected, `planned, ${parallel} in parallel`);
                }
            }
            const drafted = generate(pair(), optionsOf({ proposers: ['draft'] }), requests);
            const accepted = [...drafted.values()].map(({ finish }) => finish.statistics.acceptedTokens);
            assert.ok(Math.min(...accepted) > 5, `hardly any guess was accepted: ${accepted.join()}`);
        });
    }
    it('agrees more by coupling than by chance at temperature 1', () => {
        const requests = PROMPTS.map((prompt, id) => requestOf(id, prompt, { maxTokens: 200, sampling: { ...GREEDY, temperature: 1, seed: id } }));
        const same = fakeModel({ next: hashedModel({ salt: 3 }), draft: { next: hashedModel({ salt: 3 }) } });
        for (const { finish } of generate(same, optionsOf({ proposers: ['draft'] }), requests).values()) {
            const { acceptedTokens, draftTokens } = finish.statistics;
            assert.equal(acceptedTokens, draftTokens, 'a draft that equals its target is always right');
        }
    });
    it('prunes guesses by the grammar and keeps the text', () => {
        const requests = PROMPTS.map((prompt, id) => requestOf(id, prompt, { grammar: EVERY_THIRD }));
        const off = generate(pair(), optionsOf({ mode: 'off' }), requests);
        const on = generate(pair(), optionsOf(), requests);
        assert.deepEqual(textsOf(on), textsOf(off));
        assert.ok(textsOf(on)
            .flat()
            .every((token) => token % 3 === 1));
        assert.ok([...on.values()].some(({ finish }) => finish.statistics.acceptedTokens > 0));
    });
    it('guesses what a grammar forces and what came in the same place before, and keeps the text', () => {
        // Mostly forced; the choices differ from request to request.
        const grammar = compileGbnf('root ::= ("bcd" [e-k] "lmn" [e-k]{1,2} "opqr" ("st" | "uvw"))+ "0"');
        const requests = PROMPTS.map((prompt, id) => requestOf(id, prompt, { grammar, maxTokens: 80 }));
        for (const temperature of [0, 1]) {
            const all = requests.map((one) => ({ ...one, sampling: { ...one.sampling, temperature, seed: 4 } }));
            const off = generate(pair(), optionsOf({ mode: 'off' }), all);
            for (const proposers of [['grammar'], ['grammar', 'lookup', 'suffix', 'draft', 'tree']])
                for (const mode of ['fixed', 'auto']) {
                    const on = generate(pair(), optionsOf({ mode, proposers, length: 6 }), all);
                    assert.deepEqual(textsOf(on), textsOf(off), `${mode} ${proposers.join()}`);
                    if (mode === 'auto' || proposers.length > 1)
                        continue;
                    const statistics = [...on.values()].map(({ finish }) => finish.statistics);
                    const drafted = statistics.reduce((sum, { draftTokens }) => sum + draftTokens, 0);
                    const accepted = statistics.reduce((sum, { acceptedTokens }) => sum + acceptedTokens, 0);
                    assert.ok(accepted > 100 && accepted > 0.6 * drafted, `${accepted} of ${drafted}`);
                }
        }
    });
    it('goes on without a proposer that throws, and says so once', () => {
        const model = pair();
        model.draft.decode = () => {
            throw new Error('draft exploded');
        };
        const core = new EngineCore(model, optionsOf({ proposers: ['draft'] }));
        core.submit(requestOf(1, [1, 2, 3]));
        const errors = [];
        const outcomes = runAll(core, (_, report) => errors.push(...report.proposerErrors));
        assert.equal(outcomes.get(1).tokens.length, 40);
        assert.deepEqual(errors, ['draft: draft exploded']);
    });
    it('survives a draft whose cache is full', () => {
        const model = fakeModel({ cellCount: 512, draft: { cellCount: 32 } });
        const outcomes = generate(model, optionsOf({ proposers: ['draft'] }), [
            requestOf(1, PROMPTS[1], { maxTokens: 100 }),
        ]);
        assert.equal(outcomes.get(1).finish.reason, 'length');
    });
});
//# sourceMappingURL=lossless.test.js.map