/** `foretoken serve` with the bundled model: ready, answering, and ending in order. */
import assert from 'node:assert/strict';
import { get } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { apartFromRounding, Running, run, serving } from './test-command.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-cli-'));
after(() => {
  rmSync(folder, { recursive: true });
});

const complete = (url: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ temperature: 0, ...body }),
  });

describe('foretoken serve', () => {
  it('says when it listens, is healthy, answers, and ends with code 0', async () => {
    const { server, url } = await serving(['--alias', 'demo', '-np', '2']);
    try {
      assert.match(
        server.out,
        /^foretoken: listening on http:\/\/127\.0\.0\.1:\d+ \(model demo, speculation auto by lookup, suffix, grammar, draft foretoken-demo-draft-\S+, ready in \d+\.\d s\)\n$/,
      );
      const health = (await (await fetch(`${url}/health`)).json()) as { status: string; model: string };
      assert.deepEqual([health.status, health.model], ['ok', 'demo']);
      const answer = (await (await complete(url, { prompt: '1 2 3 4', max_tokens: 4 })).json()) as {
        choices: { text: string }[];
      };
      assert.ok(answer.choices[0]!.text.length > 0);

      const second = await run(['serve', '--port', new URL(url).port]);
      assert.equal(second.code, 1);
      assert.match(second.err, /^foretoken: 127\.0\.0\.1:\d+ is in use by another program; .* --port\.$/m);

      server.kill('SIGINT');
      const { code, err } = await server.finished;
      assert.equal(code, 0, err);
      assert.equal(apartFromRounding(err), 'foretoken: shutting down\n');
    } finally {
      server.kill();
    }
  });

  it('finishes every stream that is in flight at SIGTERM, answers what comes later, and ends with code 0', async () => {
    const { server, url } = await serving(['--parallel', '2', '--shutdown-grace-ms', '300000']);
    try {
      let ended = 0;
      const streams = Array.from({ length: 6 }, async (_, index) => {
        const response = await complete(url, {
          prompt: `Count: ${index} 1 2 3`,
          // So many, one a step, that none ends before all have come, however fast the machine is.
          ...{ max_tokens: 100, speculation: 'off' },
          ignore_eos: true,
          stream: true,
        });
        const text = await response.text();
        ended += 1;
        return { status: response.status, text };
      });
      // Two run, four wait.
      while (
        ((await (await fetch(`${url}/health`)).json()) as { slots: { waiting: number } }).slots.waiting < 4
      )
        assert.equal(ended, 0, 'one ended before all had come');
      server.kill('SIGTERM');
      for (const { status, text } of await Promise.all(streams)) {
        assert.equal(status, 200);
        assert.match(text, /"finish_reason":"length"/);
        assert.ok(text.trimEnd().endsWith('data: [DONE]'), text.slice(-200));
      }
      const { code, err } = await server.finished;
      assert.equal(code, 0, err);
      assert.match(err, /shutting down; 6 in flight may take up to 300 s/);
    } finally {
      server.kill();
    }
  });

  it('answers streams that the time of grace is too short for', async () => {
    const { server, url } = await serving(['--parallel', '1', '--shutdown-grace-ms', '100', '-c', '1024']);
    try {
      const streams = Array.from({ length: 3 }, async () => {
        const response = await complete(url, {
          prompt: 'Go on',
          max_tokens: 900,
          ignore_eos: true,
          stream: true,
        });
        return response.text();
      });
      while (
        ((await (await fetch(`${url}/health`)).json()) as { slots: { waiting: number } }).slots.waiting < 2
      );
      server.kill('SIGTERM');
      for (const text of await Promise.all(streams))
        assert.match(text, /shutting_down|"finish_reason":|cancelled/);
      assert.equal((await server.finished).code, 0);
    } finally {
      server.kill();
    }
  });

  it('ends at once at a second signal', async () => {
    const { server, url } = await serving(['--parallel', '1']);
    try {
      const stream = complete(url, { prompt: 'Go on', max_tokens: 900, ignore_eos: true, stream: true }).then(
        (response) => response.text(),
      );
      stream.catch(() => undefined);
      while (((await (await fetch(`${url}/health`)).json()) as { slots: { busy: number } }).slots.busy < 1);
      server.kill('SIGTERM');
      while (!server.err.includes('shutting down')) await new Promise((resolve) => setTimeout(resolve, 5));
      server.kill('SIGTERM');
      assert.equal((await server.finished).code, 143);
    } finally {
      server.kill();
    }
  });

  it('takes its flags from the environment, and keys from flag and file', async () => {
    const file = path.join(folder, 'keys');
    writeFileSync(file, 'from-file\n\n');
    const { server, url } = await serving(['--api-key-file', file], {
      env: { FORETOKEN_API_KEY: 'one,two', FORETOKEN_ALIAS: 'named-by-environment' },
    });
    try {
      assert.match(server.out, /model named-by-environment/);
      const status = async (key: string): Promise<number> =>
        (await complete(url, { prompt: '1', max_tokens: 1 }, { authorization: `Bearer ${key}` })).status;
      assert.deepEqual(
        [await status('one'), await status('two'), await status('from-file')],
        [200, 200, 200],
      );
      assert.equal(await status('three'), 401);
      assert.ok(!server.err.includes('--api-key'), server.err);
    } finally {
      server.kill();
    }
  });

  it("holds to its operator's off, whatever requests ask for", async () => {
    const { server, url } = await serving(['--speculation', 'off', '-np', '1']);
    try {
      assert.match(server.out, /\(model \S+, no speculation, ready/);
      const prompt = '1 2 3 4 5 1 2 3 4 5 1 2 3';
      const answer = await complete(url, { prompt, max_tokens: 16, speculation: 'fixed:4' });
      assert.equal(answer.status, 200);
      const { timings } = (await answer.json()) as { timings: Record<string, number> };
      assert.deepEqual([timings['predicted_n']! > 1, timings['draft_n']], [true, undefined]);
      const refused = await complete(url, { prompt, speculation: { proposers: ['lookup'] } });
      assert.equal(refused.status, 400);
      assert.match(await refused.text(), /lookup cannot guess on this server; it has none/);
    } finally {
      server.kill();
    }
  });

  it('lets each request say what guesses and how far', async () => {
    const { server, url } = await serving(['--proposers', 'lookup', '--speculation', 'fixed:2', '-np', '1']);
    try {
      assert.match(server.out, /, speculation fixed:2 by lookup, ready/);
      const ask = async (speculation: unknown): Promise<{ text: string; most: number }> => {
        const prompt = '1 2 3 4 5 6 1 2 3 4 5 6 1 2 3 4 5 6 1 2';
        const response = await complete(url, { prompt, max_tokens: 24, ignore_eos: true, speculation });
        const { choices, metrics } = (await response.json()) as {
          choices: { text: string }[];
          metrics: { speculative_decoding: { acceptance_histogram: number[] } };
        };
        return {
          text: choices[0]!.text,
          most: metrics.speculative_decoding.acceptance_histogram.length - 1,
        };
      };
      const [plain, two, six] = [await ask('off'), await ask(null), await ask('fixed:6')];
      assert.deepEqual([plain.text, plain.text], [two.text, six.text]);
      assert.ok(plain.most === -1 && two.most <= 2 && six.most > 2, JSON.stringify([plain, two, six]));
    } finally {
      server.kill();
    }
  });

  it('fails with one line when the model cannot be served', async () => {
    const bad = path.join(folder, 'bad.gguf');
    writeFileSync(bad, 'GGUF and then nothing that makes sense, for more than a header');
    for (const [args, words] of [
      [['--model', path.join(folder, 'none.gguf')], /There is no file/],
      [['--model', bad], /bad\.gguf/],
      [['--model', folder], /is a folder/],
      [['--model', '/dev/null'], /is no regular file/],
      [['--gpu', 'metal'], /metal/],
      [['--api-key-file', path.join(folder, 'none')], /--api-key-file cannot be read/],
    ] as const) {
      const { code, out, err } = await run(['serve', '--port', '0', ...args]);
      assert.equal(code, 1, err);
      assert.equal(out, '');
      assert.match(err, words);
      assert.equal(err.trim().split('\n').length, 1, err);
    }
  });

  it('refuses other hosts and pages, and opens metrics and names by flags', async () => {
    const { server, url } = await serving([
      '--api-key',
      'k',
      '--open-metrics',
      '--allowed-host',
      'llm.example,*.test',
      '--cors-origin',
      'https://app.example/',
    ]);
    try {
      const status = (path: string, headers: Record<string, string>): Promise<number | undefined> =>
        new Promise((resolve, reject) => {
          get(`${url}${path}`, { headers }, (response) => {
            response.resume();
            resolve(response.statusCode);
          }).on('error', reject);
        });
      assert.equal(await status('/health', {}), 200);
      assert.equal(await status('/health', { host: 'attacker.example' }), 421);
      assert.equal(await status('/health', { host: 'llm.example' }), 200);
      assert.equal(await status('/health', { host: 'a.test:1' }), 200);
      assert.equal(await status('/health', { origin: 'http://attacker.example' }), 403);
      assert.equal(await status('/health', { origin: 'https://app.example' }), 200);
      assert.equal(await status('/metrics', {}), 200);
      assert.equal(await status('/v1/plans', {}), 401);
      assert.match(
        server.err,
        /warning: --api-key stands in the list of processes, .* FORETOKEN_API_KEY or --api-key-file\./,
      );
    } finally {
      server.kill();
    }
  });

  it('warns when everybody may use it', async () => {
    const server = new Running(['serve', '--port', '0', '--host', '0.0.0.0']);
    try {
      await server.output(/listening on/);
      while (server.err === '') await new Promise((resolve) => setTimeout(resolve, 5));
      assert.match(server.err, /warning: everybody who can reach 0\.0\.0\.0 may use this server; --api-key/);
    } finally {
      server.kill();
    }
  });
});
