/**
 * Calls of tools and their results in a conversation, put in the form that a chat template knows. Templates
 * differ: arguments as an object or as JSON text, no content beside calls as an empty text or as none, results
 * in a role of their own or not at all. Which it is, is tried once with a conversation whose parts must come out.
 */
import type { ChatMessage } from './chat-message.js';
/** Puts a conversation, whose calls are read, in the form that a template knows. */
export type ToolForm = (messages: readonly ChatMessage[]) => readonly ChatMessage[];
/** @param render the template, which may throw */
export declare function toolForm(render: (messages: readonly ChatMessage[]) => string): ToolForm;
/** For templates that know neither calls nor results: both as text, results as said by the user. */
export declare function withoutTools(messages: readonly ChatMessage[]): readonly ChatMessage[];
/**
 * Reads the arguments of calls, before anything in them is guarded: JSON can hide a character behind an escape.
 */
export declare function readCalls(messages: readonly ChatMessage[]): readonly ChatMessage[];
