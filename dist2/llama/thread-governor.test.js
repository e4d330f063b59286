import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ThreadGovernor } from './thread-governor.js';
/** Times of a machine with two cores, in ms: as measured for the demo model. */
const QUIET = (threads, tokens) => (threads === 1 ? 1 + tokens : 0.8 + 0.55 * tokens);
/** Both cores are wanted by others. */
const BUSY = (threads, tokens) => (threads === 1 ? 2.5 * (1 + tokens) : 500);
/** Decodes one after another, by a clock of its own. */
class Machine {
    governor;
    nowMs = 0;
    constructor(threads) {
        this.governor = new ThreadGovernor(threads);
    }
}
/** Decodes with changing numbers of tokens; `timeOf` says how long each takes. */
function run(machine, decodes, timeOf) {
    let ms = 0;
    let all = 0;
    for (let index = 0; index < decodes; index += 1) {
        const tokens = [1, 4, 1, 8, 2, 5][index % 6];
        const threads = machine.governor.threads(machine.nowMs);
        const time = timeOf(threads, tokens, index);
        machine.governor.record(tokens, machine.nowMs, time);
        machine.nowMs += time;
        ms += time;
        if (threads > 1)
            all += 1;
    }
    return { ms, all: all / decodes };
}
function calibrated(threads = 2) {
    const machine = new Machine(threads);
    machine.governor.calibrate(QUIET(1, 1));
    return machine;
}
/** Time of the same decodes with always the same number of threads. */
const fixed = (threads, decodes, timeOf) => run(new Machine(1), decodes, (_, tokens) => timeOf(threads, tokens)).ms;
describe('thread governor', () => {
    it('uses all threads on a quiet machine', () => {
        assert.equal(run(calibrated(), 5000, QUIET).all, 1);
    });
    it('pays little for hiccups', () => {
        const hiccup = (threads, tokens, index) => QUIET(threads, tokens) + (index % 500 === 499 ? 20 : 0);
        const { ms, all } = run(calibrated(), 20_000, hiccup);
        assert.ok(all > 0.8, `all threads in ${all} of the decodes`);
        assert.ok(ms < 1.15 * (fixed(2, 20_000, QUIET) + 40 * 20), `${ms} ms`);
    });
    it('loses at most a fifth against one thread while others want the cores', () => {
        const decodes = 20_000;
        const { ms, all } = run(calibrated(), decodes, BUSY);
        assert.ok(ms < 1.2 * fixed(1, decodes, BUSY), `${ms} ms`);
        assert.ok(all < 0.01);
        assert.ok(all > 0, 'it never tries again');
    });
    it('is soon back to all threads after the machine has slept through a decode', () => {
        const machine = calibrated();
        run(machine, 1000, QUIET);
        const slept = (threads, tokens, index) => index === 0 ? 60_000 : QUIET(threads, tokens);
        const all = run(machine, 1000, slept).all;
        assert.ok(all > 0.7, `all threads in ${all} of the decodes`);
    });
    it('comes back to all threads when the others have gone', () => {
        const machine = calibrated();
        run(machine, 3000, BUSY);
        run(machine, 10_000, QUIET);
        assert.equal(run(machine, 2000, QUIET).all, 1);
    });
    it('begins with all threads after a pause, whatever was before it', () => {
        const machine = calibrated();
        run(machine, 3000, BUSY);
        machine.nowMs += 10_000;
        assert.equal(run(machine, 1000, QUIET).all, 1);
    });
    it('follows a context that grows, and that makes every decode slower', () => {
        const growing = (threads, tokens, index) => QUIET(threads, tokens) * (1 + index / 2000);
        assert.ok(run(calibrated(), 20_000, growing).all > 0.9);
    });
    it('leaves one thread alone, and does nothing before it knows what one thread takes', () => {
        assert.equal(run(new Machine(1), 100, () => 1000).all, 0);
        assert.equal(run(new Machine(4), 100, () => 1000).all, 1);
    });
});
//# sourceMappingURL=thread-governor.test.js.map