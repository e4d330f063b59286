/**
 * How many threads compute. ggml's workers spin between operations, so one thread more than there are cores
 * costs dearly: with 4 threads on 2 cores a token took 3 s instead of 7 ms. Hence physical cores, and no more
 * than affinity and the container's quota allow.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { isAllOnGpu } from './devices.js';
/** Threads to compute with when nothing is asked for. */
export function defaultThreads() {
    return Math.max(1, Math.min(physicalCores(), os.availableParallelism(), quotaCores() ?? Infinity));
}
/** The same beside what computes a model: where a GPU does everything, one thread hands it the work. */
export function threadsFor({ computing }) {
    return isAllOnGpu(computing) ? 1 : defaultThreads();
}
let cores;
function physicalCores() {
    return (cores ??= countPhysicalCores());
}
function countPhysicalCores() {
    const logical = Math.max(1, os.cpus().length);
    try {
        if (process.platform === 'linux')
            return coresInCpuinfo(readFileSync('/proc/cpuinfo', 'utf8')) ?? logical;
        if (process.platform === 'darwin') {
            // Efficiency cores slow every step down to their own pace; Intel Macs have only `hw.physicalcpu`.
            for (const key of ['hw.perflevel0.physicalcpu', 'hw.physicalcpu']) {
                const count = Number(sysctl(key));
                if (count >= 1)
                    return count;
            }
        }
    }
    catch {
        // Not readable: fall through.
    }
    // Windows on x64 mostly runs two logical processors on a core, and Node does not say which.
    return process.platform === 'win32' && process.arch === 'x64' ? Math.ceil(logical / 2) : logical;
}
function sysctl(key) {
    try {
        return execFileSync('sysctl', ['-n', key], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    }
    catch {
        return '';
    }
}
/**
 * Distinct pairs of socket and core in the text of /proc/cpuinfo; undefined where it does not tell (ARM),
 * where every processor is a core.
 */
export function coresInCpuinfo(text) {
    const seen = new Set();
    for (const block of text.split(/\n\s*\n/)) {
        const core = /^core id\s*:\s*(\d+)/m.exec(block)?.[1];
        if (core === undefined)
            continue;
        const socket = /^physical id\s*:\s*(\d+)/m.exec(block)?.[1] ?? '0';
        seen.add(`${socket}/${core}`);
    }
    return seen.size === 0 ? undefined : seen.size;
}
/** Whole cores of the container's CPU quota (cgroup 2, then 1); undefined without one. */
function quotaCores() {
    if (process.platform !== 'linux')
        return undefined;
    const read = (file) => {
        try {
            return readFileSync(file, 'utf8');
        }
        catch {
            return '';
        }
    };
    return (coresInQuota(read('/sys/fs/cgroup/cpu.max')) ??
        coresInQuota(`${read('/sys/fs/cgroup/cpu/cpu.cfs_quota_us').trim()} ${read('/sys/fs/cgroup/cpu/cpu.cfs_period_us')}`));
}
/** Cores of "<quota> <period>"; undefined for "max <period>", "-1 <period>" and anything else. */
export function coresInQuota(text) {
    const [quota, period] = text.trim().split(/\s+/).map(Number);
    if (quota === undefined || period === undefined || !(quota > 0) || !(period > 0))
        return undefined;
    return Math.max(1, Math.floor(quota / period));
}
//# sourceMappingURL=threads.js.map