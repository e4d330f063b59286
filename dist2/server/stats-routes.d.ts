/** `GET /v1/stats` and `GET /v1/stats/events`: what the engines have done and do, for people and programs. */
import type { FastifyInstance } from 'fastify';
import type { RequestRecord } from '../engine/request-record.js';
import type { TokenTable } from './codec.js';
import type { ServerStatistics, ListModels } from './statistics.js';
import type { StatisticsFeed } from './stats-feed.js';
export declare function statsRoutes(app: FastifyInstance, startedAt: number, list: ListModels, statistics: ServerStatistics, feed: StatisticsFeed): void;
/** Prompt and output of a request in words, each cut where it is long; undefined where its tokens are not at hand. */
export declare function textsOf(table: TokenTable | undefined, { tokens, statistics }: RequestRecord): {
    prompt: string;
    output: string;
} | undefined;
