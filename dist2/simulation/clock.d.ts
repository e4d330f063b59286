/** Time that passes only when somebody says so. */
export declare class VirtualClock {
    #private;
    /** True time since the start, milliseconds. */
    get ms(): number;
    /** What the engine's clock shows: true time, and what jumps have made of it. */
    readonly now: () => number;
    advance(ms: number): void;
    /** Nothing happens until then. */
    waitUntil(ms: number): void;
    /** Sets the engine's clock forward, or back where `ms` is negative, while true time stands still. */
    jump(ms: number): void;
}
