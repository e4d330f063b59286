/** What llama-server's clients ask before they begin. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CHAT, testServer, until } from './test-server.js';
describe('GET /props', () => {
    it('tells the settings, and the path of the model to those with a key only', async () => {
        const { app } = testServer({ apiKeys: ['sesame'] });
        assert.equal((await app.inject('/props')).statusCode, 401);
        const { app: open } = testServer();
        assert.equal((await open.inject('/props')).json().model_path, '');
        const keyed = await app.inject({ url: '/props', headers: { authorization: 'Bearer sesame' } });
        const props = keyed.json();
        assert.equal(props['model_path'], '/models/demo.gguf');
        assert.equal(props['model_alias'], 'demo');
        assert.equal(props['total_slots'], 4);
        assert.deepEqual(props['modalities'], { vision: false, audio: false });
        assert.equal(props['bos_token'], '<s>');
        assert.equal(props['eos_token'], '</s>');
        assert.equal(props['chat_template'], '{{ messages }}');
        const settings = props['default_generation_settings'];
        assert.equal(settings.n_ctx, 512);
        assert.equal(settings.params.top_p, 1);
        assert.equal((await open.inject({ method: 'POST', url: '/props' })).statusCode, 405);
    });
});
describe('GET /slots', () => {
    it('tells how many are taken, and fails on demand when all are', async () => {
        const { app, engine, post } = testServer();
        const busy = async () => (await app.inject('/slots')).json().filter((slot) => slot.is_processing).length;
        assert.equal(await busy(), 0);
        const pending = [post('/v1/chat/completions', CHAT), post('/v1/chat/completions', CHAT)];
        await until('both are submitted', () => engine.inFlight === 2);
        assert.equal(await busy(), 2);
        assert.equal((await app.inject('/slots?fail_on_no_slot=1')).statusCode, 200);
        pending.push(...Array.from({ length: 3 }, () => post('/v1/chat/completions', CHAT)));
        await until('all are submitted', () => engine.inFlight === 5);
        const slots = (await app.inject('/slots')).json();
        assert.deepEqual(slots.map(({ id, n_ctx: context, is_processing: taken }) => [id, context, taken]), [0, 1, 2, 3].map((id) => [id, 512, true]));
        const full = await app.inject('/slots?fail_on_no_slot=1');
        assert.equal(full.statusCode, 503);
        assert.equal(full.json().error.code, 'no_slot_free');
        for (const stream of engine.streams)
            stream.finish('finished');
        await Promise.all(pending);
    });
});
//# sourceMappingURL=llama-server-routes.test.js.map