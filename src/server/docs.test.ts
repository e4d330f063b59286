/** Code and docs hold together: every error, route, field and metric is in `docs/`, and no error that is not. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ERRORS } from '../base/errors.js';
import { CHAT_FIELDS, CHAT_UNSUPPORTED } from './chat-request.js';
import { COMPLETION_FIELDS, COMPLETION_UNSUPPORTED, EMBEDDING_FIELDS } from './completion-request.js';
import { FakeCodec, FakeEngine } from './fake-engine.js';
import { ServerMetrics } from './metrics.js';
import { MESSAGES_FIELDS, MESSAGES_UNSUPPORTED } from './messages-request.js';
import { RESPONSES_FIELDS, RESPONSES_UNSUPPORTED } from './responses-request.js';
import { RERANK_FIELDS } from './rerank-routes.js';
import { buildServer } from './server.js';
import { ServerStatistics } from './statistics.js';

const read = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

it('docs/errors.md lists every code with its status, and no other', () => {
  const rows = [...read('errors.md').matchAll(/^\| `(\w+)` \| (\d+) \| (.+) \| (.+) \|$/gm)];
  assert.deepEqual(
    Object.fromEntries(rows.map(([, code, status]) => [code, Number(status)])),
    Object.fromEntries(Object.entries(ERRORS).map(([code, { status }]) => [code, status])),
  );
  for (const [, code, , when, mend] of rows)
    assert.ok(when!.length > 20 && mend!.length > 10, `${code} says too little`);
});

/** The pages of the API. */
const API = ['api.md', 'generation.md', 'embeddings.md', 'operating.md'];

it('every link from page to page leads somewhere', () => {
  const pages = readdirSync(new URL('../../docs/', import.meta.url)).filter((name) => name.endsWith('.md'));
  const headings = new Map(
    pages.map((page) => [
      page,
      [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!)),
    ]),
  );
  const broken: string[] = [];
  for (const page of pages)
    for (const [link, file = page, anchor] of read(page).matchAll(/\]\(([\w-]+\.md)?(?:#([\w-]+))?\)/g)) {
      const there = headings.get(file);
      if (there === undefined || (anchor !== undefined && !there.includes(anchor)))
        broken.push(`${page}: ${link}`);
    }
  assert.deepEqual(broken, []);
});

it('docs/index.md leads to every page', () => {
  const index = read('index.md');
  const pages = readdirSync(new URL('../../docs/', import.meta.url)).filter((name) => name.endsWith('.md'));
  const via = `${index}${read('cli.md')}`;
  assert.deepEqual(
    pages.filter((page) => page !== 'index.md' && !via.includes(`(${page}`)),
    [],
  );
});

/** As GitHub makes anchors of headings. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .trim()
    .replaceAll(' ', '-');

describe('the pages of the API name', () => {
  const api = API.map(read).join('\n');
  const named = new Set([...api.matchAll(/`([^`\n]+)`/g)].map(([, name]) => name));

  it('every route', async () => {
    const app = buildServer({
      engine: new FakeEngine(),
      codec: new FakeCodec(),
      modelId: 'x',
      modelPath: 'x',
    });
    await app.ready();
    const tree = app.printRoutes({ commonPrefix: false });
    const paths: string[] = [];
    const stack: string[] = [];
    for (const [, indent, part, methods] of tree.matchAll(/^([│ ]*)[├└]── (\S+)(?: \(([A-Z, ]+)\))?$/gm)) {
      stack.length = indent!.length / 4;
      stack.push(part!);
      if (methods === undefined) continue;
      const method = ['POST', 'GET'].find((name) => methods.includes(name)) ?? 'DELETE';
      paths.push(`${method} ${stack.join('')}`.replace(/\/\//g, '/'));
    }
    assert.equal(paths.length, 23, tree);
    for (const path of paths) assert.ok(named.has(path), path);
    await app.close();
  });

  it('every field', () => {
    const fields = [
      ...CHAT_FIELDS,
      ...COMPLETION_FIELDS,
      ...EMBEDDING_FIELDS,
      ...RERANK_FIELDS,
      ...Object.keys(CHAT_UNSUPPORTED),
      ...Object.keys(COMPLETION_UNSUPPORTED),
    ];
    assert.ok(fields.length > 50);
    assert.deepEqual(
      [...new Set(fields)].filter((field) => !named.has(field)),
      [],
    );
  });

  it('every field of the other APIs, in docs/responses-and-messages.md', () => {
    const others = new Set(
      [...read('responses-and-messages.md').matchAll(/`([^`\n]+)`/g)].map(([, name]) => name),
    );
    const fields: readonly string[] = [
      ...RESPONSES_FIELDS,
      ...MESSAGES_FIELDS,
      ...Object.keys(RESPONSES_UNSUPPORTED),
      ...Object.keys(MESSAGES_UNSUPPORTED),
    ];
    assert.ok(fields.length > 50);
    assert.deepEqual(
      fields.filter((field) => !others.has(field)),
      ['model', 'model'],
    );
  });

  it('every metric', async () => {
    const names = (
      await new ServerMetrics(
        new FakeEngine(),
        () => [],
        new ServerStatistics({ tokens: false }),
      ).registry.getMetricsAsJSON()
    ).map(({ name }) => name.replace('foretoken_', ''));
    const without = new Set([...named].map((name) => name!.replace(/\{.*\}$/, '')));
    assert.ok(names.length > 20);
    assert.deepEqual(
      names.filter((name) => !without.has(name)),
      [],
    );
  });
});
