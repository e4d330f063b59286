import type { Block } from './answer-blocks.js';
/** An item as it came, or as it was answered. */
export type Item = Readonly<Record<string, unknown>>;
interface ChatTurn {
    readonly role: string;
    content: string;
    reasoning_content?: string;
    tool_calls?: unknown[];
    tool_call_id?: string;
}
/**
 * Turns items into messages: what an assistant thought, said and called in a row is one turn.
 * @param earlier items in front that are not of this request's input
 */
export declare function chatTurns(items: readonly Item[], earlier: number): readonly ChatTurn[];
export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';
/** A block of an answer as an item. @param logprobs of its text, as they are told */
export declare function itemOf({ kind, call, text }: Block, id: string, status: ItemStatus, logprobs: readonly unknown[]): Item;
/** The one part that a message or a thought has. */
export declare function partOf({ kind, text }: Pick<Block, 'kind' | 'text'>, logprobs: readonly unknown[]): unknown;
export {};
