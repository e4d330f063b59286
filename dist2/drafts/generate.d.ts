import type { Decoder } from '../decoder/decoder.js';
import { type CorpusText } from './corpus.js';
export interface Prompt {
    readonly task?: string | undefined;
    readonly tokens: Int32Array;
}
export interface AnswerOptions {
    /** Most tokens of prompt and answer together; longer prompts are left out. */
    readonly maxTokens: number;
    /** Candidates noted for each token of an answer. */
    readonly candidates: number;
    readonly isEndOfGeneration: (id: number) => boolean;
    readonly onText: (text: CorpusText, index: number) => void;
    readonly signal?: AbortSignal | undefined;
}
/**
 * Answers all prompts with continuous batching: a sequence that ends makes room for the next prompt at once.
 * Yields to the event loop between decodes. Answers that reach `maxTokens` are written as far as they came.
 */
export declare function answerPrompts(decoder: Decoder, prompts: readonly Prompt[], options: AnswerOptions): Promise<void>;
export interface GenerateCorpusOptions {
    readonly target: string;
    /** User messages, one conversation each. */
    readonly prompts: readonly {
        readonly task?: string | undefined;
        readonly prompt: string;
    }[];
    /** File to write, one text a line. */
    readonly output: string;
    /** Conversations answered at the same time. */
    readonly parallel?: number;
    /** Most tokens of one conversation. */
    readonly maxTokens?: number;
    readonly candidates?: number;
    readonly threads?: number;
    readonly onProgress?: (progress: CorpusProgress) => void;
    readonly signal?: AbortSignal;
}
export interface CorpusProgress {
    readonly texts: number;
    readonly prompts: number;
    readonly promptTokens: number;
    readonly answerTokens: number;
    readonly tokensPerSecond: number;
}
/** @throws ForetokenError of loading the target, or `invalid_option`. */
export declare function generateCorpus(options: GenerateCorpusOptions): Promise<CorpusProgress>;
