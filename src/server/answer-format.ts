/**
 * The words of an answer, for chat and for text completions. The constant part of a stream's chunks is
 * serialised once for the answer: per token, only its text is.
 */
import type { Piece, WireFinishReason } from './choice.js';
import type { TokenTable } from './codec.js';
import { chatLogprobs, completionLogprobs, type PlacedLogprob } from './logprobs.js';
import { sseEvent } from './sse.js';
import type { Usage, UsageSoFar } from './usage.js';

export interface AnswerHead {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
  readonly system_fingerprint: string;
}

/** A choice with all its text. */
export interface WholeChoice {
  readonly index: number;
  readonly promptIndex: number;
  readonly text: string;
  readonly logprobs: readonly PlacedLogprob[] | undefined;
  readonly reason: WireFinishReason;
}

/** Further fields of an event. */
type Additions = Readonly<Record<string, unknown>>;

export interface AnswerFormat {
  /** The whole answer in one, without `usage` and additions. */
  whole(choices: readonly WholeChoice[]): Readonly<Record<string, unknown>>;
  /** Events that open the stream of a choice; like `delta` and `finish` with what has been used so far, if it is given. */
  open(index: number, promptIndex: number, usage?: UsageSoFar): string;
  delta(index: number, piece: Piece, usage?: UsageSoFar): string;
  finish(index: number, reason: WireFinishReason, additions: Additions): string;
  usage(usage: Usage): string;
}

/** What all chunks of an answer share. */
class ChunkFrame {
  readonly start: string;

  constructor(
    readonly head: Readonly<Record<string, unknown>>,
    /** With `include_usage`, every chunk says that its usage is null, unless it says what it is. */
    readonly nullUsage: boolean,
  ) {
    const fields = JSON.stringify(nullUsage ? { ...head, usage: null } : head).slice(0, -1);
    this.start = `data: ${fields},"choices":[{"index":`;
  }

  event(choice: Readonly<Record<string, unknown>>, additions: Additions = {}): string {
    const usage = this.nullUsage ? { usage: null } : {};
    return sseEvent({ ...this.head, ...usage, choices: [choice], ...additions });
  }

  /** The end of an event of one choice. */
  end(usage: UsageSoFar | undefined): string {
    return usage === undefined ? '}]}\n\n' : `}],"usage":${JSON.stringify(usage)}}\n\n`;
  }

  usage(usage: Usage): string {
    return sseEvent({ ...this.head, choices: [], usage });
  }
}

/** What a stream says of its usage: nothing, at its end, or with every chunk. */
export type UsageTold = 'never' | 'at the end' | 'always';

export class ChatFormat implements AnswerFormat {
  readonly #head: AnswerHead;
  readonly #warnings: readonly string[];
  readonly #frame: ChunkFrame;
  readonly #table: TokenTable;

  /** @param warnings what the reader of the answer should know */
  constructor(head: AnswerHead, table: TokenTable, usageTold: UsageTold, warnings: readonly string[] = []) {
    this.#head = head;
    this.#table = table;
    this.#warnings = warnings;
    this.#frame = new ChunkFrame(chunkHead(head, 'chat.completion.chunk'), usageTold === 'at the end');
  }

  whole(choices: readonly WholeChoice[]): Readonly<Record<string, unknown>> {
    return {
      ...chunkHead(this.#head, 'chat.completion'),
      choices: choices.map(({ index, text, logprobs, reason }) => ({
        index,
        message: { role: 'assistant', content: text, refusal: null },
        logprobs:
          logprobs === undefined ? null : { content: chatLogprobs(logprobs, this.#table), refusal: null },
        finish_reason: reason,
      })),
      ...(this.#warnings.length === 0 ? {} : { warnings: this.#warnings }),
    };
  }

  open(index: number, _promptIndex: number, usage?: UsageSoFar): string {
    const delta = { role: 'assistant', content: '', refusal: null };
    return this.#frame.event(
      { index, delta, logprobs: null, finish_reason: null },
      usage === undefined ? {} : { usage },
    );
  }

  delta(index: number, piece: Piece, usage?: UsageSoFar): string {
    const logprobs =
      piece.logprobs.length === 0
        ? 'null'
        : JSON.stringify({ content: chatLogprobs(piece.logprobs, this.#table), refusal: null });
    const text = JSON.stringify(piece.text);
    return `${this.#frame.start}${index},"delta":{"content":${text}},"logprobs":${logprobs},"finish_reason":null${this.#frame.end(usage)}`;
  }

  finish(index: number, reason: WireFinishReason, additions: Additions): string {
    return this.#frame.event({ index, delta: {}, logprobs: null, finish_reason: reason }, additions);
  }

  usage(usage: Usage): string {
    return this.#frame.usage(usage);
  }
}

export class CompletionFormat implements AnswerFormat {
  readonly #head: AnswerHead;
  readonly #frame: ChunkFrame;
  readonly #table: TokenTable;
  readonly #echoes: readonly string[] | undefined;

  /** @param echoes the texts of the prompts, where they are to stand in front of what continues them */
  constructor(
    head: AnswerHead,
    table: TokenTable,
    usageTold: UsageTold,
    echoes: readonly string[] | undefined,
  ) {
    this.#head = head;
    this.#table = table;
    this.#echoes = echoes;
    this.#frame = new ChunkFrame(chunkHead(head, 'text_completion'), usageTold === 'at the end');
  }

  whole(choices: readonly WholeChoice[]): Readonly<Record<string, unknown>> {
    return {
      ...chunkHead(this.#head, 'text_completion'),
      choices: choices.map(({ index, promptIndex, text, logprobs, reason }) => ({
        index,
        text: (this.#echoes?.[promptIndex] ?? '') + text,
        logprobs: logprobs === undefined ? null : completionLogprobs(logprobs, this.#table),
        finish_reason: reason,
      })),
    };
  }

  open(index: number, promptIndex: number, usage?: UsageSoFar): string {
    const echo = this.#echoes?.[promptIndex];
    return echo === undefined ? '' : this.delta(index, { text: echo, logprobs: [] }, usage);
  }

  delta(index: number, piece: Piece, usage?: UsageSoFar): string {
    const logprobs =
      piece.logprobs.length === 0 ? 'null' : JSON.stringify(completionLogprobs(piece.logprobs, this.#table));
    const text = JSON.stringify(piece.text);
    return `${this.#frame.start}${index},"text":${text},"logprobs":${logprobs},"finish_reason":null${this.#frame.end(usage)}`;
  }

  finish(index: number, reason: WireFinishReason, additions: Additions): string {
    return this.#frame.event({ index, text: '', logprobs: null, finish_reason: reason }, additions);
  }

  usage(usage: Usage): string {
    return this.#frame.usage(usage);
  }
}

function chunkHead(head: AnswerHead, object: string): Readonly<Record<string, unknown>> {
  return {
    id: head.id,
    object,
    created: head.created,
    model: head.model,
    system_fingerprint: head.system_fingerprint,
  };
}
