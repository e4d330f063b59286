/**
 * Calls of tools and their results in a conversation, put in the form that a chat template knows. Templates
 * differ: arguments as an object or as JSON text, no content beside calls as an empty text or as none, results
 * in a role of their own or not at all. Which it is, is tried once with a conversation whose parts must come out.
 */
import type { ChatMessage } from './chat-message.js';
import { TAGGED_CALLS } from './tool-syntax.js';

/** A call as OpenAI's API has it, its arguments read. */
interface ToolCall {
  readonly id?: string;
  readonly function: {
    readonly name: string;
    readonly arguments: { readonly json: string; readonly value: unknown };
  };
}

interface SentCall {
  readonly id?: string;
  readonly function: { readonly name: string; readonly arguments: string };
}

/** Puts a conversation, whose calls are read, in the form that a template knows. */
export type ToolForm = (messages: readonly ChatMessage[]) => readonly ChatMessage[];

const PROBE_CALL = {
  // Nine characters, since some templates take no other length.
  id: 'call12345',
  type: 'function',
  function: { name: 'probe_name', arguments: '{"probe_key":"probe_value"}' },
};
const PROBE: readonly ChatMessage[] = readCalls([
  { role: 'user', content: 'probe_question' },
  { role: 'assistant', content: '', tool_calls: [PROBE_CALL] },
  { role: 'tool', content: 'probe_result', tool_call_id: PROBE_CALL.id, name: 'probe_name' },
]);
const NEEDED = ['probe_question', 'probe_name', 'probe_key', 'probe_value', 'probe_result'] as const;

const FORMS: readonly ToolForm[] = [
  (messages) => messages.map((message) => nativeCalls(message, true, '')),
  (messages) => messages.map((message) => nativeCalls(message, false, '')),
  (messages) => messages.map((message) => nativeCalls(message, true, null)),
  (messages) => messages.map((message) => nativeCalls(message, false, null)),
  (messages) => messages.map(callsAsText),
];

/** @param render the template, which may throw */
export function toolForm(render: (messages: readonly ChatMessage[]) => string): ToolForm {
  return (
    FORMS.find((form) => {
      try {
        const text = render(form(PROBE));
        return NEEDED.every((part) => text.includes(part));
      } catch {
        return false;
      }
    }) ?? withoutTools
  );
}

/** For templates that know neither calls nor results: both as text, results as said by the user. */
export function withoutTools(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const texts: ChatMessage[] = [];
  let lastWasResult = false;
  for (const message of messages) {
    const isResult = message.role === 'tool';
    const said: ChatMessage = isResult
      ? { role: 'user', content: `<tool_response>\n${message.content}\n</tool_response>` }
      : callsAsText(message);
    const last = texts.at(-1);
    // Such templates often want user and assistant in turns.
    if (lastWasResult && last !== undefined && said.role === 'user')
      texts[texts.length - 1] = { ...last, content: `${last.content}\n${said.content}` };
    else texts.push(said);
    lastWasResult = said.role === 'user' && (isResult || lastWasResult);
  }
  return texts;
}

function nativeCalls(message: ChatMessage, asObjects: boolean, noContent: '' | null): ChatMessage {
  const calls = callsOf(message);
  if (calls === undefined) return message;
  return {
    ...message,
    content: (message.content === '' ? noContent : message.content) as string,
    tool_calls: calls.map((call) => ({
      ...call,
      function: {
        ...call.function,
        arguments: asObjects ? call.function.arguments.value : call.function.arguments.json,
      },
    })),
  };
}

function callsAsText(message: ChatMessage): ChatMessage {
  const calls = callsOf(message);
  if (calls === undefined) return message;
  const rest = Object.fromEntries(
    Object.entries(message).filter(([name]) => name !== 'tool_calls'),
  ) as ChatMessage;
  const { before, middle, after } = TAGGED_CALLS;
  const lines = calls.map(
    (call) => before + call.function.name + middle + call.function.arguments.json + after,
  );
  return { ...rest, content: [message.content, ...lines].filter((part) => part !== '').join('\n') };
}

const callsOf = (message: ChatMessage): readonly ToolCall[] | undefined =>
  message['tool_calls'] as readonly ToolCall[] | undefined;

/**
 * Reads the arguments of calls, before anything in them is guarded: JSON can hide a character behind an escape.
 */
export function readCalls(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  return messages.map((message) => {
    const calls = message['tool_calls'] as readonly SentCall[] | undefined;
    if (calls === undefined) return message;
    const read = calls.map((call): ToolCall => {
      const json = call.function.arguments;
      return { ...call, function: { ...call.function, arguments: { json, value: objectOf(json) } } };
    });
    return { ...message, tool_calls: read };
  });
}

/** The arguments as an object; as they are where they are none. */
function objectOf(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? value : json;
  } catch {
    return json;
  }
}
