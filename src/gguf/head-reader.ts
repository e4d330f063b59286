/**
 * Reads a file front to back in chunks, as little-endian values, never beyond its end. The weights behind the
 * head of a GGUF file are many gigabytes and are never touched.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { ForetokenError } from '../base/errors.js';

const CHUNK_BYTES = 1 << 18;

export class HeadReader {
  readonly fileBytes: number;
  readonly #fd: number;
  #buffer = Buffer.alloc(0);
  /** Place of `#buffer` in the file. */
  #bufferOffset = 0;
  /** Place in `#buffer`. */
  #cursor = 0;

  constructor(readonly path: string) {
    this.#fd = openForReading(path);
    try {
      const stat = fstatSync(this.#fd);
      if (!stat.isFile()) throw new ForetokenError('invalid_gguf', `${path} is not a file.`);
      this.fileBytes = stat.size;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#bufferOffset + this.#cursor;
  }

  get remaining(): number {
    return this.fileBytes - this.offset;
  }

  fail(what: string): never {
    throw new ForetokenError('invalid_gguf', `${this.path} is not a usable GGUF file: ${what}.`);
  }

  /** The next `count` bytes: a view that the next read may overwrite. */
  take(count: number, what: string): Buffer {
    if (count > this.remaining)
      this.fail(`it ends at byte ${this.fileBytes}, in the middle of ${what} (is the download complete?)`);
    if (this.#cursor + count > this.#buffer.length) this.#fill(count);
    const bytes = this.#buffer.subarray(this.#cursor, this.#cursor + count);
    this.#cursor += count;
    return bytes;
  }

  u32(what: string): number {
    return this.take(4, what).readUInt32LE();
  }

  /** A 64-bit count or length, at most `limit`. */
  count(what: string, limit: number): number {
    const value = this.take(8, what).readBigUInt64LE();
    if (value > BigInt(limit)) this.fail(`${what} is ${value.toString()}, the most possible is ${limit}`);
    return Number(value);
  }

  string(what: string, limit: number): string {
    const length = this.count(`the length of ${what}`, limit);
    return this.take(length, what).toString('utf8');
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Moves what is unread to the front and reads on until `count` bytes are there. */
  #fill(count: number): void {
    const unread = this.#buffer.subarray(this.#cursor);
    this.#bufferOffset += this.#cursor;
    this.#cursor = 0;
    const wanted = Math.min(Math.max(count, CHUNK_BYTES), this.fileBytes - this.#bufferOffset);
    const buffer = Buffer.allocUnsafe(wanted);
    unread.copy(buffer);
    let filled = unread.length;
    while (filled < wanted) {
      const read = readSync(this.#fd, buffer, filled, wanted - filled, this.#bufferOffset + filled);
      if (read === 0) this.fail('it became shorter while it was read');
      filled += read;
    }
    this.#buffer = buffer;
  }
}

export function openForReading(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    throw new ForetokenError('file_not_found', `Cannot open ${path}: ${why}.`, { cause: error });
  }
}
