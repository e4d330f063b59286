import { type NetworkShape } from '../llama/training/training.js';
/** A folder that is gone after the tests of the file. */
export declare function temporaryFolder(): string;
export declare const TINY: NetworkShape;
/** Random weights behind a vocabulary that only counts ("no_vocab"): it has ids and no text. */
export declare function writeTinyTarget(file: string, shape?: NetworkShape, seed?: number): void;
