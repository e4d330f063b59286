/** Prompts find their tasks and drafts in a server: what the engine is told, what is learned, what users are told. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asDraftId } from '../base/draft-id.js';
import type { DraftStatus } from '../engine/types.js';
import type { TaskKnowledge } from '../tasks/router/knowledge.js';
import type { RoutedDraft } from '../tasks/router/policy.js';
import { FakeEngine, bytesOf, type FakeStream } from './fake-engine.js';
import { answering, testServer, until } from './test-server.js';

const statusOf = (id: string, isDefault = false): DraftStatus => ({
  ...{ version: 'v', state: 'ready', bytes: 1, requests: 0, isDefault },
  id: asDraftId(id),
});
const rates = (first: number) => ({ first, later: first });
const SQL: RoutedDraft = {
  ...{ id: 'for-sql', tokenMs: 0.1 },
  measured: { sql: rates(0.9), lists: rates(0.2), general: rates(0.2) },
};
const LISTS: RoutedDraft = {
  ...{ id: 'for-lists', tokenMs: 0.1 },
  measured: { sql: rates(0.2), lists: rates(0.9), general: rates(0.2) },
};
/** As an engine in a thread of its own does: the request has been submitted before its first event comes. */
const later = (answer: (stream: FakeStream) => void) => (stream: FakeStream) => {
  setImmediate(() => {
    answer(stream);
  });
};
/** By a word of the text. */
const classifier = {
  tasks: [{ id: 'sql' }, { id: 'lists' }],
  classify: (text: string) => {
    const task = /SELECT/.test(text) ? 'sql' : /list/.test(text) ? 'lists' : 'general';
    return { task, confidence: task === 'general' ? 0.2 : 0.95 };
  },
};

async function routing(knowledge: Partial<TaskKnowledge> = {}, loadable: readonly string[] = []) {
  const engine = new FakeEngine();
  engine.draftList = [statusOf('first', true), statusOf('for-sql'), statusOf('for-lists')];
  engine.onSubmit = later(answering('Hello'));
  let known: TaskKnowledge = { classifier, drafts: [SQL, LISTS], problems: [], ...knowledge };
  const problems: string[] = [];
  const server = testServer({
    engine,
    tasks: { file: '/nowhere/tasks.json', read: () => known },
    onTaskProblem: (text) => problems.push(text),
  });
  await server.app.ready();
  const tasks = server.app.tasks!;
  const wanted: string[] = [];
  tasks.loadBy({ want: (id) => wanted.push(id), canLoad: (id) => loadable.includes(id) });
  await tasks.reload();
  const ask = async (content: string, more: object = {}) => {
    const { statusCode, body } = await server.post('/v1/chat/completions', {
      ...{ model: 'demo', messages: [{ role: 'user', content }] },
      ...more,
    });
    assert.equal(statusCode, 200, body);
    const { label, speculation } = engine.last.request;
    return [label, speculation.draft];
  };
  const stats = async () => {
    const { models } = (await server.app.inject('/v1/stats')).json<{ models: Record<string, unknown>[] }>();
    return models[0]!;
  };
  const know = (next: TaskKnowledge): void => {
    known = next;
  };
  return { ...server, engine, tasks, ask, stats, problems, wanted, know };
}

describe('routing in a server', () => {
  it('gives each prompt the label of its task and the draft that promises most', async () => {
    const { ask, post, engine, stats } = await routing();
    assert.deepEqual(await ask('SELECT all orders'), [1, 'for-sql']);
    assert.deepEqual(await ask('a list of birds'), [2, 'for-lists']);
    // Nobody has measured the general draft; the specialists are known to be bad.
    assert.deepEqual(await ask('good morning to you'), [0, 'first']);
    await post('/v1/completions', { model: 'demo', prompt: bytesOf('SELECT x') });
    assert.equal(engine.last.request.label, 1);
    const { routing: told, latest_requests: latest } = await stats();
    const { requests, unsure_requests: unsure, routed } = told as Record<string, unknown>;
    assert.deepEqual([requests, unsure], [4, 1]);
    assert.deepEqual((routed as Record<string, unknown>)['sql'], { 'for-sql': 2 });
    const [first] = latest as Record<string, unknown>[];
    assert.deepEqual([first!['task'], first!['task_confidence']], ['sql', 0.95]);
    assert.match((first!['routing'] as { reason: string }).reason, /promises most for 'sql'/);
  });

  it('lets the client choose, and a routed draft go without refusing anybody', async () => {
    const { ask, engine } = await routing();
    assert.deepEqual(await ask('SELECT 1', { speculation: { draft: 'for-lists' } }), [1, 'for-lists']);
    assert.equal(engine.last.request.speculation.orFirst, undefined);
    await ask('SELECT 1');
    assert.equal(engine.last.request.speculation.orFirst, true);
  });

  it('counts no drafts that clients make up', async () => {
    const { ask, tasks } = await routing();
    await ask('SELECT 1', { speculation: { draft: 'made-up' } });
    assert.deepEqual([tasks.router.requests, tasks.router.routed.size], [0, 0]);
  });

  it('looks at each turn, and relabels an answer that becomes another task', async () => {
    const { post, engine, tasks, ask } = await routing();
    assert.deepEqual(await ask('SELECT 1'), [1, 'for-sql']);
    const turns = [
      { role: 'user', content: 'SELECT 1' },
      { role: 'assistant', content: 'one' },
      { role: 'user', content: 'and now please a list of birds of the sea' },
    ];
    await post('/v1/chat/completions', { model: 'demo', messages: turns });
    assert.equal(engine.last.request.label, 2);
    const relabelled: number[][] = [];
    engine.relabel = (...call: number[]) => relabelled.push(call);
    engine.onSubmit = later((stream) => {
      stream.text('x'.repeat(100));
      stream.text('a list of things'.repeat(4));
    });
    const answered = ask('SELECT 1');
    await until('it is relabelled', () => relabelled.length > 0);
    engine.last.finish('finished', { tokens: [256] });
    await answered;
    assert.deepEqual(relabelled, [[engine.last.id, 2]]);
    assert.equal(tasks.router.relabelled, 1);
  });

  it('learns from records, and tells that a task has changed', async () => {
    const { ask, engine, stats, app } = await routing();
    let changed = false;
    engine.onSubmit = (stream) => {
      const draft = stream.request.speculation.draft;
      const right = (draft === 'first') === changed ? 27 : 3;
      const guesses = { draft: { drafted: [30], accepted: [right] } };
      later(() => {
        stream.finish('finished', { tokens: [256], record: { guesses } });
      })(stream);
    };
    for (let at = 0; at < 15; at++) await ask('SELECT 1');
    changed = true;
    const drafts: unknown[] = [];
    for (let at = 0; at < 25; at++) drafts.push((await ask('SELECT 1'))[1]);
    assert.equal(drafts[0], 'for-sql');
    assert.ok(
      drafts.slice(-5).every((draft) => draft === 'first'),
      drafts.join(),
    );
    const { drifts } = (await stats())['routing'] as { drifts: { kind: string; task: string }[] };
    assert.deepEqual([drifts[0]!.kind, drifts[0]!.task], ['task changed', 'sql']);
    const { body } = await app.inject('/metrics');
    assert.match(body, /^foretoken_routed_requests_total\{task="sql",draft="for-sql"\} \d+$/m);
    assert.match(body, /^foretoken_task_drift_total\{kind="task changed"\} [1-9]/m);
  });

  it('takes up other drafts and tasks while it runs, and tells what it cannot', async () => {
    const { ask, tasks, know, engine, problems } = await routing();
    engine.draftList = [statusOf('first', true), statusOf('for-lists')];
    know({ classifier, drafts: [SQL, LISTS], problems: ['one is damaged'] });
    await tasks.reload();
    assert.deepEqual(problems, ['one is damaged']);
    assert.deepEqual(await ask('SELECT 1'), [1, 'first']);
    assert.deepEqual(await ask('a list'), [2, 'for-lists']);
    engine.drafts = () => Promise.reject(new Error('it is closing'));
    await tasks.reload();
    assert.match(problems.at(-1)!, /could not be read anew: it is closing/);
    assert.deepEqual(await ask('a list'), [2, 'for-lists']);
  });

  it('has a draft loaded that is not there yet, or not any more, and takes the first meanwhile', async () => {
    const { ask, tasks, engine, wanted } = await routing({}, ['for-sql', 'for-lists']);
    engine.draftList = [statusOf('first', true)];
    await tasks.reload();
    assert.deepEqual(await ask('SELECT 1'), [1, 'for-sql']);
    assert.equal(engine.last.request.speculation.orFirst, true);
    assert.deepEqual(wanted, ['for-sql']);
    engine.draftList = [statusOf('first', true), statusOf('for-sql')];
    await tasks.reload();
    await ask('SELECT 1');
    assert.deepEqual(wanted, ['for-sql']);
    // The engine has freed it: the record names another.
    engine.onSubmit = later((stream) => {
      stream.finish('finished', { tokens: [256], record: { draft: asDraftId('first') } });
    });
    await ask('SELECT 1');
    await ask('SELECT 1');
    assert.deepEqual(wanted, ['for-sql', 'for-sql']);
  });

  it('leaves everything as it is while no tasks are known', async () => {
    const { ask, stats, know, tasks } = await routing({ classifier: undefined, drafts: [] });
    assert.deepEqual(await ask('SELECT 1'), [0, undefined]);
    assert.equal((await stats())['routing'], undefined);
    know({ classifier, drafts: [SQL], problems: [] });
    await tasks.reload();
    assert.deepEqual(await ask('SELECT 1'), [1, 'for-sql']);
  });
});
