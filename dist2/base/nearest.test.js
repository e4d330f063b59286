import assert from 'node:assert/strict';
import { it } from 'node:test';
import { nearest } from './nearest.js';
it('nearest finds the name that was meant', () => {
    const known = ['temperature', 'top_p', 'top_k', 'max_tokens'];
    assert.equal(nearest('temprature', known), 'temperature');
    assert.equal(nearest('Top_P', known), 'top_p');
    assert.equal(nearest('max_tokesn', known), 'max_tokens');
    assert.equal(nearest('maxTokens', known), 'max_tokens');
    assert.equal(nearest('frobnicate', known), undefined);
    assert.equal(nearest('x', []), undefined);
});
//# sourceMappingURL=nearest.test.js.map