/**
 * Which tests may load a model: those from which the binding of the native library can be reached, over imports and
 * workers, or the start of a program, which may do anything. Everything that looks like the path of a script counts, so
 * what is in doubt is run alone.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Where the native library is loaded; nothing computes without it. */
const LIBRARY = path.join('dist', 'llama', 'library.js');
const PROGRAMS = /['"](node:)?child_process['"]/;
/** Import specifiers, and what `new URL('./thread.js', import.meta.url)` names. */
const SCRIPTS = /(['"`])([^'"`\n]+\.m?js)\1/g;

/**
 * @param {string} root the repository, built
 * @param {readonly string[]} files test files, relative to it
 * @returns {{ light: string[], heavy: string[] }} those that load no model, and all others
 */
export function groupTests(root, files) {
  if (!existsSync(path.join(root, LIBRARY)))
    throw new Error(`${LIBRARY} has moved: tell scripts/lib/test-groups.mjs`);
  /** [file] the scripts it names, and whether it starts programs. */
  const known = new Map();
  const read = (file) => {
    if (!known.has(file)) known.set(file, readScript(root, file));
    return known.get(file);
  };
  const mayLoad = (file) => {
    const seen = new Set([file]);
    for (const one of seen) {
      if (one === LIBRARY || read(one).startsPrograms) return true;
      for (const next of read(one).scripts) seen.add(next);
    }
    return false;
  };
  const heavy = files.filter(mayLoad);
  return { light: files.filter((file) => !heavy.includes(file)), heavy };
}

function readScript(root, file) {
  const text = readFileSync(path.join(root, file), 'utf8');
  const scripts = [...text.matchAll(SCRIPTS)]
    .map(([, , name]) => path.join(path.dirname(file), name))
    .filter((name) => !name.startsWith('..') && existsSync(path.join(root, name)));
  return { scripts, startsPrograms: PROGRAMS.test(text) };
}
