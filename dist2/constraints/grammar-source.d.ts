import { type AnswerGrammar } from '../grammar/answer.js';
import type { CompiledGrammar } from './network.js';
export type GrammarSource = {
    readonly kind: 'gbnf';
    readonly text: string;
}
/** @param param the request's field, for errors that name no other */
 | {
    readonly kind: 'schema';
    readonly schema: unknown;
    readonly param: string;
}
/** Reasoning, calls of functions, text; `param` as above. */
 | {
    readonly kind: 'answer';
    readonly answer: AnswerGrammar;
    readonly param: string;
};
/** The text that tells sources of one kind apart. */
export declare function sourceText(source: GrammarSource): string;
/** Any JSON object. */
export declare const ANY_OBJECT: GrammarSource;
/** @throws ForetokenError `invalid_grammar`, `invalid_schema` */
export declare function compileSource(source: GrammarSource): CompiledGrammar;
