/** Counts what a step does and makes its report. */
import type { TokenBatch } from '../decoder/batch.js';
import type { Proposal } from '../speculation/proposal.js';
import type { RequestEvent, StepReport } from './types.js';
/** What the step loop itself knows. */
type StepTimes = Pick<StepReport, 'stepMs' | 'draftMs' | 'draftDecodes' | 'planMs' | 'predictedMs' | 'prefillTokens' | 'decodingRequests' | 'plan'>;
/** Where the report finds the state of queue and cache. */
interface Gauges {
    readonly running: number;
    readonly waiting: number;
    readonly pool: {
        readonly inUse: number;
        readonly cached: number;
        readonly free: number;
    };
}
export declare class StepCounter {
    #private;
    /** A decode of the target has ended. */
    decoded(batch: TokenBatch, ms: number): void;
    /** @param path the nodes of the proposal that were accepted */
    committed(event: RequestEvent, proposal: Proposal, path: readonly number[]): void;
    preempted(): void;
    /** Each kind of failure is told once: it may repeat every step. */
    proposerFailed(name: string, thrown: unknown): void;
    /** The report of the step that ends now; starts the next count. */
    report(step: StepTimes, { running, waiting, pool }: Gauges): StepReport;
}
export {};
