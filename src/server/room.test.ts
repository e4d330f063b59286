/** What clients can make the server hold: requests on one connection, bodies, answers that nobody takes. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, describe, it } from 'node:test';
import Fastify from 'fastify';
import { FakeEngine } from './fake-engine.js';
import { installErrorHandling } from './failures.js';
import { readJsonBodies } from './json-body.js';
import { FREE_BODY_BYTES, limitBodies, MOST_PIPELINED } from './room.js';
import { listen } from './server.js';
import { testServer, until } from './test-server.js';

/** A connection and all that has come on it. */
async function dial(url: string): Promise<{ socket: Socket; received: () => string }> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.on('error', () => undefined);
  socket.on('data', (part) => (text += part.toString('latin1')));
  await new Promise((resolve) => socket.once('connect', resolve));
  return { socket, received: () => text };
}

const head = (host: string, bytes: number): string =>
  `POST /v1/completions HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${bytes}\r\n\r\n`;
const asked = '{"prompt":"a"}';

describe('a connection', () => {
  it('lets a few requests wait on it, refuses more, and takes all with it when it closes', async () => {
    const { app, engine } = testServer();
    const url = await listen(app, { host: '127.0.0.1', port: 0 });
    const { socket, received } = await dial(url);
    socket.write((head(new URL(url).host, asked.length) + asked).repeat(3 * MOST_PIPELINED));
    await until('the first are submitted', () => engine.inFlight === MOST_PIPELINED);
    // The engine's answers come first in line; those behind them are refused.
    for (const stream of engine.streams.slice(0, MOST_PIPELINED)) stream.finish('finished');
    const statuses = (): string[] => Array.from(received().matchAll(/HTTP\/1.1 (\d+)/g), ([, code]) => code!);
    await until('all are answered', () => statuses().length === 3 * MOST_PIPELINED);
    assert.deepEqual(statuses(), [
      ...Array<string>(MOST_PIPELINED).fill('200'),
      ...Array<string>(2 * MOST_PIPELINED).fill('429'),
    ]);
    assert.equal(engine.streams.length, MOST_PIPELINED);
    // Answered ones make room.
    socket.write((head(new URL(url).host, asked.length) + asked).repeat(3));
    await until('further ones are submitted', () => engine.inFlight === 3);
    socket.destroy();
    await until('all of them are cancelled', () => engine.inFlight === 0);
    assert.ok(engine.streams.slice(-3).every(({ cancelled }) => cancelled));
  });
});

describe('bodies', () => {
  it('fill no more than their room, which their end or hang-up frees; small ones always pass', async () => {
    const app = Fastify({ bodyLimit: 10 * FREE_BODY_BYTES });
    after(() => app.close());
    installErrorHandling(app, { bodyLimitBytes: 10 * FREE_BODY_BYTES, onInternalError: () => undefined });
    limitBodies(app, 4 * FREE_BODY_BYTES);
    readJsonBodies(app);
    let free = (): void => undefined;
    app.post('/v1/completions', async (request) => {
      if ((request.body as { wait?: boolean }).wait === true)
        await new Promise<void>((resolve) => (free = resolve));
      return { taken: true };
    });
    const url = await listen(app, { host: '127.0.0.1', port: 0 });
    const send = async (body: string) => {
      const answer = await fetch(new URL('/v1/completions', url), { method: 'POST', body });
      return [answer.status, /"code":"\w+"|taken/.exec(await answer.text())![0]];
    };
    const large = JSON.stringify({ text: 'x'.repeat(3 * FREE_BODY_BYTES) });
    const full = [429, '"code":"queue_full"'];
    const taken = [200, 'taken'];
    // Half a body that never goes on.
    const { socket } = await dial(url);
    socket.write(head(new URL(url).host, 4 * FREE_BODY_BYTES) + '{"text":"'.padEnd(3 * FREE_BODY_BYTES));
    await until('it fills the room', () => socket.bytesWritten > 3 * FREE_BODY_BYTES);
    let refused: unknown[] = [];
    for (let tries = 0; tries < 100 && refused[0] !== 429; tries++) refused = await send(large);
    assert.deepEqual(refused, full);
    assert.deepEqual(await send('{}'), taken);
    socket.destroy();
    let passed: unknown[] = [];
    for (let tries = 0; tries < 100 && passed[0] !== 200; tries++) passed = await send(large);
    assert.deepEqual(passed, taken);
    // One that is complete counts until it is answered.
    const waiting = send(JSON.stringify({ wait: true, text: 'x'.repeat(3 * FREE_BODY_BYTES) }));
    refused = [];
    for (let tries = 0; tries < 100 && refused[0] !== 429; tries++) refused = await send(large);
    assert.deepEqual(refused, full);
    free();
    assert.deepEqual(await waiting, taken);
    assert.deepEqual(await send(large), taken);
  });
});

describe('plans', () => {
  it('are told to sixteen at a time', async () => {
    const engine = new FakeEngine();
    let answer = (): void => undefined;
    const made = new Promise<never[]>(
      (resolve) =>
        (answer = () => {
          resolve([]);
        }),
    );
    engine.plans = () => made;
    const { app } = testServer({ engine });
    const url = new URL('/v1/plans', await listen(app, { host: '127.0.0.1', port: 0 }));
    const statuses: number[] = [];
    const asked = Array.from({ length: 20 }, async () => statuses.push((await fetch(url)).status));
    await until('four are refused', () => statuses.length === 4);
    answer();
    await Promise.all(asked);
    assert.deepEqual(statuses, [...Array<number>(4).fill(429), ...Array<number>(16).fill(200)]);
    assert.equal((await fetch(url)).status, 200);
  });
});
