export type Gpu = 'none' | 'cuda' | 'vulkan' | 'metal';
/** The release of the packages whose libraries are declared in `declarations.ts`. */
export declare const PACKAGE_VERSION = "3.22.1";
export interface LibraryFiles {
    readonly directory: string;
    readonly ggmlBase: string;
    readonly ggml: string;
    readonly llama: string;
    /** Backends that a package beside this one holds for older drivers, to be tried where its own finds no GPU. */
    readonly extraBackends: readonly string[];
}
/** Name of the package for a machine, or undefined when none is made for it. */
export declare function packageFor(platform: string, arch: string, gpu: Gpu): string | undefined;
/**
 * The library files among a folder's names: `libllama.v0.5.0.so`, `libllama.vulkan.v0.5.0.so`, `libllama.so`,
 * `libllama.dylib`, `llama.dll`, but not `libllama-common.so`.
 */
export declare function libraryFile(names: readonly string[], library: string): string | undefined;
/** The installed library files for this machine. */
export declare function findLibraries(gpu: Gpu, platform?: string, arch?: string, packageRoot?: (name: string) => string | undefined): LibraryFiles;
