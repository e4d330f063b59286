/** Texts that wait for their vectors or scores: so many requests at a time, and of each one text after another. */
import type { FastifyReply } from 'fastify';
import type { ServerContext } from './context.js';
export interface Embedded {
    /** [text] = its vector, or its score alone in one. */
    readonly vectors: readonly Float32Array[];
    /** Tokens of all texts. */
    readonly tokens: number;
}
export declare class EmbeddingLine {
    #private;
    constructor(context: ServerContext);
    /**
     * @param encode makes the texts' tokens
     * @returns undefined when the client has gone: there is nobody to answer
     * @throws ForetokenError `queue_full`
     */
    run(reply: FastifyReply, gone: AbortSignal, encode: () => Promise<readonly Int32Array[]>): Promise<Embedded | undefined>;
}
