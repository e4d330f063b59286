/** `POST /v1/chat/completions` and `POST /v1/completions`. */
import type { FastifyInstance } from 'fastify';
import type { ServerContext } from './context.js';
export declare function completionRoutes(app: FastifyInstance, context: ServerContext): void;
