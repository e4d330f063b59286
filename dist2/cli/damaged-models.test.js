/** Files that made `serve` end with a raw assertion: every command refuses them with a reason and status 1. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync, writeSync, } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { bundledTarget } from '../base/bundled.js';
import { readGguf } from '../gguf/reader.js';
import { run } from './test-command.js';
const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-damaged-'));
after(() => {
    rmSync(folder, { recursive: true });
});
const target = readGguf(bundledTarget());
const head = readFileSync(bundledTarget()).subarray(0, target.dataOffsetBytes);
/** The bundled target with some bytes replaced. */
function damaged(name, at, bytes) {
    const file = path.join(folder, name);
    copyFileSync(bundledTarget(), file);
    const fd = openSync(file, 'r+');
    writeSync(fd, bytes, 0, bytes.length, at);
    closeSync(fd);
    return file;
}
/** Where the value of a key lies, behind its name and type. */
function valueOf(key) {
    const at = head.indexOf(key);
    assert.ok(at > 0, key);
    return at + key.length + 4;
}
const bytesOf = (numbers) => new Uint8Array(numbers.buffer);
/** One bit of the vocabulary is turned, so that two words are the same. */
function sameWords() {
    const words = target.metadata.get('tokenizer.ggml.tokens').value;
    const all = new Set(words);
    const start = head.indexOf('tokenizer.ggml.tokens') + 'tokenizer.ggml.tokens'.length + 16;
    for (let index = 0, at = start; index < words.length; index++) {
        const word = words.at(index);
        for (let bit = 0; bit < 5 && /^[a-z]$/.test(word); bit++)
            if (all.has(String.fromCharCode(word.charCodeAt(0) ^ (1 << bit))))
                return { at: at + 8, byte: word.charCodeAt(0) ^ (1 << bit) };
        at += 8 + words.bytesAt(index).length;
    }
    throw new Error('the vocabulary has no two letters that differ by a bit');
}
const { at, byte } = sameWords();
const files = [
    [
        'block_count 8191',
        damaged('layers.gguf', valueOf('llama.block_count'), bytesOf(Uint32Array.of(8191))),
        /block_count is 8191 instead of a whole number from 1 to 512/,
    ],
    [
        'a norm epsilon that is NaN',
        damaged('epsilon.gguf', valueOf('llama.attention.layer_norm_rms_epsilon'), bytesOf(Float32Array.of(NaN))),
        /layer_norm_rms_epsilon is NaN/,
    ],
    [
        'one bit flipped in the vocabulary',
        damaged('bit.gguf', at, Uint8Array.of(byte)),
        /words \d+ and \d+ of the vocabulary are the same/,
    ],
];
/** One line with a reason, and nothing of the library's own. */
function assertRefused({ code, err }, words) {
    assert.equal(code, 1, err);
    assert.match(err, words);
    assert.match(err, /^foretoken: [^\n]*\n$/);
    assert.doesNotMatch(err, /GGML_ASSERT|SIG[A-Z]+/);
}
for (const [what, file, words] of files)
    describe(`a model with ${what}`, () => {
        const output = path.join(folder, 'draft.gguf');
        const commands = [
            ['serve', '--port', '0', '--model', file],
            ['serve', '--port', '0', '--draft', file],
            ['generate', '--model', file, 'Hello'],
            ['draft', 'create', '--model', file, '--output', output],
        ];
        for (const command of commands)
            it(`is refused by ${command.filter((word) => /^[a-z-]+$/.test(word)).join(' ')}`, async () => {
                assertRefused(await run(command), words);
            });
        it('is refused by inspect, which shows what is in it all the same', async () => {
            const result = await run(['inspect', file]);
            assert.equal(result.code, 1);
            assert.match(result.out, /^architecture +llama/m);
            assert.match(result.out, /^error: /m);
            assert.match(result.out, words);
            assert.match(result.err, /^foretoken: [^\n]*\n$/);
            const json = await run(['inspect', '--json', file]);
            assert.equal(json.code, 1);
            const { findings } = JSON.parse(json.out);
            assert.ok(findings.some(({ severity, text }) => severity === 'error' && words.test(text)));
        });
    });
it('a LoRA adapter that is damaged is refused', async () => {
    const file = path.join(folder, 'lora.gguf');
    writeFileSync(file, head.subarray(0, 2000));
    assertRefused(await run(['serve', '--port', '0', '--lora', file]), /not a usable GGUF file/);
});
//# sourceMappingURL=damaged-models.test.js.map