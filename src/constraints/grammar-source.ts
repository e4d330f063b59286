/** What a request may give to restrict its text, and what becomes of it. */
import { ForetokenError } from '../base/errors.js';
import { JSON_OBJECT_GBNF, jsonSchemaToGbnf } from '../grammar/json-schema.js';
import { answerGbnf, type AnswerGrammar } from '../grammar/answer.js';
import { compileGbnf } from './compile.js';
import type { CompiledGrammar } from './network.js';

export type GrammarSource =
  | { readonly kind: 'gbnf'; readonly text: string }
  /** @param param the request's field, for errors that name no other */
  | { readonly kind: 'schema'; readonly schema: unknown; readonly param: string }
  /** Reasoning, calls of functions, text; `param` as above. */
  | { readonly kind: 'answer'; readonly answer: AnswerGrammar; readonly param: string };

/** The text that tells sources of one kind apart. */
export function sourceText(source: GrammarSource): string {
  switch (source.kind) {
    case 'gbnf':
      return source.text;
    case 'schema':
      return JSON.stringify([source.param, source.schema]);
    case 'answer':
      return JSON.stringify(source.answer);
  }
}

/** Any JSON object. */
export const ANY_OBJECT: GrammarSource = { kind: 'gbnf', text: JSON_OBJECT_GBNF };

/** @throws ForetokenError `invalid_grammar`, `invalid_schema` */
export function compileSource(source: GrammarSource): CompiledGrammar {
  if (source.kind === 'gbnf') return compileGbnf(source.text);
  try {
    return compileGbnf(
      source.kind === 'schema' ? jsonSchemaToGbnf(source.schema) : answerGbnf(source.answer),
    );
  } catch (thrown) {
    const error = ForetokenError.from(thrown);
    // A schema whose grammar is too large is at fault as a schema.
    const code = error.code === 'invalid_grammar' ? 'invalid_schema' : error.code;
    const param = error.code === 'invalid_grammar' ? source.param : (error.param ?? source.param);
    throw new ForetokenError(code, error.message, { param, cause: thrown });
  }
}
