import type { Finding } from './findings.js';
import { type GgufFile } from './types.js';
export interface GgufSummary {
    readonly path: string;
    readonly version: number;
    readonly name: string | undefined;
    readonly architecture: string;
    readonly license: string | undefined;
    readonly fileBytes: number;
    readonly parameters: number;
    readonly tensors: number;
    /** Type of most weights by bytes, such as "Q8_0". */
    readonly quantization: string;
    /** Bytes of weights by type, largest first. */
    readonly weightTypes: readonly {
        readonly type: string;
        readonly tensors: number;
        readonly bytes: number;
    }[];
    readonly contextLength: number | undefined;
    readonly layers: number | undefined;
    readonly width: number | undefined;
    readonly heads: number | undefined;
    readonly kvHeads: number | undefined;
    readonly headWidth: number | undefined;
    readonly feedForward: number | undefined;
    readonly vocabulary: VocabularySummary;
    readonly hasChatTemplate: boolean;
    /** Where the model is a draft: the name of what it drafts for. */
    readonly draftOf: string | undefined;
    /** All files of a split model, this one included; empty for a whole one. */
    readonly splitFiles: readonly string[];
    readonly memory: MemoryNeed | undefined;
    /** What is wrong with the file, as far as its head tells; with an error among them it is not loaded. */
    readonly findings: readonly Finding[];
}
export interface VocabularySummary {
    readonly size: number;
    /** Such as "gpt2" (byte-level BPE) or "llama" (SentencePiece). */
    readonly type: string | undefined;
    readonly preTokenizer: string | undefined;
    readonly special: readonly {
        readonly role: string;
        readonly id: number;
        readonly text: string;
    }[];
}
/** Weights and F16 KV cache; what a computation needs besides depends on the batch. */
export interface MemoryNeed {
    readonly contextSize: number;
    readonly weightBytes: number;
    readonly kvBytesPerToken: number;
    readonly kvBytes: number;
    readonly totalBytes: number;
}
/**
 * @param options.contextSize tokens to compute the memory for; by default the model's context length
 * @throws ForetokenError `file_not_found`, `invalid_gguf`, `invalid_option`
 */
export declare function inspectGguf(file: string, options?: {
    readonly contextSize?: number;
}): GgufSummary;
/** `inspectGguf` of files that are read already: those of one model, the first with its metadata. */
export declare function summarize(parts: readonly [GgufFile, ...GgufFile[]], options?: {
    readonly contextSize?: number;
}): GgufSummary;
