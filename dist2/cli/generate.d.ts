import { type GenerateFlags } from './flags/generate.js';
/** @returns the exit code */
export declare function generate(argument: string | undefined, given: GenerateFlags): Promise<number>;
