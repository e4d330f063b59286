/** What counts as a loop, and what does not. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LOOP_TOKENS, LoopWatch } from './loop-watch.js';
/** Tokens read until a loop is noticed, and the piece; undefined where none is. */
function noticed(tokens) {
    const watch = new LoopWatch();
    let count = 0;
    for (const token of tokens) {
        count += 1;
        const piece = watch.push(token);
        if (piece !== undefined)
            return [count, piece];
    }
    return undefined;
}
const repeated = (piece, times) => Array.from({ length: times }, () => piece).flat();
describe('a loop', () => {
    it('is the same piece for 256 tokens, whatever came before', () => {
        for (const period of [1, 2, 7, 31, 32]) {
            const piece = Array.from({ length: period }, (_, index) => 100 + index);
            const before = [1, 2, 3, 4, 5, 6, 7, 8, 9];
            const [count, found] = noticed([...before, ...repeated(piece, 300)]) ?? [];
            assert.equal(count, before.length + LOOP_TOKENS, `period ${period}`);
            assert.deepEqual([...found].sort(), [...piece].sort());
        }
    });
    it('is none where the piece is longer, or varies in one token', () => {
        assert.equal(noticed(repeated(Array.from({ length: 33 }, (_, index) => index), 40)), undefined);
        // A list whose numbers go up, and rows of a table.
        assert.equal(noticed(Array.from({ length: 200 }, (_, line) => [1, 2, 1000 + line, 4, 5]).flat()), undefined);
        const row = repeated([7, 8, 9], 85);
        assert.equal(noticed(repeated([...row.slice(0, 250), 3], 10)), undefined);
    });
    it('is none in a few lines that are the same', () => {
        assert.equal(noticed([...repeated([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 20), 11, 12]), undefined);
    });
});
//# sourceMappingURL=loop-watch.test.js.map