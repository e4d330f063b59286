/** What a client should know about its answer, in the header `x-foretoken-warning`. */
import type { FastifyReply } from 'fastify';
import type { ServerContext } from './context.js';
/** That a model without a chat template is asked in ChatML. */
export declare function fallbackWarnings({ codec }: ServerContext): readonly string[];
/** Adds to what other warnings say. Characters that a header cannot carry are written as escapes. */
export declare function warnInHeader(reply: FastifyReply, warnings: readonly string[]): void;
