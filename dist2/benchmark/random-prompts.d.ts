import type { BenchmarkPrompt } from './types.js';
interface RandomPromptOptions {
    readonly count: number;
    /** Words of a prompt beyond the prefix; a word is about one token. */
    readonly inputTokens: number;
    /** Words that all prompts begin with. */
    readonly prefixTokens: number;
    readonly maxTokens: number;
    readonly seed: number;
}
export declare function randomPrompts(options: RandomPromptOptions): BenchmarkPrompt[];
export {};
