/** Wrong command lines and environments, said in one line each with the nearest right name. */
import type { Command } from 'commander';
import { nearest } from '../base/nearest.js';
import { warn } from './failure.js';
import { environmentNames } from './flags/flag.js';

/** Variables that are no flags. */
const OTHER_VARIABLES = ['FORETOKEN_DEBUG', 'FORETOKEN_CACHE_DIR'];

/** What commander says is wrong, in one line. */
export const plainError = (text: string): string =>
  text
    .trim()
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ');

/** commander throws instead of leaving the process, and writes its errors as this program does. */
export function withPlainErrors(command: Command, path = command.name()): void {
  command.exitOverride().configureOutput({
    outputError: (text, write) => {
      write(`foretoken: ${plainError(text)} (see ${path} --help)\n`);
    },
  });
  for (const child of command.commands) withPlainErrors(child, `${path} ${child.name()}`);
}

/**
 * A variable that is spelt wrong would otherwise be a setting that silently does nothing.
 * @param wholeProgram all commands, for variables that `program`, which may be a part of them, does not know
 */
export async function warnOfUnknownEnvironment(
  program: Command,
  wholeProgram: () => Promise<Command>,
): Promise<void> {
  const ours = Object.keys(process.env).filter((name) => name.startsWith('FORETOKEN_'));
  const isOther = (names: readonly string[]) => (name: string) =>
    !names.includes(name) && !OTHER_VARIABLES.includes(name);
  if (!ours.some(isOther(environmentNames(program)))) return;
  const known = [...environmentNames(await wholeProgram()), ...OTHER_VARIABLES];
  for (const name of ours.filter(isOther(known))) {
    const like = nearest(name, known);
    warn(`${name} is no known variable${like === undefined ? '' : `; did you mean ${like}?`}`);
  }
}
