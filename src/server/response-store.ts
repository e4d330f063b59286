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

const MOST_RESPONSES = 1024;
const MOST_CHARACTERS = 16 * 2 ** 20;

export class ResponseStore {
  /** Oldest first. */
  readonly #responses = new Map<string, { readonly stored: StoredResponse; readonly size: number }>();
  readonly #items = new Map<string, { readonly owner: string; readonly item: Item }>();
  readonly #mostResponses: number;
  readonly #mostCharacters: number;
  #characters = 0;

  constructor({ mostResponses = MOST_RESPONSES, mostCharacters = MOST_CHARACTERS } = {}) {
    this.#mostResponses = mostResponses;
    this.#mostCharacters = mostCharacters;
  }

  /** Keeps one, unless it alone is too long. */
  add(stored: StoredResponse): void {
    // Beginnings that several share count for each: they are kept as long as one of them is.
    const size = JSON.stringify(stored.items).length + JSON.stringify(stored.body).length;
    if (size > this.#mostCharacters) return;
    this.#responses.set(stored.id, { stored, size });
    this.#characters += size;
    for (const item of stored.output) this.#items.set(String(item['id']), { owner: stored.owner, item });
    for (const id of this.#responses.keys()) {
      if (this.#responses.size <= this.#mostResponses && this.#characters <= this.#mostCharacters) break;
      this.#forget(id);
    }
  }

  get(id: string, owner: string): StoredResponse | undefined {
    const stored = this.#responses.get(id)?.stored;
    return stored?.owner === owner ? stored : undefined;
  }

  /** @returns whether there was one */
  remove(id: string, owner: string): boolean {
    if (this.get(id, owner) === undefined) return false;
    this.#forget(id);
    return true;
  }

  /** An item of an answer that is kept. */
  item(id: string, owner: string): Item | undefined {
    const known = this.#items.get(id);
    return known?.owner === owner ? known.item : undefined;
  }

  #forget(id: string): void {
    const { stored, size } = this.#responses.get(id)!;
    this.#responses.delete(id);
    this.#characters -= size;
    for (const item of stored.output) this.#items.delete(String(item['id']));
  }
}
