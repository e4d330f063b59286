/** Who may call: API keys, and browsers' cross-origin rules. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ForetokenError } from '../base/errors.js';

/** Open even where keys are asked for: what load balancers probe. */
const OPEN_PATHS = new Set(['/health']);

/**
 * Every request must bring one of `keys`, as `Authorization: Bearer …` or `X-Api-Key: …`. Hashes of equal
 * length are compared, all of them, so that the time taken tells nothing about a key.
 */
export function requireApiKey(app: FastifyInstance, keys: readonly string[]): void {
  if (keys.length === 0) return;
  const hash = (key: string): Buffer => createHash('sha256').update(key, 'utf8').digest();
  const hashes = keys.map(hash);
  app.addHook('onRequest', (request, _reply, done) => {
    if (OPEN_PATHS.has(request.routeOptions.url ?? '')) {
      done();
      return;
    }
    const given = givenKey(request);
    if (given === undefined) {
      done(
        new ForetokenError('invalid_api_key', "This server needs an API key: 'Authorization: Bearer <key>'."),
      );
      return;
    }
    const givenHash = hash(given);
    let known = false;
    for (const candidate of hashes) known = timingSafeEqual(candidate, givenHash) || known;
    done(known ? undefined : new ForetokenError('invalid_api_key', 'The API key is not one of this server.'));
  });
}

function givenKey(request: FastifyRequest): string | undefined {
  const bearer = /^bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1]?.trim();
  const header = request.headers['x-api-key'];
  return bearer ?? (typeof header === 'string' ? header : undefined);
}

/** Lets pages of `origins` (or of all, with `*`) call the API; runs before the keys are asked for. */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const any = origins.includes('*');
  app.addHook('onRequest', (request, reply, done) => {
    const origin = request.headers.origin;
    if (!any) reply.header('vary', 'Origin');
    if (origin === undefined || !(any || origins.includes(origin))) {
      done();
      return;
    }
    reply.header('access-control-allow-origin', any ? '*' : origin);
    reply.header('access-control-expose-headers', 'x-request-id, retry-after');
    const isPreflight =
      request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    if (!isPreflight) {
      done();
      return;
    }
    reply.header('access-control-allow-methods', 'GET, POST');
    // The headers are the page's own affair; which pages may call is decided by the origin.
    const asked = request.headers['access-control-request-headers'] ?? 'authorization, content-type';
    reply.header('access-control-allow-headers', asked);
    reply.header('access-control-max-age', '600');
    reply.code(204).send();
  });
}
