/** Texts that wait for their vectors or scores: so many requests at a time, and of each one text after another. */
import type { FastifyReply } from 'fastify';
import { ForetokenError } from '../base/errors.js';
import type { ServerContext } from './context.js';

export interface Embedded {
  /** [text] = its vector, or its score alone in one. */
  readonly vectors: readonly Float32Array[];
  /** Tokens of all texts. */
  readonly tokens: number;
}

export class EmbeddingLine {
  readonly #context: ServerContext;
  #waiting = 0;

  constructor(context: ServerContext) {
    this.#context = context;
  }

  /**
   * @param encode makes the texts' tokens
   * @returns undefined when the client has gone: there is nobody to answer
   * @throws ForetokenError `queue_full`
   */
  async run(
    reply: FastifyReply,
    gone: AbortSignal,
    encode: () => Promise<readonly Int32Array[]>,
  ): Promise<Embedded | undefined> {
    const { engine, embeddingQueueLimit } = this.#context;
    if (this.#waiting >= embeddingQueueLimit)
      throw new ForetokenError(
        'queue_full',
        `${this.#waiting} embedding requests are waiting already; try again in a moment.`,
      );
    this.#waiting += 1;
    try {
      const texts = await encode();
      const vectors: Float32Array[] = [];
      for (const text of texts) {
        // One after another, so that a client that has gone costs no more than the text under way.
        if (reply.raw.destroyed) {
          reply.hijack();
          return undefined;
        }
        vectors.push(await engine.embed(text, gone));
      }
      return { vectors, tokens: texts.reduce((total, one) => total + one.length, 0) };
    } finally {
      this.#waiting -= 1;
    }
  }
}
