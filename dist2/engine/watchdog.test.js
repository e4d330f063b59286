import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Pulse } from './pulse.js';
import { Watchdog } from './watchdog.js';
it('notices a thread that does not move, says what it does, and that it moves again', () => {
    const pulse = new Pulse();
    const watchdog = new Watchdog(pulse, { boundMs: 1000, everyMs: 250 });
    // Loading takes as long as it takes.
    for (let now = 0; now <= 5000; now += 250)
        assert.equal(watchdog.look(now), undefined);
    for (let now = 5000; now <= 9000; now += 250) {
        pulse.beat('decoding');
        assert.equal(watchdog.look(now), undefined);
    }
    let stall;
    for (let now = 9000; now <= 10_000; now += 250)
        stall = watchdog.look(now);
    assert.equal(stall, undefined);
    for (let now = 10_250; now <= 10_500; now += 250)
        stall = watchdog.look(now);
    assert.deepEqual(stall, { doing: 'decoding', forMs: 1500 });
    pulse.beat('sampling');
    assert.equal(watchdog.look(10_750), undefined);
});
it('does not take a wait for work, or a pause of the whole process, for a hang', () => {
    const pulse = new Pulse();
    const watchdog = new Watchdog(pulse, { boundMs: 1000, everyMs: 250 });
    pulse.announce();
    pulse.sleep(0);
    assert.equal(pulse.doing, 'waiting for work');
    for (let now = 0; now <= 5000; now += 250)
        assert.equal(watchdog.look(now), undefined);
    pulse.beat('decoding');
    assert.equal(watchdog.look(5250), undefined);
    // Stopped for an hour, by SIGSTOP for instance.
    assert.equal(watchdog.look(3_605_250), undefined);
    pulse.beat('decoding');
    assert.equal(watchdog.look(3_605_500), undefined);
});
//# sourceMappingURL=watchdog.test.js.map