import { type Computing } from './devices.js';
/** Threads to compute with when nothing is asked for. */
export declare function defaultThreads(): number;
/** The same beside what computes a model: where a GPU does everything, one thread hands it the work. */
export declare function threadsFor({ computing }: {
    readonly computing: Computing;
}): number;
/**
 * Distinct pairs of socket and core in the text of /proc/cpuinfo; undefined where it does not tell (ARM),
 * where every processor is a core.
 */
export declare function coresInCpuinfo(text: string): number | undefined;
/** Cores of "<quota> <period>"; undefined for "max <period>", "-1 <period>" and anything else. */
export declare function coresInQuota(text: string): number | undefined;
