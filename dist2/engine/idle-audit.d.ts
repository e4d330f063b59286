/**
 * Holds the books of the KV cache (free + cached + in use = total, `KvPool.checkIdle`) against themselves and the decoder
 * whenever the engine has become idle, at most once a second. Books that are wrong are told of once and mended by
 * starting from empty caches: nothing is lost but prompts that were kept for reuse.
 */
import type { EngineCore } from './core.js';
export declare class IdleAudit {
    #private;
    constructor(core: Pick<EngineCore, 'pool' | 'running'>, onMended: (problem: string) => void);
    /** The books have changed. */
    stepped(): void;
    /**
     * Called when there is nothing to do.
     * @param nowMs monotonic; Infinity to look whenever it was done last
     * @returns after how many milliseconds to call again, if nothing else happens
     */
    look(nowMs: number): number;
}
