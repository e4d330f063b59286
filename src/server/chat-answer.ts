/**
 * What a chat request asks of its answer, as the engine and the reader of its text take it: stops, the grammar that
 * makes calls and schemas hold, and how reasoning, content and calls are told apart.
 */
import { ForetokenError } from '../base/errors.js';
import type { AskedPrompt } from './asked-prompt.js';
import { ANY_OBJECT, type GrammarSource } from '../constraints/grammar-source.js';
import {
  THINK_BEGIN,
  type AnswerGrammar,
  type Callable,
  type CallSyntax,
  type Thinking,
} from '../grammar/answer.js';
import type { FastifyReply } from 'fastify';
import type { ChatRequest } from './chat-request.js';
import { clientGone } from './client-gone.js';
import type { ServerContext } from './context.js';
import type { GenerationOptions } from './generation-fields.js';
import { encodeConversation } from './prompts.js';
import type { ToolRequest } from './tool-fields.js';
import { fallbackWarnings, warnInHeader } from './warnings.js';

/** The same for grammars that hold more than the object. */
const ANY_OBJECT_SCHEMA = { kind: 'schema', schema: { type: 'object' }, param: 'response_format' } as const;
/** Enough for the words that begin reasoning, and white space behind them. */
const LAST_TOKENS = 8;

/** A chat request as `answer` takes it. */
export interface PreparedChat {
  readonly prompt: AskedPrompt;
  readonly generation: GenerationOptions;
  /** Told in the answer's header already. */
  readonly warnings: readonly string[];
}

/** @param param the request's field that holds the conversation */
export async function prepareChat(
  context: ServerContext,
  reply: FastifyReply,
  chat: ChatRequest,
  param = 'messages',
): Promise<PreparedChat> {
  const gone = clientGone(reply);
  const tokens = await encodeConversation(context, chat, gone, param);
  const generation = await chatGeneration(context, chat, tokens, gone);
  const warnings = [...fallbackWarnings(context), ...chat.warnings];
  // In streams the header is the only place.
  warnInHeader(reply, warnings);
  return { prompt: { tokens, words: chat.messages }, generation, warnings };
}

async function chatGeneration(
  context: ServerContext,
  { generation, tools }: ChatRequest,
  prompt: Int32Array,
  gone: AbortSignal,
): Promise<GenerationOptions> {
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
    throw new ForetokenError(
      'invalid_request',
      "'tools' go with a response_format of type json_schema or none: a grammar has no place for calls.",
      { param: 'tools' },
    );
  const syntax = await codec.callSyntax(gone);
  const format = grammar?.kind === 'schema' ? grammar : undefined;
  return {
    ...generation,
    stop,
    grammar: answerGrammar({ thinking, callable: callableOf(tools, syntax) }, format, 'tools'),
    reading: { thinking, syntax },
  };
}

async function thinkingOf(
  { codec }: ServerContext,
  prompt: Int32Array,
  gone: AbortSignal,
): Promise<Thinking> {
  if (!codec.thinks) return 'none';
  const end = await codec.detokenize(Array.from(prompt.subarray(-LAST_TOKENS)), gone);
  return end.trimEnd().endsWith(THINK_BEGIN) ? 'begun' : 'allowed';
}

function callableOf({ definitions, choice, parallel }: ToolRequest, syntax: CallSyntax): Callable {
  const one = typeof choice === 'object' ? choice.name : undefined;
  return {
    syntax,
    functions: definitions.filter(({ name }) => one === undefined || name === one),
    required: choice !== 'auto',
    parallel: parallel && one === undefined,
  };
}

function answerGrammar(
  wanted: Pick<AnswerGrammar, 'thinking' | 'callable'>,
  format: Extract<GrammarSource, { kind: 'schema' }> | undefined,
  param: string,
): GrammarSource {
  const formatted = format === undefined ? {} : { format: { schema: format.schema, param: format.param } };
  return { kind: 'answer', answer: { ...wanted, ...formatted }, param };
}
