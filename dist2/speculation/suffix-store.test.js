/** The store and its tree against a plain search through the outputs that must still be in it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_BYTES, MAX_DEPTH, MAX_MATCH, MIN_BYTES, SuffixStore } from './suffix-store.js';
function randomFrom(seed) {
    let state = seed;
    return (limit) => {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0;
        return (state >>> 8) % limit;
    };
}
/** What a store holds, as a list of suffixes in the order in which they came. */
class Reference {
    #store;
    #slots = [];
    constructor(store) {
        this.#store = store;
    }
    learn(output, label) {
        const before = this.#store.pending;
        this.#store.learn(Int32Array.from(output), 0, output.length, label);
        // Where too many wait, the beginning is left out.
        const slots = this.#store.pending - before;
        const kept = output.slice(output.length - Math.max(slots - 1, 0));
        if (slots > 0)
            this.#slots.push({ label, window: [] });
        kept.forEach((_, at) => this.#slots.push({ label, window: kept.slice(at, at + MAX_DEPTH) }));
    }
    /** Those that are indexed and not forgotten, oldest first. */
    get live() {
        const end = this.#slots.length - this.#store.pending;
        return this.#slots.slice(end - this.#store.indexed, end).filter(({ window }) => window.length > 0);
    }
}
function occurrences(live, path, label) {
    return live.filter((slot) => slot.label === label && path.every((token, at) => slot.window[at] === token));
}
function longestEnd(live, text, label) {
    for (let length = Math.min(text.length, MAX_MATCH); length > 0; length--) {
        if (occurrences(live, text.slice(text.length - length), label).length > 0)
            return length;
    }
    return 0;
}
/** The token that most often follows a path, of equals the one that did so last, and how often. */
function continuation(live, path, label) {
    const counts = new Map();
    occurrences(live, path, label).forEach(({ window }, last) => {
        const token = window[path.length];
        if (token !== undefined)
            counts.set(token, { token, count: (counts.get(token)?.count ?? 0) + 1, last });
    });
    return [...counts.values()].sort((a, b) => b.count - a.count || b.last - a.last)[0];
}
/** Follows the likeliest path from the end of a text through store and reference; the number of guesses. */
function compare(store, live, text, label) {
    const tokens = Int32Array.from(text);
    const match = store.longestMatch(tokens, text.length, label, 1, 5);
    const what = `label ${label}, text ${text.join()}`;
    const longest = longestEnd(live, text, label);
    // In an output that is half indexed, long paths from its beginning are there and their ends are not yet.
    assert.ok(store.pending > 0 ? match <= longest : match === longest, `${match}, not ${longest}: ${what}`);
    if (match === 0)
        return 0;
    const path = text.slice(text.length - match);
    let node = store.tree.find(label, tokens, text.length - match, text.length);
    for (;;) {
        assert.equal(store.tree.countOf(node), occurrences(live, path, label).length, `${what}: ${path.join()}`);
        const next = store.tree.likeliest(node, path.length);
        const expected = continuation(live, path, label);
        if (next === 0) {
            assert.equal(expected, undefined);
            return path.length - match;
        }
        assert.equal(store.tree.tokenOf(next, path.length), expected?.token, `${what}: after ${path.join()}`);
        path.push(expected.token);
        node = next;
    }
}
/** Outputs that share pieces with earlier ones, so that deep and shallow paths occur. */
function randomOutput(random, alphabet, earlier) {
    const output = [];
    const length = 2 + random(120);
    while (output.length < length) {
        const source = earlier[random(earlier.length + 1)];
        if (source === undefined || random(3) === 0)
            output.push(random(alphabet));
        else
            output.push(...source.slice(random(source.length)).slice(0, 1 + random(80)));
    }
    return output;
}
describe('SuffixStore', () => {
    it('finds, counts and forgets as a plain search does (fixed seeds)', () => {
        let guesses = 0;
        for (let seed = 1; seed <= 6; seed++) {
            const random = randomFrom(seed);
            const alphabet = [2, 3, 10, 50, 2, 300][seed - 1];
            const store = new SuffixStore(MIN_BYTES);
            const reference = new Reference(store);
            const outputs = [];
            let forgotten = false;
            for (let round = 0; round < 60; round++) {
                outputs.push(randomOutput(random, alphabet, outputs.slice(-20)));
                reference.learn(outputs.at(-1), random(3));
                // Often stops in the middle of an output.
                store.work(random(3) > 0 ? Infinity : random(200));
                forgotten ||= store.pending + store.indexed < outputs.flat().length + outputs.length;
                if (round % 6 > 0)
                    continue;
                const { live } = reference;
                for (let query = 0; query < 6; query++) {
                    const text = randomOutput(random, alphabet, outputs.slice(-20));
                    guesses += compare(store, live, text, random(3));
                }
            }
            assert.ok(forgotten, 'the store never became full: the test is too small');
        }
        assert.ok(guesses > 1000, `${guesses} guesses compared`);
    });
    it('is after forgetting just as if what is left had been all it ever saw', () => {
        const random = randomFrom(77);
        const store = new SuffixStore(MIN_BYTES);
        const reference = new Reference(store);
        const outputs = [];
        for (let round = 0; round < 200; round++) {
            outputs.push(randomOutput(random, 4, outputs.slice(-20)));
            reference.learn(outputs.at(-1), round % 2);
            store.work(Infinity);
        }
        const { live } = reference;
        const again = new SuffixStore(MIN_BYTES);
        let output = [];
        live.forEach(({ window, label }) => {
            output.push(window[0]);
            if (window.length > 1)
                return;
            again.learn(Int32Array.from(output), 0, output.length, label);
            output = [];
        });
        again.work(Infinity);
        assert.equal(store.tree.nodesInUse, again.tree.nodesInUse);
    });
    it('never takes more memory than it was given, whatever comes', () => {
        for (const bytes of [MIN_BYTES, MIN_BYTES + 1, 100_003, 2 ** 20, 2 ** 22 + 12_345]) {
            const store = new SuffixStore(bytes);
            const random = randomFrom(bytes);
            assert.ok(store.bytes <= bytes, `${store.bytes} of ${bytes}`);
            assert.ok(store.bytes > bytes * 0.75, `uses ${store.bytes} of ${bytes}`);
            for (let round = 0; round < 50; round++) {
                const output = Int32Array.from({ length: random(3000) }, () => random(1 + random(1000)));
                store.learn(output, 0, output.length, random(5));
                store.work(random(3000));
                assert.ok(store.bytes <= bytes);
                assert.ok(store.tree.nodesFree >= 0);
            }
        }
    });
    it('forgets the oldest output first and leaves nothing of it', () => {
        const store = new SuffixStore(MIN_BYTES);
        const first = Int32Array.of(5001, 5002, 5003);
        store.learn(first, 0, 3, 0);
        store.work(Infinity);
        assert.equal(store.longestMatch(first, 3, 0, 1, 1), 3);
        for (let round = 0; round < 40; round++) {
            store.learn(Int32Array.from({ length: 100 }, (_, at) => round * 100 + at), 0, 100, 0);
            store.work(Infinity);
        }
        assert.equal(store.longestMatch(first, 1, 0, 1, 1), 0);
        assert.equal(store.longestMatch(Int32Array.of(3998, 3999), 2, 0, 1, 1), 2);
    });
    it('keeps labels apart', () => {
        const store = new SuffixStore(MIN_BYTES);
        store.learn(Int32Array.of(1, 2, 3), 0, 3, 1);
        store.learn(Int32Array.of(1, 2, 4), 0, 3, 2);
        store.work(Infinity);
        for (const [label, token] of [
            [1, 3],
            [2, 4],
        ]) {
            const node = store.tree.find(label, Int32Array.of(1, 2), 0, 2);
            assert.equal(store.tree.countOf(node), 1);
            assert.equal(store.tree.tokenOf(store.tree.likeliest(node, 2), 2), token);
        }
        assert.equal(store.longestMatch(Int32Array.of(1, 2), 2, 0, 1, 1), 0);
    });
    it('keeps the end of an output for which there is no room', () => {
        const store = new SuffixStore(MIN_BYTES);
        const output = Int32Array.from({ length: 100_000 }, (_, at) => at);
        store.learn(output, 0, output.length, 0);
        store.work(Infinity);
        assert.equal(store.longestMatch(output, output.length, 0, 1, 1), MAX_MATCH);
        assert.equal(store.longestMatch(output, 1, 0, 1, 1), 0);
    });
    it('looks at no more nodes for a token in a large store than in a small one', () => {
        const cost = (bytes) => {
            const random = randomFrom(9);
            const store = new SuffixStore(bytes);
            const outputs = [];
            const measure = () => {
                const length = 4000;
                outputs.push(Int32Array.from({ length }, () => random(1 + random(200))));
                const before = store.tree.visits;
                store.learn(outputs.at(-1), 0, length, 0);
                store.work(Infinity);
                const between = store.tree.visits;
                const text = outputs[random(outputs.length)];
                for (let at = 100; at < 200; at++)
                    store.longestMatch(text, at, 0, 2, 8);
                return { add: (between - before) / length, find: (store.tree.visits - between) / 100 };
            };
            while (store.indexed < (bytes / 100) * 0.99)
                measure();
            return measure();
        };
        const small = cost(2 ** 20);
        const large = cost(2 ** 25);
        assert.ok(large.add < small.add * 1.6, `${large.add} and ${small.add} for a token added`);
        assert.ok(large.find < small.find * 1.6, `${large.find} and ${small.find} for a match`);
    });
    it('refuses sizes that cannot be', () => {
        for (const bytes of [0, -1, NaN, 1.5, MIN_BYTES - 1, MAX_BYTES + 1]) {
            assert.throws(() => new SuffixStore(bytes), { code: 'invalid_option', param: 'suffixBytes' });
        }
    });
});
//# sourceMappingURL=suffix-store.test.js.map