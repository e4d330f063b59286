/** `foretoken serve` with several models, for real: loaded when asked for, unloaded for others, ended in order. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, it } from 'node:test';
import { writeTinyModel } from '../gguf/tiny-model.js';
import { run, serving } from './test-command.js';
const root = mkdtempSync(path.join(os.tmpdir(), 'foretoken-several-'));
const folder = path.join(root, 'models');
before(() => {
    mkdirSync(folder);
    ['one', 'two', 'three'].forEach((name, index) => {
        writeTinyModel(path.join(folder, `${name}.gguf`), { seed: index + 1 });
    });
    writeFileSync(path.join(folder, 'mmproj-one.gguf'), 'no model');
});
after(() => {
    rmSync(root, { recursive: true });
});
it('serves a folder, and loads and unloads within the bound', async () => {
    const one = path.join(folder, 'one.gguf');
    // Room for the first and one more: a context of 256 tokens takes little beside the weights.
    const bound = String(Math.floor(statSync(one).size * 2.6));
    const { server, url } = await serving(['--models-dir', folder, '--models-max-memory', bound, '-c', '256', '-np', '1'], { env: { FORETOKEN_MODEL: '' } });
    try {
        const states = async () => {
            const { data } = (await (await fetch(`${url}/v1/models`)).json());
            return Object.fromEntries(data.map(({ id, status }) => [id, status.value]));
        };
        // By name, the first of the folder is the server's first.
        assert.match(server.out, /model one,/);
        assert.deepEqual(await states(), { one: 'loaded', three: 'unloaded', two: 'unloaded' });
        const complete = async (model) => {
            const response = await fetch(`${url}/v1/completions`, {
                method: 'POST',
                headers: { 'content-type': 'application/json' },
                body: JSON.stringify({ model, prompt: 'the', max_tokens: 8, temperature: 0, ignore_eos: true }),
            });
            const body = (await response.json());
            assert.equal(response.status, 200, JSON.stringify(body));
            assert.equal(body.model, model);
            return body.choices[0].text;
        };
        const texts = [await complete('one'), await complete('two')];
        assert.deepEqual(await states(), { one: 'loaded', three: 'unloaded', two: 'loaded' });
        texts.push(await complete('three'));
        assert.deepEqual(await states(), { one: 'loaded', three: 'loaded', two: 'unloaded' });
        // Different weights, different words; the same again after it was unloaded, also for two at once.
        assert.equal(new Set(texts).size, 3);
        assert.deepEqual(await Promise.all([complete('two'), complete('three'), complete('one')]), [
            texts[1],
            texts[2],
            texts[0],
        ]);
        server.kill('SIGTERM');
        assert.equal((await server.finished).code, 0, server.err);
    }
    finally {
        server.kill();
    }
});
it('takes models by name, and says what cannot be', async () => {
    const { server, url } = await serving([
        '--model',
        path.join(folder, 'one.gguf'),
        '-m',
        path.join(folder, 'three.gguf'),
        '--more-models',
        `second=${path.join(folder, 'two.gguf')}`,
        '-c',
        '256',
        '-np',
        '1',
    ]);
    try {
        const { data } = (await (await fetch(`${url}/v1/models`)).json());
        assert.deepEqual(data.map(({ id }) => id), ['one', 'three', 'second']);
    }
    finally {
        server.kill();
    }
    const missing = await run(['serve', '--port', '0', '--more-models', path.join(root, 'none.gguf')]);
    assert.equal(missing.code, 1);
    assert.match(missing.err, /Cannot open .*none\.gguf: there is no such file/);
    const twice = await run([
        'serve',
        '--port',
        '0',
        '--alias',
        'two',
        '--more-models',
        path.join(folder, 'two.gguf'),
    ]);
    assert.equal(twice.code, 2);
    assert.match(twice.err, /Two models would be called 'two'/);
    const empty = await run(['serve', '--port', '0', '--models-dir', root], { env: { FORETOKEN_MODEL: '' } });
    assert.equal(empty.code, 1);
    assert.match(empty.err, /--models-dir .* holds no GGUF file of a model/);
});
//# sourceMappingURL=several-models.test.js.map