/** Tells versions of a large file apart by size and content, not by name and time. */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const HEAD_BYTES = 64 * 1024;
const SAMPLES = 16;
const SAMPLE_BYTES = 4096;
/** Bytes that are read at once. */
const PART_BYTES = 1024 * 1024;

/**
 * Of a large file its beginning, with all shapes and types of a model, and samples of the rest: in hexadecimal digits.
 * @param headBytes read whole; a change beyond them is seen where a sample meets it
 * @throws Error when the file cannot be read
 */
export function fileFingerprint(file: string, headBytes = HEAD_BYTES): string {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const hash = createHash('sha256').update(`${size}\n`);
    const buffer = Buffer.alloc(Math.min(PART_BYTES, size));
    const read = (from: number, bytes: number): void => {
      const end = Math.min(from + bytes, size);
      for (let at = from; at < end; at += buffer.length) {
        const length = readSync(handle, buffer, 0, Math.min(buffer.length, end - at), at);
        hash.update(buffer.subarray(0, length));
      }
    };
    read(0, headBytes);
    for (let sample = 1; sample <= SAMPLES; sample++)
      read(Math.max(headBytes, Math.floor((size * sample) / SAMPLES) - SAMPLE_BYTES), SAMPLE_BYTES);
    return hash.digest('hex');
  } finally {
    closeSync(handle);
  }
}
