/** Notices that the engine thread hangs: one thing that it does takes longer than a bound. */
import type { Pulse } from './pulse.js';
import type { EngineStall } from './types.js';
export declare const DEFAULT_WATCHDOG_MS = 30000;
export declare class Watchdog {
    #private;
    /** @param everyMs how often `look` is called */
    constructor(pulse: Pick<Pulse, 'beats' | 'doing' | 'quiet'>, options: {
        readonly boundMs: number;
        readonly everyMs: number;
    });
    /** Undefined while the thread moves, or has nothing to do. */
    look(nowMs: number): EngineStall | undefined;
}
