import type { FastifyReply } from 'fastify';
import type { AnswerFormat } from './answer-format.js';
import type { ServerContext } from './context.js';
import type { GenerationOptions } from './generation-fields.js';
/**
 * Answers one request: submits, waits, sends. The client's going cancels at any point.
 * @returns the body to send; undefined when the response has been sent, or there is nobody to send it to
 */
export declare function answer(context: ServerContext, reply: FastifyReply, prompts: readonly Int32Array[], options: GenerationOptions, format: AnswerFormat): Promise<unknown>;
