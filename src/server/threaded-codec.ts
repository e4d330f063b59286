/**
 * The text side of a server: small texts are read at once on the thread that serves everybody, chat templates and
 * larger texts on another, and long ones on a third, so that megabytes keep no ordinary request waiting.
 */
import type { CallSyntax } from '../grammar/answer.js';
import type { Awaitable, ChatEnding, ChatFallback, ChatMessage, TextCodec, TextFacts } from './codec.js';
import type { InfillTokens } from '../llama/vocabulary.js';
import { TextLane, type TextSetup } from './text-lane.js';

/** Characters read here in one turn of the event loop: less than a message to another thread and back. */
const MOST_AT_ONCE = 4096;
/** From so many characters (or tokens) on a text is long. */
const LONG = 64 * 1024;

export class ThreadedCodec implements TextCodec {
  readonly vocabularySize: number;
  readonly beginning: number | undefined;
  readonly infill: InfillTokens | undefined;
  readonly chatFallback: ChatFallback | undefined;
  readonly facts: TextFacts;
  readonly thinks: boolean;
  #callSyntax: CallSyntax | undefined;
  readonly #own: Pick<TextCodec, 'tokenBytes' | 'tokenize' | 'detokenize'>;
  readonly #short: TextLane;
  readonly #long: TextLane;
  #readThisTurn = 0;

  /** @param own the same vocabulary on this thread; stays the caller's */
  constructor(own: TextCodec, setup: TextSetup) {
    this.#own = own;
    this.vocabularySize = own.vocabularySize;
    this.beginning = own.beginning;
    this.infill = own.infill;
    this.chatFallback = own.chatFallback;
    this.facts = own.facts;
    this.thinks = own.thinks;
    this.#short = new TextLane(setup);
    this.#long = new TextLane(setup);
    // The long lane's thread starts when a long text comes.
    this.#short.start();
  }

  tokenBytes(token: number): Uint8Array {
    return this.#own.tokenBytes(token);
  }

  tokenize(
    text: string,
    addSpecial: boolean,
    parseSpecial: boolean,
    gone?: AbortSignal,
  ): Awaitable<Int32Array> {
    if (this.#mayReadHere(text.length)) return this.#own.tokenize(text, addSpecial, parseSpecial);
    const job = { type: 'tokenize', text, addSpecial, parseSpecial } as const;
    return this.#lane(text.length).run(job, text.length, gone) as Promise<Int32Array>;
  }

  detokenize(tokens: readonly number[], gone?: AbortSignal): Awaitable<string> {
    if (this.#mayReadHere(tokens.length)) return this.#own.detokenize(tokens);
    const job = { type: 'detokenize', tokens } as const;
    return this.#lane(tokens.length).run(job, tokens.length, gone) as Promise<string>;
  }

  encodeChat(
    messages: readonly ChatMessage[],
    extra: Readonly<Record<string, unknown>>,
    gone?: AbortSignal,
    ending?: ChatEnding,
  ): Awaitable<Int32Array> {
    // A template may take any time for a few words, so never here.
    const size = sizeOf(messages, extra);
    const job = { type: 'encodeChat', messages, extra, ending } as const;
    return this.#lane(size).run(job, size, gone) as Promise<Int32Array>;
  }

  encodePair(query: string, document: string, gone?: AbortSignal): Awaitable<Int32Array> {
    const size = query.length + document.length;
    return this.#lane(size).run({ type: 'encodePair', query, document }, size, gone) as Promise<Int32Array>;
  }

  async callSyntax(gone?: AbortSignal): Promise<CallSyntax> {
    if (this.#callSyntax === undefined) {
      const json = (await this.#short.run({ type: 'callSyntax' }, 0, gone)) as string;
      this.#callSyntax = JSON.parse(json) as CallSyntax;
    }
    return this.#callSyntax;
  }

  /** Answers what waits. */
  close(): void {
    this.#short.close();
    this.#long.close();
  }

  #lane(size: number): TextLane {
    return size < LONG ? this.#short : this.#long;
  }

  #mayReadHere(size: number): boolean {
    if (this.#readThisTurn + size > MOST_AT_ONCE) return false;
    if (this.#readThisTurn === 0)
      setImmediate(() => {
        this.#readThisTurn = 0;
      });
    // An empty text counts, too: there may be thousands.
    this.#readThisTurn += size + 1;
    return true;
  }
}

function sizeOf(messages: readonly ChatMessage[], extra: Readonly<Record<string, unknown>>): number {
  const variables = Object.keys(extra).length === 0 ? 0 : JSON.stringify(extra).length;
  return messages.reduce((size, { content }) => size + content.length + 16, variables);
}
