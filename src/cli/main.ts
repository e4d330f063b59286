#!/usr/bin/env node
/** The `foretoken` command. */
import { CommanderError, type Command } from 'commander';
import { normaliseArguments } from './arguments.js';
import { report, USAGE_ERROR } from './failure.js';
import { emptyProgram, ENVIRONMENT_NOTE } from './empty-program.js';
import { addPredictCommand } from './program-predict.js';
import { warnOfUnknownEnvironment, withPlainErrors } from './usage.js';

async function main(): Promise<number> {
  let exitCode = 0;
  const wholeProgram = async (): Promise<Command> =>
    (await import('./program.js')).buildProgram((code) => {
      exitCode = code;
    });
  const args = normaliseArguments(process.argv.slice(2));
  // Flags of all other commands take longer to load than a prediction does.
  const program = args[0] === 'predict' ? predictProgram() : await wholeProgram();
  withPlainErrors(program);
  try {
    await warnOfUnknownEnvironment(program, wholeProgram);
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    // commander has said what is wrong, or shown the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_ERROR;
    return report(error);
  }
}

function predictProgram(): Command {
  const program = emptyProgram([]);
  addPredictCommand(program, ENVIRONMENT_NOTE);
  return program;
}

// Nobody reads on (`foretoken … | head`): what is left to write is not missed, and no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await main();
