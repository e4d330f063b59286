import type { HubSettings } from './settings.js';
export interface Patience {
    /** Until the headers of an answer are there. */
    readonly answerMs: number;
    /** Between two pieces of a file. */
    readonly stallMs: number;
    /** How often in a row something is tried that brings nothing. */
    readonly attempts: number;
    /** Before the second attempt; twice as long before each further one. */
    readonly pauseMs: number;
}
export declare const PATIENCE: Patience;
/** What may be better the next time: no connection, a server that is busy, an answer that broke off. */
export declare class Passing extends Error {
    /** As the server asks for. */
    readonly pauseMs?: number | undefined;
    constructor(message: string, 
    /** As the server asks for. */
    pauseMs?: number | undefined, options?: ErrorOptions);
}
export interface RequestOptions {
    readonly headers?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal | undefined;
    readonly patience: Patience;
}
/**
 * An answer with a status of success, its body unread.
 * @throws Passing, ForetokenError `hub_denied`, `hub_not_found`, `hub_unreachable`; the signal's reason
 */
export declare function request(settings: HubSettings, address: string, what: string, { headers, signal, patience }: RequestOptions): Promise<Response>;
/** All of a body. @throws Passing when it is larger than `most`, or stops coming */
export declare function bodyBytes(response: Response, most: number, stallMs: number): Promise<Uint8Array>;
/** A body piece by piece. @throws Passing when none comes for `stallMs`, or the connection breaks */
export declare function pieces(response: Response, stallMs: number): AsyncGenerator<Uint8Array>;
/** `fetch` for the hub's own client library: the same care, and a body that is bounded and read to its end. */
export declare const boundedFetch: (settings: HubSettings, what: string, options: RequestOptions) => typeof fetch;
/**
 * Does `work` again while it fails in passing.
 * @param progressed whether the latest attempt got somewhere, so that it does not count
 * @throws ForetokenError `hub_unreachable` after the last attempt
 */
export declare function persistently<T>(patience: Patience, what: string, work: () => Promise<T>, progressed?: () => boolean, signal?: AbortSignal): Promise<T>;
