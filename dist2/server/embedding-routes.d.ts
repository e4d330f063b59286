import type { FastifyInstance } from 'fastify';
import type { ServerContext } from './context.js';
import type { EmbeddingLine } from './embedding-line.js';
export declare function embeddingRoutes(app: FastifyInstance, context: ServerContext, line: EmbeddingLine): void;
