/** The real server under requests that once stopped everybody else: others go on meanwhile. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { serving, type Running } from './test-command.js';

let server: Running;
let url: string;
before(async () => {
  // Pieces of prompts as large as those of a model whose prompts take long.
  const flags = '-np 2 --stall-timeout-ms 60000 --speculation off --prefill-chunk 64';
  ({ server, url } = await serving(flags.split(' ')));
});
after(() => {
  server.kill();
});

const ask = (path: string, body: object, signal?: AbortSignal): Promise<Response> =>
  fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
const slots = async (): Promise<{ busy: number; waiting: number }> =>
  ((await (await fetch(`${url}/health`)).json()) as { slots: { busy: number; waiting: number } }).slots;
const short = { prompt: 'One two three', max_tokens: 2, temperature: 0 };
const words = (count: number): string =>
  Array.from({ length: count }, (_, index) => ['red', 'green', 'blue', 'seven'][(index * index) % 4]).join(
    ' ',
  );

/** How often something was done before something else had ended. */
async function meanwhile(slow: Promise<unknown>, what: () => Promise<unknown>): Promise<number> {
  let ended = false;
  const end = slow.finally(() => (ended = true));
  let times = 0;
  for (; ; times++) {
    await what();
    if (ended as boolean) break;
  }
  await end;
  return times;
}

describe('others go on', () => {
  it('while seven megabytes are tokenised', async () => {
    const content = 'a '.repeat(3_500_000);
    const tokens = async (): Promise<number> =>
      ((await (await ask('/tokenize', { content })).json()) as { tokens: number[] }).tokens.length;
    let count = 0;
    const times = await meanwhile(
      tokens().then((length) => (count = length)),
      async () => {
        assert.equal((await fetch(`${url}/health`)).status, 200);
        assert.equal((await ask('/v1/completions', short)).status, 200);
      },
    );
    assert.ok(count >= 1_750_000);
    // Reading them on the serving thread would have let through one or two.
    assert.ok(times >= 5, `${times} times`);
  });

  it('while a long prompt is computed, which is let go when its client is', async () => {
    const { context } = (await (await fetch(`${url}/health`)).json()) as {
      context: { sequence_capacity: number };
    };
    const prompt = words(Math.floor(context.sequence_capacity * 0.95));
    const hangUp = new AbortController();
    const long = ask('/v1/completions', { prompt, max_tokens: 1 }, hangUp.signal);
    const times = await meanwhile(long, async () => {
      assert.equal((await ask('/v1/completions', short)).status, 200);
    });
    assert.ok(times >= 2, `${times} short requests were answered before the long one`);

    const again = ask('/v1/completions', { prompt: `Again ${prompt}`, max_tokens: 1 }, hangUp.signal);
    again.catch(() => undefined);
    while ((await slots()).busy === 0);
    hangUp.abort();
    // Its slot is free before it could have been computed: what it held is not in the cache as a whole.
    while ((await slots()).busy > 0);
    const { timings } = (await (
      await ask('/v1/completions', { prompt: `Again ${prompt}`, max_tokens: 1 })
    ).json()) as { timings: { prompt_n: number; cache_n: number } };
    assert.ok(timings.prompt_n > timings.cache_n, JSON.stringify(timings));
  });

  it('while hundreds of texts are embedded', async () => {
    const inputs = Array.from({ length: 12 }, (_, index) => words(100 + index));
    let embedded = 0;
    const embedding = ask('/v1/embeddings', { input: inputs }).then(async (response) => {
      embedded = ((await response.json()) as { data: unknown[] }).data.length;
    });
    const times = await meanwhile(embedding, async () => {
      assert.equal((await ask('/v1/completions', short)).status, 200);
    });
    assert.equal(embedded, inputs.length);
    assert.ok(times >= inputs.length, `${times} requests beside ${inputs.length} texts`);
  });

  it('while 256 texts of 900 words are embedded: a stream pauses less than for one of them', async () => {
    const text = words(900);
    const startMs = performance.now();
    assert.equal((await ask('/v1/embeddings', { input: text })).status, 200);
    const oneMs = performance.now() - startMs;

    const hangUp = new AbortController();
    const input = Array.from({ length: 256 }, (_, index) => `${index} ${text}`);
    let embedded = false;
    const embedding = ask('/v1/embeddings', { input }, hangUp.signal).then(
      () => (embedded = true),
      () => undefined,
    );
    const body = { prompt: 'One two three', stream: true, max_tokens: 40, temperature: 0, ignore_eos: true };
    const reader = (await ask('/v1/completions', body)).body!.getReader();
    const arrivals: number[] = [];
    while (!(await reader.read()).done) arrivals.push(performance.now());
    hangUp.abort();
    await embedding;
    assert.ok(!embedded, 'all texts were embedded before the stream had ended');
    const pauseMs = Math.max(...arrivals.slice(1).map((at, index) => at - arrivals[index]!));
    assert.ok(pauseMs < oneMs, `${pauseMs} ms between pieces, ${oneMs} ms for one text alone`);
  });

  it('while a client of a hundred choices reads nothing, whose memory is bounded', async () => {
    const memory = (): number =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))![1]) / 1024;
    const { port, host } = new URL(url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.pause();
    const body = JSON.stringify({
      ...{ messages: [{ role: 'user', content: 'Count.' }], n: 100, stream: true },
      ...{ logprobs: true, top_logprobs: 20, max_tokens: 2000, ignore_eos: true },
    });
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    const committed = async (): Promise<number> =>
      Number(
        /^foretoken_committed_tokens_total (\d+)/m.exec(await (await fetch(`${url}/metrics`)).text())![1],
      );
    // Until its first choices are paused: no token more, though a hundred choices are not done.
    const startMib = memory();
    for (let last = -1, same = 0; same < 5;) {
      const now = await committed();
      same = now === last && now > 0 ? same + 1 : 0;
      last = now;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    for (let times = 0; times < 5; times++) {
      const response = await ask('/v1/completions', { ...short, max_tokens: 20 });
      assert.equal(response.status, 200);
    }
    const grownMib = memory() - startMib;
    // All of it would be 100 choices of 2,000 tokens with 20 log-probabilities each: more than 400 MB.
    if (process.platform === 'linux') assert.ok(grownMib < 150, `${grownMib} MiB more`);
    socket.destroy();
    while ((await slots()).busy > 0);
  });
});
