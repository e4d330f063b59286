/** Names and variables: what is taken, what is refused, and which file of several is meant. */
import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, it } from 'node:test';
import { argumentsFor, chooseFile, isPlainPath, parseModelName, partsOf } from './names.js';
import { hubSettings } from './settings.js';
const home = mkdtempSync(path.join(os.tmpdir(), 'foretoken-hub-home-'));
after(() => {
    rmSync(home, { recursive: true });
});
it('names of models are two names and perhaps a quant', () => {
    assert.deepEqual(parseModelName('a/b-GGUF:Q4_K_M', '--hf-repo'), { repo: 'a/b-GGUF', quant: 'Q4_K_M' });
    assert.deepEqual(parseModelName(' a/b ', '--hf-repo'), { repo: 'a/b', quant: undefined });
    for (const text of [
        '',
        'a',
        'a/b/c',
        '../b',
        'a/..',
        'a/b:',
        'a/b:Q4:x',
        'a--b/c',
        'https://x/a/b',
        'a/b c',
        '-a/b',
        'a/.b',
    ])
        assert.throws(() => parseModelName(text, '--hf-repo'), { code: 'invalid_option' }, text);
});
it('paths stay below their folder on every system', () => {
    for (const good of ['a.gguf', 'UD-Q4/a-00001-of-00002.gguf', 'ä b.gguf'])
        assert.ok(isPlainPath(good), good);
    for (const bad of ['', '/a', 'a//b', '..', 'a/../b', './a', 'a\\b', 'c:a', 'a\0b', 'a/', 'a.', 'a ', 'a*'])
        assert.equal(isPlainPath(bad), false, JSON.stringify(bad));
});
it('the file that is meant is chosen as llama-server chooses', () => {
    const files = [
        'README.md',
        'mmproj-m-Q4_K_M.gguf',
        'm-Q2_K.gguf',
        'm-Q4_K_M.gguf',
        'm-UD-Q4_K_M.gguf',
        'm.Q8_0.gguf',
    ];
    assert.equal(chooseFile(files), 'm-Q4_K_M.gguf');
    assert.equal(chooseFile(files, 'q8_0'), 'm.Q8_0.gguf');
    assert.equal(chooseFile(files, 'Q4_K'), undefined);
    assert.equal(chooseFile(['m-Q2_K.gguf', 'm-Q8_0.gguf']), 'm-Q8_0.gguf');
    assert.equal(chooseFile(['z-Q3_K.gguf', 'm-Q2_K.gguf']), 'z-Q3_K.gguf');
    assert.equal(chooseFile(['imatrix.gguf', 'mtp-m.gguf', 'README.md']), undefined);
    const split = [
        'Q6_K/m-Q6_K-00002-of-00002.gguf',
        'Q6_K/m-Q6_K-00001-of-00002.gguf',
        'BF16/m-00001-of-00001.gguf',
    ];
    assert.equal(chooseFile(split, 'Q6_K'), split[1]);
    assert.equal(chooseFile(split, 'bf16'), split[2]);
    assert.deepEqual(partsOf(split[1], split), [split[1], split[0]]);
    assert.deepEqual(argumentsFor('a/b', 'm-Q2_K.gguf', files), ['-hf', 'a/b:Q2_K']);
    assert.deepEqual(argumentsFor('a/b', 'm-UD-Q4_K_M.gguf', files), [
        '-hf',
        'a/b',
        '--hf-file',
        'm-UD-Q4_K_M.gguf',
    ]);
});
it("Hugging Face's variables are read as its own tools read them", () => {
    const read = (environment) => hubSettings(environment, home);
    const usual = path.join(home, '.cache', 'huggingface');
    assert.deepEqual(read({}), {
        endpoint: 'https://huggingface.co',
        cache: path.join(usual, 'hub'),
        token: undefined,
        offline: false,
    });
    assert.equal(read({ XDG_CACHE_HOME: '/x' }).cache, path.resolve('/x/huggingface/hub'));
    assert.equal(read({ HF_HOME: '~/hf' }).cache, path.join(home, 'hf', 'hub'));
    assert.equal(read({ HF_HOME: '/h', HUGGINGFACE_HUB_CACHE: '/c' }).cache, path.resolve('/c'));
    assert.equal(read({ HF_HUB_CACHE: '/d', HUGGINGFACE_HUB_CACHE: '/c' }).cache, path.resolve('/d'));
    for (const yes of ['1', 'ON', 'true', 'Yes'])
        assert.equal(read({ HF_HUB_OFFLINE: yes }).offline, true);
    for (const no of ['', '0', 'false'])
        assert.equal(read({ HF_HUB_OFFLINE: no }).offline, false);
    assert.equal(read({ HF_ENDPOINT: 'http://mirror:8080/hf/' }).endpoint, 'http://mirror:8080/hf');
    for (const bad of ['mirror', 'ftp://x', 'https://user:secret@x', 'https://x/?y'])
        assert.throws(() => read({ HF_ENDPOINT: bad }), { code: 'invalid_option' });
    mkdirSync(usual, { recursive: true });
    writeFileSync(path.join(usual, 'token'), 'hf_file\n');
    writeFileSync(path.join(home, 'other'), 'hf_other');
    assert.equal(read({}).token, 'hf_file');
    assert.equal(read({ HF_TOKEN_PATH: '~/other' }).token, 'hf_other');
    assert.equal(read({ HF_TOKEN: 'hf_env' }).token, 'hf_env');
    assert.equal(read({ HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' }).token, undefined);
    assert.throws(() => read({ HF_TOKEN: 'hf\r\nx: y' }), { code: 'invalid_option' });
});
//# sourceMappingURL=names.test.js.map