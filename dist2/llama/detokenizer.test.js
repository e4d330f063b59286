import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { StreamingDetokenizer } from './detokenizer.js';
import { DEMO_MODEL } from './test-models.js';
import { newUtf8Decoder, Vocabulary } from './vocabulary.js';
/** A vocabulary whose tokens are the 256 bytes: the worst case for characters of several bytes. */
const bytes = { tokenBytes: (token) => Uint8Array.of(token) };
const TEXT = 'aé漢👩‍👩‍👧‍👦 🏳️‍🌈\uFEFF end 👍🏽';
describe('streaming text', () => {
    it('emits whole characters only, at whatever byte the tokens are cut', () => {
        const all = [...Buffer.from(TEXT)];
        const stream = new StreamingDetokenizer(bytes);
        let text = '';
        for (const byte of all) {
            const part = stream.push([byte]);
            assert.ok(!part.includes('\uFFFD'), `a broken character after ${JSON.stringify(text)}`);
            assert.ok(part.length <= 2, 'at most one code point');
            text += part;
        }
        assert.equal(text + stream.end(), TEXT);
        for (let cut = 0; cut <= all.length; cut += 1) {
            const parts = new StreamingDetokenizer(bytes);
            assert.equal(parts.push(all.slice(0, cut)) + parts.push(all.slice(cut)) + parts.end(), TEXT);
        }
    });
    it('equals the whole text where the bytes are no UTF-8, cut anywhere', () => {
        for (const broken of [
            [0xf0, 0x9f, 0x98],
            [0xff, 0x61, 0xc3],
            [0xc3, 0x28, 0xf0, 0x9f, 0x41, 0x80],
            [0xe2, 0x82, 0xf0, 0x9f, 0x92, 0xa9, 0xed, 0xa0, 0x80],
        ]) {
            const whole = newUtf8Decoder().decode(Uint8Array.from(broken));
            for (let cut = 0; cut <= broken.length; cut += 1) {
                const parts = new StreamingDetokenizer(bytes);
                const text = parts.push(broken.slice(0, cut)) + parts.push(broken.slice(cut)) + parts.end();
                assert.equal(text, whole);
            }
        }
    });
    it('begins anew after the end', () => {
        const stream = new StreamingDetokenizer(bytes);
        assert.equal(stream.push([0xf0, 0x9f]), '');
        assert.equal(stream.end(), '\uFFFD');
        assert.equal(stream.end(), '');
        assert.equal(stream.push([0x61]), 'a');
    });
    it('equals whole detokenisation with the real vocabulary, token by token', () => {
        const vocabulary = Vocabulary.open(DEMO_MODEL);
        after(() => {
            vocabulary.dispose();
        });
        const tokens = vocabulary.tokenize(TEXT);
        assert.ok(tokens.length > TEXT.length / 4, 'characters are spread over tokens');
        const stream = new StreamingDetokenizer(vocabulary);
        const text = Array.from(tokens, (token) => stream.push([token])).join('') + stream.end();
        assert.equal(text, vocabulary.detokenize(tokens));
        assert.equal(text, TEXT);
    });
});
//# sourceMappingURL=detokenizer.test.js.map