/** What leaves the engine thread when. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Outbox } from './outbox.js';
import { refusalOf } from './types.js';
const tokenOf = (id, token) => ({ id, tokens: [token], accepted: 0 });
it('sends first tokens and endings at once, what is between together, and loses nothing', () => {
    const sent = [];
    const outbox = new Outbox((events) => sent.push(events.flatMap(({ tokens }) => [...tokens])));
    let nowMs = 1000;
    const step = (events, afterMs) => {
        nowMs += afterMs;
        outbox.add(events, undefined);
        outbox.flush(nowMs);
    };
    step([tokenOf(1, 10)], 0);
    assert.deepEqual(sent, [[10]], 'a first token waits for nobody');
    for (let token = 11; token <= 14; token++)
        step([tokenOf(1, token)], 3);
    assert.deepEqual(sent.length, 1, 'tokens that follow fast wait');
    step([tokenOf(1, 15)], 5);
    assert.deepEqual(sent.at(-1), [11, 12, 13, 14, 15]);
    step([tokenOf(1, 16)], 30);
    assert.deepEqual(sent.at(-1), [16], 'tokens of a slow model leave as they come');
    step([tokenOf(1, 17)], 1);
    step([tokenOf(2, 20)], 1);
    assert.deepEqual(sent.at(-1), [17, 20], "another's first token takes along what waits");
    step([tokenOf(2, 21)], 1);
    step([{ ...refusalOf(1, { code: 'cancelled', message: '' }), tokens: [18] }], 1);
    assert.deepEqual(sent.at(-1), [21, 18]);
    step([tokenOf(2, 22)], 1);
    outbox.flush(nowMs, true);
    assert.deepEqual(sent.at(-1), [22], 'nothing stays behind when the engine sleeps');
    outbox.flush(nowMs, true);
    assert.equal(sent.length, 6);
});
//# sourceMappingURL=outbox.test.js.map