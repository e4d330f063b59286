/** Whose turn it is. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EngineCore } from './core.js';
import { FairQueue } from './fair-queue.js';
import { optionsOf, pair, requestOf, runAll } from './test-support.js';
/** `places` at a time, each held for as many rounds as `rounds` says; the ids in the order of their beginning. */
function serve(jobs, places, rounds = (_) => 1) {
    const queue = new FairQueue();
    for (const job of jobs)
        queue.add(job);
    const running = new Map();
    const order = [];
    while (queue.size > 0) {
        for (const [job, left] of running) {
            if (left <= 1)
                running.delete(job);
            else
                running.set(job, left - 1);
        }
        while (running.size < places) {
            const job = queue.next(running.keys(), () => true);
            if (job === undefined)
                break;
            queue.admit(job);
            running.set(job, rounds(job));
            order.push(job.id);
        }
    }
    return order;
}
const many = (from, count, client, group) => Array.from({ length: count }, (_, index) => ({ id: from + index, client, group }));
describe('the queue', () => {
    it('is first come, first served where there is one request', () => {
        assert.deepEqual(serve(many(1, 7, 'a', 1), 2), [1, 2, 3, 4, 5, 6, 7]);
    });
    it('lets no client wait for the hundred choices of another', () => {
        const order = serve([...many(1, 100, 'a', 1), ...many(201, 3, 'b', 1), ...many(301, 1, 'c', 1)], 1);
        assert.deepEqual(order.slice(0, 7), [1, 201, 301, 2, 202, 3, 203]);
        assert.equal(order.length, 104);
    });
    it('nor for a hundred requests of another, and lets requests of one client take turns', () => {
        const requests = Array.from({ length: 100 }, (_, index) => many(1 + index, 1, 'a', index)).flat();
        assert.ok(serve([...requests, ...many(500, 1, 'b', 1)], 1).indexOf(500) <= 1);
        const two = serve([...many(1, 10, 'a', 1), ...many(101, 2, 'a', 2)], 1);
        assert.deepEqual(two.slice(0, 5), [1, 101, 2, 102, 3]);
    });
    it('shares places out evenly however long they are held', () => {
        const jobs = [...many(1, 40, 'slow', 1), ...many(101, 40, 'quick', 1)];
        const queue = serve(jobs, 4, ({ client }) => (client === 'slow' ? 5 : 1));
        const slow = queue.slice(0, 40).filter((id) => id < 100).length;
        // Two places each: in ten rounds 20 quick ones and 4 slow ones.
        assert.ok(slow >= 4 && slow <= 12, `${slow} of the first 40`);
    });
    it('remembers a turn after the client has nothing waiting', () => {
        const queue = new FairQueue();
        for (const job of many(1, 50, 'a', 1))
            queue.add(job);
        const order = [];
        for (let round = 0; round < 20; round++) {
            // b asks again each time that it is served.
            if (![...queue.items()].some(({ client }) => client === 'b'))
                queue.add({ id: 100 + round, client: 'b', group: round });
            const job = queue.next([], () => true);
            queue.admit(job);
            order.push(job.client);
        }
        assert.equal(order.filter((client) => client === 'a').length, 10);
    });
    it('puts back before all others, passes over who may not, and forgets who is gone', () => {
        const queue = new FairQueue();
        const jobs = [...many(1, 3, 'a', 1), ...many(11, 2, 'b', 1)];
        for (const job of jobs)
            queue.add(job);
        queue.admit(jobs[0]);
        queue.putBack(jobs[0]);
        assert.equal(queue.next([], () => true), jobs[0]);
        assert.equal(queue.next([], (job) => job.client === 'a' && job.id > 1), jobs[1]);
        assert.ok(jobs.every((job) => queue.find(job.id) === job && queue.remove(job)));
        assert.ok(!queue.remove(jobs[0]));
        assert.equal(queue.next([], () => true), undefined);
        assert.equal(queue.size, 0);
    });
});
describe('admission', () => {
    it("does not let a request's hundred choices keep another client waiting, and changes no text", () => {
        const core = new EngineCore(pair(), optionsOf({ parallel: 2 }));
        for (let id = 1; id <= 30; id++)
            core.submit(requestOf(id, [1, 2, id % 20], { client: 'a', group: 1, maxTokens: 12 }));
        core.step();
        core.submit(requestOf(100, [3, 2, 1], { client: 'b', group: 2, maxTokens: 12 }));
        const ended = [];
        const outcomes = new Map();
        while (!core.idle) {
            core.step();
            for (const { id, tokens, finish } of core.takeEvents()) {
                outcomes.set(id, [...(outcomes.get(id) ?? []), ...tokens]);
                if (finish)
                    ended.push(id);
            }
        }
        assert.ok(ended.indexOf(100) <= 4, `after ${ended.indexOf(100)} others`);
        const alone = new EngineCore(pair(), optionsOf());
        alone.submit(requestOf(100, [3, 2, 1], { maxTokens: 12 }));
        assert.deepEqual(outcomes.get(100), runAll(alone).get(100).tokens);
    });
});
//# sourceMappingURL=fair-queue.test.js.map