/** Stop texts across token boundaries, against a search of the whole text. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomIndices } from '../base/random.js';
import { StopMatcher } from './stop-matcher.js';
const encoder = new TextEncoder();
describe('StopMatcher', () => {
    it('finds the earliest stop however the text is cut (fixed seeds)', () => {
        const random = randomIndices(5);
        const word = (length) => Array.from({ length }, () => 'abé😀'.match(/./gu)[random(4)]).join('');
        let matches = 0;
        for (let round = 0; round < 500; round++) {
            const text = word(20);
            const stops = [word(1 + random(4)), word(2 + random(3))];
            const matcher = new StopMatcher(stops);
            const bytes = encoder.encode(text);
            let at = 0;
            let found;
            while (at < bytes.length && found === undefined) {
                const next = Math.min(bytes.length, at + 1 + random(6));
                const match = matcher.push(bytes.subarray(at, next));
                at = next;
                if (match === undefined)
                    continue;
                found = new TextDecoder().decode(bytes.subarray(0, at - match.trimBytes));
                assert.ok(stops.includes(match.stop) && text.startsWith(found + match.stop));
            }
            const starts = stops.map((stop) => text.indexOf(stop)).filter((start) => start >= 0);
            if (starts.length === 0)
                assert.equal(found, undefined);
            else {
                matches += 1;
                // The stop that is complete first ends the text; of those complete then, the one that began first.
                assert.ok(found !== undefined && stops.some((stop) => text.startsWith(found + stop)));
                assert.ok(stops.every((stop) => !found.includes(stop)));
            }
        }
        assert.ok(matches > 100 && matches < 500, `${matches} of 500 texts hold a stop`);
    });
    it('goes on behind a stop that is passed over, and keeps one in the text where asked to', () => {
        const matcher = new StopMatcher(['ab', 'abcd']);
        const trims = 'x a b a b c d a b'
            .split(' ')
            .map((letter) => matcher.push(encoder.encode(letter))?.trimBytes);
        // Of stops that are complete at once the one that began first counts.
        assert.deepEqual(trims, [undefined, undefined, 2, undefined, 2, undefined, 4, undefined, 2]);
        assert.equal(new StopMatcher(['ab']).push(encoder.encode('xabyz'), true)?.trimBytes, 2);
    });
    it('cuts nothing without stop texts', () => {
        assert.equal(new StopMatcher([]).push(encoder.encode('x')), undefined);
        assert.equal(new StopMatcher(['']).push(encoder.encode('x')), undefined);
    });
});
//# sourceMappingURL=stop-matcher.test.js.map