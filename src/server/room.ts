/**
 * Bounds of what clients can make the server hold before anything of theirs is computed: requests that wait on one
 * connection, bodies that have been read for requests not yet answered, and large answers that nobody takes.
 */
import type { Socket } from 'node:net';
import { Transform, type TransformCallback } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { ForetokenError } from '../base/errors.js';

/** Requests of one connection that are not answered yet. Clients that pipeline (hardly any do) send a few. */
export const MOST_PIPELINED = 16;
/** Of each body that are not counted, so that small requests pass while large ones fill the room. */
export const FREE_BODY_BYTES = 64 * 1024;

/**
 * Bounds the requests of one connection, which Node all hands on as they come in, and ends those whose answer waits
 * behind another's when the connection closes: Node tells only the answer that is on its way.
 */
export function limitPipelining(app: FastifyInstance): void {
  const open = new WeakMap<Socket, Set<FastifyReply['raw']>>();
  app.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw;
    // Of the library, a request may have no connection.
    if (typeof (socket as Socket | undefined)?.on !== 'function') {
      done();
      return;
    }
    let unanswered = open.get(socket);
    if (unanswered === undefined) {
      const all = (unanswered = new Set());
      open.set(socket, all);
      socket.once('close', () => {
        for (const response of all) {
          if (response.socket !== null) continue;
          response.destroy();
          response.emit('close');
        }
        all.clear();
      });
    }
    const { raw } = reply;
    unanswered.add(raw);
    raw.once('close', () => unanswered.delete(raw));
    done(
      unanswered.size <= MOST_PIPELINED
        ? undefined
        : new ForetokenError(
            'queue_full',
            `${MOST_PIPELINED} requests wait for their answers on this connection already. Read those first, or ` +
              'use further connections.',
          ),
    );
  });
}

/** @param mostBytes of all bodies whose requests have not been answered, those still arriving included */
export function limitBodies(app: FastifyInstance, mostBytes: number): void {
  let held = 0;
  app.addHook('preParsing', (request, reply, payload, done) => {
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
    if (encoding === undefined && Number(length) <= FREE_BODY_BYTES) {
      done(null, payload);
      return;
    }
    let received = 0;
    let own = 0;
    reply.raw.once('close', () => {
      held -= own;
      own = 0;
    });
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, next: TransformCallback) {
        const before = Math.max(0, received - FREE_BODY_BYTES);
        received += chunk.length;
        const more = Math.max(0, received - FREE_BODY_BYTES) - before;
        if (held + more > mostBytes) {
          next(
            new ForetokenError(
              'queue_full',
              `The bodies of requests that are not answered yet fill the ${mostBytes} bytes that this server keeps ` +
                'for them. Try again later.',
            ),
          );
          return;
        }
        if (!reply.raw.destroyed) {
          own += more;
          held += more;
        }
        next(null, chunk);
      },
    });
    // Errors do not follow a pipe.
    payload.once('error', (error) => counted.destroy(error));
    payload.pipe(counted);
    done(null, counted);
  });
}

/** Counts answers that are being made or sent, and refuses more than `most` at a time. */
export class Takers {
  #count = 0;

  constructor(
    private readonly most: number,
    private readonly hint: string,
  ) {}

  /** Until the answer has been taken, or the connection is closed. @throws ForetokenError `too_many_readers` */
  join(reply: FastifyReply): void {
    if (this.#count >= this.most)
      throw new ForetokenError('too_many_readers', `${this.most} readers ask for this already. ${this.hint}`);
    this.#count += 1;
    reply.raw.once('close', () => (this.#count -= 1));
  }
}
