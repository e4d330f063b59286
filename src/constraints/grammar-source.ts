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
    throw inWordsOfSource(source, ForetokenError.from(thrown));
  }
}

/** What is wrong with a grammar, for who gave the schema that it was made of: nobody else knows of the grammar. */
export function inWordsOfSource(source: GrammarSource, error: ForetokenError): ForetokenError {
  if (source.kind === 'gbnf') return error;
  const ofGrammar = error.code === 'invalid_grammar';
  return new ForetokenError(
    ofGrammar ? 'invalid_schema' : error.code,
    ofGrammar
      ? `The JSON schema cannot be used as it is; make it smaller or simpler. The grammar made of it says: ${error.message}`
      : error.message,
    { param: ofGrammar ? source.param : (error.param ?? source.param), cause: error },
  );
}
