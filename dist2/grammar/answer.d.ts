/** How a model writes calls: `before` NAME `middle` ARGUMENTS (`join` NAME `middle` ARGUMENTS)* `after`. */
export interface CallSyntax {
    readonly before: string;
    readonly middle: string;
    /** Between two calls; undefined where an answer holds one at most. */
    readonly join: string | undefined;
    readonly after: string;
    /** The beginning of `before` that ordinary text does not hold; undefined: calls are the whole answer or none of it. */
    readonly trigger: string | undefined;
}
/** Reasoning in front of an answer: none, some if the model likes, or begun by the prompt already. */
export type Thinking = 'none' | 'allowed' | 'begun';
export declare const THINK_BEGIN = "<think>";
export declare const THINK_END = "</think>";
/** What may be called, and how. */
export interface Callable {
    readonly syntax: CallSyntax;
    /** `parameters`: a JSON schema of an object, undefined for no arguments; `param`: the request's field it is in. */
    readonly functions: readonly {
        readonly name: string;
        readonly parameters?: unknown;
        readonly param: string;
    }[];
    /** A call must come. */
    readonly required: boolean;
    /** Several calls in one answer. */
    readonly parallel: boolean;
}
export interface AnswerGrammar {
    readonly thinking: Thinking;
    readonly callable?: Callable;
    /** What an answer without a call must be; undefined: any text. */
    readonly format?: {
        readonly schema: unknown;
        readonly param: string;
    };
}
/** @throws ForetokenError `invalid_schema`, with the request's field as `param` */
export declare function answerGbnf(answer: AnswerGrammar): string;
