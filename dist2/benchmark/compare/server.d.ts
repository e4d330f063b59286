import { type ModelStats } from './stats.js';
export interface ServerHealth {
    readonly model: string;
    /** Requests that run at the same time. */
    readonly parallel: number;
    readonly busy: number;
    readonly waiting: number;
}
export declare class ComparedServer {
    #private;
    readonly baseUrl: string;
    readonly apiKey: string | undefined;
    constructor(baseUrl: string, apiKey: string | undefined, signal: AbortSignal);
    close(): void;
    /** @throws ForetokenError `server_unreachable` also where another server than Foretoken answers */
    health(): Promise<ServerHealth>;
    /** Resolves when no request runs or waits; a server that others use never gets there. */
    untilIdle(timeoutMs?: number): Promise<void>;
    /** Takes the texts of the last run out of the KV cache: the next setting must compute the same prompts itself. */
    forgetPrompts(parallel: number): Promise<void>;
    /** What a model has done and can do. */
    stats(model: string): Promise<ModelStats>;
    /** The latest plans of the engine, oldest first, unchecked; empty where the server keeps none. */
    plans(): Promise<readonly unknown[]>;
}
