import { type Mechanism } from '../planning/mechanisms.js';
import { type Change } from './recovery.js';
import { type Cell } from './study-set.js';
/** A mean over workloads, and where it was least and most. */
export interface Spread {
    readonly mean: number;
    readonly least: {
        readonly value: number;
        readonly where: Cell;
    };
    readonly most: {
        readonly value: number;
        readonly where: Cell;
    };
}
export interface Judged {
    readonly policy: string;
    /** Share of the goodput that was there to be had and was missed. */
    readonly regret: Spread;
    /** [seed] its mean over the workloads. */
    readonly bySeed: readonly number[];
    /** By kind of work. */
    readonly byKind: ReadonlyMap<string, number>;
}
export interface Ablated {
    readonly mechanism: Mechanism;
    /** By how much regret rises without it. */
    readonly change: Spread;
}
export interface Recovered {
    readonly change: Change;
    readonly bestLength: number;
    /** [seed] requests until goodput is back; undefined: not within the run. */
    readonly requests: readonly (number | undefined)[];
}
type Progress = (done: number) => void;
export declare function judge(seeds: number, what: {
    readonly mechanisms: boolean;
    readonly peers: boolean;
}, onProgress?: Progress, cells?: readonly Cell[]): Promise<{
    judged: Judged[];
    ablated: Ablated[];
}>;
export declare function recoveries(seeds: number, onProgress?: Progress, changes?: readonly Change[]): Promise<Recovered[]>;
export {};
