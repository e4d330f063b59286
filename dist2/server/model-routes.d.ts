/** `GET /v1/models`, `GET /v1/models/:id`, and the check of every request's `model`. */
import type { FastifyInstance } from 'fastify';
import type { ServerContext } from './context.js';
export declare function modelRoutes(app: FastifyInstance, context: ServerContext): void;
/** A body may leave `model` out or say `default` for the first one served; a name that is not served is an error. */
export declare function requireModel(context: ServerContext, body: unknown): void;
