/** `foretoken bench compare` as a command, on the bundled model, and with mistakes in it. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { run, Running, serving } from './test-command.js';
const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-compare-'));
after(() => {
    rmSync(folder, { recursive: true });
});
const compare = ['bench', 'compare', '--result-dir', folder];
const saved = (name) => JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8'));
const SHORT = ['--task', 'math,sql', '--output-len', '10', '--seconds-per-run', '0.2'];
function assertWhole({ runs, cells, settings, options }) {
    // Every setting in every cell at every repeat, once, with as many answers as requests.
    const keys = runs.map(({ cell, setting, repeat }) => `${cell} ${setting} ${repeat}`);
    assert.equal(new Set(keys).size, keys.length);
    assert.equal(keys.length, cells.length * settings.length * options.repeats);
    for (const one of runs) {
        const { requests } = cells.find(({ id }) => id === one.cell);
        assert.equal(one.summary['completed'], requests);
        assert.equal(one.summary['failed'], 0);
        assert.equal(one.texts_differ, 0, 'at temperature 0 the setting must not change a text');
        assert.deepEqual(one.errors, []);
        // The engine's own count: what was emitted is what came. Runs do not reach into each other.
        assert.equal(one.engine.committed_tokens, one.summary['total_output_tokens']);
        assert.ok(one.engine.token_goodput > 0);
    }
    // The same prompts for all settings.
    for (const { id } of cells)
        for (let repeat = 0; repeat < options.repeats; repeat += 1) {
            const own = runs.filter((one) => one.cell === id && one.repeat === repeat);
            for (const key of ['total_input_tokens', 'total_output_tokens'])
                assert.equal(new Set(own.map(({ summary }) => summary[key])).size, 1, `${id}: ${key}`);
        }
}
describe('foretoken bench compare', () => {
    it('starts a server, runs every setting under every load, and writes JSON and page', async () => {
        const { code, out, err } = await run([
            ...[...compare, ...SHORT, '--settings', 'off,fixed:3', '--request-rates', '50%,inf', '--repeats', '2'],
            ...['--threads', '1', '--parallel', '2', '--ctx-size', '1024', '--result-filename', 'two.json'],
        ]);
        assert.equal(code, 0, err);
        const result = saved('two');
        assert.equal(result.complete, true);
        assert.deepEqual(result.settings.map(({ name }) => name), ['off', 'draft:3']);
        assert.deepEqual(result.cells.map(({ kind, task }) => `${kind} ${task}`), ['rate all', 'rate all', 'idle math', 'idle sql']);
        assert.equal(result.cells[1].request_rate, 'inf');
        assert.deepEqual([result.server.parallel, result.server.proposers], [2, ['lookup', 'grammar', 'draft']]);
        assert.ok(result.server.flags.join(' ').includes('--threads 1'));
        assertWhole(result);
        for (const { setting, engine } of result.runs) {
            assert.equal(engine.draft_tokens > 0, setting === 'draft:3');
            assert.deepEqual(Object.keys(engine.sources), setting === 'off' ? [] : ['draft']);
        }
        // auto was not asked for: nothing can be said of it.
        const { auto_to_best_at_every_rate: claim, same_texts: texts } = Object.fromEntries(result.verdicts.map(({ id, holds }) => [id, holds]));
        assert.deepEqual([claim, texts], [null, true]);
        assert.match(out, /^2 settings, 4 loads, about \d+ min\.$/m);
        assert.match(out, /^yes +every request is answered/m);
        const page = readFileSync(path.join(folder, 'two.html'), 'utf8');
        assert.ok(page.startsWith('<!doctype html>') && page.includes('draft:3'));
    });
    it('takes a running server, with a key, and adds ramps', async () => {
        const { server, url } = await serving(['-np', '2', '--draft', 'none', '--api-key', 'secret']);
        try {
            const { code, err } = await run([
                ...[...compare, ...SHORT, '--base-url', url, '--api-key', 'secret', '--task', 'math'],
                ...['--settings', 'off,auto', '--request-rates', 'inf', '--repeats', '1'],
                ...['--ramp', '--ramp-seconds', '1.5', '--result-filename', 'running'],
            ]);
            assert.equal(code, 0, err);
            const result = saved('running');
            assertWhole(result);
            assert.equal(result.server.flags, null);
            // There is no draft, and suffix would know the answers.
            assert.deepEqual(result.settings[1], {
                name: 'auto',
                speculation: { mode: 'auto', proposers: ['lookup', 'grammar'] },
            });
            const { runs, windows } = result.ramp;
            assert.deepEqual(runs.map(({ setting }) => setting).sort(), ['auto', 'off']);
            assert.deepEqual(runs.map(({ failed }) => failed), [0, 0]);
            assert.equal(runs[0].requests.length, runs[1].requests.length);
            assert.equal(windows.length, 2);
            assert.equal(server.child.exitCode, null, 'a server that ran already goes on');
        }
        finally {
            server.kill();
        }
    });
    it('writes what is done after Ctrl-C, and leaves no server behind', async () => {
        const command = new Running([
            ...[...compare, ...SHORT, '--settings', 'off,lookup:1', '--request-rates', '50%', '--repeats', '1000'],
            ...['--result-filename', 'ended'],
        ]);
        const [, url] = await command.output(/^Server: (\S+)$/m);
        while (!/^[1-9]\d* of \d+ runs/m.test(command.err)) {
            assert.equal(command.child.exitCode, null, command.err);
            await new Promise((resolve) => setTimeout(resolve, 10));
        }
        command.kill('SIGINT');
        const { code, out, err } = await command.finished;
        assert.equal(code, 130, err);
        assert.match(err, /stopping; what is done is written/);
        assert.match(out, /^Ended early/m);
        const result = saved('ended');
        assert.equal(result.complete, false);
        assert.ok(result.runs.length > 0);
        assert.ok(result.runs.every(({ summary }) => summary['failed'] === 0));
        assert.ok(existsSync(path.join(folder, 'ended.html')));
        await assert.rejects(fetch(`${url}/health`), 'the server has ended');
    });
    it('says why the server does not start, or is none of ours', async () => {
        const missing = await run([...compare, '--quick', '--model', path.join(folder, 'none.gguf')]);
        assert.equal(missing.code, 1);
        assert.match(missing.err, /^foretoken: The server ended with code 1: .*none\.gguf/m);
        const nobody = await run([...compare, '--quick', '--base-url', 'http://127.0.0.1:9']);
        assert.equal(nobody.code, 1);
        assert.match(nobody.err, /127\.0\.0\.1:9 cannot be compared on: \/health: connection refused/);
    });
    it('refuses settings that the server cannot run, before anything is measured', async () => {
        const { code, out, err } = await run([
            ...compare,
            '--settings',
            'off,draft:2',
            '--draft',
            'none',
            '--quick',
        ]);
        assert.equal(code, 2);
        assert.doesNotMatch(out, /Without speculation/);
        assert.match(err, /--settings: draft:2 cannot run: the server has nothing for it \(there guess lookup, grammar\)/);
        const suffix = await run([...compare, '--settings', 'suffix:2', '--quick']);
        assert.equal(suffix.code, 2);
        assert.match(suffix.err, /suffix takes part only with --with-suffix/);
    });
    it('answers wrong flags with code 2 and one line', async () => {
        for (const [flags, words] of [
            ['--settings off,draft', /--settings must be off, control, auto, draft:K, .* got "off,draft"/],
            ['--settings draft:65', /--settings must be/],
            ['--request-rates 1,-2', /--request-rates must be numbers above 0, shares such as 50%, or inf/],
            ['--request-rates 1,,2', /--request-rates must be/],
            ['--repeats 0', /--repeats must be a whole number from 1/],
            ['--seconds-per-run 0', /--seconds-per-run must be a number from 0\.1/],
            ['--threads many', /--threads must be a whole number/],
            ['--draft-max 65', /--draft-max must be a whole number from 1 to 64/],
            ['--base-url here', /--base-url must be the URL of a server/],
            ['--base-url http://127.0.0.1:9 --draft x', /--draft is for a server that is started here/],
            ['--api-key k', /--api-key is for --base-url/],
            ['--ramp-seconds 5', /--ramp-seconds needs --ramp/],
            ['--speculation off', /unknown option '--speculation'/],
            ['--task algebra', /has no task "algebra"/],
            ['--result-dir /dev/null/x', /--result-dir: nothing can be written there/],
        ]) {
            const { code, out, err } = await run(['bench', 'compare', '--quick', ...flags.split(' ')]);
            assert.equal(code, 2, `${flags}: ${err}`);
            assert.equal(out, '');
            assert.match(err, words);
            assert.equal(err.trim().split('\n').length, 1, err);
        }
    });
});
//# sourceMappingURL=bench-compare.test.js.map