import type { ModelsFlags } from './flags/models.js';
export interface ListedModel {
    /** Arguments of `serve` and `generate`. */
    readonly arguments: readonly string[];
    readonly quant: string | null;
    /** Of all parts. */
    readonly bytes: number;
    /** The file, or its first part. */
    readonly path: string;
}
export declare function models({ json }: ModelsFlags): void;
