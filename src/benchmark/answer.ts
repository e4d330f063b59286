/**
 * One streamed answer of OpenAI's API as its events come in, with the client's clock beside each. Checks every
 * event: a benchmark must not count what is no answer.
 */

export interface AnswerFigures {
  readonly ttftMs: number;
  readonly itlMs: readonly number[];
  readonly e2eMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly text: string;
  readonly usage?: unknown;
  readonly draft?: { readonly draftTokens: number; readonly acceptedTokens: number };
}

type Fields = Readonly<Record<string, unknown>>;

export class AnswerRecorder {
  #firstMs: number | undefined;
  #lastTextMs = 0;
  #lastMs = 0;
  #endMs: number | undefined;
  readonly #itlMs: number[] = [];
  #text = '';
  #usage: Fields | undefined;
  #timings: Fields | undefined;
  #done = false;
  #finished = false;

  /**
   * Takes one event's data, which came `atMs` after the request was sent.
   * @throws Error where the event is no part of an answer, or tells of an error
   */
  event(data: string, atMs: number): void {
    if (data.trim() === '[DONE]') {
      this.#done = true;
      return;
    }
    const event = parseEvent(data);
    if (event['error'] !== undefined && event['error'] !== null)
      throw new Error(`the stream ended in an error: ${errorText(event['error'])}`);
    this.#lastMs = atMs;
    this.#usage = asFields(event['usage']) ?? this.#usage;
    this.#timings = asFields(event['timings']) ?? this.#timings;
    const choices: readonly unknown[] = Array.isArray(event['choices']) ? event['choices'] : [];
    const choice = asFields(choices[0]);
    if (choice === undefined) return;
    const text = textOf(choice);
    if (text !== '') {
      if (this.#firstMs === undefined) this.#firstMs = atMs;
      else this.#itlMs.push(atMs - this.#lastTextMs);
      this.#lastTextMs = atMs;
      this.#text += text;
    }
    if (typeof choice['finish_reason'] === 'string') {
      this.#finished = true;
      this.#endMs = atMs;
    }
  }

  /** An answer is whole when the server said why it ended, or that the stream is done. */
  get complete(): boolean {
    return this.#done || this.#finished;
  }

  /** True once an event with text came. */
  get hasText(): boolean {
    return this.#firstMs !== undefined;
  }

  figures(): AnswerFigures {
    const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = this.#usage ?? {};
    const { draft_n: draftTokens, draft_n_accepted: acceptedTokens } = this.#timings ?? {};
    const textEvents = this.#firstMs === undefined ? 0 : this.#itlMs.length + 1;
    return {
      ttftMs: this.#firstMs ?? this.#endMs ?? this.#lastMs,
      itlMs: this.#itlMs,
      e2eMs: this.#lastMs,
      inputTokens: isCount(inputTokens) ? inputTokens : 0,
      outputTokens: isCount(outputTokens) ? outputTokens : textEvents,
      text: this.#text,
      ...(this.#usage === undefined ? {} : { usage: this.#usage }),
      ...(isCount(draftTokens) && isCount(acceptedTokens) ? { draft: { draftTokens, acceptedTokens } } : {}),
    };
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const asFields = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;

function parseEvent(data: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw new Error(`an event is not JSON: ${shortened(data)}`);
  }
  const event = asFields(value);
  if (event === undefined) throw new Error(`an event is no JSON object: ${shortened(data)}`);
  return event;
}

/** Text of a completion's choice, or of a chat's delta; what a model thinks aloud is output, too. */
function textOf(choice: Fields): string {
  const delta = asFields(choice['delta']) ?? {};
  const parts = [choice['text'], delta['reasoning_content'], delta['reasoning'], delta['content']];
  return parts.filter((part) => typeof part === 'string').join('');
}

/** The message of an error body of OpenAI's API, or the whole of it. */
export function errorText(error: unknown): string {
  const { message } = asFields(error) ?? {};
  return shortened(
    typeof message === 'string' ? message : typeof error === 'string' ? error : JSON.stringify(error),
  );
}

const SHOWN_CHARACTERS = 300;

export function shortened(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line;
}
