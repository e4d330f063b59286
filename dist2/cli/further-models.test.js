/** What models besides the first are taken to need, and where they are named. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, it } from 'node:test';
import { ggufHead } from '../gguf/writer.js';
import { writeTinyModel } from '../gguf/tiny-model.js';
import { withFirstModel } from './flags/serve.js';
import { furtherModels } from './further-models.js';
const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-further-'));
after(() => {
    rmSync(folder, { recursive: true });
});
const FLAGS = { ctxSize: 256, parallel: 1, moreModels: [] };
it('counts each part of a split model once, also where the file does not tell what a token takes', () => {
    const parts = [1, 2, 3].map((part) => path.join(folder, `big-0000${part}-of-00003.gguf`));
    const metadata = new Map([['general.architecture', { type: 'string', value: 'unheard-of' }]]);
    for (const part of parts)
        writeFileSync(part, ggufHead({ metadata, tensors: [] }));
    const bytes = parts.reduce((sum, part) => sum + statSync(part).size, 0);
    const [model] = furtherModels(withFirstModel({ ...FLAGS, moreModels: [parts[0]] }), 'first.gguf');
    assert.equal(model.bytes, bytes);
});
it('takes a repeated --model as the first and further ones', () => {
    const files = ['a', 'b', 'c'].map((name) => path.join(folder, `${name}.gguf`));
    writeTinyModel(files[0], { seed: 1 });
    for (const file of files.slice(1))
        copyFileSync(files[0], file);
    const [a, b, c] = files;
    const flags = withFirstModel({ ...FLAGS, model: [a, `second=${b}`], moreModels: [c] });
    assert.equal(flags.model, a);
    const models = furtherModels(flags, a);
    assert.deepEqual(models.map(({ id, path: file }) => [id, file]), [
        ['second', b],
        ['c', c],
    ]);
    assert.equal(withFirstModel(FLAGS).model, undefined);
});
//# sourceMappingURL=further-models.test.js.map