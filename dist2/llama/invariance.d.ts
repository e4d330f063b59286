import type { Decoder } from '../decoder/decoder.js';
/** Types of keys and values of a cache. */
export declare const EXACT_CACHE: {
    readonly typeK: "F16";
    readonly typeV: "BF16";
};
/** Types that a cache may have, by their names in the library. */
export declare const CACHE_TYPES: readonly ["F32", "F16", "BF16", "Q8_0", "Q4_0"];
export type CacheType = (typeof CACHE_TYPES)[number];
/**
 * Whether attention over such a cache has other kernels for single tokens and for many: where keys and values are both
 * F16, or are turned into it, as the library does with F32.
 */
export declare function isTiled(typeK: CacheType, typeV: CacheType): boolean;
/** What a server can promise of its texts. */
export type Exactness = 'exact' | 'equal up to rounding';
export interface InvarianceCheck {
    readonly invariant: boolean;
    /** Numbers of tokens in one decode that were compared, in increasing order. */
    readonly sizes: readonly number[];
}
/**
 * Tries it. The decoder's cache must be empty, and is empty afterwards. Takes as long as 44 tokens on a slow model,
 * and no longer than some 0.6 s on a fast one.
 */
export declare function checkInvariance(decoder: Decoder, budgetMs?: number): InvarianceCheck;
export declare function isBatchInvariant(decoder: Decoder): boolean;
