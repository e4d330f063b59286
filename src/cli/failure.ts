/** How a command ends when it cannot do its work: one line that says what, where and how to mend it. */
import { ForetokenError } from '../base/errors.js';
import { plainLine, plainLines } from '../base/plain-line.js';

/** Exit codes: a wrong command line, as against a command that failed. */
export const USAGE_ERROR = 2;
export const FAILURE = 1;

export function report(thrown: unknown): number {
  const error = ForetokenError.from(thrown);
  process.stderr.write(`foretoken: ${plainLine(error.message)}\n`);
  if (process.env['FORETOKEN_DEBUG'] === '1') {
    for (let cause: unknown = thrown; cause instanceof Error; cause = cause.cause)
      process.stderr.write(`${plainLines(cause.stack ?? cause.message)}\n`);
  } else if (error.code === 'internal_error') {
    process.stderr.write('foretoken: this looks like a bug; FORETOKEN_DEBUG=1 shows where it happened.\n');
  }
  return error.code === 'invalid_option' ? USAGE_ERROR : FAILURE;
}

export const warn = (message: string): void => {
  process.stderr.write(`foretoken: warning: ${plainLine(message)}\n`);
};

/** What goes on, where it is not the result of the command. */
export const note = (message: string): void => {
  process.stderr.write(`foretoken: ${plainLine(message)}\n`);
};

/**
 * Lets no stream that cannot be written end the program with a stack trace, or a server at all: its log may be piped into
 * a program that has ended, stand on a full disk, or belong to a terminal that is gone.
 * @param isServer what it writes on standard output is not its result
 */
export function survivePipes(isServer: boolean): void {
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Nobody reads on (`foretoken … | head`): what is left to write is not missed, and no failure.
    if (isServer || error.code === 'EPIPE') return;
    process.stderr.write(
      `foretoken: the result cannot be written to standard output: ${plainLine(error.message)}\n`,
    );
    process.exit(FAILURE);
  });
}
