/** Trees of several proposers' guesses, and what is selected of them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomIndices } from '../base/random.js';
import { Proposal, ROOT } from './proposal.js';
import { growTree } from './tree.js';
function chainOf(tokens, source = 'draft') {
    const chain = new Proposal();
    for (const token of tokens)
        chain.push(token, 1, source);
    return chain;
}
/** [leaf] the tokens from the root to it. */
function pathsOf(tree) {
    return tree.leaves().map((leaf) => {
        const path = [];
        for (let node = leaf; node !== ROOT; node = tree.parents[node])
            path.unshift(tree.tokens[node]);
        return path;
    });
}
describe('growTree', () => {
    it('forks where proposers differ, and goes on where one knows more', () => {
        const draft = chainOf([1, 2, 3]);
        draft.add(7, 1, 2, 'alternative');
        draft.add(8, ROOT, 0.5, 'alternative');
        const tree = growTree(draft, [chainOf([1, 5, 6], 'lookup'), chainOf([1, 2, 3, 4], 'suffix')]);
        assert.deepEqual(pathsOf(tree), [[1, 2, 3, 4], [1, 5, 6], [8], [1, 2, 7]]);
        assert.deepEqual(tree.tokens, [1, 2, 3, 4, 5, 6, 8, 7]);
        assert.deepEqual(tree.parents, [ROOT, 0, 1, 2, 0, 4, ROOT, 1]);
        assert.deepEqual(tree.depths, [0, 1, 2, 3, 1, 2, 0, 2]);
        assert.deepEqual(tree.sources.map((source) => source[0]), ['d', 'd', 'd', 's', 'l', 'l', 'a', 'a']);
        assert.deepEqual(tree.signals, [1, 1, 1, 1, 1, 1, 0.5, 2]);
    });
    it('has as many side branches as asked for: copied text first, then the likeliest second choices', () => {
        const draft = chainOf([1, 2, 3]);
        for (const [parent, margin] of [
            [ROOT, 3],
            [0, 1],
            [1, 2],
        ])
            draft.add(20 + parent, parent, margin, 'alternative');
        const copied = [chainOf([9, 9], 'lookup'), chainOf([1, 9], 'suffix')];
        const sides = (branches) => pathsOf(growTree(draft, copied, branches))
            .slice(1)
            .map((path) => path.at(-1));
        assert.deepEqual(sides(0), []);
        assert.deepEqual(sides(1), [9]);
        assert.deepEqual(sides(2), [9, 9]);
        assert.deepEqual(sides(3), [9, 9, 20]);
        assert.deepEqual(sides(4), [9, 9, 20, 21]);
        assert.deepEqual(sides(9), [9, 9, 20, 21, 19]);
    });
    it('takes copied text for its main chain when the draft guessed nothing', () => {
        const tree = growTree(new Proposal(), [chainOf([4, 5], 'lookup'), chainOf([4, 6, 7], 'suffix')]);
        assert.deepEqual(pathsOf(tree), [
            [4, 5],
            [4, 6, 7],
        ]);
        assert.equal(growTree(new Proposal(), []).length, 0);
    });
    it('holds every guess once, parents first, the main chain before all (fixed seeds)', () => {
        const random = randomIndices(5);
        for (let round = 0; round < 500; round++) {
            const some = () => Array.from({ length: random(6) }, () => random(3));
            const draft = chainOf(some());
            const chain = draft.length;
            for (let second = 0; second < chain; second++)
                if (random(2) === 0)
                    draft.add(3 + random(2), second - 1, random(100), 'alternative');
            const copied = [some(), some()].map((tokens) => chainOf(tokens, 'lookup'));
            const branches = random(6);
            const tree = growTree(draft, copied, branches);
            const paths = pathsOf(tree).map((path) => path.join());
            assert.equal(new Set(paths).size, paths.length);
            assert.ok(paths.length <= 1 + branches, `${paths.length} leaves for ${branches} side branches`);
            tree.parents.forEach((parent, node) => {
                assert.ok(parent < node);
                assert.equal(tree.depths[node], parent === ROOT ? 0 : tree.depths[parent] + 1);
                assert.equal(tree.child(parent, tree.tokens[node]), node, 'the same token twice after one parent');
            });
            const main = pathsOf(tree)[0] ?? [];
            assert.deepEqual(tree.tokens.slice(0, main.length), main);
            assert.deepEqual(main.slice(0, chain), draft.tokens.slice(0, chain));
            if (branches < 5)
                continue;
            for (const guesses of [draft.tokens.slice(0, chain), ...copied.map(({ tokens }) => tokens)])
                assert.ok(guesses.length === 0 || paths.some((path) => `${path},`.startsWith(`${guesses.join()},`)), `${guesses.join()} is missing`);
        }
    });
});
describe('a proposal', () => {
    it('knows its leaves, the end of the main chain first', () => {
        const tree = chainOf([1, 2]);
        assert.deepEqual(tree.leaves(), [1]);
        tree.add(3, ROOT, 0, 'alternative');
        tree.add(4, 0, 0, 'alternative');
        // The main chain goes on after the side branches.
        tree.add(5, 1, 0, 'lookup');
        assert.deepEqual(tree.leaves(), [4, 2, 3]);
        assert.deepEqual(new Proposal().leaves(), []);
    });
});
//# sourceMappingURL=tree.test.js.map