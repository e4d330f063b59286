/** Texts read on threads of their own, with the real vocabulary: the same tokens, and others are served meanwhile. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { bundledTarget } from '../base/bundled.js';
import { ForetokenError } from '../base/errors.js';
import { FakeEngine } from './fake-engine.js';
import { LlamaCodec } from './llama-codec.js';
import { buildServer, listen } from './server.js';
import { TextLane } from './text-lane.js';
import { ThreadedCodec } from './threaded-codec.js';
const setup = { modelPath: bundledTarget(), gpu: 'none' };
const own = LlamaCodec.open(setup.modelPath);
const codec = new ThreadedCodec(own, setup);
after(() => {
    codec.close();
    own.dispose();
});
describe('texts on threads of their own', () => {
    it('have the same tokens, whatever their size', async () => {
        for (const text of ['', 'a few words', 'many words '.repeat(2000), '世界 😀 '.repeat(20_000)]) {
            const tokens = await codec.tokenize(text, true, false);
            assert.deepEqual(tokens, own.tokenize(text, true, false));
            assert.equal(await codec.detokenize([...tokens]), own.detokenize([...tokens]));
        }
        const messages = [{ role: 'user', content: 'Hello' }];
        assert.deepEqual(await codec.encodeChat(messages, {}), own.encodeChat(messages, {}));
    });
    it('of megabytes keep nobody else waiting', async () => {
        const app = buildServer({
            engine: new FakeEngine(),
            codec,
            modelId: 'demo',
            modelPath: setup.modelPath,
            shutdownGraceMs: 0,
        });
        after(() => app.close());
        const url = await listen(app, { host: '127.0.0.1', port: 0 });
        let done = false;
        const long = fetch(`${url}/tokenize`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ content: 'a '.repeat(1_500_000) }),
        }).then(async (response) => {
            const { tokens } = (await response.json());
            done = true;
            return tokens.length;
        });
        let served = 0;
        while (!done) {
            assert.equal((await fetch(`${url}/health`)).status, 200);
            served += 1;
        }
        assert.ok((await long) >= 1_500_000);
        // One that waited for the long text would be answered once or twice.
        assert.ok(served > 20, `${served} others were served meanwhile`);
    });
    it('that nobody waits for are dropped, and what is too much is refused', async () => {
        const lane = new TextLane(setup, { mostWaiting: 4096 });
        const job = {
            type: 'tokenize',
            text: 'x '.repeat(1000),
            addSpecial: false,
            parseSpecial: false,
        };
        const gone = new AbortController();
        const first = lane.run(job, 2000);
        const second = lane.run(job, 2000, gone.signal);
        const third = lane.run(job, 2000);
        const codeOf = async (work) => {
            try {
                await work;
                return 'none';
            }
            catch (thrown) {
                return ForetokenError.from(thrown).code;
            }
        };
        const refused = codeOf(lane.run(job, 2000));
        gone.abort();
        assert.equal(await refused, 'queue_full');
        assert.equal(await codeOf(second), 'cancelled');
        assert.equal(await codeOf(first), 'none');
        assert.equal(await codeOf(third), 'none');
        lane.close();
        assert.equal(await codeOf(lane.run(job, 2000)), 'shutting_down');
    });
    it('are answered when their thread dies, which is then replaced', async () => {
        const lane = new TextLane(setup, { program: new URL('data:text/javascript,process.exit(1)') });
        const job = { type: 'tokenize', text: 'x', addSpecial: false, parseSpecial: false };
        for (let round = 0; round < 2; round++)
            await assert.rejects(lane.run(job, 1), { code: 'internal_error' });
        lane.close();
    });
});
//# sourceMappingURL=threaded-codec.test.js.map