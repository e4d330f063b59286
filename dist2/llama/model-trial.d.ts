import { type ErrorCode } from '../base/errors.js';
import type { Library } from './library.js';
import { type ModelTask } from './probe.js';
/** A model as it is to be loaded. */
export type LoadTask = Omit<ModelTask, 'threads' | 'adapters'>;
/**
 * @param task the model as it is to be loaded; with `vocabOnly` less is tried
 * @throws ForetokenError `file_not_found`, `invalid_gguf`, `unsupported_architecture`, `out_of_memory`
 */
export declare function tryModel(library: Library, { path: file, ...options }: LoadTask & Pick<ModelTask, 'adapters'>, folder?: string): void;
/** In words, why the library does not load a file that it was able to load when it was tried. */
export declare function reasonToRefuse(library: Library, { path: file, ...options }: LoadTask): string;
/** The place in the registry of what the library said about a model that does not load. */
export declare function codeOf(reason: string): ErrorCode;
