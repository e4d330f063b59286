import assert from 'node:assert/strict';
import { it } from 'node:test';
import { NativeHandle } from './handle.js';
it('frees once, and refuses use afterwards by name', () => {
    const freed = [];
    const handle = new NativeHandle('thing', 7n, (pointer) => freed.push(pointer));
    assert.equal(handle.pointer, 7n);
    handle.dispose();
    handle.dispose();
    assert.deepEqual(freed, [7n]);
    assert.throws(() => handle.pointer, { code: 'disposed', message: /thing/ });
});
it('frees what others need only after them, in whatever order they are disposed of', () => {
    for (const order of [
        [0, 1, 2],
        [2, 1, 0],
        [1, 0, 2],
        [0, 2, 1],
    ]) {
        const freed = [];
        const model = new NativeHandle('model', 1n, () => freed.push('model'));
        const first = new NativeHandle('first', 2n, () => freed.push('first'), model);
        const second = new NativeHandle('second', 3n, () => freed.push('second'), model);
        const all = [model, first, second];
        for (const index of order) {
            all[index].dispose();
            assert.ok(all[index].disposed);
        }
        assert.equal(freed.length, 3, `order ${order.join()}`);
        assert.equal(freed.at(-1), 'model', `order ${order.join()}`);
        assert.ok(all.every((handle) => !handle.alive));
    }
});
it('lets nothing new depend on a disposed object', () => {
    const model = new NativeHandle('model', 1n, () => undefined);
    const context = new NativeHandle('context', 2n, () => undefined, model);
    model.dispose();
    assert.ok(model.alive);
    assert.throws(() => new NativeHandle('late', 3n, () => undefined, model), { code: 'disposed' });
    context.dispose();
    assert.ok(!model.alive);
});
//# sourceMappingURL=handle.test.js.map