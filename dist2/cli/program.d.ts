/**
 * The commands and their flags. Each command's work is imported only when it runs, so that `--help` and
 * mistakes are answered at once.
 */
import { Command } from 'commander';
export declare function buildProgram(setExitCode: (code: number) => void): Command;
