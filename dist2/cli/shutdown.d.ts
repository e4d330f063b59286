import type { AllEngines } from '../server/further-models.js';
/** Resolves when a first signal has ended everything in order. */
export declare function untilSignal(app: {
    close(): Promise<unknown>;
    readonly engines: Pick<AllEngines, 'inFlight'>;
}, graceMs: number): Promise<void>;
/** After everything has been closed: a thread that does not end must not keep the process. */
export declare function endWithoutThread({ stall }: Pick<AllEngines, 'stall'>): void;
