import type { Command } from 'commander';
import type { EngineFlags } from './engine.js';
import type { SamplingFlags } from './sampling.js';
export interface ServeFlags extends EngineFlags, SamplingFlags {
    readonly host: string;
    readonly port: number;
    readonly parallel: number;
    readonly queueLimit: number;
    readonly bodyLimit: number;
    readonly apiKey: readonly string[];
    readonly apiKeyFile?: string;
    readonly openMetrics?: boolean;
    readonly statsTexts?: boolean;
    readonly allowedHost: readonly string[];
    readonly strict?: boolean;
    readonly alias?: string;
    readonly moreModels: readonly string[];
    readonly modelsDir?: string;
    readonly modelsMaxMemory?: number;
    readonly corsOrigin: readonly string[];
    readonly shutdownGraceMs: number;
    readonly stallTimeoutMs: number;
    readonly watchdogMs: number;
}
/** As they are given: `--model` may be repeated. */
export type GivenServeFlags = Omit<ServeFlags, 'model'> & {
    readonly model?: readonly string[];
};
/** The first model is the server's first, and others are further ones. */
export declare function withFirstModel({ model: models, ...flags }: GivenServeFlags): ServeFlags;
export declare function addServerFlags(command: Command): Command;
/** @throws ForetokenError `file_not_found` or `invalid_option` */
export declare function apiKeys(flags: ServeFlags): readonly string[];
/** A text file that a flag names. @throws ForetokenError `file_not_found` */
export declare function readTextFile(flag: string, file: string): string;
