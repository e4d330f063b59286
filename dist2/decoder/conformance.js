/**
 * What every `Decoder` must do, as one suite that runs over the fake and over the real model.
 */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { position, sequenceId, token } from '../base/types.js';
const A = sequenceId(0);
const B = sequenceId(1);
const C = sequenceId(2);
const TEXT = [5, 9, 17, 33, 21, 12, 40, 7, 11, 60];
/** Adds `tokens` at the end of a sequence; wants logits of the last, or of all. Returns their rows. */
function feed(decoder, sequence, tokens, all = false) {
    const start = decoder.lengthOf(sequence);
    return tokens
        .map((id, index) => decoder.batch.add(token(id), position(start + index), sequence, all || index === tokens.length - 1))
        .filter((row) => row >= 0);
}
function run(decoder, sequence, tokens) {
    decoder.batch.clear();
    const [row] = feed(decoder, sequence, tokens);
    assert.equal(decoder.decode(), 'done');
    return decoder.logits(row).slice();
}
function assertClose(actual, expected, tolerance, what) {
    let worst = 0;
    for (let index = 0; index < expected.length; index++) {
        worst = Math.max(worst, Math.abs(actual[index] - expected[index]));
    }
    assert.ok(worst <= tolerance, `${what}: logits differ by up to ${worst}`);
}
/** The text up to `TEXT[8]` is known and in sequence A; the rest is guessed, each token with its sequences. */
const KNOWN = TEXT.slice(0, 8);
const TREE = [
    { token: 11, depth: 0, paths: [0, 1, 2] },
    { token: 3, depth: 1, paths: [0, 1] },
    { token: 4, depth: 2, paths: [0] },
    { token: 50, depth: 2, paths: [1] },
    { token: 51, depth: 3, paths: [1] },
    { token: 3, depth: 1, paths: [2] },
    { token: 9, depth: 2, paths: [2] },
];
/** [path] its tokens after the known ones. */
const PATHS = [0, 1, 2].map((path) => TREE.filter(({ paths }) => paths.includes(path)).map((n) => n.token));
/** Computes the tree behind the known text; the paths' sequences and the logits of each node. */
function runTree(decoder) {
    run(decoder, A, KNOWN);
    const sequences = [A, ...[0, 1].map((index) => sequenceId(decoder.maxSequences + index))];
    for (const branch of sequences.slice(1))
        decoder.share(A, branch, position(0), position(KNOWN.length));
    decoder.batch.clear();
    for (const node of TREE) {
        const owners = node.paths.map((path) => sequences[path]);
        decoder.batch.addShared(token(node.token), position(KNOWN.length + node.depth), owners, true);
    }
    assert.equal(decoder.decode(), 'done');
    return { sequences, logits: TREE.map((_, row) => decoder.logits(row).slice()) };
}
/** How many more tokens the cache takes in sequence C. */
function room(decoder) {
    for (let count = 0;; count++) {
        decoder.batch.clear();
        feed(decoder, C, [2]);
        if (decoder.decode() === 'no-slot')
            return count;
    }
}
/**
 * @param open a fresh decoder with at least 4 sequences, a batch of at least 32 tokens and 256 cells, and with
 *   2 branch sequences when it is unified
 * @param tolerance how far logits may differ when the same tokens are computed in other batches
 */
export function decoderConformance(name, open, tolerance) {
    describe(`decoder conformance: ${name}`, () => {
        let decoder;
        beforeEach(() => {
            decoder = open();
        });
        afterEach(() => {
            decoder.dispose();
        });
        it('gives rows in batch order, for sequences of unequal lengths', () => {
            const alone = [TEXT.slice(0, 2), TEXT.slice(0, 7), TEXT.slice(3)].map((text, index) => run(decoder, sequenceId(index), text));
            for (const sequence of [A, B, C])
                decoder.truncate(sequence, position(0));
            decoder.batch.clear();
            const rows = [
                ...feed(decoder, A, TEXT.slice(0, 2)),
                ...feed(decoder, B, TEXT.slice(0, 7)),
                ...feed(decoder, C, TEXT.slice(3)),
            ];
            assert.deepEqual(rows, [0, 1, 2]);
            assert.equal(decoder.decode(), 'done');
            rows.forEach((row, index) => {
                assertClose(decoder.logits(row), alone[index], tolerance, `sequence ${index}`);
            });
        });
        it('computes the same in one piece, in chunks, and with a row for every token', () => {
            const whole = run(decoder, A, TEXT);
            run(decoder, B, TEXT.slice(0, 4));
            assertClose(run(decoder, B, TEXT.slice(4)), whole, tolerance, 'in chunks');
            decoder.batch.clear();
            const rows = feed(decoder, C, TEXT, true);
            assert.equal(decoder.decode(), 'done');
            assertClose(decoder.logits(rows.at(-1)), whole, tolerance, 'row for every token');
        });
        it('forgets what is truncated', () => {
            const expected = run(decoder, A, [...TEXT, 3]);
            run(decoder, B, [...TEXT, 8, 8, 8]);
            decoder.truncate(B, position(TEXT.length));
            assert.equal(decoder.lengthOf(B), TEXT.length);
            assertClose(run(decoder, B, [3]), expected, tolerance, 'after truncation');
            decoder.truncate(B, position(0));
            assert.equal(decoder.lengthOf(B), 0);
        });
        it('copies a prefix, and the copy outlives its source', () => {
            const expected = run(decoder, A, [...TEXT, 3]);
            run(decoder, B, [...TEXT, 8, 8]);
            decoder.copyPrefix(B, C, position(TEXT.length));
            decoder.truncate(B, position(0));
            assert.equal(decoder.lengthOf(C), TEXT.length);
            assertClose(run(decoder, C, [3]), expected, tolerance, 'copy');
        });
        it('computes every path of a tree as if it were alone', (t) => {
            if (!decoder.unified) {
                assert.equal(decoder.branchSequences, 0);
                assert.throws(() => {
                    decoder.share(A, B, position(0), position(0));
                }, /separate pools/);
                t.skip('a token has one sequence in separate pools');
                return;
            }
            const { sequences, logits } = runTree(decoder);
            for (const sequence of sequences)
                decoder.truncate(sequence, position(0));
            PATHS.forEach((tokens, path) => {
                const nodes = TREE.flatMap(({ paths }, node) => (paths.includes(path) ? [node] : []));
                run(decoder, A, KNOWN);
                decoder.batch.clear();
                const rows = feed(decoder, A, tokens, true);
                assert.equal(decoder.decode(), 'done');
                rows.forEach((row, depth) => {
                    assertClose(logits[nodes[depth]], decoder.logits(row), tolerance, `path ${path}, depth ${depth}`);
                });
                decoder.truncate(A, position(0));
            });
        });
        it('keeps one path of a tree as if nothing else had been computed', (t) => {
            if (!decoder.unified) {
                t.skip('a token has one sequence in separate pools');
                return;
            }
            for (const [path, tokens] of PATHS.entries()) {
                const { sequences } = runTree(decoder);
                const common = TREE.filter(({ paths }) => paths.includes(0) && paths.includes(path)).length;
                const end = KNOWN.length + tokens.length;
                decoder.truncate(A, position(KNOWN.length + common));
                for (const [index, branch] of sequences.entries())
                    if (index > 0 && index !== path)
                        decoder.truncate(branch, position(0));
                if (path > 0)
                    decoder.adopt(sequences[path], A, position(KNOWN.length + common));
                for (const branch of sequences.slice(1))
                    decoder.truncate(branch, position(0));
                assert.equal(decoder.lengthOf(A), end);
                const kept = run(decoder, A, [13]);
                assertClose(kept, run(decoder, B, [...KNOWN, ...tokens, 13]), tolerance, `path ${path}`);
                decoder.truncate(B, position(0));
                assert.equal(room(decoder), decoder.cellCount - end - 1, 'cells of the other paths are free');
                for (const sequence of [A, C])
                    decoder.truncate(sequence, position(0));
            }
        });
        it('refuses a tree whose paths part and meet again', (t) => {
            if (!decoder.unified) {
                t.skip('a token has one sequence in separate pools');
                return;
            }
            const { sequences } = runTree(decoder);
            decoder.batch.clear();
            decoder.batch.addShared(token(5), position(KNOWN.length + 3), sequences, true);
            assert.equal(decoder.decode(), 'invalid');
            assert.equal(decoder.lengthOf(A), KNOWN.length + PATHS[0].length);
        });
        it('refuses a gap in positions and changes nothing', () => {
            const before = run(decoder, A, TEXT);
            decoder.batch.clear();
            decoder.batch.add(token(1), position(TEXT.length + 3), A, true);
            assert.equal(decoder.decode(), 'invalid');
            assert.equal(decoder.lengthOf(A), TEXT.length);
            const again = run(decoder, B, TEXT);
            assertClose(again, before, tolerance, 'after a refused batch');
        });
        it('says that the cache is full and changes nothing', () => {
            let free = decoder.unified ? decoder.cellCount : decoder.sequenceCapacity;
            let length = 0;
            const chunk = Math.min(32, decoder.batch.capacity);
            while (free > 0) {
                const count = Math.min(chunk, free);
                run(decoder, A, new Array(count).fill(2));
                free -= count;
                length += count;
            }
            decoder.batch.clear();
            feed(decoder, A, [2]);
            assert.equal(decoder.decode(), 'no-slot');
            assert.equal(decoder.lengthOf(A), length);
            decoder.truncate(A, position(length - 4));
            run(decoder, A, [2, 2, 2]);
        });
        it('throws a named error after disposal', () => {
            const gone = open();
            gone.dispose();
            gone.dispose();
            assert.throws(() => gone.decode(), { code: 'disposed' });
            assert.throws(() => gone.lengthOf(A), { code: 'disposed' });
        });
    });
}
//# sourceMappingURL=conformance.js.map