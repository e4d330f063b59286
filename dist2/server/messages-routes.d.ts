/** Anthropic's API: `POST /v1/messages` and `POST /v1/messages/count_tokens`. */
import type { FastifyInstance } from 'fastify';
import type { ServerContext } from './context.js';
export declare function messagesRoutes(app: FastifyInstance, context: ServerContext): void;
