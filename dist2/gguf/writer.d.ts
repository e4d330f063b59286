import { type Metadata } from './types.js';
export interface TensorToWrite {
    readonly name: string;
    /** The fastest dimension first. */
    readonly shape: readonly number[];
    readonly type: number;
    /** Called when its turn comes, so that only one tensor is in memory at a time. */
    readonly data: () => Uint8Array;
}
export interface GgufContent {
    readonly metadata: Metadata;
    readonly tensors: readonly TensorToWrite[];
}
/** @throws ForetokenError `invalid_option` when the path cannot be written. */
export declare function writeGguf(file: string, content: GgufContent): void;
/** The bytes of a file up to its weights. */
export declare function ggufHead({ metadata, tensors }: GgufContent): Uint8Array;
