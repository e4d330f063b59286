/** The types that a KV cache may have: apart from all that computes, as flags need no more. */

/** By their names in the library. */
export const CACHE_TYPES = ['F32', 'F16', 'BF16', 'Q8_0', 'Q4_0'] as const;
export type CacheType = (typeof CACHE_TYPES)[number];

/**
 * Whether attention over such a cache has other kernels for single tokens and for many, unless the reference is asked for: where keys and values are both
 * F16, or are turned into it, as the library does with F32.
 */
export function isTiled(typeK: CacheType, typeV: CacheType): boolean {
  const halves: readonly CacheType[] = ['F16', 'F32'];
  return halves.includes(typeK) && halves.includes(typeV);
}
