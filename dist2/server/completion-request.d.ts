import { type GenerationOptions } from './generation-fields.js';
import type { ModelLimits } from './model-limits.js';
/** A text still to be tokenised, or tokens. */
export type Prompt = string | readonly number[];
export interface CompletionRequest {
    readonly prompts: readonly Prompt[];
    /** Names of special tokens in a text are these tokens. */
    readonly parseSpecial: boolean;
    /** Put the prompt in front of each choice's text. */
    readonly echo: boolean;
    /** What stands behind the gap to fill; undefined: there is no gap, the text goes on. */
    readonly suffix: string | undefined;
    readonly generation: GenerationOptions;
    /** What of the body was left out of account, in words. */
    readonly warnings: readonly string[];
}
export declare const COMPLETION_FIELDS: readonly string[];
export declare const COMPLETION_UNSUPPORTED: {
    readonly messages: "conversations go to /v1/chat/completions; this route takes a prompt.";
};
export declare function readCompletionRequest(body: unknown, limits: ModelLimits): CompletionRequest;
export declare const EMBEDDING_FIELDS: readonly ["model", "input", "encoding_format", "dimensions", "user"];
export interface EmbeddingRequest {
    readonly inputs: readonly Prompt[];
    readonly encoding: 'float' | 'base64';
    /** Numbers of each vector: the model's width, or the first ones of them. */
    readonly dimensions: number;
    /** What of the body was left out of account, in words. */
    readonly warnings: readonly string[];
}
export declare function readEmbeddingRequest(body: unknown, limits: ModelLimits, embeddingWidth: number): EmbeddingRequest;
