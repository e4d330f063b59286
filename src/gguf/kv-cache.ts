/** What a KV cache takes, by its shape and types: the one arithmetic for what is loaded, inspected and predicted. */
export interface CacheShape {
  readonly layers: number;
  readonly headsKv: number;
  /** Width of a head's keys and values. */
  readonly keyLength: number;
  readonly valueLength: number;
}

/** Bytes of one element; quantised types in blocks of 32. */
const BYTES = { F32: 4, F16: 2, BF16: 2, Q8_0: 34 / 32, Q4_0: 18 / 32 } as const;

/** Types that keys and values may have. */
export type CacheElement = keyof typeof BYTES;

/** Bytes of the KV cache for one token. */
export function cacheBytesPerToken(
  shape: CacheShape,
  typeK: CacheElement = 'F16',
  typeV: CacheElement = 'F16',
): number {
  const perHead = shape.keyLength * BYTES[typeK] + shape.valueLength * BYTES[typeV];
  return shape.layers * shape.headsKv * perHead;
}

/** The library makes caches of whole blocks of cells. */
const CELL_BLOCK = 256;

/** Cells of a cache for `contextSize` tokens over `streams` sequences with cells of their own. */
export function cacheCells(contextSize: number, streams = 1): number {
  return streams * CELL_BLOCK * Math.ceil(Math.max(1, contextSize / streams) / CELL_BLOCK);
}
