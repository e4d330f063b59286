/**
 * News on its way out of the engine thread. Every message wakes the main thread and then the clients, and on a
 * machine whose cores all compute, each waking stops a step half-way. So tokens that follow each other faster than an eye can see travel together; the first
 * token and the last event of a request, and all of a slow model's, leave at once.
 */
import type { RequestEvent, StepReport } from './types.js';
export declare class Outbox {
    #private;
    constructor(send: (events: readonly RequestEvent[], reports: readonly StepReport[]) => void);
    add(events: readonly RequestEvent[], report: StepReport | undefined): void;
    /** Sends what has come, if it is time or urgent. */
    flush(nowMs: number, always?: boolean): void;
}
