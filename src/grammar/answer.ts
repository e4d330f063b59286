/**
 * Grammars of chat answers: reasoning, calls of functions, and text or JSON. A call is the words that the model's
 * template puts around one, and between them a function's name and arguments that its JSON schema allows. Where the
 * model may choose, any text goes in front as long as it does not hold the words that begin a call; from these words
 * on there is only the call.
 */
import { isObject } from '../base/shape.js';
import { ForetokenError } from '../base/errors.js';
import * as codePoints from './code-points.js';
import { choice, EMPTY, GrammarFault, oneOf, repeat, rule, sequence, text } from './gbnf.js';
import type { GbnfGrammar, GbnfNode } from './gbnf.js';
import { newJsonGrammar, useJsonRule } from './json.js';
import { AddedSchema } from './json-schema.js';

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

export const THINK_BEGIN = '<think>';
export const THINK_END = '</think>';

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
  readonly format?: { readonly schema: unknown; readonly param: string };
}

/** Small models repeat themselves until something ends them, and a call that the limit cuts is none. */
const MOST_CALLS = 8;
/** White space between reasoning and what follows it. */
const GAP = repeat(oneOf(codePoints.of('\n ')), 0, 3);
/** What a call without a schema takes. */
const NO_ARGUMENTS = { type: 'object', properties: {}, additionalProperties: false };

/** @throws ForetokenError `invalid_schema`, with the request's field as `param` */
export function answerGbnf(answer: AnswerGrammar): string {
  return new AnswerGrammarWriter(answer).write();
}

class AnswerGrammarWriter {
  readonly #wanted: AnswerGrammar;
  readonly #grammar = newJsonGrammar();
  readonly #schemas: { readonly added: AddedSchema; readonly param: string }[] = [];

  constructor(wanted: AnswerGrammar) {
    this.#wanted = wanted;
  }

  write(): string {
    this.#grammar.define('root', this.#withThinking(this.#answer()));
    try {
      return this.#grammar.render();
    } catch (error) {
      if (!(error instanceof GrammarFault)) throw error;
      const from = this.#schemas.find(({ added }) => added.placeOf(error.rule) !== undefined);
      throw from === undefined
        ? new ForetokenError('invalid_schema', `The schemas together are too large: ${error.message}.`)
        : refused(from.param, `at ${from.added.placeOf(error.rule)!}, ${error.message}`);
    }
  }

  #answer(): GbnfNode {
    const { callable, format } = this.#wanted;
    const formatted = format && this.#schema(format, 'formatted');
    if (callable === undefined) return formatted ?? repeat(oneOf(codePoints.ALL), 0, Infinity);
    const called = this.#called(callable);
    const call = sequence(text(callable.syntax.before), called);
    if (callable.required) return call;
    return formatted === undefined ? this.#textOrCall(callable.syntax, called) : choice(call, formatted);
  }

  /** What comes behind `before`. */
  #called({ syntax, functions, parallel }: Callable): GbnfNode {
    const one = this.#grammar.named(
      'call',
      choice(
        ...functions.map((called) => sequence(text(called.name + syntax.middle), this.#arguments(called))),
      ),
    );
    const more =
      parallel && syntax.join !== undefined
        ? repeat(this.#grammar.named('next-call', sequence(text(syntax.join), one)), 0, MOST_CALLS - 1)
        : EMPTY;
    return sequence(one, more, text(syntax.after));
  }

  #arguments({ parameters, param }: Callable['functions'][number]): GbnfNode {
    if (parameters === undefined) return this.#schema({ schema: NO_ARGUMENTS, param }, 'arguments');
    if (!isObject(parameters)) throw refused(param, 'it must be an object');
    if (Object.keys(parameters).length === 0) return useJsonRule(this.#grammar, 'object');
    const says = (keyword: string): boolean => Object.hasOwn(parameters, keyword);
    if (says('type') && parameters['type'] !== 'object')
      throw refused(param, 'arguments are an object, so its "type" must be "object"');
    const typed = ['type', '$ref', 'allOf', 'anyOf', 'oneOf'].some(says)
      ? parameters
      : { ...parameters, type: 'object' };
    return this.#schema({ schema: typed, param }, 'arguments');
  }

  #schema({ schema, param }: { readonly schema: unknown; readonly param: string }, hint: string): GbnfNode {
    const name = this.#grammar.reserve(hint);
    const added = new AddedSchema(this.#grammar, schema, name);
    this.#schemas.push({ added, param });
    try {
      added.explaining(() => {
        added.convert();
      });
    } catch (error) {
      throw withParam(ForetokenError.from(error), param);
    }
    return rule(name);
  }

  /** Text without the trigger, and behind the trigger a call; or a call at once, or text that does not begin like one. */
  #textOrCall({ before, trigger }: CallSyntax, called: GbnfNode): GbnfNode {
    if (trigger !== undefined)
      return textUntil(
        this.#grammar,
        'text',
        trigger,
        sequence(text(before.slice(trigger.length)), called),
        true,
      );
    const [first] = before;
    const others = codePoints.complement(codePoints.union(codePoints.of(first!), codePoints.of(' \t\r\n')));
    const anything = repeat(oneOf(codePoints.ALL), 0, Infinity);
    return choice(
      sequence(text(before), called),
      sequence(repeat(oneOf(codePoints.of(' \t\r\n')), 0, 8), oneOf(others), anything),
      EMPTY,
    );
  }

  #withThinking(answer: GbnfNode): GbnfNode {
    const { thinking, callable, format } = this.#wanted;
    if (thinking === 'none') return answer;
    const rest = this.#grammar.named('answer', answer);
    // Where something must come, it is not enough to have thought about it.
    const mayStop = callable?.required !== true && format === undefined;
    const thought = textUntil(this.#grammar, 'thinking', THINK_END, sequence(GAP, rest), mayStop);
    return thinking === 'begun' ? thought : choice(sequence(text(THINK_BEGIN), thought), rest);
  }
}

/**
 * Text up to the first `end`, and then what follows it. As an automaton that knows how much of `end` has just been
 * written (Knuth, Morris and Pratt), so that one way at most is open at every character.
 * @param mayStop the text may also end without `end`
 */
function textUntil(
  grammar: GbnfGrammar,
  hint: string,
  end: string,
  then: GbnfNode,
  mayStop: boolean,
): GbnfNode {
  const wanted = Array.from(end);
  const names = wanted.map(() => grammar.reserve(hint));
  /** [n] = how much of `end` its first n characters end with, itself not counted */
  const border = [0, 0];
  for (let at = 1; at < wanted.length; at++) {
    let length = border[at]!;
    while (length > 0 && wanted[length] !== wanted[at]) length = border[length]!;
    border[at + 1] = wanted[length] === wanted[at] ? length + 1 : 0;
  }
  const different = [...new Set(wanted)];
  const others = oneOf(codePoints.complement(codePoints.of(different.join(''))));
  const to = (length: number): GbnfNode => (length === wanted.length ? then : rule(names[length]!));
  names.forEach((name, length) => {
    const ways = different.map((character) => {
      let matched = length;
      while (matched > 0 && wanted[matched] !== character) matched = border[matched]!;
      return sequence(text(character), to(wanted[matched] === character ? matched + 1 : 0));
    });
    ways.push(sequence(others, to(0)));
    if (mayStop) ways.push(EMPTY);
    grammar.define(name, choice(...ways));
  });
  return rule(names[0]!);
}

function refused(param: string, problem: string): ForetokenError {
  return new ForetokenError('invalid_schema', `The JSON schema in '${param}' cannot be used: ${problem}.`, {
    param,
  });
}

function withParam(error: ForetokenError, param: string): ForetokenError {
  return new ForetokenError(
    error.code,
    error.message.replace('The JSON schema cannot', `The JSON schema in '${param}' cannot`),
    { param, cause: error },
  );
}
