import assert from 'node:assert/strict';
import { it } from 'node:test';
import { bundledTarget } from '../base/bundled.js';
import { TokenTable } from './codec.js';
import { LlamaCodec } from './llama-codec.js';
import { TextAssembler } from './text-assembler.js';
const MODEL_PATH = bundledTarget();
it('turns text into tokens, conversations into tokens, and tokens back', () => {
    const codec = LlamaCodec.open(MODEL_PATH);
    const text = 'Grüße, 世界 😀: 12 + 3';
    const tokens = Array.from(codec.tokenize(text, false, true));
    assert.equal(codec.detokenize(tokens), text);
    const chat = Array.from(codec.encodeChat([{ role: 'user', content: 'Hi' }], {}));
    // Special tokens by name here, and without text in what is generated.
    const written = codec.detokenize(chat);
    assert.match(written, /user\nHi/);
    assert.deepEqual(Array.from(codec.tokenize(written, false, true)), chat);
    const table = new TokenTable(codec);
    assert.ok(chat.some((token) => table.bytes(token).length === 0));
    assert.ok(table.longestBytes > 1);
    const assembler = new TextAssembler(table, []);
    const streamed = tokens.map((token) => assembler.push([token])).join('') + assembler.finish([], 0);
    assert.equal(streamed, text);
    codec.dispose();
    const templated = LlamaCodec.open(MODEL_PATH, '{% for m in messages %}[{{ m.content }}]{% endfor %}{{ mood }}');
    const encoded = templated.encodeChat([{ role: 'user', content: 'Hi' }], { mood: '!' });
    assert.match(templated.detokenize(Array.from(encoded)), /\[Hi\]!$/);
    templated.dispose();
});
//# sourceMappingURL=llama-codec.test.js.map