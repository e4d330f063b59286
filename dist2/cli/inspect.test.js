/** `foretoken inspect` on the bundled model and on files that are none. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { readGguf, readTensorBytes } from '../gguf/reader.js';
import { writeGguf } from '../gguf/writer.js';
import { bundledTarget } from '../base/bundled.js';
import { run } from './test-command.js';
const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-cli-'));
after(() => {
    rmSync(folder, { recursive: true });
});
const fileOf = (name, content) => {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    return file;
};
/** The bundled model under the name of an architecture that nobody knows. */
function unknownArchitecture() {
    const model = readGguf(bundledTarget());
    const metadata = new Map(model.metadata);
    metadata.set('general.architecture', { type: 'string', value: 'perpetuum-mobile' });
    const file = path.join(folder, 'unknown.gguf');
    const tensors = model.tensors
        .slice(0, 3)
        .map((tensor) => ({ ...tensor, data: () => readTensorBytes(model, tensor) }));
    writeGguf(file, { metadata, tensors });
    return file;
}
describe('foretoken inspect', () => {
    it('describes the bundled model', async () => {
        const { code, out, err } = await run(['inspect', bundledTarget(), '--ctx-size', '512']);
        assert.equal(code, 0, err);
        assert.match(out, /^architecture +llama \(\d+ layers, width \d+, /m);
        assert.match(out, /^parameters +[\d.]+ million in \d+ tensors$/m);
        assert.match(out, /^quantisation +Q8_0 [\d.]+ MB/m);
        assert.match(out, /^vocabulary +\d+ tokens \(gpt2, qwen2\)$/m);
        assert.match(out, /^ +end of text +\d+ <\|/m);
        assert.match(out, /^memory +[\d.]+ MB with 512 tokens of context: weights .*KV cache/m);
        assert.match(out, /^chat template\n {2}.*im_start/m);
        assert.ok(!out.includes('\x1b'));
    });
    it('as JSON', async () => {
        const { code, out } = await run(['inspect', '--json', bundledTarget()]);
        assert.equal(code, 0);
        const summary = JSON.parse(out);
        assert.equal(summary.architecture, 'llama');
        assert.ok(summary.chatTemplate.includes('im_start'));
        assert.ok(summary.memory.totalBytes > 1e7);
    });
    it('fails with one line on what is no model', async () => {
        const whole = readFileSync(bundledTarget());
        for (const [file, words] of [
            [path.join(folder, 'none.gguf'), /none\.gguf/],
            [fileOf('empty.gguf', ''), /empty/],
            [fileOf('text.gguf', 'Once upon a time there was no model.'), /does not begin with "GGUF"/],
            [fileOf('head.gguf', whole.subarray(0, 5000)), /head\.gguf/],
            [fileOf('half.gguf', whole.subarray(0, whole.length / 2)), /is the download complete\?/],
            [folder, new RegExp(path.basename(folder))],
        ]) {
            const { code, out, err } = await run(['inspect', file]);
            assert.equal(code, 1, err);
            assert.equal(out, '');
            assert.match(err, /^foretoken: /);
            assert.match(err, words);
            assert.equal(err.trim().split('\n').length, 1, err);
        }
        assert.equal((await run(['inspect'])).code, 2);
    });
    it('describes an architecture that cannot be run, which generate refuses by name', async () => {
        const file = unknownArchitecture();
        const described = await run(['inspect', file]);
        assert.equal(described.code, 0, described.err);
        assert.match(described.out, /^architecture +perpetuum-mobile$/m);
        const { code, err } = await run(['generate', '--model', file, 'x']);
        assert.equal(code, 1);
        assert.match(err, /architecture.*perpetuum-mobile/);
        assert.equal(err.trim().split('\n').length, 1, err);
    });
});
//# sourceMappingURL=inspect.test.js.map