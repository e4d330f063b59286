import type { FastifyReply } from 'fastify';
import type { ChatRequest } from './chat-request.js';
import type { ServerContext } from './context.js';
import type { GenerationOptions } from './generation-fields.js';
/** A chat request as `answer` takes it. */
export interface PreparedChat {
    readonly prompt: Int32Array;
    readonly generation: GenerationOptions;
    /** Told in the answer's header already. */
    readonly warnings: readonly string[];
}
/** @param param the request's field that holds the conversation */
export declare function prepareChat(context: ServerContext, reply: FastifyReply, chat: ChatRequest, param?: string): Promise<PreparedChat>;
