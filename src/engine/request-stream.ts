/** The events of one request on their way from the engine thread to whoever iterates over them. */
import type { RequestEvent, RequestStream } from './types.js';

export class EventStream implements RequestStream {
  readonly id: number;
  readonly #onCancel: () => void;
  readonly #events: RequestEvent[] = [];
  #wake: (() => void) | undefined;
  #ended = false;
  #cancelled = false;

  constructor(id: number, onCancel: () => void) {
    this.id = id;
    this.#onCancel = onCancel;
  }

  /** Adds an event; true when it was the last. */
  push(event: RequestEvent): boolean {
    this.#events.push(event);
    this.#ended = event.finish !== undefined;
    this.#wake?.();
    this.#wake = undefined;
    return this.#ended;
  }

  cancel(): void {
    if (this.#cancelled || this.#ended) return;
    this.#cancelled = true;
    this.#onCancel();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RequestEvent, void, undefined> {
    try {
      for (;;) {
        const event = this.#events.shift();
        if (event !== undefined) {
          yield event;
          if (event.finish !== undefined) return;
          continue;
        }
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.cancel();
    }
  }
}
