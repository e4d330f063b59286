/** The events of one request on their way from the engine thread to whoever iterates over them. */
import type { RequestEvent, RequestStream } from './types.js';
/** What a stream asks of the engine. */
export type StreamWish = 'cancel' | 'pause' | 'resume';
export declare class EventStream implements RequestStream {
    #private;
    readonly id: number;
    constructor(id: number, ask: (wish: StreamWish) => void);
    /** Adds an event; true when it was the last. */
    push(event: RequestEvent): boolean;
    cancel(): void;
    [Symbol.asyncIterator](): AsyncGenerator<RequestEvent, void, undefined>;
}
