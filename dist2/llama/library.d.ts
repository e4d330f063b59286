import { type LibraryHandle } from 'koffi';
import { type Llama } from './declarations.js';
import { type Gpu, type LibraryFiles } from './packages.js';
export interface Library {
    readonly gpu: Gpu;
    readonly files: LibraryFiles;
    /** The functions that Foretoken calls. */
    readonly llama: Llama;
    /** The libraries themselves, for further declarations: `declare(library.handles.llama, prototype)`. */
    readonly handles: {
        readonly llama: LibraryHandle;
        readonly ggml: LibraryHandle;
        readonly ggmlBase: LibraryHandle;
    };
}
/**
 * The libraries for this machine. A process keeps the first that were loaded.
 * @throws ForetokenError `library_unavailable`
 */
export declare function loadLibrary(gpu?: Gpu): Library;
/** The libraries for the child process that is the probe: not tried, and with their log on. */
export declare function loadUntried(files: LibraryFiles, gpu: Gpu): Library;
/** The loaded libraries without a probe. */
export declare function open(files: LibraryFiles, gpu: Gpu, options?: {
    readonly silent: boolean;
}): Library;
