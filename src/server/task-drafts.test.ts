/** Drafts of a registry in a running server: taken up when they change, under load, and never at the cost of an answer. */
import assert from 'node:assert/strict';
import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { bundledDraft, bundledPrompts, bundledTarget } from '../base/bundled.js';
import { asDraftId } from '../base/draft-id.js';
import { ForetokenError } from '../base/errors.js';
import type { DraftEntry } from '../drafts/registry/entry.js';
import { targetFingerprint, tasksPlace } from '../drafts/registry/place.js';
import { DraftRegistry } from '../drafts/registry/registry.js';
import { draftSource, shippedRegistry } from '../drafts/registry/source.js';
import type { DraftStatus } from '../engine/types.js';
import { temporaryFolder } from '../llama/test-models.js';
import { FakeEngine } from './fake-engine.js';
import { realServer } from './test-real-server.js';
import { TaskDrafts, type Reloaded } from './task-drafts.js';
import { testServer, until } from './test-server.js';

const root = temporaryFolder();
const TARGET = 'sha256:0123456789abcdef0123456789abcdef';

const entryOf = (id: string): Omit<DraftEntry, 'sha256' | 'file' | 'bytes' | 'target'> => ({
  id,
  targetFile: 'x',
  task: id,
  shape: { layers: 1, width: 64, vocabulary: 64 },
  data: { texts: 1, answerTokens: 1, sha256: 'x', served: 0, generated: 1 },
  settings: {},
  acceptance: {},
  tokenMs: 1,
  madeAt: 1,
});

/** Notes what is loaded; what is in `broken` or `full` cannot be. */
class LoadingEngine extends FakeEngine {
  readonly loads: string[] = [];
  readonly unloads: string[] = [];
  readonly broken = new Set<string>();
  readonly full = new Set<string>();
  delayMs = 0;

  override async loadDraft({
    id,
    file,
  }: {
    readonly id: string;
    readonly file: string;
  }): Promise<DraftStatus> {
    await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    if (this.broken.has(id)) throw new ForetokenError('invalid_gguf', 'not a draft');
    if (this.full.has(id)) throw new ForetokenError('out_of_memory', 'no room');
    this.loads.push(`${id}=${readFileSync(file, 'utf8')}`);
    return { id: asDraftId(id), version: 'x', state: 'ready', bytes: 1, requests: 0, isDefault: false };
  }

  override unloadDraft(id: string): Promise<void> {
    this.unloads.push(id);
    return Promise.resolve();
  }
}

function setup(name: string, options: { readonly apiKeys?: readonly string[] } = {}) {
  const registry = new DraftRegistry(tasksPlace(TARGET, path.join(root, name)), TARGET);
  const engine = new LoadingEngine();
  const { app, post } = testServer({ engine, taskDrafts: draftSource(registry, undefined), ...options });
  const add = async (id: string, text: string): Promise<DraftEntry> => {
    const file = path.join(root, `${name}-${text}`);
    writeFileSync(file, text);
    return registry.add(file, entryOf(id));
  };
  const assign = (assignments: Readonly<Record<string, string | null>>): Promise<void> =>
    registry.change((content) => ({
      ...content,
      assignments: Object.fromEntries(
        Object.entries(assignments).map(([task, draft]) => [
          task,
          { draft, candidates: [], reason: '', at: 0 },
        ]),
      ),
    }));
  return { registry, engine, app, post, add, assign };
}

describe('POST /admin/drafts/reload', () => {
  it('loads what is new, unloads what has gone, and keeps the rest', async () => {
    const { engine, post, add, assign, registry } = setup('plain');
    const reload = async (): Promise<Record<string, unknown>> => {
      const answer = await post('/admin/drafts/reload', {});
      assert.equal(answer.statusCode, 200, answer.body);
      const { object, ...rest } = answer.json<Record<string, unknown>>();
      assert.equal(object, 'drafts.reload');
      return rest;
    };
    const nothing = { loaded: [], unloaded: [], kept: [], problems: [], assignments: {} };
    assert.deepEqual(await reload(), nothing);
    await add('a', 'a1');
    await add('b', 'b1');
    await assign({ sql: 'a', math: 'b', other: null });
    const assignments = { sql: 'a', math: 'b', other: null };
    assert.deepEqual(await reload(), { ...nothing, loaded: ['a', 'b'], assignments });
    assert.deepEqual(await reload(), { ...nothing, kept: ['a', 'b'], assignments });
    await add('a', 'a2');
    await registry.remove('b');
    const left = { sql: 'a', other: null };
    assert.deepEqual(await reload(), { ...nothing, loaded: ['a'], unloaded: ['b'], assignments: left });
    assert.deepEqual(engine.loads, ['a=a1', 'b=b1', 'a=a2']);
    assert.deepEqual(engine.unloads, ['b']);
  });

  it('leaves out what cannot be used and keeps what is loaded', async () => {
    const { engine, post, add, assign, registry } = setup('broken');
    const reload = async (): Promise<{ kept: string[]; loaded: string[]; problems: string[] }> =>
      (await post('/admin/drafts/reload', {})).json();
    const a = await add('a', 'a1');
    await add('b', 'b1');
    await assign({ sql: 'a', math: 'b' });
    await reload();
    // A version that does not fit, one whose content has changed, one that is missing.
    engine.broken.add('a');
    await add('a', 'a2');
    const b = await add('b', 'b2');
    writeFileSync(registry.fileOf(b), 'B2');
    let result = await reload();
    assert.deepEqual([result.loaded, result.kept], [[], ['a', 'b']]);
    assert.equal(result.problems.length, 2, result.problems.join('\n'));
    assert.match(result.problems.join('\n'), /'a' is left out: not a draft/);
    assert.match(result.problems.join('\n'), /'b' is left out: the content of .* has changed/);
    unlinkSync(registry.fileOf(b));
    result = await reload();
    assert.match(result.problems.join('\n'), /'b' is left out: .* is missing/);
    assert.deepEqual(result.kept, ['a', 'b']);
    writeFileSync(registry.place.registry, '{"format":1,');
    result = await reload();
    assert.match(result.problems.join('\n'), /registry\.json is damaged/);
    assert.deepEqual([result.kept, engine.unloads], [['a', 'b'], []]);
    assert.equal(a.id, 'a');
  });

  it('runs once at a time, and whoever asks meanwhile gets what comes after', async () => {
    const { engine, post, add } = setup('twice');
    engine.delayMs = 20;
    await add('a', 'a1');
    const first = post('/admin/drafts/reload', {});
    await new Promise((resolve) => setTimeout(resolve, 5));
    await add('a', 'a2');
    const more = await Promise.all([
      first,
      post('/admin/drafts/reload', {}),
      post('/admin/drafts/reload', {}),
    ]);
    for (const answer of more) assert.equal(answer.statusCode, 200);
    assert.equal(engine.loads.at(-1), 'a=a2');
    assert.ok(engine.loads.length <= 2, engine.loads.join());
  });

  it('asks for the key, takes no fields, and says where there is no folder', async () => {
    const { post } = setup('key', { apiKeys: ['secret'] });
    assert.equal((await post('/admin/drafts/reload', {})).statusCode, 401);
    const key = { authorization: 'Bearer secret' };
    assert.equal((await post('/admin/drafts/reload', {}, key)).statusCode, 200);
    assert.equal((await post('/admin/drafts/reload', { what: 1 }, key)).statusCode, 400);
    assert.equal((await testServer().post('/admin/drafts/reload', {})).statusCode, 501);
  });
});

describe('drafts that come with Foretoken', () => {
  /** As the registry of somebody else, until there is an own one. */
  async function shipped(name: string) {
    const { registry: theirs, add, assign } = setup(`${name}-shipped`);
    await add('a', 'a1');
    await add('b', 'b1');
    await assign({ sql: 'a', math: 'b' });
    const own = new DraftRegistry(tasksPlace(TARGET, path.join(root, name)), TARGET);
    const engine = new LoadingEngine();
    const told: Reloaded[] = [];
    const drafts = new TaskDrafts(engine, draftSource(own, theirs), (one) => told.push(one));
    return { own, engine, drafts, told };
  }

  it('are loaded each when it is wanted, once', async () => {
    const { engine, drafts, told } = await shipped('wanted');
    const { loaded, assignments } = await drafts.reload();
    assert.deepEqual([loaded, assignments], [[], { sql: 'a', math: 'b' }]);
    for (const id of ['a', 'nobody', 'a']) drafts.want(id);
    await until('it is loaded', () => told.length === 2);
    assert.deepEqual([engine.loads, told[1]!.loaded], [['a=a1'], ['a']]);
    assert.deepEqual((await drafts.reload()).kept, ['a']);
    assert.deepEqual(engine.loads, ['a=a1']);
  });

  it('are left out with a reason where they cannot be loaded, and not tried with every request', async () => {
    const { engine, drafts, told } = await shipped('broken-shipped');
    await drafts.reload();
    engine.broken.add('b');
    drafts.want('b');
    drafts.want('b');
    await until('it is told', () => told.length === 2);
    assert.match(told[1]!.problems.join(), /'b' is left out: not a draft/);
    assert.deepEqual([drafts.canLoad('a'), drafts.canLoad('b')], [true, false]);
    engine.full.add('a');
    drafts.want('a');
    drafts.want('a');
    await until('it is told', () => told.length === 3);
    assert.match(told[2]!.problems.join(), /'a' is left out: no room/);
    assert.ok(drafts.canLoad('a'), 'there may be room later');
    await drafts.reload();
    assert.equal(told.length, 4);
  });

  it('make room for those of the user as soon as there are any', async () => {
    const { own, engine, drafts, told } = await shipped('own');
    await drafts.reload();
    for (const id of ['a', 'b']) drafts.want(id);
    await until('both are loaded', () => told.length === 3);
    const file = path.join(root, 'own-a');
    writeFileSync(file, 'mine');
    await own.add(file, entryOf('a'));
    const { loaded, unloaded } = await drafts.reload();
    assert.deepEqual([loaded, unloaded], [['a'], ['b']]);
    assert.equal(engine.loads.at(-1), 'a=mine');
    drafts.want('b');
    assert.deepEqual((await drafts.reload()).kept, ['a']);
  });
});

describe('drafts for which there is not enough memory at once', async () => {
  const MEMORY = 2 ** 24;
  const target = bundledTarget();
  const fingerprint = targetFingerprint(target);
  const registry = new DraftRegistry(tasksPlace(fingerprint, path.join(root, 'short')), fingerprint);
  const server = await realServer({
    engine: {
      speculation: {
        ...{ mode: 'auto', length: 16, proposers: ['draft'], lookupMinNgram: 2, suffixBytes: 0 },
        draftBytes: MEMORY,
      },
    },
  });

  it('are loaded again each when its task comes, from the registry of the user, too', async () => {
    const file = bundledDraft(target)!;
    const { bytes } = await server.engine.loadDraft({ id: 'size', file, forTask: true });
    await server.engine.unloadDraft('size');
    const ids = Array.from({ length: Math.floor(MEMORY / bytes) + 1 }, (_, at) => `d${at}`);
    for (const id of ids) await registry.add(file, entryOf(id));
    const told: Reloaded[] = [];
    const source = draftSource(registry, undefined);
    const drafts = new TaskDrafts(server.engine, source, (one) => told.push(one), 0);
    const present = async (): Promise<string[]> => (await server.engine.drafts()).map(({ id }) => id);
    assert.deepEqual((await drafts.reload()).problems, []);
    assert.deepEqual(await present(), ids.slice(1), 'there is room for all but one');
    for (const [at, id] of ids.entries()) {
      assert.ok(drafts.canLoad(id));
      drafts.want(id);
      await until('it is told', () => told.length === at + 2);
      assert.deepEqual([told.at(-1)!.loaded, told.at(-1)!.problems], [[id], []]);
      assert.deepEqual([(await present()).length, (await present()).at(-1)], [ids.length - 1, id]);
    }
    await registry.remove(ids[0]!);
    await drafts.reload();
    assert.ok(!drafts.canLoad(ids[0]!));
  });
});

describe('drafts that change under load', async () => {
  const target = bundledTarget();
  const fingerprint = targetFingerprint(target);
  const registry = new DraftRegistry(tasksPlace(fingerprint, path.join(root, 'load')), fingerprint);
  const server = await realServer({ server: { taskDrafts: draftSource(registry, undefined) } });
  const prompts = readFileSync(bundledPrompts(), 'utf8')
    .split('\n')
    .slice(0, 12)
    .map((line) => (JSON.parse(line) as { messages: { role: string; content: string }[] }).messages[0]!);

  async function ask(prompt: (typeof prompts)[number], speculation: object): Promise<string> {
    const response = await fetch(`${server.baseURL}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [prompt], max_tokens: 12, temperature: 0, speculation }),
    });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return (JSON.parse(text) as { choices: { message: { content: string } }[] }).choices[0]!.message.content;
  }

  it('lose no answer and change none', async () => {
    const expected: string[] = [];
    for (const prompt of prompts) expected.push(await ask(prompt, { mode: 'off' }));
    // Of other weights and another head.
    const shipped = shippedRegistry(fingerprint)!;
    const versions = [bundledDraft(target)!, shipped.fileOf(shipped.read().drafts[0]!)];
    await registry.add(versions[0]!, entryOf('swap'));
    const reload = async (): Promise<Reloaded> =>
      (await fetch(`${server.url}/admin/drafts/reload`, { method: 'POST' })).json() as Promise<Reloaded>;
    const first = await reload();
    assert.deepEqual(first.problems, []);
    const version = async (): Promise<string | undefined> =>
      (await server.engine.drafts()).find(({ id, state }) => id === 'swap' && state === 'ready')?.version;
    let answers = 0;
    let swaps = 0;
    const clients = Array.from({ length: 4 }, async (_, client) => {
      while (answers < 240 || swaps < 4) {
        const index = (answers++ + client) % prompts.length;
        assert.equal(await ask(prompts[index]!, { draft: 'swap' }), expected[index]);
      }
    });
    const swapping = (async () => {
      for (; swaps < 4; swaps++) {
        const before = await version();
        await registry.add(versions[(swaps + 1) % 2]!, entryOf('swap'));
        const { loaded, kept, problems } = await reload();
        // The server may have seen by itself what changed.
        assert.deepEqual([[...loaded, ...kept], problems], [['swap'], []]);
        assert.notEqual(await version(), before);
      }
    })();
    await Promise.all([...clients, swapping]);
    const drafts = (await server.engine.drafts()).filter(({ id }) => id === 'swap');
    assert.equal(drafts.length, 1);
    assert.equal(drafts[0]!.requests, 0);
  });
});
