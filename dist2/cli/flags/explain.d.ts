/** The flags of `explain`. */
import type { Command } from 'commander';
export interface ExplainFlags {
    readonly step?: number;
    readonly request?: number;
    readonly last: number;
    readonly apiKey?: string;
    readonly json?: boolean;
}
export declare function addExplainFlags(command: Command): Command;
