/**
 * Whether a KV cache fits, before it is asked for. Linux promises memory that it does not have and ends a
 * process that then uses it, so the library's own "failed to allocate" comes only for absurd sizes.
 */
import os from 'node:os';

export { cacheBytesPerToken, type CacheShape } from '../gguf/kv-cache.js';

/** Memory that can still be used. Where the system counts its own caches as used, all memory there is. */
export function availableBytes(): number {
  return process.platform === 'linux' ? process.availableMemory() : os.totalmem();
}
