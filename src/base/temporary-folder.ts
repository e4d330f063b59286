/** A folder for files that the caller deletes when done. */
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ForetokenError } from './errors.js';

/** @throws ForetokenError `storage_failed` where the system has no place for it */
export function temporaryFolder(what: string): string {
  try {
    return mkdtempSync(path.join(os.tmpdir(), `foretoken-${what}-`));
  } catch (cause) {
    throw new ForetokenError(
      'storage_failed',
      `No temporary folder can be made in ${os.tmpdir()} (${(cause as Error).message}); let TMPDIR name one that can ` +
        'be written.',
      { cause },
    );
  }
}
