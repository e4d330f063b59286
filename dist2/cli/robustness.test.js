/** The short forms of the scripts that attack a real server; the long forms are npm run fuzz:requests and soak. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
const scripts = fileURLToPath(new URL('../../scripts/', import.meta.url));
function run(script, ...args) {
    const child = spawnSync(process.execPath, [path.join(scripts, script), ...args], { encoding: 'utf8' });
    assert.equal(child.status, 0, `${child.stdout}\n${child.stderr}`);
    assert.match(child.stdout, /0 faults/);
}
it('answers 1,500 malformed requests and goes on as before', () => {
    // On a busy machine a request may take long for other reasons than its content.
    run('fuzz-requests.mjs', '--count', '1500', '--limit-ms', '20000');
});
it('serves mixed traffic with clients that hang up, read slowly or not at all, and is idle afterwards', () => {
    // Too short to tell whether memory is flat.
    run('soak.mjs', '--minutes', '0.3', '--grown', '1000');
});
//# sourceMappingURL=robustness.test.js.map