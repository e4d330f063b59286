/**
 * Flags as commander options. Each has its environment variable; flags without a value read theirs as yes or
 * no, which commander itself does not (to it, any value at all means yes).
 */
import { Option } from 'commander';
import { booleanText, environmentName } from './values.js';
/** The long name of a flag: `--port` of `-p, --port <number>`. */
export const longName = (flags) => /--[a-z0-9-]+/.exec(flags)[0];
/** An option with a value, checked by `parse`. */
export function valued(flags, description, parse, initial, initialText) {
    const option = new Option(flags, description)
        .argParser(parse)
        .env(environmentName(longName(flags)));
    if (initial !== undefined)
        option.default(initial, initialText);
    return option;
}
/** An option without a value; `readBooleanEnvironment` reads its environment variable. */
export function yesOrNo(flags, description) {
    const option = new Option(flags, description);
    return option.negate ? option : option.env(environmentName(longName(flags)));
}
/** Corrects what commander made of the environment variables of flags without a value; for a `preAction` hook. */
export function readBooleanEnvironment(command) {
    for (const option of command.options) {
        if (option.required || option.optional || option.envVar === undefined)
            continue;
        const text = process.env[option.envVar];
        const name = option.attributeName();
        if (text !== undefined && command.getOptionValueSource(name) === 'env')
            command.setOptionValueWithSource(name, booleanText(longName(option.flags), text), 'env');
    }
}
/** Of settings that exclude each other, what the environment says is dropped where the command line says another. */
export function preferCommandLine(command, names) {
    if (!names.some((name) => command.getOptionValueSource(name) === 'cli'))
        return;
    for (const name of names)
        if (command.getOptionValueSource(name) === 'env')
            command.setOptionValueWithSource(name, undefined, 'default');
}
/** Every environment variable that a command or one below it reads. */
export function environmentNames(command) {
    return [
        ...command.options.flatMap(({ envVar }) => envVar ?? []),
        ...command.commands.flatMap(environmentNames),
    ];
}
//# sourceMappingURL=flag.js.map