/**
 * Whether a KV cache fits, before it is asked for. Linux promises memory that it does not have and ends a
 * process that then uses it, so the library's own "failed to allocate" comes only for absurd sizes.
 */
import os from 'node:os';
/** Bytes of one element; quantised types in blocks of 32. */
const BYTES = {
    F32: 4,
    F16: 2,
    BF16: 2,
    Q8_0: 34 / 32,
    Q4_0: 18 / 32,
};
/** Bytes of the KV cache for one token. */
export function cacheBytesPerToken(shape, typeK = 'F16', typeV = 'F16') {
    const perHead = shape.keyLength * BYTES[typeK] + shape.valueLength * BYTES[typeV];
    return shape.layers * shape.headsKv * perHead;
}
/** Memory that can still be used. Where the system counts its own caches as used, all memory there is. */
export function availableBytes() {
    return process.platform === 'linux' ? process.availableMemory() : os.totalmem();
}
//# sourceMappingURL=memory.js.map