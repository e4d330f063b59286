import { nearest } from '../base/nearest.js';
import { warn } from './failure.js';
import { environmentNames } from './flags/flag.js';
/** Variables that are no flags. */
const OTHER_VARIABLES = ['FORETOKEN_DEBUG', 'FORETOKEN_CACHE_DIR'];
/** commander throws instead of leaving the process, and writes its errors as this program does. */
export function withPlainErrors(command, path = command.name()) {
    command.exitOverride().configureOutput({
        outputError: (text, write) => {
            const plain = text
                .trim()
                .replace(/^error: /, '')
                .replace(/\s*\n\s*/g, ' ');
            write(`foretoken: ${plain} (see ${path} --help)\n`);
        },
    });
    for (const child of command.commands)
        withPlainErrors(child, `${path} ${child.name()}`);
}
/** A variable that is spelt wrong would otherwise be a setting that silently does nothing. */
export function warnOfUnknownEnvironment(program) {
    const known = [...environmentNames(program), ...OTHER_VARIABLES];
    for (const name of Object.keys(process.env)) {
        if (!name.startsWith('FORETOKEN_') || known.includes(name))
            continue;
        const like = nearest(name, known);
        warn(`${name} is no known variable${like === undefined ? '' : `; did you mean ${like}?`}`);
    }
}
//# sourceMappingURL=usage.js.map