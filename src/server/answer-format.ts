/**
 * The words of an answer, for chat and for text completions. The constant part of a stream's chunks is
 * serialised once for the answer: per token, only its text is.
 */
import type { ForetokenError } from '../base/errors.js';
import type { TokenLogprob } from '../engine/types.js';
import type { Piece, WireFinishReason } from './choice.js';
import type { TokenTable } from './codec.js';
import { charactersOf, echoLogprobs, joinLogprobs, type Echo } from './echo.js';
import { chatLogprobs, completionLogprobs, type CompletionLogprobs, type PlacedLogprob } from './logprobs.js';
import { errorBody } from './failures.js';
import { SSE_DONE, sseEvent } from './sse.js';
import type { Additions, Usage, UsageSoFar, UsageTold } from './usage.js';

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
  readonly reasoning: string;
  /** Tokens up to the end of the reasoning; 0 where there is none. */
  readonly reasoningTokens: number;
  /** Functions that it calls; `arguments` is JSON. */
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  readonly logprobs: readonly PlacedLogprob[] | undefined;
  /** Of the prompt's tokens from the second one on; empty where they are not asked for. */
  readonly promptLogprobs: readonly TokenLogprob[] | undefined;
  readonly reason: WireFinishReason;
  /** The stop text that ended it; undefined where none did. */
  readonly stop: string | undefined;
}

export interface AnswerFormat {
  /** The body of a whole answer. */
  whole(choices: readonly WholeChoice[], usage: Usage, additions: Additions): unknown;
  /**
   * Events that open the stream of a choice; like `delta` with what has been used so far, if it is given.
   * @param promptLogprobs as in `WholeChoice`
   */
  open(
    index: number,
    promptIndex: number,
    usage?: UsageSoFar,
    promptLogprobs?: readonly TokenLogprob[],
  ): string;
  delta(index: number, piece: Piece, usage?: UsageSoFar): string;
  /**
   * @param additions with the last choice that ends
   * @param stop as in `WholeChoice`
   */
  finish(
    index: number,
    reason: WireFinishReason,
    additions?: Additions,
    usage?: UsageSoFar,
    stop?: string,
  ): string;
  /** What closes a stream that went well. */
  end(usage: Usage): string;
  /** What closes one that did not. */
  failure(error: ForetokenError): string;
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

  event(choice: Readonly<Record<string, unknown>>, usage?: UsageSoFar, additions?: Additions): string {
    const told = usage !== undefined ? { usage } : this.nullUsage ? { usage: null } : {};
    return sseEvent({ ...this.head, ...told, choices: [choice], ...additions });
  }

  /** The end of an event of one choice. */
  end(usage: UsageSoFar | undefined): string {
    return usage === undefined ? '}]}\n\n' : `}],"usage":${JSON.stringify(usage)}}\n\n`;
  }

  /** What closes the stream. */
  close(usage: Usage | undefined): string {
    return (usage === undefined ? '' : sseEvent({ ...this.head, choices: [], usage })) + SSE_DONE;
  }
}

export class ChatFormat implements AnswerFormat {
  readonly #head: AnswerHead;
  readonly #warnings: readonly string[];
  readonly #frame: ChunkFrame;
  readonly #table: TokenTable;
  readonly #usageTold: UsageTold;

  /** @param warnings what the reader of the answer should know */
  constructor(head: AnswerHead, table: TokenTable, usageTold: UsageTold, warnings: readonly string[] = []) {
    this.#head = head;
    this.#table = table;
    this.#warnings = warnings;
    this.#usageTold = usageTold;
    this.#frame = new ChunkFrame(chunkHead(head, 'chat.completion.chunk'), usageTold === 'at the end');
  }

  whole(choices: readonly WholeChoice[], usage: Usage, additions: Additions): unknown {
    return {
      ...chunkHead(this.#head, 'chat.completion'),
      choices: choices.map((choice) => ({
        index: choice.index,
        message: messageOf(choice),
        logprobs:
          choice.logprobs === undefined
            ? null
            : { content: chatLogprobs(choice.logprobs, this.#table), refusal: null },
        finish_reason: choice.reason,
      })),
      ...(this.#warnings.length === 0 ? {} : { warnings: this.#warnings }),
      usage,
      ...additions,
    };
  }

  open(index: number, _promptIndex: number, usage?: UsageSoFar): string {
    const delta = { role: 'assistant', content: '', refusal: null };
    return this.#frame.event({ index, delta, logprobs: null, finish_reason: null }, usage);
  }

  delta(index: number, piece: Piece, usage?: UsageSoFar): string {
    const logprobs =
      piece.logprobs.length === 0
        ? 'null'
        : JSON.stringify({ content: chatLogprobs(piece.logprobs, this.#table), refusal: null });
    return `${this.#frame.start}${index},"delta":${deltaOf(piece)},"logprobs":${logprobs},"finish_reason":null${this.#frame.end(usage)}`;
  }

  finish(index: number, reason: WireFinishReason, additions?: Additions, usage?: UsageSoFar): string {
    return this.#frame.event({ index, delta: {}, logprobs: null, finish_reason: reason }, usage, additions);
  }

  end(usage: Usage): string {
    return this.#frame.close(this.#usageTold === 'never' ? undefined : usage);
  }

  failure(error: ForetokenError): string {
    return sseEvent(errorBody(error));
  }
}

/** Beside calls, no text is null. */
function messageOf({ text, reasoning, calls }: WholeChoice): Readonly<Record<string, unknown>> {
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: null,
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map(({ id, name, arguments: json }) => {
            return { id, type: 'function', function: { name, arguments: json } };
          }),
        }),
  };
}

/** The `delta` of a chunk as JSON. */
function deltaOf({ text, reasoning, calls }: Piece): string {
  if (reasoning === '' && calls.length === 0) return `{"content":${JSON.stringify(text)}}`;
  return JSON.stringify({
    ...(text === '' ? {} : { content: text }),
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map(({ index, start, arguments: json }) =>
            start === undefined
              ? { index, function: { arguments: json } }
              : { index, id: start.id, type: 'function', function: { name: start.name, arguments: json } },
          ),
        }),
  });
}

export class CompletionFormat implements AnswerFormat {
  readonly #head: AnswerHead;
  readonly #frame: ChunkFrame;
  readonly #table: TokenTable;
  readonly #usageTold: UsageTold;
  readonly #echoes: readonly Echo[] | undefined;
  /** [choice] characters in front of its text. */
  readonly #before: number[] = [];

  /** @param echoes the prompts, where they are to stand in front of what continues them */
  constructor(
    head: AnswerHead,
    table: TokenTable,
    usageTold: UsageTold,
    echoes: readonly Echo[] | undefined,
  ) {
    this.#head = head;
    this.#table = table;
    this.#usageTold = usageTold;
    this.#echoes = echoes;
    this.#frame = new ChunkFrame(chunkHead(head, 'text_completion'), usageTold === 'at the end');
  }

  whole(choices: readonly WholeChoice[], usage: Usage, additions: Additions): unknown {
    return {
      ...chunkHead(this.#head, 'text_completion'),
      choices: choices.map(({ index, promptIndex, text, logprobs, promptLogprobs, reason }) => {
        const echo = this.#echoes?.[promptIndex];
        return {
          index,
          text: (echo?.text ?? '') + text,
          logprobs: logprobs === undefined ? null : this.#logprobs(echo, promptLogprobs, logprobs),
          finish_reason: reason,
        };
      }),
      usage,
      ...additions,
    };
  }

  #logprobs(
    echo: Echo | undefined,
    ofPrompt: readonly TokenLogprob[] | undefined,
    ofText: readonly PlacedLogprob[],
  ): CompletionLogprobs {
    const text = completionLogprobs(ofText, this.#table, echo === undefined ? 0 : charactersOf(echo.text));
    // Tokens are known only where log-probabilities of the prompt were asked for.
    if (echo === undefined || echo.tokens.length === 0) return text;
    return joinLogprobs(echoLogprobs(echo, ofPrompt ?? [], this.#table), text);
  }

  open(
    index: number,
    promptIndex: number,
    usage?: UsageSoFar,
    promptLogprobs?: readonly TokenLogprob[],
  ): string {
    const echo = this.#echoes?.[promptIndex];
    if (echo === undefined) return '';
    this.#before[index] = charactersOf(echo.text);
    const logprobs =
      echo.tokens.length === 0
        ? 'null'
        : JSON.stringify(echoLogprobs(echo, promptLogprobs ?? [], this.#table));
    return this.#chunk(index, echo.text, logprobs, usage);
  }

  delta(index: number, piece: Piece, usage?: UsageSoFar): string {
    const logprobs =
      piece.logprobs.length === 0
        ? 'null'
        : JSON.stringify(completionLogprobs(piece.logprobs, this.#table, this.#before[index]));
    return this.#chunk(index, piece.text, logprobs, usage);
  }

  #chunk(index: number, text: string, logprobs: string, usage: UsageSoFar | undefined): string {
    return `${this.#frame.start}${index},"text":${JSON.stringify(text)},"logprobs":${logprobs},"finish_reason":null${this.#frame.end(usage)}`;
  }

  finish(index: number, reason: WireFinishReason, additions?: Additions, usage?: UsageSoFar): string {
    return this.#frame.event({ index, text: '', logprobs: null, finish_reason: reason }, usage, additions);
  }

  end(usage: Usage): string {
    return this.#frame.close(this.#usageTold === 'never' ? undefined : usage);
  }

  failure(error: ForetokenError): string {
    return sseEvent(errorBody(error));
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
