/** The flags that only `generate` has: what to ask, how to choose words, how to show them. */
import type { Command } from 'commander';
import { type SamplingDefaults, type SamplingOptions } from '../../base/sampling-options.js';
import type { CompiledGrammar } from '../../constraints/network.js';
import type { EngineFlags } from './engine.js';
import { type SamplingFlags } from './sampling.js';
export interface GenerateFlags extends EngineFlags, SamplingFlags {
    readonly system?: string;
    readonly raw?: boolean;
    readonly predict: number;
    readonly stop: readonly string[];
    readonly seed: number;
    readonly jsonSchema?: string;
    readonly grammarFile?: string;
    readonly compare?: boolean;
}
/** Tokens, some 750 words. */
export declare const DEFAULT_PREDICT = 1024;
export declare function addGenerationFlags(command: Command): Command;
/** @param ofModel what the model's file says */
export declare function samplingOf(flags: GenerateFlags, ofModel: Partial<SamplingDefaults>): SamplingOptions;
/**
 * The grammar of `--json-schema` or `--grammar-file`; undefined without either.
 * @throws ForetokenError `invalid_option`, `invalid_json`, `invalid_schema`, `invalid_grammar`, `file_not_found`
 */
export declare function grammarOf(flags: GenerateFlags): CompiledGrammar | undefined;
