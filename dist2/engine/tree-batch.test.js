/** Trees of right and wrong guesses over a fake decoder: the text, the cache and its books after every step. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomIndices } from '../base/random.js';
import { GREEDY } from '../base/sampling-options.js';
import { position, token } from '../base/types.js';
import { fakeModel } from '../decoder/fake.js';
import { Proposal, ROOT } from '../speculation/proposal.js';
import { KvPool } from './kv-pool.js';
import { RequestState } from './request-state.js';
import { EVERY_THIRD, grammarsOf, requestOf } from './test-support.js';
import { addProposal, keepPath } from './tree-batch.js';
/** Just enough of a step loop: one request after another prefills, all decode in one batch. */
class Loop {
    model;
    propose;
    pool;
    running = [];
    texts = new Map();
    /** Of every verification: the nodes that stood, and where they were held. */
    paths = [];
    constructor(model, propose) {
        this.model = model;
        this.propose = propose;
        this.pool = new KvPool(model.decoder, () => undefined);
    }
    add(request) {
        const state = new RequestState(request, this.model, grammarsOf(this.model), 0, {
            mode: 'fixed',
            length: 8,
            proposers: ['draft'],
            never: undefined,
        });
        this.start(state);
        return state;
    }
    start(state) {
        const { batch } = this.model.decoder;
        state.start(this.pool, 0);
        while (state.pending > 1) {
            this.pool.beginStep();
            batch.clear();
            const count = Math.min(state.pending - 1, batch.capacity);
            assert.ok(this.pool.reserve(state.slot, count), 'room for the prompt');
            for (let at = state.computed; at < state.slot.length + count; at++)
                batch.add(token(state.tokens[at]), position(at), state.slot.sequence, false);
            assert.equal(this.model.decoder.decode(), 'done');
            this.pool.advance(state.slot, count);
        }
        this.running.push(state);
    }
    leave(state) {
        this.running.splice(this.running.indexOf(state), 1);
        this.pool.release(state.slot);
    }
    preempt(state) {
        this.leave(state);
        this.pool.discard(state.slot);
        state.slot = undefined;
    }
    /** Fills the batch with everybody's proposal. */
    fill() {
        const { batch } = this.model.decoder;
        this.pool.beginStep();
        batch.clear();
        return this.running.map((state) => {
            const proposed = this.propose(state);
            assert.ok(this.pool.reserve(state.slot, 1 + proposed.length), 'room for the tree');
            const placement = addProposal(batch, this.pool, state, proposed);
            return { state, proposal: placement.proposal, placement };
        });
    }
    step() {
        const items = this.fill();
        assert.equal(this.model.decoder.decode(), 'done');
        for (const { state, proposal, placement } of items) {
            const { event, path } = state.commit(placement.firstRow, proposal, 0);
            keepPath(this.pool, state, placement, path, state.known - 1);
            this.paths.push({ path, placement, proposal });
            this.texts.set(state.id, [...(this.texts.get(state.id) ?? []), ...event.tokens]);
            assert.equal(event.accepted, path.length);
            if (state.finished)
                this.leave(state);
        }
        this.check();
    }
    /** The books are right, and are the decoder's own. */
    check() {
        this.pool.checkIntegrity();
        assert.equal(this.model.decoder.cellsInUse, this.pool.total - this.pool.free);
    }
    run() {
        while (this.running.length > 0)
            this.step();
        assert.equal(this.pool.inUse, 0);
        return this.texts;
    }
}
const VOCABULARY = 24;
const none = () => new Proposal();
const model = (more = {}) => fakeModel({ vocabularySize: VOCABULARY, branchSequences: 6, ...more });
/**
 * Trees in which the true continuation is on a random path as far as it goes, or nowhere.
 * @param truth the text that will come, prompt included
 */
function randomTree(random, truth, known) {
    const tree = new Proposal();
    const nodes = random(9);
    const chain = random(nodes + 1);
    let right = ROOT;
    for (let tried = 0; tried < nodes; tried++) {
        const side = random(3) === 0 ? right : random(tree.length + 1) - 1;
        const parent = tried < chain ? tree.length - 1 : side;
        const depth = parent === ROOT ? 0 : tree.depths[parent] + 1;
        const truly = truth[known + depth];
        const guess = parent === right && truly !== undefined && random(2) === 0 ? truly : random(VOCABULARY);
        // A token is guessed once after the same text.
        if (tree.child(parent, guess) !== undefined)
            continue;
        const added = tree.add(guess, parent, 0, 'draft');
        if (parent === right && guess === truly)
            right = added;
    }
    return tree;
}
const PROMPTS = [
    [1, 2, 3],
    Array.from({ length: 70 }, (_, index) => (index * 7) % VOCABULARY),
    [...Array.from({ length: 70 }, (_, index) => (index * 7) % VOCABULARY), 5, 6],
    [20],
    [13, 14, 13, 14, 13],
];
describe('trees', () => {
    const kinds = {
        greedy: {},
        sampled: { sampling: { ...GREEDY, temperature: 1, seed: 5 } },
        penalised: {
            sampling: {
                ...GREEDY,
                temperature: 0.7,
                presencePenalty: 0.5,
                frequencyPenalty: 0.3,
                repeatPenalty: 1.2,
            },
        },
        'under a grammar': { grammar: EVERY_THIRD },
        'with stop texts and an end': { stop: ['ef', 'q'], ignoreEndOfGeneration: false, maxTokens: 300 },
    };
    for (const [name, more] of Object.entries(kinds)) {
        it(`leave the text as it is: ${name}`, () => {
            const requests = PROMPTS.map((prompt, id) => requestOf(id, prompt, { maxTokens: 61, ...more }));
            const plain = new Loop(model(), none);
            for (const request of requests)
                plain.add(request);
            const expected = plain.run();
            const won = new Map();
            for (let seed = 1; seed <= 25; seed++) {
                const random = randomIndices(seed);
                const loop = new Loop(model(), (state) => randomTree(random, [...state.request.prompt, ...expected.get(state.id)], state.known));
                const waiting = requests.map((request) => () => void loop.add(request));
                while (waiting.length > 0 || loop.running.length > 0) {
                    if (random(4) === 0 || loop.running.length === 0)
                        waiting.shift()?.();
                    // What was computed is given up in the midst, and computed again.
                    if (random(20) === 0 && loop.running.length > 0) {
                        const state = loop.running[random(loop.running.length)];
                        loop.preempt(state);
                        loop.check();
                        loop.start(state);
                    }
                    loop.step();
                }
                assert.deepEqual([...loop.run()].sort(), [...expected].sort(), `seed ${seed}`);
                for (const { path, placement, proposal } of loop.paths) {
                    const leaving = path.findIndex((node) => placement.holders[node] !== placement.holders[0]);
                    const key = path.length === 0
                        ? proposal.length > 0
                            ? 'nothing'
                            : 'no guess'
                        : leaving === -1
                            ? 'main'
                            : `side at ${leaving}`;
                    won.set(key, (won.get(key) ?? 0) + 1);
                }
            }
            for (const key of ['nothing', 'main', 'side at 0', 'side at 1', 'side at 2'])
                assert.ok((won.get(key) ?? 0) > 5, `${key} hardly happened: ${[...won].join(' ')}`);
        });
    }
    it('keep of a path no more than belongs to the text when a request ends in its midst', () => {
        const plain = new Loop(model(), none);
        plain.add(requestOf(1, [1, 2, 3], { maxTokens: 10 }));
        const text = plain.run().get(1);
        const lengths = new Set();
        for (let end = 1; end <= 6; end++) {
            const stop = text
                .slice(0, end)
                .map((id) => (id === 0 ? '' : String.fromCharCode(97 + (id % 26))))
                .join('');
            const request = requestOf(1, [1, 2, 3], { maxTokens: 10, stop: [stop] });
            const stopped = new Loop(model(), none);
            stopped.add(request);
            const expected = stopped.run().get(1);
            lengths.add(expected.length);
            const loop = new Loop(model(), (state) => {
                const tree = new Proposal();
                const next = text.slice(state.known - 3);
                tree.push((next[0] + 1) % VOCABULARY, 0, 'draft');
                let parent = ROOT;
                for (const guess of next)
                    parent = tree.add(guess, parent, 0, 'alternative');
                return tree;
            });
            const state = loop.add(request);
            assert.deepEqual(loop.run().get(1), expected);
            assert.equal(state.slot.length, state.known - 1, 'all but the last token is cached');
            assert.equal(state.slot.state, 'cached');
        }
        assert.ok(lengths.size > 3, 'it ended at several nodes of the tree');
    });
    it('are cut where sequences for branches run out', () => {
        const loop = new Loop(model({ branchSequences: 3 }), () => {
            const tree = new Proposal();
            for (const guess of [1, 2, 3])
                tree.add(guess, ROOT, 0, 'draft');
            tree.add(4, 0, 0, 'draft');
            tree.add(5, 0, 0, 'draft');
            return tree;
        });
        for (const id of [1, 2])
            loop.add(requestOf(id, [id, 2, 3]));
        const items = loop.fill();
        // Leaves are 4, then 2, 3 and 5: three side branches for the first request, none for the second.
        assert.deepEqual(items.map(({ proposal }) => [proposal.tokens, proposal.parents]), [
            [
                [1, 2, 3, 4, 5],
                [ROOT, ROOT, ROOT, 0, 0],
            ],
            [
                [1, 4],
                [ROOT, 0],
            ],
        ]);
        assert.equal(loop.pool.branches.free, 0);
        assert.equal(loop.model.decoder.decode(), 'done');
    });
    it('leave nothing behind when a decode or a verification fails', () => {
        const random = randomIndices(9);
        const loop = new Loop(model(), () => {
            const tree = new Proposal();
            tree.push(1, 0, 'draft');
            tree.push(2, 0, 'draft');
            for (let guess = 3; guess < 6; guess++)
                tree.add(guess, random(2) - 1, 0, 'alternative');
            return tree;
        });
        for (const id of [1, 2])
            loop.add(requestOf(id, [...PROMPTS[1], id]));
        for (let round = 0; round < 5; round++)
            loop.step();
        // No room: nothing has changed, and the next step gets its branches back.
        loop.fill();
        loop.model.decoder.faults.push('no-slot');
        assert.equal(loop.model.decoder.decode(), 'no-slot');
        loop.step();
        // Sampling throws after the decode: the request ends, the other goes on.
        const items = loop.fill();
        assert.equal(loop.model.decoder.decode(), 'done');
        const [broken, sound] = items;
        keepPath(loop.pool, broken.state, broken.placement, [], broken.state.known - 1);
        loop.leave(broken.state);
        const { path } = sound.state.commit(sound.placement.firstRow, sound.proposal, 0);
        keepPath(loop.pool, sound.state, sound.placement, path, sound.state.known - 1);
        loop.check();
        loop.start(broken.state);
        // The decoder has computed the batch, but nothing of it can be trusted.
        loop.fill();
        assert.equal(loop.model.decoder.decode(), 'done');
        for (const state of [...loop.running]) {
            loop.pool.distrust(state.slot);
            loop.leave(state);
        }
        loop.check();
        assert.equal(loop.pool.inUse, 0);
    });
    it('count their nodes as drafted and the path as accepted', () => {
        const plain = new Loop(model(), none);
        const request = requestOf(1, [1, 2, 3], { maxTokens: 31 });
        plain.add(request);
        const text = plain.run().get(1);
        const loop = new Loop(model(), (state) => {
            const next = text.slice(state.known - 3, state.known - 1);
            const tree = new Proposal();
            tree.push((next[0] + 1) % VOCABULARY, 0, 'draft');
            let parent = ROOT;
            for (const guess of next)
                parent = tree.add(guess, parent, 0, 'alternative');
            return tree;
        });
        const state = loop.add(request);
        const events = [];
        while (!state.finished) {
            const [item] = loop.fill();
            assert.equal(loop.model.decoder.decode(), 'done');
            const { event, path } = state.commit(item.placement.firstRow, item.proposal, 0);
            keepPath(loop.pool, state, item.placement, path, state.known - 1);
            events.push(event);
        }
        const statistics = events.at(-1).finish.statistics;
        // Ten steps: two of three guesses stand, and one token of the target's own. One step for the last token.
        assert.equal(statistics.drafts, 11);
        assert.equal(statistics.draftTokens, 10 * 3 + 2);
        assert.equal(statistics.acceptedTokens, 10 * 2 + 1);
        assert.deepEqual(statistics.acceptanceHistogram, [0, 1, 10]);
    });
});
//# sourceMappingURL=tree-batch.test.js.map