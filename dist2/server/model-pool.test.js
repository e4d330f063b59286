/** Which models are loaded: what is asked for, within the bound, never at the expense of one in use. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ForetokenError } from '../base/errors.js';
import { ModelPool } from './model-pool.js';
function world(sizes, bound) {
    const log = [];
    const waiting = [];
    const models = Object.entries(sizes).map(([id, bytes]) => ({ id, bytes }));
    const pool = new ModelPool(models, bound, {
        open: ({ id }) => new Promise((resolve, reject) => {
            waiting.push((error) => {
                if (error !== undefined) {
                    reject(error);
                    return;
                }
                log.push(`+${id}`);
                resolve(`value ${id}`);
            });
        }),
        close: (value) => {
            log.push(`-${value.slice(-1)}`);
            return Promise.resolve();
        },
    });
    const settle = async () => {
        for (let turn = 0; turn < 5; turn += 1)
            await new Promise(setImmediate);
    };
    const step = async (error) => {
        await settle();
        const go = waiting.shift();
        assert.ok(go !== undefined, 'nothing is being loaded');
        go(error);
        await settle();
    };
    return { pool, log, step, settle };
}
const here = new AbortController().signal;
const states = ({ pool }) => pool.list().map(({ model, state }) => `${model.id} ${state}`);
it('a model is loaded once for all who ask for it, and stays', async () => {
    const w = world({ a: 1 }, 10);
    assert.deepEqual(states(w), ['a unloaded']);
    const both = [w.pool.acquire('a', here), w.pool.acquire('a', here)];
    await w.settle();
    assert.deepEqual(states(w), ['a loading']);
    await w.step();
    const [first, second] = await Promise.all(both);
    assert.deepEqual([first.value, second.value], ['value a', 'value a']);
    first.release();
    second.release();
    assert.equal((await w.pool.acquire('a', here)).value, 'value a');
    assert.deepEqual(w.log, ['+a']);
});
it('the idle one that was used longest ago makes room', async () => {
    const w = world({ a: 4, b: 4, c: 4, d: 8 }, 10);
    for (const id of ['a', 'b']) {
        const lease = w.pool.acquire(id, here);
        await w.step();
        (await lease).release();
    }
    (await w.pool.acquire('a', here)).release();
    const c = w.pool.acquire('c', here);
    await w.step();
    (await c).release();
    assert.deepEqual(w.log, ['+a', '+b', '-b', '+c']);
    // As many as it takes.
    const d = w.pool.acquire('d', here);
    await w.step();
    (await d).release();
    assert.deepEqual(w.log.slice(4), ['-a', '-c', '+d']);
});
it('one in use stays, and who needs its room waits; releasing twice counts once', async () => {
    const w = world({ a: 6, b: 6 }, 10);
    const a = w.pool.acquire('a', here);
    await w.step();
    const used = await a;
    const again = await w.pool.acquire('a', here);
    const b = w.pool.acquire('b', here);
    await w.settle();
    used.release();
    used.release();
    await w.settle();
    assert.deepEqual(w.log, ['+a']);
    again.release();
    await w.step();
    assert.equal((await b).value, 'value b');
    assert.deepEqual(w.log, ['+a', '-a', '+b']);
});
it('who goes waits no longer, and a model that nobody waits for takes no room', async () => {
    const w = world({ a: 6, b: 6, c: 1 }, 10);
    const a = w.pool.acquire('a', here);
    await w.step();
    const used = await a;
    const leaving = new AbortController();
    const b = w.pool.acquire('b', leaving.signal);
    const c = w.pool.acquire('c', here);
    await w.settle();
    leaving.abort();
    await assert.rejects(b, { code: 'cancelled' });
    // What stood behind it in the line goes on.
    await w.step();
    (await c).release();
    used.release();
    assert.deepEqual(w.log, ['+a', '+c']);
    // Gone already.
    await assert.rejects(w.pool.acquire('b', leaving.signal), { code: 'cancelled' });
});
it('a failure is told to those who wait, and the next tries again', async () => {
    const w = world({ a: 1, huge: 11 }, 10);
    const both = [w.pool.acquire('a', here), w.pool.acquire('a', here)];
    const settled = Promise.allSettled(both);
    await w.step(new ForetokenError('invalid_gguf', 'damaged'));
    for (const one of await settled)
        assert.equal(one.status, 'rejected');
    assert.deepEqual(states(w)[0], 'a unloaded');
    await assert.rejects(w.pool.acquire('huge', here), {
        code: 'out_of_memory',
        message: /'huge' takes about 11 bytes, and 10 bytes are left/,
    });
    const next = w.pool.acquire('a', here);
    await w.step();
    assert.equal((await next).value, 'value a');
});
it('closing unloads all, answers who waits, and takes nobody new', async () => {
    const w = world({ a: 6, b: 6 }, 10);
    const a = w.pool.acquire('a', here);
    await w.step();
    await a;
    const waits = assert.rejects(w.pool.acquire('b', here), { code: 'shutting_down' });
    await w.settle();
    await w.pool.close();
    await waits;
    assert.deepEqual(w.log, ['+a', '-a']);
    await assert.rejects(w.pool.acquire('a', here), { code: 'shutting_down' });
});
//# sourceMappingURL=model-pool.test.js.map