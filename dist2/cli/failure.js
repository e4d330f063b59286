/** How a command ends when it cannot do its work: one line that says what, where and how to mend it. */
import { ForetokenError } from '../base/errors.js';
import { plainLine, plainLines } from '../base/plain-line.js';
/** Exit codes: a wrong command line, as against a command that failed. */
export const USAGE_ERROR = 2;
export const FAILURE = 1;
export function report(thrown) {
    const error = ForetokenError.from(thrown);
    process.stderr.write(`foretoken: ${plainLine(error.message)}\n`);
    if (process.env['FORETOKEN_DEBUG'] === '1') {
        for (let cause = thrown; cause instanceof Error; cause = cause.cause)
            process.stderr.write(`${plainLines(cause.stack ?? cause.message)}\n`);
    }
    else if (error.code === 'internal_error') {
        process.stderr.write('foretoken: this looks like a bug; FORETOKEN_DEBUG=1 shows where it happened.\n');
    }
    return error.code === 'invalid_option' ? USAGE_ERROR : FAILURE;
}
export const warn = (message) => {
    process.stderr.write(`foretoken: warning: ${plainLine(message)}\n`);
};
/** What goes on, where it is not the result of the command. */
export const note = (message) => {
    process.stderr.write(`foretoken: ${plainLine(message)}\n`);
};
//# sourceMappingURL=failure.js.map