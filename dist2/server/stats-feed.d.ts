/**
 * Server-sent events of what the engines do: what the steps of a quarter of a second came to, and each request at its
 * end. Nothing is kept for a reader that does not read: what it misses is left out and counted.
 */
import type { FastifyReply } from 'fastify';
import type { RequestRecord } from '../engine/request-record.js';
import type { StepReport } from '../engine/types.js';
import { type StatisticsListener } from './statistics.js';
export declare const MOST_READERS = 16;
export interface FeedOptions {
    /** How long a reader may take nothing before its connection is closed. */
    readonly stallTimeoutMs: number;
    /** What holds in a model at the moment. */
    readonly now: (model: string) => object;
    /** The texts of a request, where they may be told; undefined where not. */
    readonly textOf: (model: string, record: RequestRecord) => unknown;
}
export declare class StatisticsFeed implements StatisticsListener {
    #private;
    constructor(options: FeedOptions);
    /** @throws ForetokenError `too_many_readers` */
    join(reply: FastifyReply): void;
    stepEnded(model: string, report: StepReport): void;
    requestEnded(model: string, record: RequestRecord): void;
    /** Ends all streams with what is still to be told. */
    close(): void;
}
