/**
 * Server-sent events to one client. What arrives within one turn of the event loop leaves in one write, and
 * a client that does not read makes the producer wait instead of filling memory.
 */
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
export declare class SseWriter {
    #private;
    /** @param stall told when the client has taken nothing for `timeoutMs` while there was something to take. */
    constructor(response: ServerResponse, stall: {
        readonly timeoutMs: number;
        readonly onStalled: () => void;
    });
    /** Whole events, `data: …` with the empty line behind each. */
    write(events: string): void;
    /** True while the client has more unread than the socket takes: await `ready()` before producing more. */
    get blocked(): boolean;
    /** Resolves when the client reads again, or is gone. */
    ready(): Promise<void>;
    /** Lets go who waits for the client; what they write from here on is not wanted any more. */
    release(): void;
    end(events: string): void;
}
/** Takes the response out of fastify's hands and sends its head. */
export declare function openStream(reply: FastifyReply, stall: ConstructorParameters<typeof SseWriter>[1]): SseWriter;
/** Lets the response emit `timeout` when its connection takes nothing for `ms`; 0 for never. */
export declare function expectProgress(response: ServerResponse, ms: number): void;
/** One event of any JSON value. */
export declare const sseEvent: (value: unknown) => string;
export declare const SSE_DONE = "data: [DONE]\n\n";
/** One event that is named, as well, for clients that listen to names. */
export declare const namedEvent: (value: {
    readonly type: string;
    readonly [field: string]: unknown;
}) => string;
