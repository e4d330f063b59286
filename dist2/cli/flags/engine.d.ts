import type { Command } from 'commander';
import type { EngineOptions, ModelOptions } from '../../engine/types.js';
import { type CacheType } from '../../llama/invariance.js';
import { type SpeculationFlags } from './speculation.js';
/** Flags of which one says where the model comes from. */
export declare const MODEL_SOURCES: readonly ["model", "hfRepo"];
export interface EngineFlags extends SpeculationFlags {
    readonly model?: string;
    readonly hfRepo?: string;
    readonly hfFile?: string;
    readonly hfRepoDraft?: string;
    readonly offline?: boolean;
    readonly ctxSize: number;
    readonly threads: number;
    readonly batchSize: number;
    readonly ubatchSize: number;
    readonly prefillChunk: number;
    readonly exact?: boolean;
    readonly cacheTypeK?: CacheType;
    readonly cacheTypeV?: CacheType;
    readonly gpu: ModelOptions['gpu'];
    readonly gpuLayers: number;
    readonly device?: string;
    readonly flashAttn: 'auto' | 'off';
    readonly lora: readonly string[];
    readonly chatTemplateFile?: string;
}
/** @param several `--model` may be repeated, and gives a list */
export declare function addModelFlags(command: Command, several?: boolean): Command;
export declare function addComputeFlags(command: Command): Command;
export interface EngineSetup {
    readonly model: ModelOptions;
    readonly engine: EngineOptions;
}
/** @throws ForetokenError `invalid_option` when flags contradict each other. */
export declare function engineSetup(flags: EngineFlags, concurrency: {
    readonly parallel: number;
    readonly queueLimit: number;
    readonly watchdogMs?: number;
}): EngineSetup;
/** The name of a model file as people call it. */
export declare const nameOf: (file: string) => string;
