/** Requests to a server end in its journal: whatever API they came by, with their words and what became of them. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { bundledTarget } from '../base/bundled.js';
import { fileFingerprint } from '../base/file-fingerprint.js';
import { targetFingerprint } from '../drafts/registry/place.js';
import type { JournalEntry } from '../tasks/journal/entry.js';
import { openJournal } from '../tasks/journal/store.js';
import { JournalWriter } from '../tasks/journal/writer.js';
import { bytesOf, FakeEngine, END } from './fake-engine.js';
import { testServer, type TestServer } from './test-server.js';

const root = mkdtempSync(path.join(os.tmpdir(), 'foretoken-server-journal-'));
after(() => {
  rmSync(root, { recursive: true });
});
let folders = 0;

/** What is journalled of what is asked. */
async function journalled(
  ask: (server: TestServer) => Promise<unknown>,
  answerText = 'Hello',
): Promise<JournalEntry[]> {
  const folder = path.join(root, String(folders++));
  const engine = new FakeEngine();
  engine.onSubmit = (stream) => {
    setImmediate(() => {
      const tokens = Int32Array.from([...stream.request.prompt, ...bytesOf(answerText), END]);
      stream.text(answerText);
      stream.finish('finished', {
        tokens: [END],
        record: { tokens, refusedAt: [1], guesses: { draft: { drafted: [1], accepted: [0] } } },
      });
    });
  };
  const modelPath = bundledTarget();
  const journal = await JournalWriter.open(folder);
  const server = testServer({ engine, journal, modelPath });
  await ask(server);
  await server.app.close();
  const reader = openJournal(folder);
  const entries = [...reader.entries()].reverse();
  reader.close();
  return entries;
}

describe('the journal of a server', () => {
  it('keeps conversations of all three APIs', async () => {
    const system = { role: 'system', content: 'Be brief' };
    const user = { role: 'user', content: 'Hi' };
    const entries = await journalled(async ({ post }) => {
      await post('/v1/chat/completions', {
        model: 'demo',
        messages: [system, user],
        speculation: { draft: 'mine' },
      });
      await post('/v1/messages', { model: 'demo', max_tokens: 20, system: 'Be brief', messages: [user] });
      await post('/v1/responses', { model: 'demo', instructions: 'Be brief', input: 'Hi' });
    });
    assert.equal(entries.length, 3);
    for (const { prompt, output, promptTokens, outputTokens } of entries) {
      assert.deepEqual(prompt, [system, user]);
      assert.equal(output, 'Hello');
      assert.ok(promptTokens.length > 0);
      assert.deepEqual(outputTokens, [...bytesOf('Hello'), END]);
    }
    const [{ draft, refusedAt, guesses, reason, statistics, target, targetFile, source, task }] = entries as [
      JournalEntry,
    ];
    assert.deepEqual(
      { draft, refusedAt, guesses, reason, source, task },
      {
        ...{ draft: 'mine', refusedAt: [1], reason: 'finished', source: 'served', task: undefined },
        guesses: { draft: { drafted: [1], accepted: [0] } },
      },
    );
    assert.equal(target, targetFingerprint(bundledTarget()), 'as the registry of drafts names it');
    assert.equal(targetFile, fileFingerprint(bundledTarget()));
    assert.equal(statistics!.outputTokens, 6);
  });

  it('keeps texts, tokens as text, and each choice', async () => {
    const entries = await journalled(async ({ post }) => {
      await post('/v1/completions', { model: 'demo', prompt: 'Once', n: 2 });
      await post('/v1/completions', { model: 'demo', prompt: [bytesOf('A'), bytesOf('B')] });
    });
    assert.deepEqual(
      entries.map(({ prompt }) => prompt),
      ['Once', 'Once', 'A', 'B'],
    );
  });

  it('keeps nothing of a request that is refused', async () => {
    const entries = await journalled(async ({ post, engine }) => {
      engine.capacity = 0;
      const { statusCode } = await post('/v1/completions', { model: 'demo', prompt: 'Once' });
      assert.equal(statusCode, 429);
    });
    assert.deepEqual(entries, []);
  });

  it('asks the engine for no tokens where there is none', () => {
    const { engine } = testServer();
    assert.equal(engine.wantsTokens, false);
  });
});
