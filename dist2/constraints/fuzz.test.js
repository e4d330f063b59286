/** The short form of `npm run fuzz:grammars`. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fuzzGrammars } from './fuzz.js';
it('thousands of random grammars and schemas are refused in words or followed to their end', () => {
    const { cases, read, refused, judged, mostBytes } = fuzzGrammars({ cases: 4_000, seed: 1, schemas: 0.05 });
    assert.equal(cases, read + refused);
    assert.ok(read > cases / 4 && refused > cases / 10, `${read} read, ${refused} refused`);
    assert.ok(judged > cases / 4, `${judged} judged`);
    assert.ok(mostBytes < 64 * 1024 * 1024, `${mostBytes} bytes`);
});
//# sourceMappingURL=fuzz.test.js.map