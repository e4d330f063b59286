export interface ModelName {
    /** `user/model`. */
    readonly repo: string;
    /** As it was written, such as `Q4_K_M`. */
    readonly quant: string | undefined;
}
/** `user/model`: two names without `--` and `..`, which have a meaning in the cache's folders. */
export declare function isRepository(text: string): boolean;
/** @throws ForetokenError `invalid_option` */
export declare function parseModelName(text: string, flag: string): ModelName;
/** Whether a path within a repository may become one below a folder of this machine, whatever its system. */
export declare function isPlainPath(file: string): boolean;
export interface GgufName {
    /** Without part and ending. */
    readonly stem: string;
    /** What stands last in the stem, in capitals: `Q4_K_M`; undefined where nothing does. */
    readonly tag: string | undefined;
    /** 1 to `parts`. */
    readonly part: number;
    readonly parts: number;
}
/** What the name of a GGUF file says; undefined for other files. */
export declare function ggufName(file: string): GgufName | undefined;
/** The files that stand for a model each, first parts only, in the order of the list. */
export declare function modelFiles(files: readonly string[]): string[];
/** The model file that a quant means, else the preferred or first one; undefined where there is none. */
export declare function chooseFile(files: readonly string[], quant?: string): string | undefined;
/** All parts of the model that `file` is the first part of, in order; fewer than there should be where some lack. */
export declare function partsOf(file: string, files: readonly string[]): string[];
/** Arguments that find the file again: `-hf user/model:Q4_K_M`, or with its path where no quant tells it. */
export declare function argumentsFor(repo: string, file: string, files: readonly string[]): string[];
