/**
 * Server-sent events to one client. What arrives within one turn of the event loop leaves in one write, and
 * a client that does not read makes the producer wait instead of filling memory.
 */
import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';

/** Joined text is written at the latest when it has this many characters. */
const FLUSH_AT = 32 * 1024;

export class SseWriter {
  readonly #response: ServerResponse;
  #joined = '';
  #flushPlanned = false;
  #blocked = false;
  #released = false;
  #wake: (() => void)[] = [];
  readonly #stallTimeoutMs: number;

  /** @param stall told when the client has taken nothing for `timeoutMs` while there was something to take. */
  constructor(
    response: ServerResponse,
    stall: { readonly timeoutMs: number; readonly onStalled: () => void },
  ) {
    this.#response = response;
    this.#stallTimeoutMs = stall.timeoutMs;
    // A socket's timeout starts again at every byte that the system takes.
    let stalled = false;
    response.on('timeout', () => {
      if (stalled) response.destroy();
      stalled = true;
      stall.onStalled();
    });
    const unblock = (): void => {
      this.#blocked = false;
      expectProgress(response, 0);
      for (const wake of this.#wake.splice(0)) wake();
    };
    response.on('drain', unblock);
    response.on('close', unblock);
  }

  /** Whole events, `data: …` with the empty line behind each. */
  write(events: string): void {
    if (this.#released) return;
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
    return this.#blocked && !this.#released;
  }

  /** Resolves when the client reads again, or is gone. */
  ready(): Promise<void> {
    if (!this.blocked) return Promise.resolve();
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  /** Lets go who waits for the client; what they write from here on is not wanted any more. */
  release(): void {
    this.#released = true;
    for (const wake of this.#wake.splice(0)) wake();
  }

  end(events: string): void {
    const last = this.#joined + events;
    this.#joined = '';
    if (this.#response.destroyed) return;
    this.#response.end(last);
    // Nobody waits for it any more but the connection.
    expectProgress(this.#response, this.#stallTimeoutMs);
  }

  #flush(): void {
    if (this.#joined === '') return;
    const joined = this.#joined;
    this.#joined = '';
    if (this.#response.destroyed) return;
    if (this.#response.write(joined)) return;
    if (!this.#blocked) expectProgress(this.#response, this.#stallTimeoutMs);
    this.#blocked = true;
  }
}

/** Takes the response out of fastify's hands and sends its head. */
export function openStream(
  reply: FastifyReply,
  stall: ConstructorParameters<typeof SseWriter>[1],
): SseWriter {
  reply.header('content-type', 'text/event-stream; charset=utf-8');
  reply.header('cache-control', 'no-cache');
  // Asks nginx not to collect events into larger pieces.
  reply.header('x-accel-buffering', 'no');
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value);
  reply.raw.writeHead(200);
  return new SseWriter(reply.raw, stall);
}

/** Lets the response emit `timeout` when its connection takes nothing for `ms`; 0 for never. */
export function expectProgress(response: ServerResponse, ms: number): void {
  // An injected request has no connection.
  if (response.socket instanceof Socket) response.socket.setTimeout(ms);
}

/** One event of any JSON value. */
export const sseEvent = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
export const SSE_DONE = 'data: [DONE]\n\n';
/** One event that is named, as well, for clients that listen to names. */
export const namedEvent = (value: { readonly type: string; readonly [field: string]: unknown }): string =>
  `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;
