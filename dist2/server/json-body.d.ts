/**
 * Request bodies as JSON, with errors that say where. Before anything is built from the bytes they are walked
 * through once, for what `JSON.parse` does not tell: how deep they nest, which fields stand twice, and the
 * digits of a `seed` that a number of JavaScript cannot hold.
 */
import type { FastifyInstance } from 'fastify';
/** Deeper bodies are refused: whatever reads them afterwards may be recursive. */
export declare const MAX_JSON_DEPTH = 512;
/** Bytes that are not UTF-8 are refused, not replaced. */
export declare function readJsonBodies(app: FastifyInstance): void;
/** The body's value; a `seed` that is an integer beyond 2^53 as a bigint. @throws ForetokenError `invalid_json` */
export declare function parseJsonBody(body: Buffer): unknown;
