/** What a figure was measured on. */
import os from 'node:os';
export const describeMachine = () => ({
    processor: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.cpus().length,
    memory_gib: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()}`,
    node: process.version,
    load_average_before: os.loadavg()[0] ?? 0,
});
//# sourceMappingURL=machine.js.map