/** Ranking documents, with a tiny model that really does, and without one. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { writeTinyRanker } from '../gguf/tiny-ranker.js';
import { FakeEngine } from './fake-engine.js';
import { realServer } from './test-real-server.js';
import { testServer } from './test-server.js';
const DOCUMENTS = ['The dog sleeps in the garden.', 'Contracts are signed.', 'A dog is an animal.'];
const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-rerank-'));
after(() => {
    rmSync(folder, { recursive: true, force: true });
});
describe('a model that ranks', async () => {
    const file = path.join(folder, 'ranker.gguf');
    writeTinyRanker(file);
    const { app } = await realServer({
        modelPath: file,
        modelId: 'ranker',
        model: { parallel: 1 },
        engine: {
            parallel: 1,
            queueLimit: 4,
            speculation: { mode: 'off', length: 1, proposers: [], lookupMinNgram: 2, suffixBytes: 2 ** 16 },
        },
    });
    const post = async (url, payload) => await app.inject({ method: 'POST', url, payload });
    it('sorts by score, the same whatever the order of the documents', async () => {
        const body = { query: 'What is a dog?', documents: DOCUMENTS, return_documents: true };
        const answer = await post('/v1/rerank', body);
        assert.equal(answer.statusCode, 200, answer.body);
        const { results, usage } = answer.json();
        assert.equal(results.length, 3);
        assert.ok(usage.prompt_tokens > 20);
        const scores = results.map(({ relevance_score: score }) => score);
        assert.ok(scores.every((score) => score > 0 && score < 1));
        assert.deepEqual(scores, [...scores].sort((a, b) => b - a));
        assert.equal(new Set(scores).size, 3);
        for (const { index, document } of results)
            assert.equal(document?.text, DOCUMENTS[index]);
        const turned = await post('/rerank', { ...body, documents: [...DOCUMENTS].reverse(), top_n: 2 });
        assert.deepEqual(turned.json().results.map(({ relevance_score: score, document }) => [score, document?.text]), results.slice(0, 2).map(({ relevance_score: score, document }) => [score, document?.text]));
        const bare = await post('/rerank', { query: body.query, texts: DOCUMENTS });
        assert.deepEqual(bare.json(), results.map(({ index, relevance_score: score }) => ({ index, score })));
    });
    it('gives no embeddings, and says so', async () => {
        const answer = await post('/v1/embeddings', { input: 'a' });
        assert.equal(answer.statusCode, 501);
        assert.equal(answer.json().error.code, 'not_supported');
    });
    it('refuses what is no ranking', async () => {
        for (const body of [
            { documents: ['a'] },
            { query: 'q' },
            { query: 'q', documents: [] },
            { query: 'q', documents: [1] },
            { query: 'q', documents: ['a'], top_n: 0 },
            { query: 'q', documents: ['a b '.repeat(2000)] },
        ])
            assert.equal((await post('/v1/rerank', body)).statusCode, 400, JSON.stringify(body).slice(0, 80));
    });
});
it('a model that does not rank says so', async () => {
    const { post } = testServer();
    const answer = await post('/v1/rerank', { query: 'a', documents: ['b'] });
    assert.equal(answer.statusCode, 501);
    assert.match(answer.json().error.message, /rank/);
});
it('scores are counted in the line of embeddings', async () => {
    const { post } = testServer({ engine: new FakeEngine({ ranks: true }), embeddingQueueLimit: 0 });
    assert.equal((await post('/v1/rerank', { query: 'a', documents: ['b'] })).statusCode, 429);
});
//# sourceMappingURL=rerank.test.js.map