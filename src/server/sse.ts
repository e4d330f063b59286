/**
 * Server-sent events to one client. What arrives within one turn of the event loop leaves in one write, and
 * a client that does not read makes the producer wait instead of filling memory.
 */
import type { ServerResponse } from 'node:http';

/** Joined text is written at the latest when it has this many characters. */
const FLUSH_AT = 32 * 1024;

export class SseWriter {
  readonly #response: ServerResponse;
  #joined = '';
  #flushPlanned = false;
  #blocked = false;
  #wake: (() => void)[] = [];

  constructor(response: ServerResponse) {
    this.#response = response;
    const unblock = (): void => {
      this.#blocked = false;
      for (const wake of this.#wake.splice(0)) wake();
    };
    response.on('drain', unblock);
    response.on('close', unblock);
  }

  /** Whole events, `data: …` with the empty line behind each. */
  write(events: string): void {
    this.#joined += events;
    if (this.#joined.length >= FLUSH_AT) this.#flush();
    else if (!this.#flushPlanned) {
      this.#flushPlanned = true;
      process.nextTick(() => {
        this.#flushPlanned = false;
        this.#flush();
      });
    }
  }

  /** True while the client has more unread than the socket takes: await `ready()` before producing more. */
  get blocked(): boolean {
    return this.#blocked;
  }

  /** Resolves when the client reads again, or is gone. */
  ready(): Promise<void> {
    if (!this.#blocked) return Promise.resolve();
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  end(events: string): void {
    const last = this.#joined + events;
    this.#joined = '';
    if (!this.#response.destroyed) this.#response.end(last);
  }

  #flush(): void {
    if (this.#joined === '') return;
    const joined = this.#joined;
    this.#joined = '';
    if (this.#response.destroyed) return;
    this.#blocked = !this.#response.write(joined);
  }
}

/** One event of any JSON value. */
export const sseEvent = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
export const SSE_DONE = 'data: [DONE]\n\n';
