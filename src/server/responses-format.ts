/** Answers of OpenAI's Responses API: a response of items, whole or as its stream's numbered events. */
import type { ForetokenError } from '../base/errors.js';
import { newAnswerId } from './answer-id.js';
import { BlockList, blocksOf, type Block, type BlockChange } from './answer-blocks.js';
import type { AnswerFormat, WholeChoice } from './answer-format.js';
import type { Piece, WireFinishReason } from './choice.js';
import type { TokenTable } from './codec.js';
import { errorBody } from './failures.js';
import { chatLogprobs } from './logprobs.js';
import { itemOf, partOf, type Item, type ItemStatus } from './responses-items.js';
import { namedEvent } from './sse.js';
import type { Additions, Usage, UsageSoFar } from './usage.js';

const PREFIXES = { reasoning: 'rs_', text: 'msg_', call: 'fc_' } as const;

export interface ResponseHead {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
  readonly store: boolean;
  /** As in `ResponsesRequest`. */
  readonly echo: Readonly<Record<string, unknown>>;
}

export class ResponsesFormat implements AnswerFormat {
  readonly #head: ResponseHead;
  readonly #table: TokenTable;
  readonly #onComplete: (body: Item, output: readonly Item[]) => void;
  readonly #list = new BlockList();
  /** [block] = its item's id. */
  readonly #ids: string[] = [];
  /** [block] = its item, once it is complete. */
  readonly #items: Item[] = [];
  #sequence = 0;
  #reason: WireFinishReason = 'stop';
  #additions: Additions | undefined;
  /** Tokens up to the end of the last thought. */
  #reasoningTokens = 0;

  /** @param onComplete told of each answer that ended well */
  constructor(
    head: ResponseHead,
    table: TokenTable,
    onComplete: (body: Item, output: readonly Item[]) => void,
  ) {
    this.#head = head;
    this.#table = table;
    this.#onComplete = onComplete;
  }

  whole([choice]: readonly WholeChoice[], usage: Usage, additions: Additions): unknown {
    this.#reason = choice!.reason;
    this.#reasoningTokens = choice!.reasoningTokens;
    this.#additions = additions;
    const blocks = blocksOf(choice!);
    blocks.forEach((block, index) => {
      this.#complete(block, index, index === blocks.length - 1);
    });
    return this.#ended(usage);
  }

  open(): string {
    const response = this.#response('in_progress', null);
    return this.#event('response.created', { response }) + this.#event('response.in_progress', { response });
  }

  delta(_index: number, piece: Piece, usage?: UsageSoFar): string {
    if (piece.reasoning !== '') this.#reasoningTokens = usage?.completion_tokens ?? 0;
    return this.#list
      .take(piece)
      .map((change) => this.#changed(change, false))
      .join('');
  }

  finish(_index: number, reason: WireFinishReason, additions?: Additions): string {
    this.#reason = reason;
    this.#additions = additions;
    return this.#list
      .close()
      .map((change) => this.#changed(change, true))
      .join('');
  }

  end(usage: Usage): string {
    const response = this.#ended(usage);
    return this.#event(`response.${response['status'] as string}`, { response });
  }

  /** The clients of OpenAI raise what has the field `error`. */
  failure(error: ForetokenError): string {
    const { error: told } = errorBody(error);
    const { code, message, param } = told;
    const response = { ...this.#response('failed', null), error: { code, message } };
    return (
      this.#event('response.failed', { response }) +
      this.#event('error', { code, message, param, error: told })
    );
  }

  #event(type: string, fields: Readonly<Record<string, unknown>>): string {
    return namedEvent({ type, sequence_number: this.#sequence++, ...fields });
  }

  #changed(change: BlockChange, last: boolean): string {
    const { type, index, block } = change;
    const at = { item_id: this.#id(block, index), output_index: index, content_index: 0 };
    switch (type) {
      case 'begin': {
        const item = itemOf(block, at.item_id, 'in_progress', []);
        const added = this.#event('response.output_item.added', { output_index: index, item });
        if (block.kind === 'call') return added;
        const part = partOf({ kind: block.kind, text: '' }, []);
        return added + this.#event('response.content_part.added', { ...at, part });
      }
      case 'more':
        return this.#grown(change, at);
      case 'end':
        return this.#done(block, index, at, last);
    }
  }

  #grown(
    { block, text: delta, logprobs }: BlockChange,
    at: { item_id: string; output_index: number; content_index: number },
  ): string {
    switch (block.kind) {
      case 'reasoning':
        return this.#event('response.reasoning_text.delta', { ...at, delta });
      case 'text':
        return this.#event('response.output_text.delta', {
          ...at,
          delta,
          logprobs: chatLogprobs(logprobs, this.#table),
        });
      case 'call':
        return this.#event('response.function_call_arguments.delta', { ...at, delta });
    }
  }

  #done(
    block: Block,
    index: number,
    at: { item_id: string; output_index: number; content_index: number },
    last: boolean,
  ): string {
    const { kind, text, call } = block;
    const logprobs = chatLogprobs(block.logprobs, this.#table);
    const item = this.#complete(block, index, last);
    const events: [string, Readonly<Record<string, unknown>>][] = [];
    if (kind === 'call')
      events.push(['function_call_arguments.done', { ...at, name: call!.name, arguments: text }]);
    else {
      events.push(
        kind === 'text'
          ? ['output_text.done', { ...at, text, logprobs }]
          : ['reasoning_text.done', { ...at, text }],
        ['content_part.done', { ...at, part: partOf(block, logprobs) }],
      );
    }
    events.push(['output_item.done', { output_index: index, item }]);
    return events.map(([type, fields]) => this.#event(`response.${type}`, fields)).join('');
  }

  /** @param last only the last item of an answer is cut by its limit */
  #complete(block: Block, index: number, last: boolean): Item {
    const status: ItemStatus = last && this.#reason === 'length' ? 'incomplete' : 'completed';
    const item = itemOf(block, this.#id(block, index), status, chatLogprobs(block.logprobs, this.#table));
    this.#items[index] = item;
    return item;
  }

  #id({ kind }: Block, index: number): string {
    return (this.#ids[index] ??= newAnswerId(PREFIXES[kind]));
  }

  #ended(usage: Usage): Item {
    const cut = this.#reason === 'length';
    const body = {
      ...this.#response(cut ? 'incomplete' : 'completed', usage),
      ...(cut ? { incomplete_details: { reason: 'max_output_tokens' } } : {}),
      completed_at: Math.floor(Date.now() / 1000),
      ...this.#additions,
    };
    this.#onComplete(body, this.#items);
    return body;
  }

  #response(status: string, usage: Usage | null): Item {
    const { id, created, model, store, echo } = this.#head;
    return {
      id,
      object: 'response',
      created_at: created,
      status,
      background: false,
      error: null,
      incomplete_details: null,
      model,
      output: [...this.#items],
      ...echo,
      store,
      usage:
        usage === null
          ? null
          : {
              input_tokens: usage.prompt_tokens,
              input_tokens_details: usage.prompt_tokens_details,
              output_tokens: usage.completion_tokens,
              output_tokens_details: { reasoning_tokens: this.#reasoningTokens },
              total_tokens: usage.total_tokens,
            },
    };
  }
}
