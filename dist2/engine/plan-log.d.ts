import type { PlanRecord } from '../planning/plan-record.js';
export declare class PlanLog {
    #private;
    /** @throws ForetokenError `invalid_option` when the file cannot be written. */
    constructor(file: string, onProblem: (text: string) => void);
    /** Plans left out because the disk could not keep up. */
    get omitted(): number;
    add(record: PlanRecord): void;
    /** Resolves when all is written. */
    close(): Promise<void>;
}
