#!/usr/bin/env node
/** The `foretoken` command. */
import { CommanderError, type Command } from 'commander';
import { normaliseArguments } from './arguments.js';
import { report, survivePipes, USAGE_ERROR } from './failure.js';
import { emptyProgram } from './empty-program.js';
import { addPredictCommand, ENVIRONMENT_NOTE } from './predict-program.js';
import { warnOfUnknownEnvironment, withPlainErrors } from './usage.js';

async function main(): Promise<number> {
  let exitCode = 0;
  const wholeProgram = async (): Promise<Command> =>
    (await import('./program.js')).buildProgram((code) => {
      exitCode = code;
    });
  const args = normaliseArguments(process.argv.slice(2));
  // Flags of all other commands take longer to load than a prediction does.
  const program = COST_COMMANDS.includes(args[0] ?? '') ? await costProgram(args[0]) : await wholeProgram();
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

/** Commands that say what networks cost. */
const COST_COMMANDS: readonly string[] = ['predict', 'devices', 'profile', 'schedule'];

async function costProgram(command: string | undefined): Promise<Command> {
  const program = emptyProgram([]);
  if (command === 'predict') addPredictCommand(program, ENVIRONMENT_NOTE);
  else (await import('./program-costs.js')).addCostCommands(program, ENVIRONMENT_NOTE);
  return program;
}

// Node would open its debugger to every user of the machine, and log rotation sends this signal.
if (process.env['FORETOKEN_DEBUG'] !== '1') process.on('SIGUSR1', () => undefined);
survivePipes(process.argv[2] === 'serve');
process.exitCode = await main();
