/** `foretoken draft`: from nothing to a draft that the bundled model takes, in a few seconds. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { bundledTarget } from '../base/bundled.js';
import { run } from './test-command.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-cli-'));
after(() => {
  rmSync(folder, { recursive: true });
});
const inside = (name: string): string => path.join(folder, name);

describe('foretoken draft', () => {
  it('creates a draft, trains it on the model and guesses with it', async () => {
    const created = await run([
      'draft',
      'create',
      '-o',
      inside('new.gguf'),
      '--layers',
      '1',
      '--width',
      '64',
    ]);
    assert.equal(created.code, 0, created.err);
    assert.match(created.out, /1\.\dM parameters, 1 layers of width 64, \d+ tokens/);
    const measured = /^Measured on \d prompts?: its guesses are \d+ % right \(3 in a row\), and .* here/m;
    assert.match(created.out, measured, created.err);

    const prompts = Array.from({ length: 11 }, (_, index) =>
      index % 2 === 0 ? `What is ${index}?` : JSON.stringify({ task: 'math', prompt: `${index} + 1` }),
    );
    writeFileSync(inside('prompts.txt'), `${prompts.join('\n')}\n`);
    const small = ['--epochs', '1', '--rows', '2', '--tokens-per-row', '64', '--answer-tokens', '48'];
    const trained = await run(
      [
        'draft',
        'train',
        '-d',
        inside('new.gguf'),
        '-o',
        inside('trained.gguf'),
        '--prompts',
        inside('prompts.txt'),
        ...small,
      ],
      { env: { NO_COLOR: '1' } },
    );
    assert.equal(trained.code, 0, trained.err);
    assert.match(trained.out, /trained\.corpus\.jsonl: 11 answers, \d+ tokens/);
    assert.match(trained.out, /trained\.gguf: \d+ steps, \d+ tokens in .* min, loss [\d.]+/);
    assert.match(trained.out, measured, trained.err);

    // What it learned from is kept, and does for a second training.
    const again = await run([
      'draft',
      'train',
      '-d',
      inside('trained.gguf'),
      '-o',
      inside('again.gguf'),
      '--corpus',
      inside('trained.corpus.jsonl'),
      '--no-verdict',
      ...small,
    ]);
    assert.equal(again.code, 0, again.err);
    assert.doesNotMatch(again.out, /Measured/);

    const always = ['--speculation', 'fixed:4', '--proposers', 'draft'];
    const guessed = await run([
      'generate',
      '-n',
      '16',
      ...always,
      '--draft',
      inside('again.gguf'),
      'What is 3?',
    ]);
    assert.match(guessed.err, /of \d+ guesses right/);
    const plain = await run(['generate', '-n', '16', '--speculation', 'off', 'What is 3?']);
    assert.equal(guessed.out, plain.out);
  });

  it('refuses what makes no sense', async () => {
    const refused = async (args: string[], words: RegExp, exitCode = 2): Promise<void> => {
      const { code, err } = await run(['draft', ...args]);
      assert.equal(code, exitCode, err);
      assert.match(err, words);
      assert.equal(err.trim().split('\n').length, 1, err);
    };
    await refused(['create'], /required option '-o, --output <file>' not specified/);
    const model = inside('model.gguf');
    copyFileSync(bundledTarget(), model);
    await refused(['create', '-m', model, '-o', model], /--output .* is the model itself; name another file/);
    await refused(
      ['create', '-o', inside('x'), '--from-layers', '2', '--layers', '3'],
      /cannot be used with/,
    );
    await refused(
      ['create', '-o', inside('x'), '--from-layers', 'two'],
      /numbers of layers, such as 2,6,8 or 0-3/,
    );
    await refused(['create', '-o', inside('x'), '--from-layers', '99'], /layer/i);
    await refused(['train', '-d', inside('new.gguf'), '-o', inside('x')], /What to learn from\?/);
    writeFileSync(inside('bad.jsonl'), '{"task":"math"}\n'.repeat(10));
    await refused(
      ['train', '-d', inside('new.gguf'), '-o', inside('x'), '--prompts', inside('bad.jsonl')],
      /Line 1 of .*bad\.jsonl has no text under "prompt"/,
      1,
    );
    writeFileSync(inside('five.txt'), 'a\nb\nc\nd\ne\n');
    await refused(
      ['train', '-d', inside('new.gguf'), '-o', inside('x'), '--prompts', inside('five.txt')],
      /needs at least 10 prompts.*got 5/,
    );
    assert.ok(!existsSync(inside('x')));
    assert.equal((await run(['draft', 'teach'])).code, 2);
  });
});
