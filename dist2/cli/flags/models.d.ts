/** The flags of `models`. */
import type { Command } from 'commander';
export interface ModelsFlags {
    readonly json?: boolean;
}
export declare function addModelsFlags(command: Command): Command;
