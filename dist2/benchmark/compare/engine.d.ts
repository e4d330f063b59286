import { type ModelStats } from './stats.js';
import type { EngineFigures, PlanFigures } from './types.js';
export declare function engineFigures(before: ModelStats, after: ModelStats): EngineFigures;
/** The number of the latest plan, to tell plans of a run from those before it. */
export declare const lastStep: (plans: readonly unknown[]) => number;
/** @param after only plans of later steps than this count. Null where there are none. */
export declare function planFigures(plans: readonly unknown[], after: number): PlanFigures | null;
