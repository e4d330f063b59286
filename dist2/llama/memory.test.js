import assert from 'node:assert/strict';
import os from 'node:os';
import { it } from 'node:test';
import { availableBytes, cacheBytesPerToken } from './memory.js';
it('counts the bytes of a cache', () => {
    // Llama 3 8B: 32 layers, 8 KV heads of 128, in halves of floats: 128 KiB a token.
    const shape = { layers: 32, headsKv: 8, keyLength: 128, valueLength: 128 };
    assert.equal(cacheBytesPerToken(shape), 128 * 1024);
    assert.equal(cacheBytesPerToken(shape, 'F32', 'F16'), 192 * 1024);
    assert.equal(cacheBytesPerToken(shape, 'Q8_0', 'Q8_0'), 68 * 1024);
});
it('knows of no more memory than there is', () => {
    assert.ok(availableBytes() > 0 && availableBytes() <= os.totalmem());
});
//# sourceMappingURL=memory.test.js.map