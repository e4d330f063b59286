import { type EngineHandle, type EngineOptions, type ModelOptions } from './types.js';
/**
 * Loads the model in a thread of its own.
 * @throws ForetokenError with the loader's code (`file_not_found`, `invalid_gguf`, `vocabulary_mismatch` …).
 */
export declare function startEngine(model: ModelOptions, options: EngineOptions, hooks?: {
    readonly onLoadProgress?: (progress: number) => void;
    /** Told of what goes wrong beside the requests. */
    readonly onProblem?: (text: string) => void;
    /** Another program for the thread; for tests of what happens when it hangs or dies. */
    readonly thread?: URL;
}): Promise<EngineHandle>;
