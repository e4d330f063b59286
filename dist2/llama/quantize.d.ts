import { FileType, GgmlType } from './declarations.js';
export interface QuantizeOptions {
    /** Type of most tensors. */
    readonly type: keyof typeof FileType;
    /** Types of the last and the first matrix, where they should differ. */
    readonly outputType?: keyof typeof GgmlType;
    readonly embeddingType?: keyof typeof GgmlType;
    /** Layers to leave out, counted from 0. */
    readonly pruneLayers?: readonly number[];
    /** Take tensors that are quantised already; loses a little more. */
    readonly allowRequantize?: boolean;
    /** 0 = physical cores. */
    readonly threads?: number;
}
/**
 * Writes `destination`, which is either whole or as it was before. Blocks for as long as it takes.
 * @throws ForetokenError `file_not_found`, `invalid_gguf`, `library_unavailable`
 */
export declare function quantizeModel(source: string, destination: string, options: QuantizeOptions): void;
