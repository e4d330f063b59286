import type { GgmlType } from './declarations.js';
export interface CacheShape {
    readonly layers: number;
    readonly headsKv: number;
    /** Width of a head's keys and values. */
    readonly keyLength: number;
    readonly valueLength: number;
}
/** Bytes of the KV cache for one token. */
export declare function cacheBytesPerToken(shape: CacheShape, typeK?: keyof typeof GgmlType, typeV?: keyof typeof GgmlType): number;
/** Memory that can still be used. Where the system counts its own caches as used, all memory there is. */
export declare function availableBytes(): number;
