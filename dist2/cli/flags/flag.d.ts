/**
 * Flags as commander options. Each has its environment variable; flags without a value read theirs as yes or
 * no, which commander itself does not (to it, any value at all means yes).
 */
import { Option, type Command } from 'commander';
/** The long name of a flag: `--port` of `-p, --port <number>`. */
export declare const longName: (flags: string) => string;
/** An option with a value, checked by `parse`. */
export declare function valued(flags: string, description: string, parse: (value: string, previous: never) => unknown, initial?: unknown, initialText?: string): Option;
/** An option without a value; `readBooleanEnvironment` reads its environment variable. */
export declare function yesOrNo(flags: string, description: string): Option;
/** Corrects what commander made of the environment variables of flags without a value; for a `preAction` hook. */
export declare function readBooleanEnvironment(command: Command): void;
/** Of settings that exclude each other, what the environment says is dropped where the command line says another. */
export declare function preferCommandLine(command: Command, names: readonly string[]): void;
/** Every environment variable that a command or one below it reads. */
export declare function environmentNames(command: Command): string[];
