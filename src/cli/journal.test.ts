/** `foretoken journal` and `serve --journal`, as users run them. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { run, serving } from './test-command.js';

const root = mkdtempSync(path.join(os.tmpdir(), 'foretoken-cli-journal-'));
after(() => {
  rmSync(root, { recursive: true });
});

describe('foretoken journal', () => {
  it('imports, counts, exports and purges', async () => {
    const folder = path.join(root, 'one');
    const file = path.join(root, 'chats.jsonl');
    writeFileSync(file, '{"prompt": "a@b.example asks", "completion": "yes"}\nnonsense\n{"prompt": "x"}\n');
    const imported = await run(['journal', 'import', file, '--journal', folder, '--task', 'chat']);
    assert.deepEqual([imported.code, imported.out], [0, `imported 2 entries into ${folder}\n`]);
    assert.match(imported.err, /^foretoken: warning: line 2 of .*chats\.jsonl is left out: /);
    const stats = await run(['journal', 'stats', '--journal', folder]);
    assert.match(stats.out, /^entries +2 \(2 imported\), 20\d\d-/m);
    assert.match(stats.out, /^task +chat: 2 entries/m);
    const output = path.join(root, 'out.jsonl');
    assert.equal((await run(['journal', 'export', '--journal', folder, '-o', output])).code, 0);
    const printed = await run(['journal', 'export', '--journal', folder, '--since-days', '1']);
    assert.equal(printed.out, readFileSync(output, 'utf8'));
    assert.match(printed.out.split('\n')[1]!, /"prompt":"\[e-mail\] asks","completion":"yes"/);
    const undecided = await run(['journal', 'purge', '--journal', folder]);
    assert.deepEqual([undecided.code, undecided.out], [2, '']);
    assert.match(undecided.err, /--all, --older-than-days or --task/);
    const purged = await run(['journal', 'purge', '--journal', folder, '--all']);
    assert.equal(purged.out, `deleted 2 entries of ${folder}\n`);
  });

  it('names what is missing or wrong', async () => {
    const absent = await run(['journal', 'stats', '--journal', path.join(root, 'absent')]);
    assert.equal(absent.code, 1);
    assert.match(absent.err, /^foretoken: There is no journal in /i);
    const empty = path.join(root, 'empty.jsonl');
    writeFileSync(empty, '');
    const nothing = await run(['journal', 'import', empty, '--journal', path.join(root, 'two')]);
    assert.match(nothing.err, /holds nothing that could be imported/);
    assert.match((await run(['journal', 'stats'])).err, /--journal/);
    const one = path.join(root, 'one.jsonl');
    writeFileSync(one, '{"prompt": "x"}\n');
    const single = await run(['journal', 'import', one, '--journal', path.join(root, 'three')]);
    assert.match(single.out, /^imported 1 entry into /);
    // Nothing can be made there, or a file is in the way: it says so at once.
    for (const folder of [
      ...(process.platform === 'linux' ? ['/proc/journal'] : []),
      path.join(one, 'below'),
    ]) {
      const { code, out, err } = await run(['journal', 'import', one, '--journal', folder]);
      assert.deepEqual([code, out], [1, '']);
      assert.match(err, /^foretoken: The journal in .* cannot be read or written: E/);
    }
  });
});

describe('foretoken journal with a damaged file', () => {
  it('tells it, and purge --all deletes it and what a server has put aside', async () => {
    const folder = path.join(root, 'damaged');
    mkdirSync(folder);
    const file = path.join(folder, 'journal.db');
    writeFileSync(file, 'this is no database');
    writeFileSync(path.join(folder, 'damaged.db'), 'an older one');
    const told = await run(['journal', 'purge', '--older-than-days', '3', '--journal', folder]);
    assert.equal(told.code, 1);
    assert.match(told.err, /is damaged \(file is not a database\).* journal purge --all deletes it\.\n$/);
    const purged = await run(['journal', 'purge', '--all', '--journal', folder]);
    assert.deepEqual([purged.code, purged.err], [0, '']);
    assert.match(purged.out, /^deleted .*damaged\.db\ndeleted the damaged journal of /);
    assert.deepEqual(readdirSync(folder), []);
  });
});

describe('serve --journal', () => {
  it('says at its start that it stores what users write, and stores it', async () => {
    const folder = path.join(root, 'served');
    const { server, url } = await serving(['--journal', folder, '--redact', 'Falcon']);
    try {
      assert.match(
        server.err,
        /THE JOURNAL IS ON: what users write .* is stored in .*served, for up to 90 days/,
      );
      const answer = await fetch(`${url}/v1/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          prompt: 'Project Falcon: 1 2 3',
          max_tokens: 20,
          temperature: 0,
          ignore_eos: true,
        }),
      });
      const { choices } = (await answer.json()) as { choices: { text: string }[] };
      server.kill('SIGINT');
      assert.equal((await server.finished).code, 0);
      const { out } = await run(['journal', 'export', '--journal', folder]);
      const entry = JSON.parse(out) as Record<string, unknown>;
      assert.equal(entry['prompt'], 'Project [redacted]: 1 2 3');
      assert.equal(entry['completion'], choices[0]!.text);
      assert.deepEqual(entry['prompt_tokens'], []);
      assert.equal((entry['output_tokens'] as number[]).length, 20);
    } finally {
      server.kill();
    }
  });

  it('ends before the model is loaded where a pattern is none', async () => {
    const { code, err, out } = await run([
      'serve',
      '--port',
      '0',
      '--journal',
      path.join(root, 'x'),
      '--redact',
      '(',
    ]);
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, /--redact must be a regular expression/);
  });
});
