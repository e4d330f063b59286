import { type Patience } from './http.js';
import { type ModelName } from './names.js';
import type { HubSettings } from './settings.js';
export interface WantedModel extends ModelName {
    /** Path in the repository, which overrides the quant. */
    readonly file?: string | undefined;
}
export interface GetOptions {
    readonly patience?: Patience;
    readonly signal?: AbortSignal | undefined;
    /** A line for the user: what is fetched, or that the hub cannot be asked. */
    readonly onNote?: (text: string) => void;
    /** @param done bytes of all parts that are there */
    readonly onProgress?: (file: string, done: number, total: number) => void;
}
export interface FoundModel {
    /** The model's file; the first part of a split one, beside which the others lie. */
    readonly path: string;
    readonly repo: string;
    /** In the repository. */
    readonly file: string;
    /** All files of the repository that are models, as far as they are known. */
    readonly models: readonly string[];
}
/**
 * @throws ForetokenError `hub_not_found`, `hub_denied`, `hub_unreachable`, `download_failed`
 */
export declare function getModel(settings: HubSettings, wanted: WantedModel, { patience, signal, onNote, onProgress }?: GetOptions): Promise<FoundModel>;
