/**
 * `POST /v1/rerank` (also `/rerank`), for models that judge how well a document answers a query: the fields of Jina
 * and Cohere, or with `texts` those of Text Embeddings Inference, as llama-server has them.
 */
import type { FastifyInstance } from 'fastify';
import type { ServerContext } from './context.js';
import type { EmbeddingLine } from './embedding-line.js';
export declare const RERANK_FIELDS: readonly ["model", "query", "documents", "texts", "top_n", "return_documents", "return_text", "user"];
export declare function rerankRoutes(app: FastifyInstance, context: ServerContext, line: EmbeddingLine): void;
