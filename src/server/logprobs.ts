/**
 * Log-probabilities beside the text they belong to: kept until the text of their token is certain, then put
 * into the form of the API that asked.
 */
import type { TokenLogprob } from '../engine/types.js';
import { decodeStrictly, type TokenTable } from './codec.js';

/** A token's log-probabilities with the token's place in the text of its choice. */
export interface PlacedLogprob {
  readonly logprob: TokenLogprob;
  /** Bytes `[start, end)` of the text. */
  readonly start: number;
  readonly end: number;
  /** Characters (Unicode code points) in front of it. */
  readonly offset: number;
}

/** Holds entries back for as long as `TextAssembler` holds back their text. */
export class LogprobQueue {
  readonly #table: TokenTable;
  readonly #waiting: PlacedLogprob[] = [];
  #bytes = 0;
  #characters = 0;

  constructor(table: TokenTable) {
    this.#table = table;
  }

  push(logprobs: readonly TokenLogprob[]): void {
    for (const logprob of logprobs) {
      const bytes = this.#table.bytes(logprob.token);
      const start = this.#bytes;
      this.#bytes += bytes.length;
      this.#waiting.push({ logprob, start, end: this.#bytes, offset: this.#characters });
      this.#characters += charactersBegun(bytes);
    }
  }

  /** The entries whose text has been emitted to its last byte. */
  release(emittedBytes: number): PlacedLogprob[] {
    const kept = this.#waiting.findIndex((entry) => entry.end > emittedBytes);
    return this.#waiting.splice(0, kept === -1 ? this.#waiting.length : kept);
  }

  /** The rest at the end: entries of which any text has been emitted; a stop string's own are dropped. */
  finish(emittedBytes: number): PlacedLogprob[] {
    return this.#waiting.splice(0).filter((entry) => entry.start < emittedBytes);
  }
}

/** Characters (Unicode code points) that begin in these bytes of UTF-8. */
export function charactersBegun(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if ((byte & 0xc0) !== 0x80) count += 1;
  return count;
}

/** OpenAI's word for "very unlikely": JSON has no -Infinity. */
const LEAST = -9999;
const clamp = (logprob: number): number => Math.max(logprob, LEAST);

/** A token by itself as text; part of a character as OpenAI writes it, `bytes:\xe2\x82`. */
export function tokenText(bytes: Uint8Array): string {
  return (
    decodeStrictly(bytes) ??
    `bytes:${Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}`
  );
}

export interface ChatTokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[];
}

/** `logprobs.content` of a chat choice. */
export function chatLogprobs(
  entries: readonly PlacedLogprob[],
  table: TokenTable,
): (ChatTokenLogprob & { readonly top_logprobs: readonly ChatTokenLogprob[] })[] {
  const show = ({ token, logprob }: { token: number; logprob: number }): ChatTokenLogprob => {
    const bytes = table.bytes(token);
    return { token: tokenText(bytes), logprob: clamp(logprob), bytes: Array.from(bytes) };
  };
  return entries.map(({ logprob }) => ({ ...show(logprob), top_logprobs: logprob.top.map(show) }));
}

export interface CompletionLogprobs {
  readonly tokens: string[];
  readonly token_logprobs: (number | null)[];
  readonly top_logprobs: (Record<string, number> | null)[];
  readonly text_offset: number[];
}

/**
 * `logprobs` of a text completion.
 * @param before characters of the prompt in front of the text
 */
export function completionLogprobs(
  entries: readonly PlacedLogprob[],
  table: TokenTable,
  before = 0,
): CompletionLogprobs {
  const text = (token: number): string => tokenText(table.bytes(token));
  return {
    tokens: entries.map(({ logprob }) => text(logprob.token)),
    token_logprobs: entries.map(({ logprob }) => clamp(logprob.logprob)),
    top_logprobs: entries.map(({ logprob }) =>
      Object.fromEntries(logprob.top.map((top) => [text(top.token), clamp(top.logprob)])),
    ),
    text_offset: entries.map(({ offset }) => before + offset),
  };
}
