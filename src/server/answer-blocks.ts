/**
 * An answer as blocks, one after another: what was thought, what was said, each call. Anthropic's messages and
 * OpenAI's responses are both made of such, and their streams tell when one begins, grows and ends.
 */
import type { WholeChoice } from './answer-format.js';
import type { Piece } from './choice.js';
import type { PlacedLogprob } from './logprobs.js';

export interface Block {
  readonly kind: 'reasoning' | 'text' | 'call';
  /** Of a call. */
  readonly call: { readonly id: string; readonly name: string } | undefined;
  /** Of a call the JSON of its arguments. */
  text: string;
  readonly logprobs: PlacedLogprob[];
}

export interface BlockChange {
  readonly type: 'begin' | 'more' | 'end';
  /** The block's place in the answer. */
  readonly index: number;
  readonly block: Block;
  /** `more`: what was added to it. */
  readonly text: string;
  readonly logprobs: readonly PlacedLogprob[];
}

const NONE: readonly PlacedLogprob[] = [];

export class BlockList {
  readonly blocks: Block[] = [];
  #open: Block | undefined;
  #changes: BlockChange[] = [];

  /** Takes what one event added. */
  take({ reasoning, text, calls, logprobs }: Piece): readonly BlockChange[] {
    if (reasoning !== '') this.#add(this.#entered('reasoning'), reasoning, NONE);
    // Log-probabilities go with what is said.
    if (text !== '' || (logprobs.length > 0 && this.#open?.kind === 'text'))
      this.#add(this.#entered('text'), text, logprobs);
    for (const { start, arguments: more } of calls) {
      const block = start === undefined ? this.#entered('call') : this.#begin('call', start);
      if (more !== '') this.#add(block, more, NONE);
    }
    return this.#taken();
  }

  /** The answer has ended; one without any block says nothing in a block of text. */
  close(): readonly BlockChange[] {
    if (this.blocks.length === 0) this.#begin('text', undefined);
    this.#end();
    return this.#taken();
  }

  #entered(kind: Block['kind']): Block {
    return this.#open?.kind === kind ? this.#open : this.#begin(kind, undefined);
  }

  #begin(kind: Block['kind'], call: Block['call']): Block {
    this.#end();
    const block: Block = { kind, call, text: '', logprobs: [] };
    this.blocks.push(block);
    this.#open = block;
    this.#change('begin', block, '', NONE);
    return block;
  }

  #add(block: Block, text: string, logprobs: readonly PlacedLogprob[]): void {
    block.text += text;
    block.logprobs.push(...logprobs);
    this.#change('more', block, text, logprobs);
  }

  #end(): void {
    if (this.#open !== undefined) this.#change('end', this.#open, '', NONE);
    this.#open = undefined;
  }

  #change(type: BlockChange['type'], block: Block, text: string, logprobs: readonly PlacedLogprob[]): void {
    this.#changes.push({ type, index: this.blocks.length - 1, block, text, logprobs });
  }

  #taken(): readonly BlockChange[] {
    const changes = this.#changes;
    this.#changes = [];
    return changes;
  }
}

/** The blocks of an answer that is there at once. */
export function blocksOf({ reasoning, text, calls, logprobs }: WholeChoice): readonly Block[] {
  const list = new BlockList();
  list.take({
    reasoning,
    text,
    calls: calls.map(({ id, name, arguments: json }, index) => ({
      index,
      start: { id, name },
      arguments: json,
    })),
    logprobs: logprobs ?? NONE,
  });
  list.close();
  return list.blocks;
}
