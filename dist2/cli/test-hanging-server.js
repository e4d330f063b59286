/**
 * For tests: a server whose engine thread hangs when asked for one token, and dies when asked for two. Says where
 * it listens and on standard error what its watchdog says; ends at signals as `serve` does.
 */
import { startEngine } from '../engine/engine.js';
import { optionsOf } from '../engine/test-support.js';
import { FakeCodec } from '../server/fake-engine.js';
import { buildServer, listen } from '../server/server.js';
import { endWithoutThread, untilSignal } from './shutdown.js';
const engine = await startEngine({}, optionsOf({ parallel: 2, watchdogMs: 200 }), {
    thread: new URL('../engine/test-thread.js', import.meta.url),
    onProblem: (text) => process.stderr.write(`${text}\n`),
});
const graceMs = 100;
const app = buildServer({
    engine,
    codec: new FakeCodec(),
    modelId: 'demo',
    modelPath: 'none',
    shutdownGraceMs: graceMs,
});
const stopped = untilSignal(app, graceMs);
process.stdout.write(`listening on ${await listen(app, { host: '127.0.0.1', port: 0 })}\n`);
await stopped;
endWithoutThread(app.engines);
//# sourceMappingURL=test-hanging-server.js.map