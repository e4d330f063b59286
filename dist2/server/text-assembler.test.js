import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TokenTable } from './codec.js';
import { bytesOf, FakeCodec } from './fake-engine.js';
import { incompleteTail, TextAssembler } from './text-assembler.js';
const assembler = (...stops) => new TextAssembler(new TokenTable(new FakeCodec()), stops);
/** What comes out after each single byte. */
const byByte = (text, ...stops) => {
    const one = assembler(...stops);
    return bytesOf(text).map((byte) => one.push([byte]));
};
describe('TextAssembler', () => {
    it('emits a character with its last byte', () => {
        assert.deepEqual(byByte('aé€😀b'), ['a', '', 'é', '', '', '€', '', '', '', '😀', 'b']);
    });
    it('replaces bytes that can never become a character, and goes on', () => {
        const one = assembler();
        assert.equal(one.push([0xff, 0x61]), '\ufffda');
        assert.equal(one.push([0xc3]), '');
        assert.equal(one.push([0x61]), '\ufffda');
    });
    it('holds back what could begin a stop string, and nothing else', () => {
        assert.deepEqual(byByte('a\n\nb', '\n\n\n'), ['a', '', '', '\n\nb']);
        // After "aab" the longest beginning of "aabaac" is all of it; "aabaab" still ends with "aab".
        assert.deepEqual(byByte('aabaabx', 'aabaac'), ['', '', '', '', '', 'aab', 'aabx']);
        assert.deepEqual(byByte('xay', 'ab', 'xb'), ['', 'x', 'ay']);
    });
    it('cuts the stop string and what follows it in the same token', () => {
        const one = assembler('STOP');
        assert.equal(one.push(bytesOf('fine ST')), 'fine ');
        assert.equal(one.finish(bytesOf('OP!'), 'STOP!'.length), '');
        assert.equal(one.emittedBytes, 5);
    });
    it('emits a held beginning that came to nothing', () => {
        const one = assembler('STOP');
        one.push(bytesOf('a STO'));
        assert.equal(one.finish([], 0), 'STO');
    });
    it('drops a character that stays incomplete at the end', () => {
        const one = assembler();
        assert.equal(one.push([0x61, 0xe2, 0x82]), 'a');
        assert.equal(one.finish([], 0), '');
    });
    it('gives the same text however the tokens are grouped', () => {
        const text = 'Grüße, 世界 😀 <|im_en and <|im_end';
        const bytes = bytesOf(text);
        for (let width = 1; width <= bytes.length; width++) {
            for (const stops of [[], ['<|im_end|>', '界x']]) {
                const one = assembler(...stops);
                let joined = '';
                for (let at = 0; at < bytes.length; at += width)
                    joined += one.push(bytes.slice(at, at + width));
                joined += one.finish([], 0);
                assert.equal(joined, text);
                assert.equal(one.emittedBytes, bytes.length);
            }
        }
    });
});
it('incompleteTail counts the bytes of a begun character', () => {
    const cases = [
        [[], 0],
        [[0x61], 0],
        [[0xc3], 1],
        [[0xc3, 0xa9], 0],
        [[0xe2, 0x82], 2],
        [[0xe2, 0x82, 0xac], 0],
        [[0xf0, 0x9f, 0x98], 3],
        [[0xf0, 0x9f, 0x98, 0x80], 0],
        [[0x80, 0x80, 0x80, 0x80], 0],
    ];
    for (const [bytes, tail] of cases)
        assert.equal(incompleteTail(Uint8Array.from(bytes)), tail);
});
//# sourceMappingURL=text-assembler.test.js.map