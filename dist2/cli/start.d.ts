import type { EngineHandle } from '../engine/types.js';
import { LlamaCodec } from '../server/llama-codec.js';
import type { TextSetup } from '../server/text-lane.js';
import { type EngineFlags, type EngineSetup } from './flags/engine.js';
export interface Started {
    readonly engine: EngineHandle;
    readonly text: LlamaCodec;
    /** For further threads that read texts. */
    readonly textSetup: TextSetup;
}
/**
 * The weights load in the engine's thread while the vocabulary loads in another, so that a server with other models goes
 * on; if one fails, neither is left open.
 * @param id of a further model, for its warnings
 */
export declare function start(setup: EngineSetup, flags: EngineFlags, id?: string): Promise<Started>;
