/** Wrong command lines and environments, said in one line each with the nearest right name. */
import type { Command } from 'commander';
/** commander throws instead of leaving the process, and writes its errors as this program does. */
export declare function withPlainErrors(command: Command, path?: string): void;
/** A variable that is spelt wrong would otherwise be a setting that silently does nothing. */
export declare function warnOfUnknownEnvironment(program: Command): void;
