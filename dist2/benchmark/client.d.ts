import { type AnswerFigures } from './answer.js';
export type Answer = AnswerFigures & {
    readonly error?: string;
};
export declare class BenchmarkClient {
    #private;
    constructor(baseUrl: string, apiKey: string | undefined);
    /** Ends the connections that wait for another request. */
    close(): void;
    /** Posts a request and reads its streamed answer. Never throws: what goes wrong is the answer's `error`. */
    stream(endpoint: string, body: unknown, signal?: AbortSignal): Promise<Answer>;
    /** A small document. @throws Error that says why there is none */
    get(path: string): Promise<string>;
}
