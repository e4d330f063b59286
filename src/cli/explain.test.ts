/** `explain` from a log and from a server, and what it answers to what is neither. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { run, serving } from './test-command.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-explain-'));
const log = path.join(folder, 'plans.jsonl');
after(() => {
  rmSync(folder, { recursive: true });
});

describe('foretoken explain', () => {
  it('tells what a server that was asked has planned, from itself and from its log', async () => {
    const { server, url } = await serving(['--plan-log', log]);
    const body = {
      prompt: 'one two three one two three one two',
      max_tokens: 24,
      temperature: 0,
      ignore_eos: true,
    };
    await fetch(`${url}/v1/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).then((response) => response.json());
    const off = { ...body, speculation: 'off' };
    await fetch(`${url}/v1/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(off),
    }).then((response) => response.json());
    const stats = await fetch(`${url}/v1/stats`).then((response) => response.text());
    // The engine warms up with requests of its own, which count, too.
    const id = stats
      .match(/"id":\d+,"label"/g)!
      .at(-1)!
      .match(/\d+/)![0];
    const never = await run(['explain', url, '--request', id]);
    assert.deepEqual(never, {
      code: 0,
      out: `request ${id} (length): no guesses: off by request\n`,
      err: '',
    });
    const live = await run(['explain', url, '--last', '2']);
    assert.equal(live.code, 0, live.err);
    assert.match(live.out, /^step \d+: 1 request/);
    server.kill('SIGTERM');
    assert.equal((await server.finished).code, 0);

    const logged = await run(['explain', log, '--last', '2']);
    assert.deepEqual(logged, { code: 0, out: live.out, err: '' });
    const steps = readFileSync(log, 'utf8').trim().split('\n').length;
    const all = await run(['explain', log, '--last', '1000', '--json']);
    assert.equal(all.out.trim().split('\n').length, steps);
    const missing = await run(['explain', log, '--step', '999999']);
    assert.equal(missing.code, 1);
    assert.match(missing.err, /holds \d+ plans \(steps \d+ to \d+\), but none that is asked for/);
  });

  it('says what is wrong with a file or an address', async () => {
    const bad = path.join(folder, 'bad.jsonl');
    writeFileSync(bad, '{"step":1}\n');
    const other = createServer((_, response) => response.end('<html>hello</html>')).listen(0, '127.0.0.1');
    after(() => other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    for (const [source, words] of [
      [path.join(folder, 'none.jsonl'), /Cannot read the plan log .*ENOENT/],
      [bad, /line 1 of .*bad\.jsonl is not the record of a plan/],
      [`http://127.0.0.1:${port}`, /does not answer as a Foretoken server does/],
      ['http://127.0.0.1:9', /does not answer as a Foretoken server does/],
    ] as const) {
      const { code, out, err } = await run(['explain', source]);
      assert.notEqual(code, 0);
      assert.equal(out, '');
      assert.match(err, words);
      assert.equal(err.trim().split('\n').length, 1, err);
    }
  });
});
