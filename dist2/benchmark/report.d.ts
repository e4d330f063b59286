/** A run's figures as a table for people, in the order and with the titles of vLLM's `bench serve`. */
import { type Summary } from './summary.js';
/** What was asked for, as far as the table shows it. */
export interface ReportSettings {
    readonly requestRate: number;
    readonly maxConcurrency: number | undefined;
    readonly percentiles: readonly number[];
}
export declare function reportText(summary: Summary, settings: ReportSettings): string;
