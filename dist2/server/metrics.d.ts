import { Registry } from 'prom-client';
import type { RequestRecord, StepReport } from '../engine/types.js';
import type { AllEngines } from './further-models.js';
import { type ListModels, type ServerStatistics, type StatisticsListener } from './statistics.js';
export declare class ServerMetrics implements StatisticsListener {
    #private;
    readonly registry: Registry<"text/plain; version=0.0.4; charset=utf-8">;
    constructor(engines: Pick<AllEngines, 'stall'>, list: ListModels, statistics: ServerStatistics);
    /** Called after every engine step. */
    stepEnded(_model: string, report: StepReport): void;
    requestEnded(_model: string, record: RequestRecord): void;
    responded(route: string, status: number): void;
}
