import assert from 'node:assert/strict';
import { it } from 'node:test';
import { position, sequenceId, token } from '../base/types.js';
import { LlamaDecoder } from './context.js';
import { loadLibrary } from './library.js';
import { LlamaModel } from './model.js';
import { DEMO_MODEL } from './test-models.js';
import { ThreadPool } from './thread-pool.js';
it('serves several decoders in turn, with the same results as without', () => {
    const model = LlamaModel.load(DEMO_MODEL);
    const pool = ThreadPool.create(model.library, 2) ?? assert.fail('the CPU backend has pools');
    const options = { contextSize: 256, maxSequences: 1, threads: 2 };
    const first = new LlamaDecoder(model, { ...options, pool });
    const second = new LlamaDecoder(model, { ...options, pool, adaptThreads: true });
    const plain = new LlamaDecoder(model, { ...options, threads: 1 });
    // The pool waits for its decoders, whatever is disposed of first.
    pool.dispose();
    assert.ok(pool.handle.alive);
    first.warmUp();
    second.warmUp();
    assert.equal(second.lengthOf(sequenceId(0)), 0, 'a warm-up leaves nothing behind');
    for (let i = 0; i < 2; i += 1) {
        const logits = [first, second, plain].map((decoder) => {
            decoder.batch.clear();
            decoder.batch.add(token(100 + i), position(i), sequenceId(0), true);
            assert.equal(decoder.decode(), 'done');
            return decoder.logits(0).slice();
        });
        assert.deepEqual(logits[1], logits[0]);
        assert.deepEqual(logits[2], logits[0], 'the number of threads does not change the result');
    }
    first.dispose();
    assert.ok(pool.handle.alive);
    second.dispose();
    assert.ok(!pool.handle.alive);
    plain.dispose();
    model.dispose();
});
it('is not needed for one thread', () => {
    assert.equal(ThreadPool.create(loadLibrary(), 1), undefined);
    assert.throws(() => ThreadPool.create(loadLibrary(), 100_000), { code: 'invalid_option' });
});
//# sourceMappingURL=thread-pool.test.js.map