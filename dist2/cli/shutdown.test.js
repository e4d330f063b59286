/** The first signal closes in order and says how many requests may still take how long. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { untilSignal } from './shutdown.js';
it('says how many requests of all models are in flight', async (t) => {
    const written = [];
    t.mock.method(process.stderr, 'write', (text) => {
        written.push(text);
        return true;
    });
    const app = { close: () => Promise.resolve(), engines: { inFlight: 3 } };
    const over = untilSignal(app, 2000);
    process.emit('SIGTERM', 'SIGTERM', 15);
    await over;
    assert.match(written.join(''), /shutting down; 3 in flight may take up to 2 s/);
});
//# sourceMappingURL=shutdown.test.js.map