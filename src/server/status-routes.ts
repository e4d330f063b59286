/** `GET /health`, `GET /metrics`, `GET /v1/plans`, and llama-server's `POST /tokenize` and `POST /detokenize`. */
import type { FastifyInstance } from 'fastify';
import { ForetokenError } from '../base/errors.js';
import type { Computing } from '../llama/devices.js';
import { clientGone } from './client-gone.js';
import { decodeStrictly } from './codec.js';
import type { ServerContext } from './context.js';
import { Fields, requireTokens } from './fields.js';
import { LONG_ANSWER, longArray, longText } from './long-json.js';
import { Takers } from './room.js';

export function statusRoutes(app: FastifyInstance, context: ServerContext): void {
  app.get('/health', (request) => {
    if (context.closing) throw new ForetokenError('shutting_down', 'The server is shutting down.');
    const hasKey = context.keys.broughtBy(request);
    // Whoever has no key learns whether the server is up, and nothing else.
    const isTold = hasKey || !context.keys.asked;
    for (const { id, engine } of context.served()) {
      if (engine?.stall === undefined) continue;
      const { doing, forMs } = engine.stall;
      const whose = isTold && id !== context.modelId ? ` of the model '${id}'` : '';
      throw new ForetokenError(
        'engine_stalled',
        `The engine thread${whose} has not moved for ${Math.round(forMs / 1000)} s; it was ${doing}. ` +
          'If it does not move again, restart the server.',
      );
    }
    if (!isTold) return { status: 'ok' };
    const { info, inFlight } = context.engine;
    return {
      status: 'ok',
      model: context.modelId,
      ...(hasKey ? { model_path: context.modelPath } : {}),
      slots: {
        total: info.parallel,
        busy: Math.min(inFlight, info.parallel),
        waiting: Math.max(0, inFlight - info.parallel),
      },
      context: { sequence_capacity: info.sequenceCapacity, kv_cells: info.cellCount },
      draft: info.hasDraft,
      computing: computingField(info.computing, info.threads),
      exactness: info.exactness,
      exactness_reason: info.exactnessReason,
    };
  });

  // A megabyte and more each.
  const takers = new Takers(16, 'Take one answer before asking for the next.');
  app.get('/v1/plans', async (_request, reply) => {
    takers.join(reply);
    return { object: 'list', data: await context.engine.plans() };
  });

  app.get('/metrics', async (_request, reply) => {
    reply.type(context.metrics.registry.contentType);
    return context.metrics.registry.metrics();
  });
}

/** What computes, in the words of `docs/api.md`. */
function computingField({ gpus, gpuLayers, layers }: Computing, threads: number) {
  return {
    devices: gpus.map(({ name, description, backend, type, memoryTotalBytes }) => {
      return { name, description, backend, type, memory_bytes: memoryTotalBytes };
    }),
    gpu_layers: gpuLayers,
    layers,
    threads,
  };
}

export function tokenRoutes(app: FastifyInstance, context: ServerContext): void {
  const { codec, table } = context;

  app.post('/tokenize', async (request, reply) => {
    const fields = Fields.ofBody(request.body);
    fields.refuseUnknown(['model', 'content', 'add_special', 'parse_special', 'with_pieces']);
    const content = fields.requiredString('content');
    const addSpecial = fields.boolean('add_special') ?? false;
    const parseSpecial = fields.boolean('parse_special') ?? true;
    const tokens = await codec.tokenize(content, addSpecial, parseSpecial, clientGone(reply));
    const withPiece = (id: number): { id: number; piece: string | number[] } => {
      const bytes = table.bytes(id);
      return { id, piece: decodeStrictly(bytes) ?? Array.from(bytes) };
    };
    const withPieces = fields.boolean('with_pieces') === true;
    if (tokens.length < LONG_ANSWER)
      return { tokens: withPieces ? Array.from(tokens, withPiece) : Array.from(tokens) };
    reply.type('application/json; charset=utf-8');
    return longArray('tokens', tokens, withPieces ? (id) => JSON.stringify(withPiece(id)) : String);
  });

  app.post('/detokenize', async (request, reply) => {
    const fields = Fields.ofBody(request.body);
    fields.refuseUnknown(['model', 'tokens']);
    const tokens = requireTokens(fields.raw('tokens'), 'tokens', codec.vocabularySize);
    const content = await codec.detokenize(tokens, clientGone(reply));
    if (content.length < LONG_ANSWER) return { content };
    reply.type('application/json; charset=utf-8');
    return longText('content', content);
  });
}
