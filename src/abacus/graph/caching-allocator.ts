/**
 * PyTorch's caching allocator for CUDA memory, as far as it decides how many bytes are in use: requests are rounded to 512
 * bytes, small ones come from segments of 2 MiB, others from segments of 20 MiB or whole multiples of 2 MiB; a block is split
 * unless little would be left, and what is left unsplit counts as in use. Constants: PyTorch, c10/cuda/CUDACachingAllocator.cpp;
 * xMem (arXiv 2510.21048), section 3, simulates the same.
 */
const ROUND_BYTES = 512;
const MIB = 2 ** 20;
/** Requests up to this size share small segments. */
const SMALL_BYTES = MIB;
const SMALL_SEGMENT_BYTES = 2 * MIB;
const LARGE_SEGMENT_BYTES = 20 * MIB;
/** Requests from this size on get a segment of their own size. */
const OWN_SEGMENT_FROM_BYTES = 10 * MIB;

interface Block {
  bytes: number;
  isFree: boolean;
  readonly pool: Block[];
  previous: Block | undefined;
  next: Block | undefined;
}

/** A piece of memory that was handed out. */
export type Allocation = Block | undefined;

export const roundedBytes = (bytes: number): number =>
  Math.max(ROUND_BYTES, Math.ceil(bytes / ROUND_BYTES) * ROUND_BYTES);

export class CachingAllocator {
  /** Bytes in use now, and the most so far. */
  allocated = 0;
  peak = 0;
  /** Bytes of all segments: none is given back. */
  reserved = 0;
  private readonly small: Block[] = [];
  private readonly large: Block[] = [];

  allocate(bytes: number): Allocation {
    if (bytes <= 0) return undefined;
    const size = roundedBytes(bytes);
    const isSmall = size <= SMALL_BYTES;
    const pool = isSmall ? this.small : this.large;
    const block = bestFit(pool, size) ?? this.segment(pool, size, isSmall);
    const rest = block.bytes - size;
    if (isSmall ? rest >= ROUND_BYTES : rest > SMALL_BYTES) {
      const remainder: Block = { bytes: rest, isFree: true, pool, previous: block, next: block.next };
      if (block.next !== undefined) block.next.previous = remainder;
      block.next = remainder;
      block.bytes = size;
      pool.push(remainder);
    }
    block.isFree = false;
    this.allocated += block.bytes;
    this.peak = Math.max(this.peak, this.allocated);
    return block;
  }

  free(block: Allocation): void {
    if (block === undefined || block.isFree) return;
    this.allocated -= block.bytes;
    block.isFree = true;
    const { pool, previous, next } = block;
    let merged = block;
    if (previous?.isFree === true) {
      remove(pool, previous);
      previous.bytes += block.bytes;
      previous.next = next;
      if (next !== undefined) next.previous = previous;
      merged = previous;
    }
    if (next?.isFree === true) {
      remove(pool, next);
      merged.bytes += next.bytes;
      merged.next = next.next;
      if (next.next !== undefined) next.next.previous = merged;
    }
    pool.push(merged);
  }

  private segment(pool: Block[], size: number, isSmall: boolean): Block {
    const bytes = isSmall
      ? SMALL_SEGMENT_BYTES
      : size < OWN_SEGMENT_FROM_BYTES
        ? LARGE_SEGMENT_BYTES
        : Math.ceil(size / SMALL_SEGMENT_BYTES) * SMALL_SEGMENT_BYTES;
    this.reserved += bytes;
    return { bytes, isFree: true, pool, previous: undefined, next: undefined };
  }
}

/** Takes the smallest free block of at least `size` out of the pool. */
function bestFit(pool: Block[], size: number): Block | undefined {
  let best = -1;
  for (let at = 0; at < pool.length; at++) {
    const { bytes } = pool[at]!;
    if (bytes >= size && (best === -1 || bytes < pool[best]!.bytes)) best = at;
  }
  if (best === -1) return undefined;
  const block = pool[best]!;
  remove(pool, block, best);
  return block;
}

function remove(pool: Block[], block: Block, at = pool.indexOf(block)): void {
  const last = pool.pop()!;
  if (last !== block) pool[at] = last;
}
