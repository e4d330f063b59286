/** Bytes of a network's file, read piece by piece: a file of several GB is never held in memory. */
import { closeSync, openSync, readSync, fstatSync } from 'node:fs';
import { ForetokenError } from '../../../base/errors.js';

export interface ByteSource {
  readonly size: number;
  /** `length` bytes from `offset`, fewer where the file ends. Valid until the next call. */
  view(offset: number, length: number): Uint8Array;
}

/** Most bytes that one `view` gives, and that a file source holds. */
export const WINDOW_BYTES = 1 << 20;

export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    view: (offset, length) => bytes.subarray(offset, Math.min(bytes.length, offset + length)),
  };
}

/** Calls `read` with the bytes of `file`, and closes the file afterwards. Throws `file_not_found`. */
export function withFileSource<T>(file: string, read: (source: ByteSource) => T): T {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new ForetokenError('file_not_found', `Cannot open ${file} (${code ?? 'unknown reason'}).`, {
      cause,
    });
  }
  try {
    const status = fstatSync(handle);
    if (!status.isFile()) throw new ForetokenError('file_not_found', `${file} is not a file.`);
    return read(fileSource(handle, status.size));
  } finally {
    closeSync(handle);
  }
}

function fileSource(handle: number, size: number): ByteSource {
  const buffer = new Uint8Array(Math.min(size, WINDOW_BYTES));
  let start = 0;
  let filled = 0;
  return {
    size,
    view(offset, length) {
      const end = Math.min(size, offset + Math.min(length, WINDOW_BYTES));
      if (offset < start || end > start + filled) {
        start = offset;
        filled = 0;
        while (filled < buffer.length) {
          const read = readSync(handle, buffer, filled, buffer.length - filled, start + filled);
          if (read === 0) break;
          filled += read;
        }
      }
      return buffer.subarray(offset - start, Math.min(end - start, filled));
    },
  };
}
