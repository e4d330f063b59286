import { engineSetup, type EngineFlags } from './flags/engine.js';
/** Says what contradicts itself before anything is fetched. @throws ForetokenError `invalid_option` */
export declare function checkFlags(flags: EngineFlags, concurrency: Parameters<typeof engineSetup>[1]): void;
/**
 * The same flags with files for what they name on the hub, which is fetched where it is not in the cache.
 * @throws ForetokenError as `getModel`
 */
export declare function withModels<Flags extends EngineFlags>(flags: Flags): Promise<Flags>;
/**
 * Says in a line that the hub has a draft that fits the model from there, where none is given. Meant to run beside other
 * work: nobody has asked for it, so what goes wrong is left unsaid.
 * @param flags as they were given
 */
export declare function offerDraft(flags: EngineFlags, modelPath: string, signal: AbortSignal): Promise<void>;
