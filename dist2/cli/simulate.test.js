/** `foretoken simulate` as a user runs it. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { run } from './test-command.js';
const SMALL = ['simulate', '--requests', '12'];
it('says that it is a simulation, compares policies, and writes all figures', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'foretoken-simulate-'));
    try {
        const file = path.join(directory, 'out.json');
        const { code, out, err } = await run([
            ...SMALL,
            ...['--curve', 'gpu-7b', '--policies', 'off,fixed:3,auto,oracle', '--shift', '0.5:0.2', '--json', file],
        ]);
        assert.equal(code, 0, err);
        assert.match(out, /^Simulation, not a measurement: .* gpu-7b \(H100, .* roofline\)/);
        for (const policy of ['off', 'fixed:3:draft', 'auto', 'oracle'])
            assert.match(out, new RegExp(`^${policy} `, 'm'));
        assert.match(out, /regret of auto against the oracle: -?\d+\.\d %/);
        assert.match(out, /regret of auto against the best fixed choice, fixed:3:draft: -?\d+\.\d %/);
        const written = JSON.parse(readFileSync(file, 'utf8'));
        assert.equal(written.simulation, true);
        assert.deepEqual(written.runs.map(({ policy }) => policy), ['off', 'fixed:3:draft', 'auto', 'oracle']);
        assert.equal(new Set(written.runs.map(({ outputTokens }) => outputTokens)).size, 1);
        assert.ok(written.runs[1].tokenGoodput > 1.2 * written.runs[0].tokenGoodput);
    }
    finally {
        rmSync(directory, { recursive: true });
    }
});
it('answers mistakes in one line', async () => {
    const mistake = async (args, words) => {
        const { code, out, err } = await run([...SMALL, ...args]);
        assert.equal(code, 2, err);
        assert.equal(out, '');
        assert.match(err, words);
        assert.equal(err.trim().split('\n').length, 1, err);
    };
    await mistake(['--curve', 'gpu-8b'], /--curve must be one of demo, amx/);
    await mistake(['--policies', 'off,best'], /A policy is off, auto, oracle, .* got "best"/);
    await mistake(['--in-flight', '2', '--rate', '3'], /--in-flight and --rate contradict each other/);
    await mistake(['--rate-to', '3'], /--rate-to needs the rate from which it rises/);
    await mistake(['--shift', '0.5'], /--shift must be two numbers from 0 to 1 .* got "0.5"/);
    await mistake(['--shift', '0.5:7'], /--shift must be two numbers/);
    await mistake(['--proposers', 'lookup,magic'], /--proposers must be one of lookup, suffix, draft; got "magic"/);
    await mistake(['--policies', 'off', '--json', '/nowhere/out.json'], /--json \/nowhere\/out.json cannot be written/);
});
//# sourceMappingURL=simulate.test.js.map