/** The events of one request on their way from the engine thread to whoever iterates over them. */
import type { RequestEvent, RequestStream } from './types.js';

/** Events that may lie here untaken before the engine is asked to pause, and at how few it goes on. */
const MOST_EVENTS = 32;
const FEW_EVENTS = 4;

/** What a stream asks of the engine. */
export type StreamWish = 'cancel' | 'pause' | 'resume';

export class EventStream implements RequestStream {
  readonly id: number;
  readonly #ask: (wish: StreamWish) => void;
  readonly #events: RequestEvent[] = [];
  #wake: (() => void) | undefined;
  #ended = false;
  #cancelled = false;
  #paused = false;

  constructor(id: number, ask: (wish: StreamWish) => void) {
    this.id = id;
    this.#ask = ask;
  }

  /** Adds an event; true when it was the last. */
  push(event: RequestEvent): boolean {
    this.#events.push(event);
    this.#ended = event.finish !== undefined;
    this.#wake?.();
    this.#wake = undefined;
    this.#balance();
    return this.#ended;
  }

  cancel(): void {
    if (this.#cancelled || this.#ended) return;
    this.#cancelled = true;
    this.#ask('cancel');
  }

  /** Whoever does not take its events makes the engine wait instead of filling memory. */
  #balance(): void {
    if (this.#ended || this.#cancelled) return;
    const { length } = this.#events;
    if (this.#paused ? length > FEW_EVENTS : length < MOST_EVENTS) return;
    this.#paused = !this.#paused;
    this.#ask(this.#paused ? 'pause' : 'resume');
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RequestEvent, void, undefined> {
    try {
      for (;;) {
        const event = this.#events.shift();
        if (event !== undefined) {
          this.#balance();
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
