/** `GET /props` and `GET /slots`, which llama-server's clients ask: the fields that they read and that mean something here. */
import type { FastifyInstance } from 'fastify';
import type { ServerContext } from './context.js';
export declare function llamaServerRoutes(app: FastifyInstance, context: ServerContext): void;
