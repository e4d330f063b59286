/** The short form of `npm run fuzz:gguf`, and that damage cannot make the reader reserve memory for what is not there. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memorySource } from './head-reader.js';
import { inspectHead, Mutations, sourcesOfMutations } from './mutations.js';
import { readGgufFrom } from './reader.js';
import { ggufHead } from './writer.js';
const CASES = 4000;
describe('damaged heads', () => {
    it('are sound before they are damaged', () => {
        for (const source of sourcesOfMutations()) {
            const head = ggufHead(source);
            assert.equal(inspectHead({ head, fileBytes: head.length + 2 ** 32 }), 'sound');
        }
    });
    it('are refused, or found implausible, or sound, and nothing else', () => {
        const mutations = new Mutations(17);
        const outcomes = { refused: 0, implausible: 0, sound: 0 };
        for (let number = 0; number < CASES; number++) {
            try {
                outcomes[inspectHead(mutations.at(number))] += 1;
            }
            catch (error) {
                throw new Error(`case ${number} of seed 17`, { cause: error });
            }
        }
        // Each way out is taken, or the damage is not what it is meant to be.
        for (const count of Object.values(outcomes))
            assert.ok(count > CASES / 50, JSON.stringify(outcomes));
    });
    it('are the same each time', () => {
        const [one, other] = [new Mutations(3), new Mutations(3)];
        for (let number = 0; number < 50; number++)
            assert.deepEqual(one.at(number), other.at(number));
        assert.notDeepEqual(new Mutations(4).at(1), one.at(1));
    });
});
describe('sizes that a file claims', () => {
    /** Reads a head at the begin of a file of a terabyte; the error's words, and the bytes that were reserved. */
    function claim(head) {
        const before = process.memoryUsage();
        let words = '';
        try {
            readGgufFrom(memorySource('claim.gguf', head, 2 ** 40));
        }
        catch (error) {
            words = error.message;
        }
        const after = process.memoryUsage();
        return { words, bytes: after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed };
    }
    const head = (tensors, entries, ...rest) => Buffer.concat([Buffer.from('GGUF'), u32(3), u64(tensors), u64(entries), ...rest]);
    const u32 = (value) => Buffer.from(Uint32Array.of(value).buffer);
    const u64 = (value) => Buffer.from(BigUint64Array.of(value).buffer);
    const key = Buffer.concat([u64(1n), Buffer.from('k')]);
    const [U8, STRING, ARRAY] = [0, 8, 9];
    const cases = {
        tensors: head(2n ** 60n, 0n),
        entries: head(0n, 2n ** 60n),
        'a key': head(0n, 1n, u64(2n ** 40n)),
        'a text': head(0n, 1n, key, u32(STRING), u64(2n ** 39n)),
        'a list of texts': head(0n, 1n, key, u32(ARRAY), u32(STRING), u64(2n ** 36n)),
        'a list of numbers': head(0n, 1n, key, u32(ARRAY), u32(U8), u64(2n ** 39n)),
        'a list of lists': head(0n, 1n, key, u32(ARRAY), u32(ARRAY), u64(2n ** 35n)),
        'a text in a list': head(0n, 1n, key, u32(ARRAY), u32(STRING), u64(1n), u64(2n ** 39n)),
    };
    for (const [what, bytes] of Object.entries(cases))
        it(`reserve nothing for ${what}`, () => {
            const { words, bytes: reserved } = claim(bytes);
            assert.match(words, /the most possible is|would be larger/);
            assert.ok(reserved < 16 * 2 ** 20, `${reserved} bytes`);
        });
});
//# sourceMappingURL=mutations.test.js.map