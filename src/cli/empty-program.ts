/** The program before it has commands: what holds for all of them. */
import { Command } from 'commander';
import { preferCommandLine, readBooleanEnvironment } from './flags/flag.js';
import { version } from './version.js';

/** @param exclusive names of settings of which one alone counts (`preferCommandLine`) */
export const emptyProgram = (exclusive: readonly string[]): Command =>
  new Command('foretoken')
    .description(
      'Serves any GGUF language model faster than the model alone can run, with exactly the same text.',
    )
    .version(version())
    .enablePositionalOptions()
    .hook('preAction', (_program, command) => {
      readBooleanEnvironment(command);
      preferCommandLine(command, exclusive);
    });
