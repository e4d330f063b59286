/** Tells versions of a large file apart by size and content, not by name and time. */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const HEAD_BYTES = 64 * 1024;
const SAMPLES = 16;
const SAMPLE_BYTES = 4096;

/**
 * Of a large file its beginning, with all shapes and types of a model, and samples of the rest: in hexadecimal digits.
 * @throws Error when the file cannot be read
 */
export function fileFingerprint(file: string): string {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const hash = createHash('sha256').update(`${size}\n`);
    const read = (at: number, bytes: number): void => {
      const buffer = Buffer.alloc(Math.min(bytes, Math.max(size - at, 0)));
      hash.update(buffer.subarray(0, readSync(handle, buffer, 0, buffer.length, at)));
    };
    read(0, HEAD_BYTES);
    for (let sample = 1; sample <= SAMPLES; sample++)
      read(Math.max(HEAD_BYTES, Math.floor((size * sample) / SAMPLES) - SAMPLE_BYTES), SAMPLE_BYTES);
    return hash.digest('hex');
  } finally {
    closeSync(handle);
  }
}
