/** The text side of a GGUF model: its vocabulary, opened without weights, and its chat template. */
import type { SamplingDefaults } from '../base/sampling-options.js';
import type { CallSyntax } from '../grammar/answer.js';
import { type InfillTokens } from '../llama/vocabulary.js';
import type { ChatEnding, ChatFallback, ChatMessage, TextCodec, TextFacts } from './codec.js';
export declare class LlamaCodec implements TextCodec {
    #private;
    readonly chatFallback: ChatFallback | undefined;
    readonly facts: TextFacts;
    private constructor();
    /** @param chatTemplate Jinja text in place of the model's own template */
    static open(modelPath: string, chatTemplate?: string): LlamaCodec;
    /** The same, read on another thread, so that this one goes on meanwhile. */
    static openInBackground(modelPath: string, chatTemplate?: string): Promise<LlamaCodec>;
    get vocabularySize(): number;
    /** How the model's makers want words to be chosen, as far as its file says. */
    get samplingDefaults(): Partial<SamplingDefaults>;
    get beginning(): number | undefined;
    get infill(): InfillTokens | undefined;
    tokenize(text: string, addSpecial: boolean, parseSpecial: boolean): Int32Array;
    tokenBytes(token: number): Uint8Array;
    detokenize(tokens: readonly number[]): string;
    encodeChat(messages: readonly ChatMessage[], extra: Readonly<Record<string, unknown>>, _gone?: AbortSignal, ending?: ChatEnding): Int32Array;
    encodePair(query: string, document: string): Int32Array;
    get thinks(): boolean;
    callSyntax(): CallSyntax;
    dispose(): void;
}
