/**
 * Reads a file front to back in chunks, as little-endian values, never beyond its end. The weights behind the
 * head of a GGUF file are many gigabytes and are never touched.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { ForetokenError } from '../base/errors.js';
import { plainLine } from '../base/plain-line.js';
import { GgufStrings } from './strings.js';
const CHUNK_BYTES = 1 << 18;
/**
 * No head is as large: those of the largest vocabularies take some 20 MB. What claims to be larger is damaged, and
 * must not fill the memory with what are weights.
 */
const MAX_HEAD_BYTES = 1 << 28;
export class HeadReader {
    name;
    fileBytes;
    #source;
    #buffer = Buffer.alloc(0);
    /** Place of `#buffer` in the file. */
    #bufferOffset = 0;
    /** Place in `#buffer`. */
    #cursor = 0;
    constructor(source) {
        this.#source = source;
        this.name = source.name;
        this.fileBytes = source.bytes;
    }
    /** Bytes read so far. */
    get offset() {
        return this.#bufferOffset + this.#cursor;
    }
    get remaining() {
        return this.fileBytes - this.offset;
    }
    /** Bytes that the rest of the head may have. */
    get room() {
        return Math.min(this.fileBytes, MAX_HEAD_BYTES) - this.offset;
    }
    fail(what) {
        throw new ForetokenError('invalid_gguf', `${this.name} is not a usable GGUF file: ${what}.`);
    }
    /** The next `count` bytes: a view that the next read may overwrite. */
    take(count, what) {
        if (this.#cursor + count > this.#buffer.length)
            this.#fill(count, what);
        const bytes = this.#buffer.subarray(this.#cursor, this.#cursor + count);
        this.#cursor += count;
        return bytes;
    }
    u32(what) {
        return this.take(4, what).readUInt32LE();
    }
    /** A 64-bit count or length, at most `limit`, which is a safe integer. */
    count(what, limit) {
        const bytes = this.take(8, what);
        const value = bytes.readUInt32LE(4) * 2 ** 32 + bytes.readUInt32LE(0);
        if (value > limit)
            this.fail(`${what} is ${bytes.readBigUInt64LE().toString()}, the most possible is ${limit}`);
        return value;
    }
    string(what, limit) {
        const length = this.count(`the length of ${what}`, limit);
        return this.take(length, what).toString('utf8');
    }
    /** `length` strings, each after its own length of eight bytes; `what` holds them. */
    strings(length, what) {
        const ends = new Uint32Array(length);
        let bytes = new Uint8Array(length * 8);
        let end = 0;
        // Kept in locals while the loop runs: a vocabulary has hundreds of thousands of words.
        let buffer = this.#buffer;
        let cursor = this.#cursor;
        const need = (count) => {
            this.#cursor = cursor;
            this.#fill(count, what);
            buffer = this.#buffer;
            cursor = 0;
        };
        for (let index = 0; index < length; index++) {
            if (cursor + 8 > buffer.length)
                need(8);
            const size = buffer.readUInt32LE(cursor) + buffer.readUInt32LE(cursor + 4) * 2 ** 32;
            cursor += 8;
            if (cursor + size > buffer.length)
                need(size);
            if (end + size > bytes.length) {
                const larger = new Uint8Array(Math.max(end + size, bytes.length * 2));
                larger.set(bytes.subarray(0, end));
                bytes = larger;
            }
            // Nearly all are a few bytes long, for which a loop is faster than a copy.
            if (size < 32)
                for (let i = 0; i < size; i++)
                    bytes[end + i] = buffer[cursor + i];
            else
                bytes.set(buffer.subarray(cursor, cursor + size), end);
            cursor += size;
            ends[index] = end += size;
        }
        this.#cursor = cursor;
        return new GgufStrings(bytes.subarray(0, end), ends);
    }
    close() {
        this.#source.close();
    }
    /** Moves what is unread to the front and reads on until `count` bytes are there. */
    #fill(count, what) {
        if (count > this.remaining)
            this.fail(`it ends at byte ${this.fileBytes}, in the middle of ${what} (is the download complete?)`);
        if (this.offset + count > MAX_HEAD_BYTES)
            this.fail(`its head would be larger than ${MAX_HEAD_BYTES} bytes, with ${what}`);
        const unread = this.#buffer.subarray(this.#cursor);
        this.#bufferOffset += this.#cursor;
        this.#cursor = 0;
        const wanted = Math.min(Math.max(count, CHUNK_BYTES), this.fileBytes - this.#bufferOffset);
        const buffer = Buffer.allocUnsafe(wanted);
        unread.copy(buffer);
        let filled = unread.length;
        while (filled < wanted) {
            const read = this.#source.read(buffer, filled, wanted - filled, this.#bufferOffset + filled);
            if (read === 0)
                this.fail('it became shorter while it was read');
            filled += read;
        }
        this.#buffer = buffer;
    }
}
/** @throws ForetokenError `file_not_found`, and `invalid_gguf` for a folder and the like */
export function fileSource(path) {
    const fd = openForReading(path);
    const close = () => {
        closeSync(fd);
    };
    try {
        const stat = fstatSync(fd);
        if (!stat.isFile())
            throw new ForetokenError('invalid_gguf', `${path} is not a file.`);
        return {
            name: path,
            bytes: stat.size,
            read: (buffer, at, length, position) => readSync(fd, buffer, at, length, position),
            close,
        };
    }
    catch (error) {
        close();
        throw error;
    }
}
/** @param fileBytes of a file that begins with `bytes` and of which the rest is never read */
export function memorySource(name, bytes, fileBytes = bytes.length) {
    return {
        name,
        bytes: fileBytes,
        read: (buffer, at, length, position) => {
            const part = bytes.subarray(position, position + length);
            buffer.set(part, at);
            // Where the stand-in has nothing, the file has zeros.
            buffer.fill(0, at + part.length, at + length);
            return length;
        },
        close: () => undefined,
    };
}
export function openForReading(path) {
    try {
        return openSync(path, 'r');
    }
    catch (error) {
        const code = error.code ?? 'unknown error';
        const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
        throw new ForetokenError('file_not_found', `Cannot open ${path}: ${why}.`, { cause: error });
    }
}
/** A name out of a file, in quotes. */
export const quoted = (name) => `"${plainLine(name, 100)}"`;
//# sourceMappingURL=head-reader.js.map