/**
 * Which names the server is called by, and which pages may call it. A browser lets a page of any site send
 * requests to this machine, and a site can point its own name at it (DNS rebinding), which makes the page's
 * requests look like the server's own. So the Host header must be a name of this server, and an Origin must be
 * the same as the Host, or one that was allowed.
 */
import { isIP, isIPv6 } from 'node:net';
import { hostname } from 'node:os';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ForetokenError } from '../base/errors.js';

export interface HostRules {
  /** The address that the server listens on; none: loopback. */
  readonly listensOn?: string | undefined;
  /** Further names it is called by, `*.` in front for all below one; `*` for any name at all. */
  readonly allowed: readonly string[];
}

/** Names in lower case without port, brackets and final dot; undefined for what is no host. */
export function hostOf(header: string): string | undefined {
  const [, bracketed, name] =
    /^(?:\[([0-9a-f:.%]+)\]|([^\s:/?#@[\]\\]+))(?::\d{1,5})?$/i.exec(header.trim()) ?? [];
  if (bracketed !== undefined) return isIPv6(bracketed) ? bracketed.toLowerCase() : undefined;
  return name?.toLowerCase().replace(/\.$/, '') || undefined;
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' ||
  host.endsWith('.localhost') ||
  host === '::1' ||
  (isIP(host) === 4 && host.startsWith('127.'));

/**
 * Whether a host of a Host header names this server. Listening on loopback, only loopback's own names do;
 * elsewhere the machine's names and every literal address, since no site can make itself one, do, too.
 */
export function hostCheck({ listensOn = 'localhost', allowed }: HostRules): (host: string) => boolean {
  if (allowed.includes('*')) return () => true;
  const names = new Set(allowed.map((name) => name.toLowerCase().replace(/\.$/, '')));
  const suffixes = [...names].filter((name) => name.startsWith('*.')).map((name) => name.slice(1));
  const own = listensOn.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  names.add(own);
  const listensWider = !isLoopback(own);
  if (listensWider) {
    const machine = hostname().toLowerCase();
    const short = machine.split('.')[0]!;
    for (const name of [machine, short, `${short}.local`]) names.add(name);
  }
  return (host) =>
    isLoopback(host) ||
    names.has(host) ||
    suffixes.some((suffix) => host.endsWith(suffix)) ||
    (listensWider && isIP(host) !== 0);
}

/** Runs before everything else: what was sent to another name is not for this server. */
export function requireOwnHost(app: FastifyInstance, rules: HostRules): void {
  const isOwn = hostCheck(rules);
  app.addHook('onRequest', (request, _reply, done) => {
    const header = request.headers.host;
    // HTTP/1.0 knows no Host, and browsers always send one.
    if (header === undefined) {
      done(
        request.raw.httpVersion === '1.0'
          ? undefined
          : new ForetokenError('invalid_request', "A request of HTTP/1.1 needs the header 'Host'."),
      );
      return;
    }
    const host = hostOf(header);
    if (host !== undefined && isOwn(host)) {
      done();
      return;
    }
    done(
      new ForetokenError(
        'host_not_allowed',
        `This server is not called ${JSON.stringify(header.slice(0, 100))}. If it is, start it with --allowed-host ` +
          `${host === undefined ? 'and the name' : host.slice(0, 100)}.`,
      ),
    );
  });
}

/** A page that this server itself would have served: its origin is the Host that is called. */
function isSameOrigin(origin: string, request: FastifyRequest): boolean {
  const host = request.headers.host;
  if (host === undefined) return false;
  try {
    const page = new URL(origin);
    // Behind a proxy that speaks TLS the scheme differs; the port then is the scheme's own on both sides.
    return /^https?:$/.test(page.protocol) && page.host === new URL(`${page.protocol}//${host}`).host;
  } catch {
    return false;
  }
}

/**
 * Lets pages of `origins` (or of all, with `*`) call the API, and refuses those of any other origin but the
 * server's own; runs before the keys are asked for. Programs that are no browsers send no Origin.
 */
export function checkOrigins(app: FastifyInstance, origins: readonly string[]): void {
  const any = origins.includes('*');
  app.addHook('onRequest', (request, reply, done) => {
    const origin = request.headers.origin;
    if (!any && origins.length > 0) reply.header('vary', 'Origin');
    if (origin === undefined) {
      done();
      return;
    }
    if (!any && !origins.includes(origin)) {
      done(
        isSameOrigin(origin, request)
          ? undefined
          : new ForetokenError(
              'origin_not_allowed',
              `Pages of ${JSON.stringify(origin.slice(0, 100))} may not call this server; --cors-origin allows them.`,
            ),
      );
      return;
    }
    reply.header('access-control-allow-origin', any ? '*' : origin);
    reply.header('access-control-expose-headers', 'x-request-id, retry-after, x-foretoken-warning');
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
