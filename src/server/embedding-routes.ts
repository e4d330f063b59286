/** `POST /v1/embeddings`. */
import { endianness } from 'node:os';
import type { FastifyInstance } from 'fastify';
import { assert, ForetokenError } from '../base/errors.js';
import { clientGone } from './client-gone.js';
import { readEmbeddingRequest } from './completion-request.js';
import type { ServerContext } from './context.js';
import { requireModel } from './model-routes.js';
import { encodePrompt } from './prompts.js';

export function embeddingRoutes(app: FastifyInstance, context: ServerContext): void {
  let waiting = 0;

  app.post('/v1/embeddings', async (request, reply) => {
    requireModel(context, request.body);
    const { embeddingWidth } = context.engine.info;
    const { inputs, encoding } = readEmbeddingRequest(request.body, context.limits, embeddingWidth);
    if (waiting >= context.embeddingQueueLimit)
      throw new ForetokenError(
        'queue_full',
        `${waiting} embedding requests are waiting already; try again in a moment.`,
      );
    const gone = clientGone(reply);
    const data: unknown[] = [];
    let encoded: readonly Int32Array[];
    waiting += 1;
    try {
      encoded = await Promise.all(inputs.map((input) => encodePrompt(context, input, 'input', gone)));
      for (const [index, tokens] of encoded.entries()) {
        // One after another, so that a client that has gone costs no more than the text under way.
        if (reply.raw.destroyed) {
          reply.hijack();
          return undefined;
        }
        const embedding = await context.engine.embed(tokens, gone);
        data.push({
          object: 'embedding',
          index,
          embedding: encoding === 'base64' ? littleEndianBase64(embedding) : Array.from(embedding),
        });
      }
    } finally {
      waiting -= 1;
    }
    const tokens = encoded.reduce((total, one) => total + one.length, 0);
    return {
      object: 'list',
      data,
      model: context.modelId,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    };
  });
}

/** 32-bit floats, lowest byte first, as OpenAI's clients unpack them. */
function littleEndianBase64(values: Float32Array): string {
  assert(endianness() === 'LE', 'a processor that stores the lowest byte first');
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}
