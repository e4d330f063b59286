import type { PlanRecord } from './plan-record.js';
/** Lines of text. */
export declare function explainStep(record: PlanRecord): string[];
