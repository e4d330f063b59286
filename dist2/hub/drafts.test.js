/** Drafts on the hub: found by family and vocabulary, without fetching more than the heads of files. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, it } from 'node:test';
import { GgufStrings } from '../gguf/strings.js';
import { tinyModel, writeTinyModel } from '../gguf/tiny-model.js';
import { writeGguf } from '../gguf/writer.js';
import { familyOf, findDraft } from './drafts.js';
import { FakeHub } from './fake-hub.js';
const root = mkdtempSync(path.join(os.tmpdir(), 'foretoken-drafts-'));
const target = path.join(root, 'target.gguf');
let hub;
let small;
let stranger;
before(async () => {
    hub = await FakeHub.start();
    writeTinyModel(target, { layers: 24 });
    const bytesOf = (name, options, change = false) => {
        const file = path.join(root, name);
        const model = tinyModel(options);
        const tokens = model.metadata.get('tokenizer.ggml.tokens');
        if (change && tokens.type === 'array' && tokens.value instanceof GgufStrings) {
            const words = [...tokens.value];
            [words[1], words[2]] = [words[2], words[1]];
            model.metadata.set('tokenizer.ggml.tokens', {
                type: 'array',
                itemType: 'string',
                value: GgufStrings.from(words),
            });
        }
        writeGguf(file, model);
        return readFileSync(file);
    };
    small = bytesOf('small.gguf', { layers: 1 });
    stranger = bytesOf('stranger.gguf', { layers: 1 }, true);
});
after(async () => {
    await hub.close();
    rmSync(root, { recursive: true });
});
beforeEach(() => {
    hub.repositories.clear();
    hub.log.length = 0;
    hub.repositories.set('someone/Fam-7B-it-GGUF', { files: { 'Fam-7B-Q4_K_M.gguf': readFileSync(target) } });
});
const find = () => findDraft(hub.settings(root), 'someone/Fam-7B-it-GGUF', target, {
    patience: { answerMs: 5000, stallMs: 1000, attempts: 1, pauseMs: 1 },
    signal: new AbortController().signal,
});
it('the smallest of the family with the same vocabulary is found, from its head', async () => {
    hub.repositories.set('someone/Fam-0.1B-it-GGUF', { files: { 'a-Q4_K_M.gguf': stranger } });
    hub.repositories.set('someone/Fam-500M-it-GGUF', { files: { 'b-Q8_0.gguf': small, 'b-Q2_K.gguf': small } });
    hub.repositories.set('someone/Fam-1B-it-GGUF', { files: { 'c-Q4_K_M.gguf': small } });
    hub.repositories.set('someone/Fam-0.2B-base-GGUF', { files: { 'd-Q4_K_M.gguf': small } });
    hub.repositories.set('other/Fam-0.2B-it-GGUF', { files: { 'e-Q4_K_M.gguf': small } });
    assert.deepEqual(await find(), { arguments: ['-hfd', 'someone/Fam-500M-it-GGUF'], bytes: small.length });
    assert.deepEqual(hub.fetches.map((line) => line.replace(/ .*/, '')), ['/someone/Fam-0.1B-it-GGUF/a-Q4_K_M.gguf', '/someone/Fam-500M-it-GGUF/b-Q8_0.gguf']);
    for (const line of hub.fetches)
        assert.match(line, / bytes=0-\d+$/);
});
it('a file of the repository that calls itself a draft comes first', async () => {
    const files = { 'Fam-7B-Q4_K_M.gguf': readFileSync(target), 'Fam-7B-draft-Q8_0.gguf': small };
    hub.repositories.set('someone/Fam-7B-it-GGUF', { files });
    hub.repositories.set('someone/Fam-500M-it-GGUF', { files: { 'b-Q8_0.gguf': small } });
    assert.deepEqual((await find())?.arguments, ['-hfd', 'someone/Fam-7B-it-GGUF:Q8_0']);
});
it('none is offered that is as large, has other words, or is no model', async () => {
    hub.repositories.set('someone/Fam-3B-it-GGUF', { files: { 'a-Q4_K_M.gguf': small } });
    hub.repositories.set('someone/Fam-1B-it-GGUF', { files: { 'a-Q4_K_M.gguf': readFileSync(target) } });
    hub.repositories.set('someone/Fam-0.1B-it-GGUF', { files: { 'a-Q4_K_M.gguf': stranger } });
    hub.repositories.set('someone/Fam-0.2B-it-GGUF', {
        files: { 'a-Q4_K_M.gguf': Buffer.from('GGUF nonsense') },
    });
    hub.repositories.set('someone/Fam-0.3B-it-GGUF', { files: { 'readme.md': small } });
    assert.equal(await find(), undefined);
});
it('families are names that differ in their size', () => {
    assert.deepEqual(familyOf('bartowski/Qwen2.5-7B-Instruct-GGUF'), {
        pattern: 'qwen2.5-*-instruct-gguf',
        search: 'Qwen2.5',
        parameters: 7e9,
    });
    assert.equal(familyOf('bartowski/SmolLM2-135M-Instruct-GGUF')?.parameters, 135e6);
    assert.equal(familyOf('someone/phi-GGUF'), undefined);
});
//# sourceMappingURL=drafts.test.js.map