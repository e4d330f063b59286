/** A model file that is cut short while it is served, with its weights copied into memory. */
import assert from 'node:assert/strict';
import { copyFileSync, rmSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { after, it } from 'node:test';
import { bundledDraft, bundledTarget } from '../base/bundled.js';
import { temporaryFolder } from '../base/temporary-folder.js';
import { serving } from './test-command.js';

const folder = temporaryFolder('no-mmap');
after(() => {
  rmSync(folder, { recursive: true });
});

it('serves on with --no-mmap when the files of model and draft are cut short', async () => {
  const [model, draft] = [path.join(folder, 'model.gguf'), path.join(folder, 'draft.gguf')];
  copyFileSync(bundledTarget(), model);
  copyFileSync(bundledDraft(bundledTarget())!, draft);
  const flags = ['--model', model, '--draft', draft, '--no-mmap', '-np', '1', '-c', '512'];
  const { server, url } = await serving(flags, { env: { FORETOKEN_CACHE_DIR: folder } });
  const ask = async (): Promise<string> => {
    const response = await fetch(`${url}/v1/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ prompt: 'One, two, three, four', max_tokens: 24, temperature: 0 }),
    });
    assert.equal(response.status, 200);
    const { choices } = (await response.json()) as { choices: { text: string }[] };
    return choices[0]!.text;
  };
  try {
    const before = await ask();
    truncateSync(model, 4096);
    truncateSync(draft, 4096);
    assert.equal(await ask(), before);
  } finally {
    server.kill();
    await server.finished;
  }
});
