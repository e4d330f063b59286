import assert from 'node:assert/strict';
import os from 'node:os';
import { it } from 'node:test';
import { coresInCpuinfo, coresInQuota, defaultThreads } from './threads.js';
/** /proc/cpuinfo of `sockets` x `cores` x `threads`. */
function cpuinfo(sockets, cores, threads) {
    const blocks = [];
    for (let thread = 0; thread < threads; thread += 1)
        for (let socket = 0; socket < sockets; socket += 1)
            for (let core = 0; core < cores; core += 1)
                blocks.push(`processor\t: ${blocks.length}\nphysical id\t: ${socket}\ncore id\t\t: ${core}\n`);
    return blocks.join('\n');
}
it('counts cores, not hardware threads', () => {
    assert.equal(coresInCpuinfo(cpuinfo(1, 4, 2)), 4);
    assert.equal(coresInCpuinfo(cpuinfo(2, 8, 1)), 16);
    assert.equal(coresInCpuinfo(cpuinfo(2, 8, 2)), 16);
    assert.equal(coresInCpuinfo('processor\t: 0\nBogoMIPS\t: 50\n\nprocessor\t: 1\nBogoMIPS\t: 50\n'), undefined);
});
it('reads the quota of a container', () => {
    assert.equal(coresInQuota('max 100000\n'), undefined);
    assert.equal(coresInQuota('200000 100000\n'), 2);
    assert.equal(coresInQuota('350000 100000'), 3);
    assert.equal(coresInQuota('50000 100000'), 1);
    assert.equal(coresInQuota('-1 100000'), undefined);
    assert.equal(coresInQuota(''), undefined);
});
it('never takes more threads than this process may use', () => {
    const threads = defaultThreads();
    assert.ok(Number.isInteger(threads) && threads >= 1 && threads <= os.availableParallelism());
});
//# sourceMappingURL=threads.test.js.map