/** `GET /v1/stats` and `GET /v1/stats/events`: what the engines have done and do, for people and programs. */
import type { FastifyInstance } from 'fastify';
import type { RequestRecord } from '../engine/request-record.js';
import type { Router } from '../tasks/router/router.js';
import type { TokenTable } from './codec.js';
import type { ServerStatistics, ListModels } from './statistics.js';
import { modelField } from './stats-format.js';
import type { StatisticsFeed } from './stats-feed.js';

export function statsRoutes(
  app: FastifyInstance,
  startedAt: number,
  list: ListModels,
  statistics: ServerStatistics,
  feed: StatisticsFeed,
  routerOf: (model: string) => Router | undefined = () => undefined,
): void {
  app.get('/v1/stats', () => ({
    object: 'stats',
    started_at: startedAt,
    uptime_s: Date.now() / 1000 - startedAt,
    models: list().map((model) => modelField(model, statistics.of(model.id), routerOf(model.id))),
  }));

  app.get('/v1/stats/events', (_request, reply) => {
    feed.join(reply);
  });
}

/** Tokens of a prompt or an answer that are told as text. */
const MOST_TEXT_TOKENS = 4096;

/** Prompt and output of a request in words, each cut where it is long; undefined where its tokens are not at hand. */
export function textsOf(table: TokenTable | undefined, { tokens, statistics }: RequestRecord) {
  if (tokens === undefined || table === undefined) return undefined;
  const text = (part: Int32Array): string =>
    Buffer.concat(Array.from(part.subarray(0, MOST_TEXT_TOKENS), (token) => table.bytes(token))).toString(
      'utf8',
    );
  const { promptTokens } = statistics;
  return { prompt: text(tokens.subarray(0, promptTokens)), output: text(tokens.subarray(promptTokens)) };
}
