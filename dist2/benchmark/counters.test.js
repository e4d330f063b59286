/** Counters of speculation on the metrics pages of Foretoken and vLLM. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ServerStatistics } from '../server/statistics.js';
import { ServerMetrics } from '../server/metrics.js';
import { FakeEngine } from '../server/fake-engine.js';
import { countsOfAnswers, difference, readCounts } from './counters.js';
it("are read from Foretoken's own page", async () => {
    const engine = new FakeEngine();
    const statistics = new ServerStatistics({ tokens: false });
    const metrics = new ServerMetrics(engine, () => [{ id: 'demo', state: 'loaded', engine }], statistics);
    statistics.watch('demo', engine);
    const page = () => metrics.registry.metrics();
    engine.step({ drafts: 2, guesses: { draft: { drafted: [2, 2, 2, 2, 1], accepted: [2, 1, 1] } } });
    const before = readCounts(await page());
    assert.deepEqual(before, {
        drafts: 2,
        draftTokens: 9,
        acceptedTokens: 4,
        acceptedPerPosition: [2, 1, 1],
    });
    engine.step({ drafts: 1, guesses: { draft: { drafted: [1, 1, 1, 1, 1], accepted: [1, 1, 1, 1] } } });
    assert.deepEqual(difference(before, readCounts(await page())), {
        drafts: 1,
        draftTokens: 5,
        acceptedTokens: 4,
        acceptedPerPosition: [1, 1, 1, 1],
    });
});
it("are read from vLLM's page, its engines together", () => {
    const page = `# HELP vllm:spec_decode_num_drafts_total Number of spec decoding drafts.
# TYPE vllm:spec_decode_num_drafts_total counter
vllm:spec_decode_num_drafts_total{engine="0",model_name="m"} 10.0
vllm:spec_decode_num_drafts_total{engine="1",model_name="m"} 5.0
vllm:spec_decode_num_drafts_created{engine="0",model_name="m"} 1.7e+09
vllm:spec_decode_num_draft_tokens_total{engine="0",model_name="m"} 1.2e+01
vllm:spec_decode_num_accepted_tokens_total{engine="0",model_name="m"} 7.0
vllm:spec_decode_num_accepted_tokens_per_pos_total{engine="0",model_name="m",position="1"} 2.0
vllm:spec_decode_num_accepted_tokens_per_pos_total{engine="0",model_name="m",position="0"} 5.0
`;
    assert.deepEqual(readCounts(page), {
        drafts: 15,
        draftTokens: 12,
        acceptedTokens: 7,
        acceptedPerPosition: [5, 2],
    });
});
it('are none on a page without them', () => {
    assert.equal(readCounts('llamacpp:prompt_tokens_total 5\n<html>no</html>'), undefined);
});
it("come from llama-server's answers where there is no page", () => {
    const outcome = {
        task: 'x',
        startMs: 0,
        queueMs: 0,
        ttftMs: 1,
        itlMs: [],
        e2eMs: 1,
        inputTokens: 1,
        outputTokens: 1,
        text: '',
    };
    assert.equal(countsOfAnswers([outcome]), undefined);
    const told = (draftTokens, acceptedTokens) => ({
        ...outcome,
        draft: { draftTokens, acceptedTokens },
    });
    assert.deepEqual(countsOfAnswers([outcome, told(10, 4), told(2, 1)]), {
        drafts: 0,
        draftTokens: 12,
        acceptedTokens: 5,
        acceptedPerPosition: [],
    });
});
//# sourceMappingURL=counters.test.js.map