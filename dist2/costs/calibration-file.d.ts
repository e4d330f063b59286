import type { CostTable } from './cost-table.js';
/** What a calibration holds for; on another combination it says nothing. */
export interface CalibrationSubject {
    readonly modelPath: string;
    readonly draftPath: string | undefined;
    readonly loraPaths: readonly string[];
    /** Of the native library. */
    readonly libraryVersion: string;
    readonly threads: number;
    readonly batchSize: number;
    readonly microBatchSize: number;
    readonly unified: boolean;
    readonly exact: boolean;
    /** Weights are rearranged for faster kernels. */
    readonly repacked: boolean;
    readonly gpu: string;
    /** On the devices, of all layers and the output. */
    readonly gpuLayers: number;
    /** The GPUs that compute, by backend, name and maker's name; none: the processor alone. */
    readonly devices: readonly string[];
    readonly flashAttention: string;
}
/**
 * What must be equal for a calibration to be used again, as one hash. Files count by size and content (of a large
 * one its beginning, with all shapes and types, and samples of the rest), not by name and time.
 * @throws Error when a file cannot be read
 */
export declare function calibrationKey(subject: CalibrationSubject): string;
export declare function calibrationPath(directory: string, key: string): string;
/** The table of a file; undefined when there is no file, or it is about another model or machine. */
export declare function readCalibration(file: string, key: string): CostTable | {
    readonly problem: string;
} | undefined;
/**
 * Writes a file that is whole or as it was before.
 * @returns in words what went wrong, if anything: the next start measures again, nothing worse
 */
export declare function writeCalibration(file: string, key: string, costs: CostTable): string | undefined;
