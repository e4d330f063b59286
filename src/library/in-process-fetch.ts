/**
 * `fetch` to a server of the same process, without a port: each request is a connection of two joined streams, over which
 * both ends speak HTTP as they do over a socket. So whoever takes a `fetch` (the `openai` package, the AI SDK) works, answers
 * stream, an abort frees the request's place, and a reader that waits holds back its answer.
 */
import { request as httpRequest, type Server } from 'node:http';
import { duplexPair, Readable } from 'node:stream';

/** What relative addresses are relative to; the name in other addresses does not matter. */
const BASE = 'http://localhost';
const WITHOUT_BODY: readonly number[] = [204, 205, 304];

export function inProcessFetch(server: Server): typeof fetch {
  return async (input, init) => {
    const request = new Request(input instanceof Request ? input : new URL(String(input), BASE), init);
    const { pathname, search } = new URL(request.url);
    const body = Buffer.from(await request.arrayBuffer());
    request.signal.throwIfAborted();
    const [here, there] = duplexPair();
    here.once('close', () => there.destroy());
    there.once('close', () => here.destroy());
    server.emit('connection', there);
    return new Promise((resolve, reject) => {
      const sent = httpRequest({
        createConnection: () => here,
        method: request.method,
        path: pathname + search,
        // The server answers to its own names alone.
        headers: { ...Object.fromEntries(request.headers), host: 'localhost', connection: 'close' },
        signal: request.signal,
      });
      sent.once('error', reject);
      sent.once('response', (answer) => {
        const headers = new Headers();
        for (const [name, value] of Object.entries(answer.headers))
          for (const one of [value ?? []].flat()) headers.append(name, one);
        const status = answer.statusCode!;
        const none = WITHOUT_BODY.includes(status) || request.method === 'HEAD';
        if (none) answer.resume();
        resolve(
          new Response(none ? null : (Readable.toWeb(answer) as ReadableStream), {
            status,
            statusText: answer.statusMessage ?? '',
            headers,
          }),
        );
      });
      sent.end(body);
    });
  };
}
