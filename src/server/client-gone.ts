/** Whether the client of a request still waits for its answer. */
import type { FastifyReply } from 'fastify';

/** Aborts when the connection closes before the answer has been sent; aborted already if it has. */
export function clientGone(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  if (reply.raw.destroyed) controller.abort();
  else
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) controller.abort();
    });
  return controller.signal;
}
