/** Getting models by the command line: from a hub on loopback, listed, served, and what to do without any. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { writeTinyModel } from '../gguf/tiny-model.js';
import { DEFAULT_MODEL } from '../hub/default-model.js';
import { FakeHub } from '../hub/fake-hub.js';
import { run, serving } from './test-command.js';
const root = mkdtempSync(path.join(os.tmpdir(), 'foretoken-models-'));
let hub;
let env;
let tiny;
before(async () => {
    hub = await FakeHub.start();
    writeTinyModel(path.join(root, 'tiny.gguf'));
    tiny = readFileSync(path.join(root, 'tiny.gguf'));
    hub.repositories.set('someone/Tiny-GGUF', {
        files: { 'Tiny-F32.gguf': tiny, 'Tiny-Q8_0.gguf': Buffer.from('no') },
    });
    env = {
        HF_ENDPOINT: hub.endpoint,
        HF_HOME: path.join(root, 'hf'),
        FORETOKEN_CACHE_DIR: path.join(root, 'own'),
        // No index is asked.
        ...{ PIP_NO_INDEX: '1', PIP_CONFIG_FILE: os.devNull, PIP_FIND_LINKS: path.join(root, 'none') },
    };
    mkdirSync(path.join(root, 'none'));
});
after(async () => {
    await hub.close();
    rmSync(root, { recursive: true });
});
const nameServed = async (args, more = {}) => {
    const { server, url } = await serving(args, { env: { ...env, ...more } });
    try {
        const { data } = (await (await fetch(`${url}/v1/models`)).json());
        return [data[0].id, server.err];
    }
    finally {
        server.kill('SIGTERM');
        await server.finished;
    }
};
describe('foretoken models', () => {
    it('lists the bundled model, and what has been fetched with what to pass', async () => {
        const before = await run(['models'], { env });
        assert.equal(before.code, 0, before.err);
        assert.match(before.out, /^to serve it\s+quant\s+size\s+where\n-m demo\s+Q8_0\s+\d+\.\d MB\s+\/.*foretoken-demo/);
        const { code, err } = await run(['generate', '-n', '2', '-hf', 'someone/Tiny-GGUF:F32', 'x'], { env });
        assert.equal(code, 0, err);
        assert.match(err, /^foretoken: fetching Tiny-F32\.gguf \(.* MB\) of someone\/Tiny-GGUF from 127\.0\.0\.1/m);
        const listed = JSON.parse((await run(['models', '--json'], { env })).out);
        assert.equal(listed.cache, path.join(root, 'hf', 'hub'));
        const [first] = listed.models;
        assert.deepEqual(first.arguments, ['-hf', 'someone/Tiny-GGUF:F32']);
        assert.deepEqual([first.quant, first.bytes], ['F32', tiny.length]);
        assert.deepEqual(readFileSync(first.path), tiny);
        hub.log.length = 0;
        const again = await run(['generate', '-n', '2', '--offline', ...first.arguments, 'x'], { env });
        assert.equal(again.code, 0, again.err);
        assert.deepEqual(hub.log, []);
    });
});
describe('models from the hub on the command line', () => {
    it('are served under the name of their file', async () => {
        const [id] = await nameServed(['-hf', 'someone/Tiny-GGUF', '--hf-file', 'Tiny-F32.gguf']);
        assert.equal(id, 'Tiny-F32');
    });
    it('can have a draft from there, too', async () => {
        const args = ['-hf', 'someone/Tiny-GGUF:F32', '-hfd', 'someone/Tiny-GGUF:F32', '-n', '4', 'x'];
        const { code, err } = await run(['generate', ...args], { env });
        assert.equal(code, 0, err);
    });
    it('are not mixed with others; the command line wins over the environment', async () => {
        for (const [args, words] of [
            ['--model x.gguf -hf a/b', /--model x\.gguf and --hf-repo a\/b name a model each/],
            ['--hf-file x.gguf', /--hf-file is a file of the repository that --hf-repo names/],
            ['-hf a/b -hfd c/d --draft x.gguf', /--draft x\.gguf and --hf-repo-draft c\/d name a draft each/],
            ['-hf nonsense', /--hf-repo must be a repository .* got "nonsense"/],
            ['-hf someone/Tiny-GGUF --speculation off --draft-max 8', /--draft-max says how to guess/],
        ]) {
            hub.log.length = 0;
            const { code, err } = await run(['serve', ...args.split(' ')], { env });
            assert.equal(code, 2, err);
            assert.match(err, words);
            assert.deepEqual(hub.log, []);
        }
        const [id] = await nameServed(['--model', path.join(root, 'tiny.gguf')], {
            FORETOKEN_HF_REPO: 'a/b',
            FORETOKEN_MODEL: '',
        });
        assert.equal(id, 'tiny');
    });
    it('that are not there end the start with code 1 and a line', async () => {
        const { code, err } = await run(['serve', '-hf', 'someone/Tiny-GGUF:Q6_K'], { env });
        assert.equal(code, 1);
        assert.match(err, /^foretoken: There is no Q6_K in someone\/Tiny-GGUF\. There are: F32, Q8_0\.\n$/);
    });
});
it('a draft that fits is offered, and not taken', async () => {
    const large = path.join(root, 'large.gguf');
    writeTinyModel(large, { layers: 12 });
    hub.repositories.set('someone/Fam-7B-GGUF', { files: { 'Fam-7B-Q8_0.gguf': readFileSync(large) } });
    hub.repositories.set('someone/Fam-1B-GGUF', { files: { 'Fam-1B-Q8_0.gguf': tiny } });
    const { server } = await serving(['-hf', 'someone/Fam-7B-GGUF', '-np', '1', '-c', '256'], { env });
    try {
        assert.doesNotMatch(server.out, /draft/);
        while (!server.err.includes('a draft of the same vocabulary is on the hub'))
            await new Promise((resolve) => setTimeout(resolve, 10));
        assert.match(server.err, /start with -hfd someone\/Fam-1B-GGUF \(/);
        server.kill('SIGTERM');
        assert.equal((await server.finished).code, 0);
    }
    finally {
        server.kill();
    }
});
describe('without a model', () => {
    const none = { FORETOKEN_MODEL: '' };
    it('the default one is fetched once and served', async () => {
        hub.repositories.set(DEFAULT_MODEL.repo, { files: { [DEFAULT_MODEL.file]: tiny } });
        const [id, said] = await nameServed([], none);
        assert.equal(`${id}.gguf`, DEFAULT_MODEL.file);
        assert.match(said, /no model is named, so SmolLM2-135M-Instruct is fetched once/);
        hub.log.length = 0;
        assert.deepEqual((await nameServed([], none))[0], id);
        assert.deepEqual(hub.log, []);
    });
    it('the bundled one is served where nothing can be fetched, which is said', async () => {
        const own = {
            ...none,
            HF_HOME: path.join(root, 'empty'),
            FORETOKEN_CACHE_DIR: path.join(root, 'empty-own'),
        };
        const [id, offline] = await nameServed(['--offline'], own);
        assert.match(id, /^foretoken-demo/);
        assert.match(offline, /^foretoken: the bundled demo model is served: it answers only what it was trained on/);
        hub.repositories.clear();
        const [other, said] = await nameServed([], { ...own, HF_ENDPOINT: hub.endpoint });
        assert.equal(other, id);
        const lines = said.split('\n').filter((line) => line.includes('does not come from'));
        assert.equal(lines.length, 2, said);
        assert.match(said, /^foretoken: the bundled demo model is served/m);
    });
});
//# sourceMappingURL=models.test.js.map