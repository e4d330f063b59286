/** Gaps are filled where the model has tokens for it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, it } from 'node:test';
import { tinyModel } from '../gguf/tiny-model.js';
import { writeGguf } from '../gguf/writer.js';
import { LlamaCodec } from './llama-codec.js';
import { answering, testServer } from './test-server.js';
const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-infill-'));
after(() => {
    rmSync(folder, { recursive: true });
});
it('a prompt and a suffix become what the model was trained on', async () => {
    const file = path.join(folder, 'infill.gguf');
    const content = tinyModel({ width: 64, heads: 2, feedForward: 64, layers: 1 });
    const [prefix, suffix, middle] = [200, 201, 202];
    for (const [key, value] of [
        ['pre', prefix],
        ['suf', suffix],
        ['mid', middle],
    ])
        content.metadata.set(`tokenizer.ggml.fim_${key}_token_id`, { type: 'u32', value });
    writeGguf(file, content);
    const codec = LlamaCodec.open(file);
    const { engine, post } = testServer({ codec });
    engine.onSubmit = answering('ok');
    const tokens = (text) => Array.from(codec.tokenize(text, false, false));
    const promptOf = async (body) => {
        const response = await post('/v1/completions', { max_tokens: 1, ...body });
        assert.equal(response.statusCode, 200, response.body);
        return Array.from(engine.last.request.prompt);
    };
    const filled = [prefix, ...tokens('int main('), suffix, ...tokens(') {}'), middle];
    assert.deepEqual(await promptOf({ prompt: 'int main(', suffix: ') {}' }), filled);
    assert.deepEqual(await promptOf({ prompt: tokens('int main('), suffix: ') {}' }), filled);
    assert.deepEqual(await promptOf({ prompt: 'int main(', suffix: '' }), tokens('int main('));
    assert.equal((await post('/v1/completions', { prompt: 'a', suffix: 5 })).statusCode, 400);
    codec.dispose();
});
//# sourceMappingURL=infill.test.js.map