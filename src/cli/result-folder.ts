/** The folder that a benchmark writes its results to. */
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../base/make-folder.js';
import { ForetokenError } from '../base/errors.js';

export interface ResultFlags {
  readonly resultDir?: string;
  readonly resultFilename?: string;
}

/** Found out before the run, not after it. @throws ForetokenError `invalid_option` */
export function writableFolder({ resultDir = '.', resultFilename: name }: ResultFlags): string {
  const folder = path.resolve(resultDir);
  const target = name === undefined ? folder : path.dirname(path.resolve(folder, name));
  try {
    makeFolder(target);
    accessSync(target, constants.W_OK);
  } catch (cause) {
    throw new ForetokenError(
      'invalid_option',
      `--result-dir: nothing can be written there: ${(cause as Error).message}`,
      { param: 'result-dir', cause },
    );
  }
  return folder;
}
