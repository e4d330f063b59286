import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { loadLibrary } from './library.js';
import { findLibraries } from './packages.js';
import { contradiction, probe } from './probe.js';
import { DEMO_MODEL, temporaryFolder } from './test-models.js';
const good = {
    version: '0.5.0-dev',
    contextSize: 512,
    batchSize: 2048,
    microBatchSize: 512,
    backends: 1,
};
it('loads once a thread', () => {
    const library = loadLibrary();
    assert.equal(loadLibrary(), library);
    assert.match(library.llama.version(), /^0\.5\.0/);
    assert.ok(library.llama.backendCount() >= 1);
});
it('accepts only the version and the layout that are declared', () => {
    assert.equal(contradiction(good), undefined);
    assert.equal(contradiction({ ...good, version: '0.5.0' }), undefined);
    assert.match(contradiction({ ...good, version: '0.5.01' }), /version 0\.5\.01; Foretoken needs 0\.5\.0/);
    assert.match(contradiction({ ...good, batchSize: 512 }), /lays its parameters out/);
    assert.match(contradiction({ ...good, backends: 0 }), /no backend/);
});
it('remembers a good probe, and not one of another file', () => {
    const folder = temporaryFolder();
    const files = findLibraries('none');
    probe(files, folder);
    const [stamp, ...others] = readdirSync(folder);
    assert.deepEqual(others, []);
    // A stamp that says otherwise is not believed, and is mended.
    writeFileSync(path.join(folder, stamp), '{"version":"0.4.0"}');
    probe(files, folder);
    assert.deepEqual(readdirSync(folder), [stamp]);
});
it('says in words that a library cannot be used', () => {
    const folder = temporaryFolder();
    const files = findLibraries('none');
    const broken = path.join(folder, 'libllama.so');
    writeFileSync(broken, 'not a library');
    const stamps = path.join(folder, 'stamps');
    assert.throws(() => {
        probe({ ...files, llama: broken }, stamps);
    }, { code: 'library_unavailable', message: /cannot be used on this machine/ });
    assert.ok(!existsSync(stamps), 'a failure is not remembered');
    assert.throws(() => {
        // A library, but not llama.cpp's.
        probe({ ...files, llama: files.ggmlBase }, stamps);
    }, { code: 'library_unavailable' });
});
it('opens on several threads at the same time', async () => {
    const vocabulary = new URL('./vocabulary.js', import.meta.url).href;
    const source = `
    import { parentPort } from 'node:worker_threads';
    import { Vocabulary } from ${JSON.stringify(vocabulary)};
    const vocabulary = Vocabulary.open(${JSON.stringify(DEMO_MODEL)});
    parentPort.postMessage(vocabulary.size);
    vocabulary.dispose();
  `;
    const worker = () => new Promise((resolve, reject) => {
        const thread = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
        thread.once('message', resolve);
        thread.once('error', reject);
    });
    const sizes = await Promise.all([worker(), worker(), worker()]);
    assert.ok(typeof sizes[0] === 'number' && sizes[0] > 0);
    assert.deepEqual(sizes, [sizes[0], sizes[0], sizes[0]]);
});
//# sourceMappingURL=library.test.js.map