/**
 * The KV cache of one sequence as bytes, in memory or in a file, so that a long prompt need not be computed
 * again. Only a context of the same model with the same cache types can take it back.
 *
 * File: magic, number of tokens, the tokens, SHA-256 of the state, the state; little-endian.
 */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { ForetokenError } from '../base/errors.js';
import { position } from '../base/types.js';
const MAGIC = 'FTSTATE1';
const HASH_BYTES = 32;
/** A copy of the state of a sequence. */
export function saveSequence(decoder, sequence) {
    // Also checks that the sequence is one of the decoder's.
    decoder.lengthOf(sequence);
    const { llama } = decoder.model.library;
    const context = decoder.handle.pointer;
    const data = new Uint8Array(llama.stateSize(context, sequence));
    const written = llama.stateGet(context, data, data.length, sequence);
    if (written === 0)
        throw new ForetokenError('internal_error', `The state of sequence ${sequence} could not be read.`);
    return data.subarray(0, written);
}
/**
 * Replaces a sequence by a saved one. When that fails the sequence is empty.
 * @throws ForetokenError `invalid_request` when the state is damaged, another model's, or does not fit.
 */
export function restoreSequence(decoder, sequence, data) {
    decoder.truncate(sequence, position(0));
    const { llama } = decoder.model.library;
    if (data.length > 0 && llama.stateSet(decoder.handle.pointer, data, data.length, sequence) > 0)
        return;
    decoder.truncate(sequence, position(0));
    throw new ForetokenError('invalid_request', `The saved state does not fit: it is damaged, of another model or cache type, or larger than the free cache.`);
}
/** Saves a sequence and its tokens; the file is either whole or as it was before. */
export function saveSequenceFile(decoder, sequence, tokens, path) {
    const state = saveSequence(decoder, sequence);
    const head = Buffer.alloc(MAGIC.length + 4);
    head.write(MAGIC, 'latin1');
    head.writeUInt32LE(tokens.length, MAGIC.length);
    const temporary = `${path}.${process.pid}.${Date.now()}.tmp`;
    try {
        const file = openSync(temporary, 'wx');
        try {
            const parts = [head, new Uint8Array(tokens.buffer, tokens.byteOffset, tokens.byteLength), hash(state)];
            for (const part of [...parts, state])
                writeAll(file, part);
            fsyncSync(file);
        }
        finally {
            closeSync(file);
        }
        renameSync(temporary, path);
    }
    catch (error) {
        rmSync(temporary, { force: true });
        throw error;
    }
}
/**
 * Replaces a sequence by the one in a file.
 * @returns its tokens
 * @throws ForetokenError `file_not_found`, `invalid_request`
 */
export function restoreSequenceFile(decoder, sequence, path) {
    let file;
    try {
        file = readFileSync(path);
    }
    catch (error) {
        throw new ForetokenError('file_not_found', `The saved state ${path} cannot be read.`, { cause: error });
    }
    const damaged = () => new ForetokenError('invalid_request', `${path} is no saved state, or is damaged.`);
    const tokensAt = MAGIC.length + 4;
    if (file.length < tokensAt || file.toString('latin1', 0, MAGIC.length) !== MAGIC)
        throw damaged();
    const hashAt = tokensAt + file.readUInt32LE(MAGIC.length) * 4;
    const state = file.subarray(hashAt + HASH_BYTES);
    if (file.length < hashAt + HASH_BYTES || !hash(state).equals(file.subarray(hashAt, hashAt + HASH_BYTES)))
        throw damaged();
    restoreSequence(decoder, sequence, state);
    return new Int32Array(Uint8Array.from(file.subarray(tokensAt, hashAt)).buffer);
}
function hash(data) {
    return createHash('sha256').update(data).digest();
}
function writeAll(file, data) {
    for (let written = 0; written < data.length;)
        written += writeSync(file, data, written);
}
//# sourceMappingURL=state.js.map