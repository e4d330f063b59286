/**
 * The text of a request that says which task it is: what the user asked last, and how the system prompt begins.
 * Discovery embeds it and the classifier reads it, so both always see the same.
 *
 * Of a long turn the beginning and the end are kept: instructions come before or behind the text they are about,
 * seldom in its middle.
 */

/** A message as it comes from outside: its content may be text, a list of parts, or missing. */
export interface PromptMessage {
  readonly role: string;
  readonly content?: unknown;
}

/** Characters of a user's turn that are kept from its beginning and from its end. */
const HEAD = 1200;
const TAIL = 600;
const SYSTEM_HEAD = 300;
/** A turn shorter than this ("and in French?") says little by itself: the user's turn before it is put in front. */
const SHORT_TURN = 24;
/** Turns looked at, from the end. */
const MOST_TURNS = 4;

/** Characters of the longest text that `promptText` gives. */
export const PROMPT_TEXT_LIMIT = SYSTEM_HEAD + HEAD + TAIL + MOST_TURNS * SHORT_TURN + 32;

/** The text to embed or to classify, at most `PROMPT_TEXT_LIMIT` characters; empty where nothing was asked in words. */
export function promptText(prompt: string | readonly PromptMessage[]): string {
  if (typeof prompt === 'string') return headAndTail(prompt);
  const user: string[] = [];
  let length = 0;
  for (let at = prompt.length - 1; at >= 0 && user.length < MOST_TURNS && length < SHORT_TURN; at -= 1) {
    if (prompt[at]!.role !== 'user') continue;
    const text = headAndTail(contentText(prompt[at]!.content));
    user.unshift(text);
    length += text.length;
  }
  const system = prompt.find(({ role }) => role === 'system' || role === 'developer');
  const beginning = system === undefined ? '' : cut(contentText(system.content).trim(), SYSTEM_HEAD);
  return [beginning, ...user].filter((text) => text !== '').join('\n\n');
}

function headAndTail(text: string): string {
  const trimmed = text.trim();
  if (trimmed.length <= HEAD + TAIL) return wellFormed(trimmed);
  return `${cut(trimmed, HEAD)}\n${wellFormed(trimmed.slice(-TAIL))}`;
}

/** Half of a character that two units make is no character. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');
const cut = (text: string, length: number): string => wellFormed(text.slice(0, length));

/** The text of a content: as it is, or of its text parts. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) => {
      if (typeof part === 'string') return part;
      const text = (part as { text?: unknown } | null)?.text;
      return typeof text === 'string' ? text : '';
    })
    .filter((text) => text !== '')
    .join('\n');
}
