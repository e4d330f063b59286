/** The first signal closes in order and says how many requests may still take how long. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { untilSignal } from './shutdown.js';
import { serving } from './test-command.js';

it('says how many requests of all models are in flight', async (t) => {
  const written: unknown[] = [];
  t.mock.method(process.stderr, 'write', (text: unknown) => {
    written.push(text);
    return true;
  });
  const app = { close: () => Promise.resolve(), engines: { inFlight: 3 } };
  for (const [signal, number] of [
    ['SIGTERM', 15],
    ['SIGINT', 2],
    ['SIGHUP', 1],
  ] as const) {
    const over = untilSignal(app, 2000);
    (process as NodeJS.EventEmitter).emit(signal, signal, number);
    await over;
    assert.match(written.splice(0).join(''), /shutting down; 3 in flight may take up to 2 s/);
    // A second signal would end the process.
    for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.removeAllListeners(name);
  }
});

it('opens no debugger on SIGUSR1, and serves on', { skip: process.platform === 'win32' }, async () => {
  const { server, url } = await serving();
  try {
    server.kill('SIGUSR1');
    // A signal that is not handled is seen to within a turn or two.
    for (let asked = 0; asked < 10; asked++) assert.equal((await fetch(`${url}/health`)).status, 200);
    server.kill('SIGTERM');
    const { code, err } = await server.finished;
    assert.equal(code, 0);
    assert.doesNotMatch(err, /[Dd]ebugger/);
  } finally {
    server.kill();
  }
});
