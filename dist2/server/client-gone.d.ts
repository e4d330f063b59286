/** Whether the client of a request still waits for its answer. */
import type { FastifyReply } from 'fastify';
/** Aborts when the connection closes before the answer has been sent; aborted already if it has. */
export declare function clientGone(reply: FastifyReply): AbortSignal;
