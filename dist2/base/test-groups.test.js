/** What `npm test` runs side by side, and what it counts in its one summary (`scripts/lib/test-groups.mjs`, `test-run.mjs`). */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
const root = fileURLToPath(new URL('../../', import.meta.url));
const script = (name) => new URL(`../../scripts/lib/${name}`, import.meta.url).href;
const { groupTests } = (await import(script('test-groups.mjs')));
const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-groups-'));
after(() => {
    rmSync(folder, { recursive: true, force: true });
});
function write(files) {
    for (const [name, text] of Object.entries(files)) {
        const file = path.join(folder, name);
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, text);
    }
}
describe('groups of tests', () => {
    it('run alone what reaches the library by imports, workers or programs, however far away', () => {
        write({
            'dist/llama/library.js': '',
            'dist/llama/model.js': "import { load } from './library.js';",
            'dist/engine/thread.js': "import '../llama/model.js';",
            'dist/engine/engine.js': "new Worker(new URL('./thread.js', import.meta.url))",
            'dist/a.test.js': "import { start } from './engine/engine.js';",
            'dist/b.test.js': "const { start } = await import('./engine/engine.js');",
            'dist/c.test.js': "import { spawn } from 'node:child_process';",
            'dist/d.test.js': "import './circle.js';",
            'dist/circle.js': "import './d.test.js';",
        });
        const files = ['a', 'b', 'c', 'd'].map((name) => path.join('dist', `${name}.test.js`));
        assert.deepEqual(groupTests(folder, files), { light: files.slice(3), heavy: files.slice(0, 3) });
    });
    it('hold every test of this repository once, and run alone all that start an engine or a server', () => {
        const files = readdirSync(path.join(root, 'dist'), { recursive: true, encoding: 'utf8' })
            .filter((name) => name.endsWith('.test.js'))
            .map((name) => path.join('dist', name));
        const { light, heavy } = groupTests(root, files);
        assert.deepEqual([...light, ...heavy].sort(), [...files].sort());
        const starts = /\b(startEngine|realServer|serving|LlamaModel\.load|LlamaEngineModel\.load)\(/;
        const starting = files.filter((file) => starts.test(readFileSync(path.join(root, file), 'utf8')));
        assert.ok(starting.length > 20 && light.length > 50, `${starting.length}, ${light.length}`);
        assert.deepEqual(starting.filter((file) => light.includes(file)), []);
    });
});
describe('a run of several groups', () => {
    const passing = "import { it } from 'node:test'; it('one', () => {}); it('two', { skip: true }, () => {});";
    const failing = "import { it } from 'node:test'; it('three', () => { throw new Error('no'); });";
    function run(...groups) {
        const program = `
      import { runGroups } from ${JSON.stringify(script('test-run.mjs'))};
      const groups = ${JSON.stringify(groups.map((files) => ({ files, concurrency: 1 })))};
      process.exitCode = (await runGroups(groups)) ? 0 : 1;`;
        // The runner runs nothing inside a test of its own.
        const env = { ...process.env };
        delete env['NODE_TEST_CONTEXT'];
        write({ 'run.mjs': program });
        const { status, stdout } = spawnSync(process.execPath, ['run.mjs'], {
            cwd: folder,
            env,
            encoding: 'utf8',
        });
        return { code: status, out: stdout };
    }
    it('has one summary that counts all, and fails when one test does', () => {
        write({ 'pass.mjs': passing, 'again.mjs': passing, 'fail.mjs': failing, 'dies.mjs': 'process.exit(0)' });
        const good = run(['pass.mjs'], [], ['again.mjs']);
        assert.equal(good.code, 0, good.out);
        assert.equal(good.out.match(/ tests 4$/gm)?.length, 1, good.out);
        assert.match(good.out, / pass 2\n.* fail 0\n.* cancelled 0\n.* skipped 2\n/);
        for (const groups of [
            [['fail.mjs'], ['pass.mjs']],
            [['pass.mjs'], ['fail.mjs']],
        ]) {
            const bad = run(...groups);
            assert.equal(bad.code, 1);
            assert.match(bad.out, / tests 3$/m);
            assert.match(bad.out, / fail 1$/m);
        }
        assert.equal(run([]).code, 1, 'a run of no test is none that passed');
    });
});
//# sourceMappingURL=test-groups.test.js.map