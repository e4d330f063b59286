/** OpenAI's Responses API: `POST /v1/responses`, and what is kept of its answers. */
import type { FastifyInstance } from 'fastify';
import type { ServerContext } from './context.js';
export declare function responsesRoutes(app: FastifyInstance, context: ServerContext): void;
