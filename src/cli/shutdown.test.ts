/** The first signal closes in order and says how many requests may still take how long. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { untilSignal } from './shutdown.js';

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
