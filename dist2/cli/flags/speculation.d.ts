import type { Command } from 'commander';
import { type WrittenMode } from '../../engine/speculation-mode.js';
import { type EngineOptions, type ModelOptions, type ProposerName } from '../../engine/types.js';
export interface SpeculationFlags {
    readonly draft?: string;
    readonly speculation: WrittenMode;
    readonly proposers?: readonly ProposerName[];
    readonly draftMax?: number;
    readonly lookupMinNgram: number;
    readonly suffixMib: number;
    readonly calibration: NonNullable<ModelOptions['calibration']>;
    readonly planLog?: string;
    readonly kvUnified?: boolean;
}
export declare function addSpeculationFlags(command: Command): Command;
export interface SpeculationSetup {
    readonly draftPath: string | undefined;
    readonly speculation: EngineOptions['speculation'];
}
/** @throws ForetokenError `invalid_option` when flags contradict each other. */
export declare function speculationSetup(flags: SpeculationFlags, modelPath: string): SpeculationSetup;
