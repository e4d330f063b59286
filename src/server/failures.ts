/**
 * Everything that goes wrong, in OpenAI's shape (or Anthropic's, on its routes) with the right status: errors of routes, of fastify's own
 * parsing, unknown paths and methods, and what the HTTP parser refuses before there is a request.
 */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ERRORS, ForetokenError, type ErrorCode } from '../base/errors.js';
import { nearest } from '../base/nearest.js';

export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: ErrorCode;
  };
}

export function errorBody(error: ForetokenError): ErrorBody {
  return {
    error: {
      message: error.message,
      type: ERRORS[error.code].type,
      param: error.param ?? null,
      code: error.code,
    },
  };
}

/** The same as Anthropic's API says it; code and field are ours. */
export function anthropicErrorBody(error: ForetokenError) {
  const { message, code, param } = error;
  const of = param === undefined ? {} : { param };
  return { type: 'error', error: { type: anthropicType(error.status), message, code, ...of } } as const;
}

function anthropicType(status: number): string {
  const types: Readonly<Record<number, string>> = {
    401: 'authentication_error',
    403: 'permission_error',
    404: 'not_found_error',
    408: 'timeout_error',
    413: 'request_too_large',
    429: 'rate_limit_error',
    503: 'overloaded_error',
  };
  return types[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error');
}

/** Seconds after which trying again makes sense. */
const RETRY_AFTER_S: Partial<Record<ErrorCode, string>> = {
  queue_full: '1',
  shutting_down: '5',
  engine_stalled: '5',
};

export function sendError(reply: FastifyReply, error: ForetokenError): FastifyReply {
  const retryAfter = RETRY_AFTER_S[error.code];
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
  if (error.code === 'invalid_api_key') reply.header('www-authenticate', 'Bearer');
  const body = isAnthropic(reply.request) ? anthropicErrorBody(error) : errorBody(error);
  return reply.code(error.status).send(body);
}

/** Routes of Anthropic's API, whose clients read its errors. */
const isAnthropic = ({ routeOptions }: FastifyRequest): boolean =>
  routeOptions.url?.startsWith('/v1/messages') === true;

export function installErrorHandling(
  app: FastifyInstance,
  options: {
    readonly bodyLimitBytes: number;
    readonly onInternalError: (error: ForetokenError) => void;
  },
): void {
  app.setErrorHandler((thrown: FastifyError, _request, reply) => {
    const error = fromFastify(thrown, options.bodyLimitBytes);
    if (error.status >= 500 && !isTold(error.code)) options.onInternalError(error);
    return sendError(reply, error);
  });
  const routes = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const methods = routes.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    routes.set(url, methods);
  });
  app.setNotFoundHandler((request, reply) => notFound(request, reply, routes));
}

/** What is known without a line in the log for every request that meets it. */
const isTold = (code: ErrorCode): boolean => code === 'shutting_down' || code === 'engine_stalled';

/** fastify's own errors by their codes; any other that is not ours is a bug of ours. */
function fromFastify(thrown: FastifyError, bodyLimitBytes: number): ForetokenError {
  if (thrown instanceof ForetokenError) return thrown;
  const details = { cause: thrown };
  switch (thrown.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ForetokenError(
        'body_too_large',
        `The request body is larger than the ${bodyLimitBytes} bytes that this server takes.`,
        details,
      );
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new ForetokenError(
        'unsupported_media_type',
        `${thrown.message.replace(/\.?$/, '.')} Send the body as JSON with 'content-type: application/json'.`,
        details,
      );
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new ForetokenError(
        'invalid_json',
        'The request body is empty; a JSON object is needed.',
        details,
      );
    default:
      if (thrown.statusCode !== undefined && thrown.statusCode >= 400 && thrown.statusCode < 500)
        return new ForetokenError('invalid_request', thrown.message, details);
      return ForetokenError.from(thrown);
  }
}

function notFound(
  request: FastifyRequest,
  reply: FastifyReply,
  routes: ReadonlyMap<string, ReadonlySet<string>>,
): FastifyReply {
  const path = request.url.split('?')[0]!;
  for (const [pattern, methods] of routes) {
    if (!matches(pattern, path)) continue;
    const allowed = [...methods].join(', ');
    reply.header('allow', allowed);
    return sendError(
      reply,
      new ForetokenError('method_not_allowed', `${path} takes ${allowed}; got ${request.method}.`),
    );
  }
  const paths = [...routes.keys()].filter((known) => !known.includes(':'));
  const suggestion = paths.find((known) => known === `/v1${path}`) ?? nearest(path, paths);
  const hint = suggestion === undefined ? 'docs/api.md lists the routes.' : `Did you mean ${suggestion}?`;
  return sendError(
    reply,
    new ForetokenError('not_found', `Nothing is served at ${path.slice(0, 100)}. ${hint}`),
  );
}

/** A path against a route such as `/v1/models/:id`. */
function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.replace(/(?<=.)\/$/, '').split('/');
  return (
    wanted.length === given.length &&
    wanted.every((part, index) => part === given[index] || (part.startsWith(':') && given[index] !== ''))
  );
}

/** Answers what Node's HTTP parser refuses: there is only a socket yet. */
export function answerParserError(error: NodeJS.ErrnoException, socket: Socket): void {
  // The client is gone, or has been answered already: nothing to say.
  if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const [status, message] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'The request headers are too large.']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'The request did not arrive in time.']
        : [400, 'The request is not valid HTTP.'];
  const body = JSON.stringify(errorBody(new ForetokenError('invalid_request', message)));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]!}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

/** Answers an `Expect` header that asks for something else than `100-continue`: Node hands such a request to nobody. */
export function answerExpectation({ headers }: IncomingMessage, response: ServerResponse): void {
  const error = new ForetokenError(
    'invalid_request',
    `This server cannot meet ${JSON.stringify(`Expect: ${headers.expect?.slice(0, 100) ?? ''}`)}; leave the header out.`,
  );
  const body = JSON.stringify(errorBody(error));
  response.writeHead(417, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  response.end(body);
}
