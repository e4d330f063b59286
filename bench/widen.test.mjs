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

/** @param {string} model @param {number} [vocabulary] tokens to choose from */
async function logitsOf(model, vocabulary = 8000) {
  const tokens = TOKENS.map((id) => id % vocabulary);
  const models = await loadModels({ model, threads: 1, context: 128 });
  decode(models.decoder, tokens, 0, 'all');
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

  it('keeps what a model says in width, heads and layers, too', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'foretoken-widen-'));
    const small = path.join(folder, 'small.gguf');
    const out = path.join(folder, 'grown.gguf');
    try {
      const { writeTinyModel } = await import('../dist/gguf/tiny-model.js');
      writeTinyModel(small, { type: 'F32', width: 128, heads: 4, kvHeads: 2, feedForward: 256 });
      for (const [model, ...sizes] of [
        [small, '--width', '320', '--heads', '12', '--layers', '5', '--feed-forward', '512'],
        [small, '--layers', '3', '--parameters', '2e6'],
        [
          bundledDraft() ?? assert.fail('no bundled draft'),
          '--width',
          '768',
          '--heads',
          '16',
          '--layers',
          '4',
        ],
      ]) {
        const { status, stderr } = widen('--model', model, ...sizes, '--out', out);
        assert.equal(status, 0, stderr);
        const [narrow, wide] = [await logitsOf(model, 250), await logitsOf(out, 250)];
        narrow.forEach((row, at) => {
          const spread = Math.max(...row) - Math.min(...row);
          const apart = row.reduce((most, value, id) => Math.max(most, Math.abs(value - wide[at][id])), 0);
          assert.ok(apart < 1e-3 * spread, `logits of token ${at} differ by ${apart} (${sizes.join(' ')})`);
        });
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('says what it lacks', () => {
    assert.match(widen().stderr, /--out wants the name of a file/);
    const model = bundledDraft() ?? assert.fail('no bundled draft');
    assert.match(
      widen('--model', model, '--width', '8', '--out', '/tmp/none.gguf').stderr,
      /--width must be .*from/,
    );
  });
});
