/**
 * What a chat request asks of its answer, as the engine and the reader of its text take it: stops, the grammar that
 * makes calls and schemas hold, and how reasoning, content and calls are told apart.
 */
import { ForetokenError } from '../base/errors.js';
import { ANY_OBJECT } from '../constraints/grammar-source.js';
import { THINK_BEGIN, } from '../grammar/answer.js';
import { clientGone } from './client-gone.js';
import { encodeConversation } from './prompts.js';
import { fallbackWarnings, warnInHeader } from './warnings.js';
/** The same for grammars that hold more than the object. */
const ANY_OBJECT_SCHEMA = { kind: 'schema', schema: { type: 'object' }, param: 'response_format' };
/** Enough for the words that begin reasoning, and white space behind them. */
const LAST_TOKENS = 8;
/** @param param the request's field that holds the conversation */
export async function prepareChat(context, reply, chat, param = 'messages') {
    const gone = clientGone(reply);
    const prompt = await encodeConversation(context, chat, gone, param);
    const generation = await chatGeneration(context, chat, prompt, gone);
    const warnings = [...fallbackWarnings(context), ...chat.warnings];
    // In streams the header is the only place.
    warnInHeader(reply, warnings);
    return { prompt, generation, warnings };
}
async function chatGeneration(context, { generation, tools }, prompt, gone) {
    const { codec } = context;
    const grammar = generation.grammar === ANY_OBJECT ? ANY_OBJECT_SCHEMA : generation.grammar;
    const stop = [...generation.stop, ...(codec.chatFallback?.stops ?? [])];
    // A grammar in the request's own words is for the whole text.
    const thinking = grammar?.kind === 'gbnf' ? 'none' : await thinkingOf(context, prompt, gone);
    if (tools === undefined) {
        const reading = thinking === 'none' ? undefined : { thinking, syntax: undefined };
        const held = grammar?.kind === 'schema' && thinking !== 'none';
        return {
            ...generation,
            stop,
            grammar: held ? answerGrammar({ thinking }, grammar, grammar.param) : generation.grammar,
            reading,
        };
    }
    if (grammar?.kind === 'gbnf')
        throw new ForetokenError('invalid_request', "'tools' go with a response_format of type json_schema or none: a grammar has no place for calls.", { param: 'tools' });
    const syntax = await codec.callSyntax(gone);
    const format = grammar?.kind === 'schema' ? grammar : undefined;
    return {
        ...generation,
        stop,
        grammar: answerGrammar({ thinking, callable: callableOf(tools, syntax) }, format, 'tools'),
        reading: { thinking, syntax },
    };
}
async function thinkingOf({ codec }, prompt, gone) {
    if (!codec.thinks)
        return 'none';
    const end = await codec.detokenize(Array.from(prompt.subarray(-LAST_TOKENS)), gone);
    return end.trimEnd().endsWith(THINK_BEGIN) ? 'begun' : 'allowed';
}
function callableOf({ definitions, choice, parallel }, syntax) {
    const one = typeof choice === 'object' ? choice.name : undefined;
    return {
        syntax,
        functions: definitions.filter(({ name }) => one === undefined || name === one),
        required: choice !== 'auto',
        parallel: parallel && one === undefined,
    };
}
function answerGrammar(wanted, format, param) {
    const formatted = format === undefined ? {} : { format: { schema: format.schema, param: format.param } };
    return { kind: 'answer', answer: { ...wanted, ...formatted }, param };
}
//# sourceMappingURL=chat-answer.js.map