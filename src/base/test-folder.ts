/** For tests: folders that are gone after the tests of the file. */
import { rmSync } from 'node:fs';
import { after } from 'node:test';
import { temporaryFolder as makeFolder } from './temporary-folder.js';

export function temporaryFolder(): string {
  const folder = makeFolder('test');
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
