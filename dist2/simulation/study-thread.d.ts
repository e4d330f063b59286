import { type Change, type Recovery } from './recovery.js';
import { type Cell } from './study-set.js';
export type Job = 
/** The goodput of each policy, tokens a second, over a workload of the set. */
{
    readonly kind: 'goodput';
    readonly cell: Cell;
    readonly seed: number;
    readonly policies: readonly string[];
} | {
    readonly kind: 'best length';
    readonly change: Change;
    readonly seed: number;
} | {
    readonly kind: 'recovery';
    readonly change: Change;
    readonly seed: number;
    readonly length: number;
};
export interface Answers {
    readonly goodput: readonly number[];
    readonly 'best length': number;
    readonly recovery: Recovery;
}
