/**
 * How a model writes calls of functions, learnt from its own chat template: a conversation with one call, and one
 * with two, are rendered, and what stands around their names and arguments is the syntax. Models whose template
 * knows no calls are told of functions in words, and answer in the tags that most models have met (Hermes').
 */
import type { CallSyntax } from '../grammar/answer.js';
import type { ChatMessage } from './chat-message.js';
/** For models that bring no syntax of their own. */
export declare const TAGGED_CALLS: CallSyntax;
/**
 * @param render a conversation by the template, without the beginning of a next answer; may throw
 * @returns undefined where the template knows no calls, or writes arguments other than as JSON
 */
export declare function readCallSyntax(render: (messages: readonly ChatMessage[]) => string): CallSyntax | undefined;
/** The conversation with functions told of in its first message. @param role of that message */
export declare function withToolText(messages: readonly ChatMessage[], tools: readonly unknown[], syntax: CallSyntax, role: 'system' | 'user'): readonly ChatMessage[];
