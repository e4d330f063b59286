import type { CallSyntax } from '../grammar/answer.js';
import type { ChatMessage } from './chat-message.js';
import type { Vocabulary } from './vocabulary.js';
export interface RenderOptions {
    /** End with the beginning of the assistant's answer; the default. */
    readonly addGenerationPrompt?: boolean;
    /** End within the last message, which is to be continued: nothing of what the template puts behind it. */
    readonly continueLast?: boolean;
    /** Further variables of the template, such as `enable_thinking` and `tools`. */
    readonly variables?: Readonly<Record<string, unknown>>;
}
/** The template of a model that has none. */
export declare const CHATML_TEMPLATE: string;
/** What ChatML puts around a turn. */
export declare const CHATML_MARKERS: readonly string[];
/** The part of a vocabulary that turns a rendered text into tokens. */
export type TemplateVocabulary = Pick<Vocabulary, 'tokenize' | 'specialTokens' | 'addBos'>;
export declare class ChatTemplate {
    #private;
    /** The Jinja text. */
    readonly source: string;
    /** False when the model has no template and ChatML is used. */
    readonly isOwn: boolean;
    constructor(source: string | undefined, special: {
        readonly bos: string;
        readonly eos: string;
    });
    /** @param source Jinja text in place of the model's own */
    static of(vocabulary: Vocabulary, source?: string | undefined): ChatTemplate;
    /** How the model writes calls of functions: as its template does, else in tags. */
    get callSyntax(): CallSyntax;
    /** Whether the model writes down what it thinks before it answers. */
    get thinks(): boolean;
    /**
     * Calls and results of tools in the way the template knows, else as text.
     * @throws ForetokenError `invalid_request` with the template's own words.
     */
    render(messages: readonly ChatMessage[], options?: RenderOptions): string;
    /** The conversation's tokens; the beginning-of-text token appears once, whoever writes it. */
    tokenize(vocabulary: TemplateVocabulary, messages: readonly ChatMessage[], options?: RenderOptions): Int32Array;
}
