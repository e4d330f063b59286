import type { BenchmarkOptions, BenchmarkPrompt } from './types.js';
export declare function requestBody(options: BenchmarkOptions, model: string, prompt: BenchmarkPrompt, index: number): Record<string, unknown>;
