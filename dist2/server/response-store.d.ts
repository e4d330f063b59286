/**
 * Answers of `POST /v1/responses` that later requests may refer to (`previous_response_id`, items by their ids), in
 * memory only: the oldest go when there are too many or too long ones, and all with the process.
 */
import type { Item } from './responses-items.js';
export interface StoredResponse {
    readonly id: string;
    /** Whose it is: nobody else finds it. */
    readonly owner: string;
    /** As it was answered. */
    readonly body: Item;
    /** The conversation up to and with its answer. */
    readonly items: readonly Item[];
    /** Of its answer alone. */
    readonly output: readonly Item[];
}
export declare class ResponseStore {
    #private;
    constructor({ mostResponses, mostCharacters }?: {
        mostResponses?: number | undefined;
        mostCharacters?: number | undefined;
    });
    /** Keeps one, unless it alone is too long. */
    add(stored: StoredResponse): void;
    get(id: string, owner: string): StoredResponse | undefined;
    /** @returns whether there was one */
    remove(id: string, owner: string): boolean;
    /** An item of an answer that is kept. */
    item(id: string, owner: string): Item | undefined;
}
