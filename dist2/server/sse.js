import { Socket } from 'node:net';
/** Joined text is written at the latest when it has this many characters. */
const FLUSH_AT = 32 * 1024;
export class SseWriter {
    #response;
    #joined = '';
    #flushPlanned = false;
    #blocked = false;
    #released = false;
    #wake = [];
    #stallTimeoutMs;
    /** @param stall told when the client has taken nothing for `timeoutMs` while there was something to take. */
    constructor(response, stall) {
        this.#response = response;
        this.#stallTimeoutMs = stall.timeoutMs;
        // A socket's timeout starts again at every byte that the system takes.
        let stalled = false;
        response.on('timeout', () => {
            if (stalled)
                response.destroy();
            stalled = true;
            stall.onStalled();
        });
        const unblock = () => {
            this.#blocked = false;
            expectProgress(response, 0);
            for (const wake of this.#wake.splice(0))
                wake();
        };
        response.on('drain', unblock);
        response.on('close', unblock);
    }
    /** Whole events, `data: …` with the empty line behind each. */
    write(events) {
        if (this.#released)
            return;
        this.#joined += events;
        if (this.#joined.length >= FLUSH_AT)
            this.#flush();
        else if (!this.#flushPlanned) {
            this.#flushPlanned = true;
            process.nextTick(() => {
                this.#flushPlanned = false;
                this.#flush();
            });
        }
    }
    /** True while the client has more unread than the socket takes: await `ready()` before producing more. */
    get blocked() {
        return this.#blocked && !this.#released;
    }
    /** Resolves when the client reads again, or is gone. */
    ready() {
        if (!this.blocked)
            return Promise.resolve();
        return new Promise((resolve) => this.#wake.push(resolve));
    }
    /** Lets go who waits for the client; what they write from here on is not wanted any more. */
    release() {
        this.#released = true;
        for (const wake of this.#wake.splice(0))
            wake();
    }
    end(events) {
        const last = this.#joined + events;
        this.#joined = '';
        if (this.#response.destroyed)
            return;
        this.#response.end(last);
        // Nobody waits for it any more but the connection.
        expectProgress(this.#response, this.#stallTimeoutMs);
    }
    #flush() {
        if (this.#joined === '')
            return;
        const joined = this.#joined;
        this.#joined = '';
        if (this.#response.destroyed)
            return;
        if (this.#response.write(joined))
            return;
        if (!this.#blocked)
            expectProgress(this.#response, this.#stallTimeoutMs);
        this.#blocked = true;
    }
}
/** Takes the response out of fastify's hands and sends its head. */
export function openStream(reply, stall) {
    reply.header('content-type', 'text/event-stream; charset=utf-8');
    reply.header('cache-control', 'no-cache');
    // Asks nginx not to collect events into larger pieces.
    reply.header('x-accel-buffering', 'no');
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined)
            reply.raw.setHeader(name, value);
    reply.raw.writeHead(200);
    return new SseWriter(reply.raw, stall);
}
/** Lets the response emit `timeout` when its connection takes nothing for `ms`; 0 for never. */
export function expectProgress(response, ms) {
    // An injected request has no connection.
    if (response.socket instanceof Socket)
        response.socket.setTimeout(ms);
}
/** One event of any JSON value. */
export const sseEvent = (value) => `data: ${JSON.stringify(value)}\n\n`;
export const SSE_DONE = 'data: [DONE]\n\n';
/** One event that is named, as well, for clients that listen to names. */
export const namedEvent = (value) => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;
//# sourceMappingURL=sse.js.map