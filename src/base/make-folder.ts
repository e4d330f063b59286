/**
 * Makes a folder with those above it. Node's own `mkdirSync(…, { recursive: true })` never returns where a folder that is
 * there takes no new ones and says of them that they do not exist, as /proc does (seen with Node 20).
 */
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * What is there already stays as it is.
 * @param mode of the folders that are made
 * @throws Error (with `code`) when it cannot be made, or something else has its name
 */
export function makeFolder(folder: string, mode = 0o777): void {
  const missing: string[] = [];
  let at = path.resolve(folder);
  while (statSync(at, { throwIfNoEntry: false }) === undefined) {
    missing.push(at);
    const above = path.dirname(at);
    if (above === at) break;
    at = above;
  }
  for (const one of missing.reverse()) makeOne(one, mode);
  if (!statSync(folder).isDirectory())
    throw Object.assign(new Error(`ENOTDIR: ${folder} is not a folder`), { code: 'ENOTDIR' });
}

function makeOne(folder: string, mode: number): void {
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    // Another process may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
