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
    readonly call: {
        readonly id: string;
        readonly name: string;
    } | undefined;
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
export declare class BlockList {
    #private;
    readonly blocks: Block[];
    /** Takes what one event added. */
    take({ reasoning, text, calls, logprobs }: Piece): readonly BlockChange[];
    /** The answer has ended; one without any block says nothing in a block of text. */
    close(): readonly BlockChange[];
}
/** The blocks of an answer that is there at once. */
export declare function blocksOf({ reasoning, text, calls, logprobs }: WholeChoice): readonly Block[];
