/** `/v1/stats` over the bundled model: the figures are those of the answers, whatever the model says. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { realServer } from './test-real-server.js';
const server = await realServer();
describe('statistics of a real engine', () => {
    it('add up with what was answered, and say why nothing was guessed', async () => {
        const ask = async (more) => {
            const response = await fetch(`${server.url}/v1/completions`, {
                method: 'POST',
                headers: { 'content-type': 'application/json' },
                body: JSON.stringify({
                    prompt: 'one two three one two three one two three one two',
                    max_tokens: 24,
                    temperature: 0,
                    ignore_eos: true,
                    ...more,
                }),
            });
            assert.equal(response.status, 200);
            return (await response.json());
        };
        const events = await fetch(`${server.url}/v1/stats/events`);
        const fixed = { speculation: 'fixed:4' };
        const answers = await Promise.all([
            ask(fixed),
            ask({ ...fixed, prompt: 'a b a b a b a b' }),
            ask({ speculation: 'off' }),
        ]);
        const { models } = (await (await fetch(`${server.url}/v1/stats`)).json());
        const { total, latest_requests: requests, kv_cells: cells } = models[0];
        const sum = (of) => answers.reduce((all, one) => all + of(one), 0);
        assert.equal(total['prompt_tokens'], sum(({ usage }) => usage.prompt_tokens));
        assert.equal(total['output_tokens'], sum(({ usage }) => usage.completion_tokens));
        assert.equal(total['committed_tokens'], total['output_tokens']);
        for (const [field, name] of [
            ['drafts', 'num_drafts'],
            ['draft_tokens', 'num_draft_tokens'],
            ['accepted_tokens', 'num_accepted_tokens'],
        ])
            assert.equal(total[field], sum(({ metrics }) => metrics.speculative_decoding[name]), field);
        assert.deepEqual(total['requests'], { length: 3 });
        assert.equal(total['not_speculated']['off by request'], 1);
        assert.equal(requests.length, 3);
        assert.equal(cells.in_use + cells.cached + cells.free, server.engine.info.cellCount);
        assert.ok(Number(total['target_decodes']) >= Number(total['steps']));
        // Every step commits for those who decode in it: no request decodes more often than it is counted.
        assert.ok(Number(total['decoding_requests']) <= total['output_tokens']);
        let text = '';
        for await (const piece of events.body) {
            text += Buffer.from(piece).toString('latin1');
            if (text.split('event: request').length > 3 && text.endsWith('\n\n'))
                break;
        }
        for (const { id } of requests)
            assert.ok(text.includes(`"id":${id},`));
    });
});
//# sourceMappingURL=stats-engine.test.js.map