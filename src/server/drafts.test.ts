/** Drafts over HTTP: what may be loaded from where, and what is answered. */
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { asDraftId } from '../base/draft-id.js';
import type { DraftStatus } from '../engine/types.js';
import { temporaryFolder } from '../llama/test-models.js';
import { answering, CHAT, testServer } from './test-server.js';

const A: DraftStatus = {
  id: asDraftId('a'),
  version: 'x',
  state: 'ready',
  bytes: 5,
  requests: 1,
  isDefault: true,
};

describe('drafts over HTTP', () => {
  const root = temporaryFolder();
  const draftsDir = path.join(root, 'drafts');
  mkdirSync(path.join(draftsDir, 'below'), { recursive: true });
  for (const file of ['drafts/good.gguf', 'drafts/below/deep.gguf', 'outside.gguf', 'drafts.gguf'])
    writeFileSync(path.join(root, file), 'x');
  symlinkSync(path.join(root, 'outside.gguf'), path.join(draftsDir, 'link.gguf'));

  it('lists, loads and unloads', async () => {
    const { app, engine, post } = testServer({ draftsDir });
    engine.draftList = [A];
    const list = (await app.inject('/v1/drafts')).json<{ data: unknown[] }>();
    const { isDefault, ...rest } = A;
    assert.deepEqual(list, { object: 'list', data: [{ ...rest, object: 'draft', default: isDefault }] });
    for (const file of ['good.gguf', 'below/deep.gguf', path.join(draftsDir, 'good.gguf')]) {
      const answer = await post('/v1/drafts', { id: 'a', file });
      assert.equal(answer.statusCode, 201, answer.body);
      assert.equal(answer.json<{ id: string }>().id, 'a');
    }
    const gone = await app.inject({ method: 'DELETE', url: '/v1/drafts/a' });
    assert.deepEqual(
      [gone.statusCode, gone.json<unknown>()],
      [200, { id: 'a', object: 'draft', deleted: true }],
    );
    assert.equal((await app.inject({ method: 'DELETE', url: '/v1/drafts/b' })).statusCode, 404);
    engine.unloadDraft = () => new Promise(() => undefined);
    assert.equal((await app.inject({ method: 'DELETE', url: '/v1/drafts/a' })).statusCode, 202);
  });

  it('takes files of the folder and no others', async () => {
    const { post } = testServer({ draftsDir });
    const outside = [
      '../outside.gguf',
      'below/../../outside.gguf',
      '/etc/passwd',
      'link.gguf',
      '..',
      '../drafts.gguf',
    ];
    for (const file of [...outside, `${draftsDir}/../outside.gguf`, 'a\0b', 'x'.repeat(2000)]) {
      const answer = await post('/v1/drafts', { id: 'a', file });
      assert.equal(answer.statusCode, 400, `${file.slice(0, 50)}: ${answer.body}`);
      assert.match(answer.body, /'file'/);
    }
    for (const file of ['none.gguf', 'below'])
      assert.equal((await post('/v1/drafts', { id: 'a', file })).statusCode, 422);
    const bad = await post('/v1/drafts', { id: 'b', file: 'good.gguf' });
    assert.equal(bad.json<{ error: { code: string } }>().error.code, 'draft_unusable');
  });

  it('refuses what it does not know', async () => {
    const { post } = testServer({ draftsDir });
    const file = 'good.gguf';
    const bodies = [
      {},
      { id: 'a' },
      { file },
      { id: 7, file },
      { id: 'a b', file },
      { id: 'a', file, more: 1 },
      [],
    ];
    for (const body of bodies)
      assert.equal((await post('/v1/drafts', body)).statusCode, 400, JSON.stringify(body));
  });

  it('loads nothing unless a folder is allowed, and asks for the key', async () => {
    const open = testServer();
    assert.equal((await open.post('/v1/drafts', { id: 'a', file: 'good.gguf' })).statusCode, 501);
    assert.equal((await open.app.inject({ method: 'DELETE', url: '/v1/drafts/a' })).statusCode, 501);
    const { app } = testServer({ draftsDir, apiKeys: ['secret'] });
    for (const method of ['GET', 'POST'] as const)
      assert.equal((await app.inject({ method, url: '/v1/drafts' })).statusCode, 401);
    assert.equal((await app.inject({ method: 'DELETE', url: '/v1/drafts/a' })).statusCode, 401);
  });

  it('hands the draft of a request on', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = answering('x');
    await post('/v1/chat/completions', { ...CHAT, speculation: { draft: 'small' } });
    assert.equal(engine.last.request.speculation.draft, 'small');
    for (const speculation of [{ draft: 'a/b' }, { draft: 3 }, { draft: 'a', mode: 'off' }]) {
      const answer = await post('/v1/chat/completions', { ...CHAT, speculation });
      assert.equal(answer.statusCode, 400);
      assert.match(answer.body, /speculation\.draft/);
    }
  });
});
