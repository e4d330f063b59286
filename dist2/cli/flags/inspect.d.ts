/** The flags of `inspect`. */
import type { Command } from 'commander';
export interface InspectFlags {
    readonly ctxSize: number;
    readonly json?: boolean;
}
export declare function addInspectFlags(command: Command): Command;
