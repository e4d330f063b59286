/** For tests of the server: an app over a fake engine, and what its answers are read with. */
import type { LightMyRequestResponse } from 'fastify';
import { FakeCodec, FakeEngine, type FakeStream } from './fake-engine.js';
import { type ServerApp, type ServerOptions } from './server.js';
export interface TestServer {
    readonly app: ServerApp;
    readonly engine: FakeEngine;
    /** Posts JSON without a socket. */
    readonly post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<LightMyRequestResponse>;
}
/** Closed after the test or suite that asks for it. */
export declare function testServer(options?: Partial<ServerOptions> & {
    readonly engine?: FakeEngine;
}): TestServer;
/** Answers every request with these texts, one event each. */
export declare function answering(...texts: readonly string[]): (stream: FakeStream) => void;
export declare const CHAT: {
    readonly model: "demo";
    readonly messages: readonly [{
        readonly role: "user";
        readonly content: "Hi";
    }];
};
/** The `data:` of each event of an SSE body, parsed; `[DONE]` as it is. */
export declare function sseData(body: string): unknown[];
/** The events of a stream that names them, each name being the type that its data says. */
export declare function namedEvents(body: string): ({
    readonly type: string;
} & Readonly<Record<string, unknown>>)[];
/** A codec that notes what conversations it is given, and with which variables. */
export declare function recording(seen: unknown[]): FakeCodec;
/** Waits until a condition of another party holds. */
export declare function until(what: string, holds: () => boolean, timeoutMs?: number): Promise<void>;
