/**
 * Grammars of chat answers: reasoning, calls of functions, and text or JSON. A call is the words that the model's
 * template puts around one, and between them a function's name and arguments that its JSON schema allows. Where the
 * model may choose, any text goes in front as long as it does not hold the words that begin a call; from these words
 * on there is only the call.
 */
import { ForetokenError } from '../base/errors.js';
import * as codePoints from './code-points.js';
import { choice, EMPTY, GrammarFault, oneOf, repeat, rule, sequence, text } from './gbnf.js';
import { newJsonGrammar, useJsonRule } from './json.js';
import { AddedSchema } from './json-schema.js';
import { isObject } from './schema.js';
export const THINK_BEGIN = '<think>';
export const THINK_END = '</think>';
/** Small models repeat themselves until something ends them, and a call that the limit cuts is none. */
const MOST_CALLS = 8;
/** White space between reasoning and what follows it. */
const GAP = repeat(oneOf(codePoints.of('\n ')), 0, 3);
/** What a call without a schema takes. */
const NO_ARGUMENTS = { type: 'object', properties: {}, additionalProperties: false };
/** @throws ForetokenError `invalid_schema`, with the request's field as `param` */
export function answerGbnf(answer) {
    return new AnswerGrammarWriter(answer).write();
}
class AnswerGrammarWriter {
    #wanted;
    #grammar = newJsonGrammar();
    #schemas = [];
    constructor(wanted) {
        this.#wanted = wanted;
    }
    write() {
        this.#grammar.define('root', this.#withThinking(this.#answer()));
        try {
            return this.#grammar.render();
        }
        catch (error) {
            if (!(error instanceof GrammarFault))
                throw error;
            const from = this.#schemas.find(({ added }) => added.placeOf(error.rule) !== undefined);
            throw from === undefined
                ? new ForetokenError('invalid_schema', `The schemas together are too large: ${error.message}.`)
                : refused(from.param, `at ${from.added.placeOf(error.rule)}, ${error.message}`);
        }
    }
    #answer() {
        const { callable, format } = this.#wanted;
        const formatted = format && this.#schema(format, 'formatted');
        if (callable === undefined)
            return formatted ?? repeat(oneOf(codePoints.ALL), 0, Infinity);
        const called = this.#called(callable);
        const call = sequence(text(callable.syntax.before), called);
        if (callable.required)
            return call;
        return formatted === undefined ? this.#textOrCall(callable.syntax, called) : choice(call, formatted);
    }
    /** What comes behind `before`. */
    #called({ syntax, functions, parallel }) {
        const one = this.#grammar.named('call', choice(...functions.map((called) => sequence(text(called.name + syntax.middle), this.#arguments(called)))));
        const more = parallel && syntax.join !== undefined
            ? repeat(this.#grammar.named('next-call', sequence(text(syntax.join), one)), 0, MOST_CALLS - 1)
            : EMPTY;
        return sequence(one, more, text(syntax.after));
    }
    #arguments({ parameters, param }) {
        if (parameters === undefined)
            return this.#schema({ schema: NO_ARGUMENTS, param }, 'arguments');
        if (!isObject(parameters))
            throw refused(param, 'it must be an object');
        if (Object.keys(parameters).length === 0)
            return useJsonRule(this.#grammar, 'object');
        const says = (keyword) => Object.hasOwn(parameters, keyword);
        if (says('type') && parameters['type'] !== 'object')
            throw refused(param, 'arguments are an object, so its "type" must be "object"');
        const typed = ['type', '$ref', 'allOf', 'anyOf', 'oneOf'].some(says)
            ? parameters
            : { ...parameters, type: 'object' };
        return this.#schema({ schema: typed, param }, 'arguments');
    }
    #schema({ schema, param }, hint) {
        const name = this.#grammar.reserve(hint);
        const added = new AddedSchema(this.#grammar, schema, name);
        this.#schemas.push({ added, param });
        try {
            added.explaining(() => {
                added.convert();
            });
        }
        catch (error) {
            throw withParam(ForetokenError.from(error), param);
        }
        return rule(name);
    }
    /** Text without the trigger, and behind the trigger a call; or a call at once, or text that does not begin like one. */
    #textOrCall({ before, trigger }, called) {
        if (trigger !== undefined)
            return textUntil(this.#grammar, 'text', trigger, sequence(text(before.slice(trigger.length)), called), true);
        const [first] = before;
        const others = codePoints.complement(codePoints.union(codePoints.of(first), codePoints.of(' \t\r\n')));
        const anything = repeat(oneOf(codePoints.ALL), 0, Infinity);
        return choice(sequence(text(before), called), sequence(repeat(oneOf(codePoints.of(' \t\r\n')), 0, 8), oneOf(others), anything), EMPTY);
    }
    #withThinking(answer) {
        const { thinking, callable, format } = this.#wanted;
        if (thinking === 'none')
            return answer;
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
function textUntil(grammar, hint, end, then, mayStop) {
    const wanted = Array.from(end);
    const names = wanted.map(() => grammar.reserve(hint));
    /** [n] = how much of `end` its first n characters end with, itself not counted */
    const border = [0, 0];
    for (let at = 1; at < wanted.length; at++) {
        let length = border[at];
        while (length > 0 && wanted[length] !== wanted[at])
            length = border[length];
        border[at + 1] = wanted[length] === wanted[at] ? length + 1 : 0;
    }
    const different = [...new Set(wanted)];
    const others = oneOf(codePoints.complement(codePoints.of(different.join(''))));
    const to = (length) => (length === wanted.length ? then : rule(names[length]));
    names.forEach((name, length) => {
        const ways = different.map((character) => {
            let matched = length;
            while (matched > 0 && wanted[matched] !== character)
                matched = border[matched];
            return sequence(text(character), to(wanted[matched] === character ? matched + 1 : 0));
        });
        ways.push(sequence(others, to(0)));
        if (mayStop)
            ways.push(EMPTY);
        grammar.define(name, choice(...ways));
    });
    return rule(names[0]);
}
function refused(param, problem) {
    return new ForetokenError('invalid_schema', `The JSON schema in '${param}' cannot be used: ${problem}.`, {
        param,
    });
}
function withParam(error, param) {
    return new ForetokenError(error.code, error.message.replace('The JSON schema cannot', `The JSON schema in '${param}' cannot`), { param, cause: error });
}
//# sourceMappingURL=answer.js.map