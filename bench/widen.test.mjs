/** `node --test bench/`: a widened model says what the one says that it was made of. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { argMax, decode, loadModels } from './lib/engine-models.mjs';
import { bundledDraft } from './lib/models.mjs';

const TOKENS = Array.from({ length: 48 }, (_, index) => (index * 7919 + 5) % 8000);
const tool = path.join(path.dirname(fileURLToPath(import.meta.url)), 'widen.mjs');
const widen = (/** @type {string[]} */ ...args) =>
  spawnSync(process.execPath, [tool, ...args], { encoding: 'utf8' });

/** @param {string} model */
async function logitsOf(model) {
  const models = await loadModels({ model, threads: 1, context: 128 });
  decode(models.decoder, TOKENS, 0, 'all');
  const rows = TOKENS.map((_, row) => models.decoder.logits(row).slice());
  models.dispose();
  return rows;
}

describe('widen', () => {
  it('keeps what a model says', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'foretoken-widen-'));
    const out = path.join(folder, 'wide.gguf');
    try {
      const model = bundledDraft() ?? assert.fail('no bundled draft');
      const { status, stdout, stderr } = widen('--model', model, '--parameters', '20e6', '--out', out);
      assert.equal(status, 0, stderr);
      assert.match(stdout, /(19|20|21) million parameters/);
      const [narrow, wide] = [await logitsOf(model), await logitsOf(out)];
      narrow.forEach((row, at) => {
        const apart = row.reduce((most, value, id) => Math.max(most, Math.abs(value - wide[at][id])), 0);
        assert.ok(apart < 1e-3, `logits of token ${at} differ by ${apart}`);
        assert.equal(argMax(row), argMax(wide[at]));
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('says what it lacks', () => {
    assert.match(widen().stderr, /--out wants the name of a file/);
  });
});
