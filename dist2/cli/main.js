#!/usr/bin/env node
/** The `foretoken` command. */
import { CommanderError } from 'commander';
import { normaliseArguments } from './arguments.js';
import { report, USAGE_ERROR } from './failure.js';
import { buildProgram } from './program.js';
import { warnOfUnknownEnvironment, withPlainErrors } from './usage.js';
async function main() {
    let exitCode = 0;
    const program = buildProgram((code) => {
        exitCode = code;
    });
    withPlainErrors(program);
    try {
        warnOfUnknownEnvironment(program);
        await program.parseAsync(normaliseArguments(process.argv.slice(2)), { from: 'user' });
        return exitCode;
    }
    catch (error) {
        // commander has said what is wrong, or shown the help that was asked for.
        if (error instanceof CommanderError)
            return error.exitCode === 0 ? 0 : USAGE_ERROR;
        return report(error);
    }
}
// Nobody reads on (`foretoken … | head`): what is left to write is not missed, and no failure.
process.stdout.on('error', (error) => {
    if (error.code !== 'EPIPE')
        throw error;
});
process.exitCode = await main();
//# sourceMappingURL=main.js.map