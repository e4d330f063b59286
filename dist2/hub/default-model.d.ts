import { type GetOptions } from './get-model.js';
import { type PackagedModel } from './package-model.js';
import type { HubSettings } from './settings.js';
export interface DefaultModel {
    readonly name: string;
    readonly repo: string;
    readonly file: string;
    readonly packaged: PackagedModel;
}
export declare const DEFAULT_MODEL: DefaultModel;
/** Where models lie that did not come from the hub. */
export declare const ownModels: () => string;
export interface DefaultOptions extends GetOptions {
    readonly model?: DefaultModel;
}
/**
 * The default model's file; undefined where it is neither there nor to be had, which `onNote` has said why, in a line
 * for each source. Never throws.
 */
export declare function defaultModel(settings: HubSettings, { model, onNote, ...options }?: DefaultOptions): Promise<string | undefined>;
