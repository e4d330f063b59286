import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { it } from 'node:test';
import { LONG_ANSWER, longArray, longText } from './long-json.js';
import { testServer } from './test-server.js';
it('long answers are the JSON that short ones are', async () => {
    for (const length of [0, 1, LONG_ANSWER, 3 * LONG_ANSWER + 1]) {
        const items = Int32Array.from({ length }, (_, index) => index * 7);
        assert.deepEqual(JSON.parse(await text(longArray('tokens', items, String))), { tokens: [...items] });
        // Of two units each, cut at every parity.
        for (const content of ['"\n😀'.repeat(length), 'x' + '😀'.repeat(length)])
            assert.deepEqual(JSON.parse(await text(longText('content', content))), { content });
    }
});
it('/tokenize and /detokenize give long answers', async () => {
    const { post } = testServer();
    const content = 'long '.repeat(LONG_ANSWER);
    const tokens = [...Buffer.from(content)];
    const read = await post('/tokenize', { content });
    assert.match(String(read.headers['content-type']), /^application\/json/);
    assert.deepEqual(read.json(), { tokens });
    const pieces = (await post('/tokenize', { content, with_pieces: true })).json();
    assert.deepEqual(pieces.tokens[1], { id: 111, piece: 'o' });
    assert.equal(pieces.tokens.length, tokens.length);
    assert.deepEqual((await post('/detokenize', { tokens })).json(), { content });
});
//# sourceMappingURL=long-json.test.js.map