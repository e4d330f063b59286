import { type Asking } from './repository.js';
import type { HubSettings } from './settings.js';
export interface OfferedDraft {
    /** Arguments of `serve` that fetch it. */
    readonly arguments: readonly string[];
    readonly bytes: number;
}
/**
 * @param repo where the model comes from
 * @param modelPath its file here
 * @throws what the hub's requests throw; nobody has asked, so it may be left unsaid
 */
export declare function findDraft(settings: HubSettings, repo: string, modelPath: string, asking: Asking): Promise<OfferedDraft | undefined>;
interface Family {
    /** The name with its size left open. */
    readonly pattern: string;
    /** What stands before the size. */
    readonly search: string;
    readonly parameters: number;
}
/** Of `bartowski/Qwen2.5-7B-Instruct-GGUF`: `qwen2.5-*-instruct-gguf`, `Qwen2.5`, 7e9. */
export declare function familyOf(repo: string): Family | undefined;
export {};
