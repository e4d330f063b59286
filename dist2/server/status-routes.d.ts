/** `GET /health`, `GET /metrics`, `GET /v1/plans`, and llama-server's `POST /tokenize` and `POST /detokenize`. */
import type { FastifyInstance } from 'fastify';
import type { ServerContext } from './context.js';
export declare function statusRoutes(app: FastifyInstance, context: ServerContext): void;
export declare function tokenRoutes(app: FastifyInstance, context: ServerContext): void;
