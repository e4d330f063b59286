/** What tests of the journal share. */
import path from 'node:path';
import { temporaryFolder } from '../../base/test-folder.js';

const root = temporaryFolder();
let folders = 0;

/** The name of a folder that is not there yet, and gone after the tests of the file. */
export const newFolder = (): string => path.join(root, String(folders++));

export const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};
