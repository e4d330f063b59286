import type { FastifyInstance } from 'fastify';
import type { EngineHandle, EngineOptions, ModelOptions } from '../engine/types.js';
export declare const PARALLEL = 4;
export declare const QUEUE_LIMIT = 16;
/** What differs from the usual. */
export interface RealServerOptions {
    readonly modelPath?: string;
    readonly modelId?: string;
    readonly model?: Partial<ModelOptions>;
    readonly engine?: Partial<EngineOptions>;
}
export declare class RealServer {
    #private;
    constructor(options?: RealServerOptions);
    /** To inject requests into. */
    get app(): FastifyInstance;
    get engine(): EngineHandle;
    /** `http://127.0.0.1:…`. */
    get url(): string;
    /** What OpenAI's clients take as base URL. */
    get baseURL(): string;
    start(): Promise<void>;
    /** Another app over the same engine. @returns its URL */
    serve(apiKeys?: readonly string[]): Promise<string>;
    close(): Promise<void>;
}
/** Runs until the tests of the file or suite that asks for it are over. */
export declare function realServer(options?: RealServerOptions): Promise<RealServer>;
/** A client with the version that is installed, for the names of suites. */
export declare function withVersion(...packages: readonly string[]): string;
